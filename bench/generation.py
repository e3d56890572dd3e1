"""Invented data for the benchmark of the reasoner, in N-Triples, the same for the same seed."""

import random
from collections.abc import Callable, Iterator
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


def _namespace(ontology: str) -> Callable[[str], str]:
    return lambda name: f"<https://bench.example.org/{ontology}#{name}>"


def _thing(name: str) -> str:
    return f"<https://bench.example.org/id/{name}>"


GENERATORS = {"lineage": lineage, "university": university}
