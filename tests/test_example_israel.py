"""The second country: the same ontology, shapes and program on parties of another one."""

import csv
import io
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    serialize,
)

from partyline.rdf import write_turtle
from partyline.releases import BuildResult, Release, build, read_questions
from partyline.settings import Settings, read_settings
from partyline.sources import read_turtle
from partyline.vocabulary import XSD
from sampling import thorough

EXAMPLE = Path(__file__).parents[1] / "examples" / "israel"
SETTINGS = read_settings(EXAMPLE / "partyline.toml", environ={})
BUILT_IN = read_settings(environ={})
QUESTIONS = sorted((SETTINGS.knowledge.questions or Path()).glob("*.rq"))
FILES = sorted(SETTINGS.knowledge.kb.rglob("*.ttl"))
PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in SETTINGS.prefixes.items())


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return replace(SETTINGS, releases=tmp_path_factory.mktemp("israel"))


@pytest.fixture(scope="module")
def building(example: Settings) -> BuildResult:
    return build(example)


@pytest.fixture(scope="module")
def built(building: BuildResult) -> Release:
    return building.release


@pytest.fixture(scope="module")
def store(built: Release) -> Store:
    store = Store()
    store.extend(built.open_store().quads_for_pattern(None, None, None, DefaultGraph()))
    return store


@pytest.fixture(scope="module")
def graph(store: Store) -> rdflib.Graph:
    triples = serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES)
    assert triples is not None
    return rdflib.Graph().parse(data=triples, format="nt")


def rows(text: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    head, *body = csv.reader(io.StringIO(text, newline=""))
    return head, Counter(map(tuple, body))


def answer(store: Store, query: str) -> tuple[list[str], Counter[tuple[str, ...]]]:
    solutions = store.query(query)
    assert isinstance(solutions, QuerySolutions)
    text = solutions.serialize(format=QueryResultsFormat.CSV)
    assert text is not None
    return rows(text.decode())


def short(found: Counter[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Return the rows with the last part of each IRI only."""
    return {tuple(map(last_part, row)) for row in found}


def last_part(cell: str) -> str:
    return cell.rpartition("/")[2].rpartition("#")[2] if cell.startswith("http") else cell


def holds(store: Store, pattern: str) -> bool:
    found = store.query(f"{PREFIXES} ASK {{ {pattern} }}")
    assert isinstance(found, QueryBoolean)
    return bool(found)


def count(store: Store, kind: str) -> int:
    """Count what is known to be of a class, whether written or inferred."""
    _, body = answer(store, f"{PREFIXES} SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a pl:{kind} }}")
    [(number,)] = body
    return int(number)


# The sources


def test_ontology_and_shapes_are_those_of_the_built_in_knowledge() -> None:
    ours, theirs = SETTINGS.knowledge, BUILT_IN.knowledge
    assert ours.ontology.samefile(theirs.ontology)
    assert ours.shapes is not None
    assert theirs.shapes is not None
    assert ours.shapes.samefile(theirs.shapes)
    assert ours.withheld is not None
    assert theirs.withheld is not None
    assert ours.withheld.samefile(theirs.withheld)
    assert not ours.base.startswith(theirs.things)


def test_it_has_no_findings(building: BuildResult) -> None:
    assert building.warnings == ()


def test_every_file_is_in_its_canonical_form() -> None:
    assert len(FILES) > 100
    for file in FILES:
        document = read_turtle(file)
        triples = [statement.triple for statement in document.statements]
        assert write_turtle(triples, document.prefixes) == file.read_text(encoding="utf-8"), file


def test_a_subject_is_described_in_one_file_only() -> None:
    places: dict[NamedNode, set[Path]] = defaultdict(set)
    for file in FILES:
        for statement in read_turtle(file).statements:
            subject = statement.triple.subject
            assert isinstance(subject, NamedNode | BlankNode)
            if isinstance(subject, NamedNode):
                places[subject].add(file)
    assert len(places) > 1000
    assert {node.value: files for node, files in places.items() if len(files) > 1} == {}


def test_it_is_as_large_as_a_proof_needs(store: Store) -> None:
    assert count(store, "Organisation") >= 70
    assert count(store, "Person") >= 100
    assert count(store, "PoliticalEvent") >= 140
    assert count(store, "FloorCrossing") >= 25
    assert count(store, "Election") == 7


def test_nothing_of_the_other_country_is_in_it(store: Store) -> None:
    things = BUILT_IN.knowledge.things
    assert not any(
        isinstance(node, NamedNode) and node.value.startswith(things)
        for quad in store
        for node in (quad.subject, quad.object)
    )


# What is known


def test_the_seats_of_each_election_add_up_to_the_chamber(store: Store) -> None:
    _, body = answer(
        store,
        f"""{PREFIXES}
        SELECT ?election (SUM(?seats) AS ?sum) (SAMPLE(?all) AS ?chamber) WHERE {{
          ?contest pl:atElection ?election ; pl:seatsWon ?seats ; pl:seatsInAll ?all .
        }} GROUP BY ?election""",
    )
    assert short(body) == {
        (f"knesset-{year}", "120", "120") for year in (1996, 1999, 2003, 2006, 2009, 2013, 2015)
    }


@pytest.mark.parametrize(
    "statement",
    [
        "organisation:kadima pl:splinterOf organisation:likud",
        "organisation:hatnuah pl:descendsFrom organisation:likud",
        "organisation:one-nation pl:mergedInto organisation:labor",
        "organisation:hetz pl:descendsFrom organisation:shinui",
        "organisation:jewish-home pl:succeeds organisation:national-religious-party",
        "organisation:otzma-leyisrael pl:splinterOf organisation:national-union",
        "organisation:labor pl:memberOf organisation:zionist-union",
        "organisation:independence pl:foundedBy person:ehud-barak",
        "person:eliezer-sandberg pl:defectedFrom organisation:shinui",
        "organisation:yisrael-baaliyah a pl:DefunctOrganisation",
        "organisation:meretz pl:alliedWith organisation:democratic-choice",
    ],
)
def test_it_follows_though_no_file_says_so(store: Store, statement: str) -> None:
    assert holds(store, statement)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("organisation:hatnuah pl:descendsFrom organisation:hetz", "a registration, no lineage"),
        ("organisation:independence pl:succeeds organisation:third-way", "likewise"),
        ("organisation:moledet a pl:DefunctOrganisation", "it left the merger and went on"),
        ("organisation:united-torah-judaism a pl:DefunctOrganisation", "the list was revived"),
        ("organisation:degel-hatorah pl:descendsFrom organisation:united-torah-judaism", "older"),
        ("organisation:herut-national-movement pl:descendsFrom organisation:herut", "claimed"),
        ("organisation:labor a pl:DefunctOrganisation", "a member of a joint list goes on"),
        ("organisation:noy pl:mergedInto organisation:kadima", "sources differ"),
    ],
)
def test_it_does_not_follow(store: Store, statement: str, why: str) -> None:
    assert not holds(store, statement), why


# The questions


def test_there_are_ten_questions_and_each_has_a_title() -> None:
    assert len(QUESTIONS) >= 10
    for question in QUESTIONS:
        first = question.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# "), question
        assert first.endswith("?"), question


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_oxigraph_answers_it(question: Path, store: Store) -> None:
    head, body = answer(store, question.read_text(encoding="utf-8"))
    assert body
    assert (head, body) == rows(question.with_suffix(".csv").read_text(encoding="utf-8"))


@thorough
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_rdflib_answers_it(question: Path, graph: rdflib.Graph) -> None:
    text = graph.query(question.read_text(encoding="utf-8")).serialize(format="csv")
    assert text is not None
    expected = question.with_suffix(".csv").read_text(encoding="utf-8")
    assert rows(text.decode()) == rows(expected)


#: Questions of the built-in knowledge, its parameters here, and a row that must be in the answer.
SHARED = [
    ("descendants", {"ancestor": "organisation:likud"}, ("hatnuah", "splinterOf", "kadima")),
    (
        "path-between",
        {"ancestor": "organisation:shinui", "descendant": "organisation:hetz"},
        ("secular-faction", "succession", "hetz", "secular-faction-transformation", "2006-02-07"),
    ),
    (
        "leaders-on-a-day",
        {"day": "2012-01-01", "line": "organisation:labor"},
        ("labor", "shelly-yachimovich", "chair", "2011-09/2013-11-21", "certain"),
    ),
    (
        "results-of-an-election",
        {"election": "election:knesset-2015"},
        ("zionist-union", "ElectoralContest", "24", "18.67"),
    ),
    ("defectors-who-founded", {}, ("ariel-sharon", "likud", "2005-11-21", "kadima", "2005-11-24")),
    ("expelled", {}, ("haim-amsalem", "shas")),
    # elections, governments, governments on a day, people who changed party, seats of a line
    ("winners-of-elections", {}, ("knesset-2006", "2006-03-28", "kadima", "29", "120", "63.2")),
    (
        "governments",
        {},
        ("government-1999", "1999-07-06", "knesset-1999", "one-israel", "26"),
    ),
    (
        "prime-ministers-on-a-day",
        {"day": "2010-01-01", "head": "concept:prime-minister"},
        ("benjamin-netanyahu", "prime-minister", "government-2009", "2009-03/2013-03", "certain"),
    ),
    ("party-switchers", {}, ("ariel-sharon", "likud", "kadima")),
    (
        "seats-of-a-line",
        {"line": "organisation:likud"},
        ("2009-02-10", "knesset-2009", "kadima", "ElectoralContest", "28", "120"),
    ),
    # descent, lives of parties and their people
    (
        "renamings-and-successions",
        {
            "ancestor": "organisation:national-religious-party",
            "descendant": "organisation:jewish-home",
        },
        ("national-religious-party", "jewish-home", "succession", "2008-11"),
    ),
    (
        "alive-on-a-day",
        {"day": "2006-01-01", "line": "organisation:shinui"},
        ("tzalash", "certain"),
    ),
    ("members", {"organisation": "organisation:zionist-union"}, ("labor", "", "2014-12-10/")),
    ("names", {"organisation": "organisation:labor"}, ("מפלגת העבודה הישראלית", "he")),
    (
        "leads-more-than-once",
        {"organisation": "organisation:labor"},
        ("ehud-barak", "1997-06/2001", "", "", "2007/2011-01-17"),
    ),
    ("leaders-across-successions", {}, ("ehud-barak", "labor", "splinterOf", "independence")),
    (
        "office-holders-on-a-day",
        {"day": "2010-01-01", "organisation": "organisation:government-2009"},
        ("benjamin-netanyahu", "prime-minister", "2009-03/2013-03", "certain"),
    ),
    (
        "departures-and-foundings",
        {"person": "person:ariel-sharon"},
        ("sharon-from-likud", "left", "likud", "2005-11-21"),
    ),
    (
        "defections-in-a-year",
        {"organisation": "organisation:likud", "from": "2005-01-01", "to": "2005-12-31"},
        ("ariel-sharon", "2005-11-21"),
    ),
    # what rests on what
    (
        "words-behind-a-splinter",
        {"splinter": "organisation:kadima", "parent": "organisation:likud"},
        ("kadima-founding", "It was established on 24 November 2005 by moderates from Likud"),
    ),
    ("claimed-legacies", {}, ("herut-national-movement", "herut", "false")),
    ("disputes", {}, ("center-party-end-2001",)),
    ("not-known-to-the-day", {}, ("gesher-founding", "1995", "1995-01-01", "1995-12-31")),
    ("without-recorded-end", {}, ("balad", "false")),
]


@pytest.mark.parametrize(("name", "parameters", "row"), SHARED, ids=[case[0] for case in SHARED])
def test_a_question_of_the_built_in_knowledge_fits_this_one(
    name: str, parameters: dict[str, str], row: tuple[str, ...], store: Store
) -> None:
    questions = {
        question.name: question for question in read_questions(BUILT_IN.knowledge.questions)
    }
    bound = {key: term(text) for key, text in parameters.items()}
    found = short(answer(store, questions[name].bind(bound))[1])
    assert row in {cells[: len(row)] for cells in found}, found


def test_most_questions_of_the_built_in_knowledge_fit() -> None:
    """The others ask about trials, places, one text's modalities, or links to other data."""
    names = {question.name for question in read_questions(BUILT_IN.knowledge.questions)}
    shared = {name for name, _, _ in SHARED}
    assert shared <= names
    assert len(shared) > len(names) / 2


def term(text: str) -> NamedNode | Literal:
    """Read a day, or an IRI with one of the prefixes of the settings."""
    prefix, colon, local = text.partition(":")
    if not colon:
        return Literal(text, datatype=XSD.date)
    return NamedNode(SETTINGS.prefixes[prefix] + local)
