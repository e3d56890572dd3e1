"""Invented data for the benchmark of the reasoner, in N-Triples, the same for the same seed."""

import random
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
XSD = "http://www.w3.org/2001/XMLSchema#"


def triples(kind: str, size: int, seed: int = 1) -> Iterator[str]:
    """Yield *size* lines of N-Triples of one *kind*."""
    return islice(GENERATORS[kind](random.Random(seed)), size)


def lineage(chance: random.Random) -> Iterator[str]:
    """Lines of 6 to 30 organisations that split, merge and are renamed; people who defect."""
    for family in count():
        organisations: list[str] = []
        for number in range(chance.randint(6, 30)):
            yield from _organisation(chance, f"{family}-{number}", family, organisations)


def _organisation(
    chance: random.Random, name: str, family: int, earlier: list[str]
) -> Iterator[str]:
    says = _namespace("lineage")
    itself = _thing(f"o{name}")
    kind = chance.choices(("CommunistParty", "SocialistParty", "Union", "Party"), (3, 3, 2, 4))[0]
    year = chance.randint(1840, 2020)
    yield f"{itself} {TYPE} {says(kind)} ."
    yield f'{itself} {says("name")} "Organisation {name}"@en .'
    yield f'{itself} {says("shortName")} "O{name}" .'
    yield f'{itself} {says("founding")} "{year}"^^<{XSD}integer> .'
    country = says("north") if family % 4 == 0 else _thing(f"country{family % 180}")
    yield f"{itself} {says('country')} {country} ."
    if chance.random() < 0.4:
        yield f'{itself} {says("dissolution")} "{year + 40}-06-28"^^<{XSD}date> .'
    if earlier and chance.random() < 0.75:
        relation = chance.choice(("splitFrom", "mergedFrom", "renamedFrom"))
        yield f"{itself} {says(relation)} {chance.choice(earlier[-4:])} ."
    for number in range(chance.randint(0, 2)):
        person = _thing(f"p{name}-{number}")
        yield f'{person} {says("name")} "Person {name} {number}" .'
        yield f"{person} {says(chance.choice(('founded', 'memberOf')))} {itself} ."
        if earlier and chance.random() < 0.3:
            yield f"{person} {says('defectedFrom')} {chance.choice(earlier)} ."
    if earlier and chance.random() < 0.15:
        yield f"{itself} {says('alliedWith')} {chance.choice(earlier)} ."
    if chance.random() < 0.25:
        yield f"{itself} {says('hasWing')} {_thing(f'w{name}')} ."
    if chance.random() < 0.1:
        yield f"{itself} {says('affiliatedTo')} {_thing(f'alliance{family % 20}')} ."
    if chance.random() < 0.15:
        yield from _journals(chance, name, itself)
    if chance.random() < 0.02:
        # Two names of one organisation.
        yield f"{_thing(f'q{name}')} {says('identifies')} {itself} ."
        yield f"{_thing(f'q{name}')} {says('identifies')} {_thing(f'o{name}-again')} ."
    earlier.append(itself)


def _journals(chance: random.Random, name: str, publisher: str) -> Iterator[str]:
    says = _namespace("lineage")
    for journal in (f"j{name}", f"j{name}-again")[: 2 if chance.random() < 0.05 else 1]:
        yield f"{_thing(journal)} {says('publishedBy')} {publisher} ."
        yield f'{_thing(journal)} {says("issn")} "{name}" .'
        yield f'{_thing(journal)} {says("medium")} "print" .'


def university(chance: random.Random) -> Iterator[str]:
    """Universities with departments, teachers, students, courses and publications."""
    says = _namespace("university")
    for place in count():
        itself = _thing(f"u{place}")
        yield f"{itself} {TYPE} {says('University')} ."
        for number in range(15):
            department = _thing(f"u{place}d{number}")
            yield f"{department} {TYPE} {says('Department')} ."
            yield f"{department} {says('subOrganisationOf')} {itself} ."
            yield from _department(chance, f"u{place}d{number}", department, place)


def _department(chance: random.Random, name: str, itself: str, place: int) -> Iterator[str]:
    says = _namespace("university")
    for group in range(10):
        yield f"{_thing(f'{name}g{group}')} {says('subOrganisationOf')} {itself} ."
    for number in range(20):
        teacher = _thing(f"{name}t{number}")
        kind = chance.choice(("FullProfessor", "AssociateProfessor", "Lecturer"))
        yield f"{teacher} {TYPE} {says(kind)} ."
        yield f"{teacher} {says('headOf' if number == 0 else 'worksFor')} {itself} ."
        degree = _thing(f"u{chance.randrange(place + 10)}")
        yield f"{teacher} {says('doctoralDegreeFrom')} {degree} ."
        yield f"{teacher} {says('teacherOf')} {_thing(f'{name}c{number}')} ."
        for paper in range(5):
            yield f"{_thing(f'{name}t{number}p{paper}')} {says('publicationAuthor')} {teacher} ."
    for number in range(200):
        student = _thing(f"{name}s{number}")
        yield f"{student} {says('memberOf')} {itself} ."
        yield f'{student} {says("name")} "Student {name} {number}" .'
        for _ in range(2):
            course = _thing(f"{name}c{chance.randrange(20)}")
            yield f"{student} {says('takesCourse')} {course} ."
        if number % 5 == 0:
            yield f"{student} {says('advisor')} {_thing(f'{name}t{number // 5 % 7 + 1}')} ."


#: Members of the faculty of a department: how many, of which class, with how many publications.
_FACULTY = (
    ("FullProfessor", (7, 10), (15, 20)),
    ("AssociateProfessor", (10, 14), (10, 18)),
    ("AssistantProfessor", (8, 11), (5, 10)),
    ("Lecturer", (5, 7), (0, 5)),
)
#: Universities that degrees may be from.
_UNIVERSITIES = 1000


def lubm(chance: random.Random) -> Iterator[str]:
    """Universities as those of the Lehigh University Benchmark: its ontology, ratios and ranges.

    Guo, Pan, Heflin: "LUBM: A Benchmark for OWL Knowledge Base Systems", 2005, with the constants
    of its generator, UBA 1.7; one university has some 100,000 triples.
    """
    says = _namespace("univ-bench")
    for place in count():
        itself = f"<http://www.University{place}.edu>"
        yield f"{itself} {TYPE} {says('University')} ."
        yield f'{itself} {says("name")} "University{place}" .'
        for number in range(chance.randint(15, 25)):
            yield from _lubm_department(chance, f"Department{number}.University{place}", itself)


def _lubm_department(chance: random.Random, name: str, university: str) -> Iterator[str]:
    says, here = _namespace("univ-bench"), f"http://www.{name}.edu"
    itself = f"<{here}>"
    yield f"{itself} {TYPE} {says('Department')} ."
    yield f'{itself} {says("name")} "{name.partition(".")[0]}" .'
    yield f"{itself} {says('subOrganizationOf')} {university} ."
    faculty: list[str] = []
    courses: dict[str, list[str]] = {"Course": [], "GraduateCourse": []}
    papers = count()
    for kind, numbers, written in _FACULTY:
        for number in range(chance.randint(*numbers)):
            teacher = f"<{here}/{kind}{number}>"
            faculty.append(teacher)
            yield from _lubm_person(teacher, kind, name)
            yield f"{teacher} {says('worksFor')} {itself} ."
            if kind == "FullProfessor" and number == 0:
                yield f"{teacher} {says('headOf')} {itself} ."
            yield from _lubm_degrees(chance, teacher, ("undergraduate", "masters", "doctoral"))
            yield f'{teacher} {says("researchInterest")} "Research{chance.randrange(30)}" .'
            yield from _lubm_courses(chance, teacher, here, courses)
            for _ in range(chance.randint(*written)):
                paper = f"<{here}/Publication{next(papers)}>"
                yield f"{paper} {TYPE} {says('Publication')} ."
                yield f'{paper} {says("name")} "Publication" .'
                yield f"{paper} {says('publicationAuthor')} {teacher} ."
    professors = faculty[: -_FACULTY[-1][1][1]]  # the lecturers come last
    for number in range(len(faculty) * chance.randint(8, 14)):
        student = f"<{here}/UndergraduateStudent{number}>"
        yield from _lubm_student(chance, student, name, courses["Course"], (2, 4))
        if number % 5 == 0:
            yield f"{student} {says('advisor')} {chance.choice(professors)} ."
    for number in range(len(faculty) * chance.randint(3, 4)):
        student = f"<{here}/GraduateStudent{number}>"
        yield from _lubm_student(chance, student, name, courses["GraduateCourse"], (1, 3))
        yield from _lubm_degrees(chance, student, ("undergraduate",))
        yield f"{student} {says('advisor')} {chance.choice(professors)} ."
        yield from _lubm_assistant(chance, student, number, courses["Course"])
    for number in range(chance.randint(10, 20)):
        group = f"<{here}/ResearchGroup{number}>"
        yield f"{group} {TYPE} {says('ResearchGroup')} ."
        yield f"{group} {says('subOrganizationOf')} {itself} ."


def _lubm_degrees(chance: random.Random, person: str, degrees: Iterable[str]) -> Iterator[str]:
    for degree in degrees:
        place = f"<http://www.University{chance.randrange(_UNIVERSITIES)}.edu>"
        yield f"{person} {_namespace('univ-bench')(degree + 'DegreeFrom')} {place} ."


def _lubm_courses(
    chance: random.Random, teacher: str, here: str, courses: dict[str, list[str]]
) -> Iterator[str]:
    says = _namespace("univ-bench")
    for kind, made in courses.items():
        for _ in range(chance.randint(1, 2)):
            course = f"<{here}/{kind}{len(made)}>"
            made.append(course)
            yield f"{course} {TYPE} {says(kind)} ."
            yield f'{course} {says("name")} "{kind}{len(made)}" .'
            yield f"{teacher} {says('teacherOf')} {course} ."


def _lubm_student(
    chance: random.Random, student: str, name: str, courses: list[str], taken: tuple[int, int]
) -> Iterator[str]:
    says = _namespace("univ-bench")
    kind = student.rpartition("/")[2].rstrip("0123456789>")
    yield from _lubm_person(student, kind, name)
    yield f"{student} {says('memberOf')} <http://www.{name}.edu> ."
    for course in chance.sample(courses, chance.randint(*taken)):
        yield f"{student} {says('takesCourse')} {course} ."


def _lubm_assistant(
    chance: random.Random, student: str, number: int, courses: list[str]
) -> Iterator[str]:
    says = _namespace("univ-bench")
    if number % 5 == 0:
        yield f"{student} {TYPE} {says('TeachingAssistant')} ."
        yield f"{student} {says('teachingAssistantOf')} {chance.choice(courses)} ."
    elif number % 4 == 0:
        yield f"{student} {TYPE} {says('ResearchAssistant')} ."


def _lubm_person(person: str, kind: str, name: str) -> Iterator[str]:
    says, own = _namespace("univ-bench"), person.rpartition("/")[2].rstrip(">")
    yield f"{person} {TYPE} {says(kind)} ."
    yield f'{person} {says("name")} "{own}" .'
    yield f'{person} {says("emailAddress")} "{own}@{name}.edu" .'
    yield f'{person} {says("telephone")} "xxx-xxx-xxxx" .'


def _namespace(ontology: str) -> Callable[[str], str]:
    return lambda name: f"<https://bench.example.org/{ontology}#{name}>"


def _thing(name: str) -> str:
    return f"<https://bench.example.org/id/{name}>"


GENERATORS = {"lineage": lineage, "university": university, "lubm": lubm}
