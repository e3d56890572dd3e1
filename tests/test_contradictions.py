"""Contradictory data are refused, or published with a smallest set excluded from reasoning."""

from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from partyline.errors import ChecksFailed, SettingsError
from partyline.findings import Severity
from partyline.publishing import Publication
from partyline.reasoning import materialise, smallest_hitting_set
from partyline.releases import Release, build
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool
from partyline.validation import run_checks
from partyline.web import create_app
from sampling import examples

BASE = "https://data.example.org/"
PREFIXES = f"""\
@prefix : <{BASE}vocab#> .
@prefix c: <{BASE}id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ONTOLOGY = """\
:Coin owl:disjointWith :Person . :Person a owl:Class . :Coin a owl:Class .
:owns rdfs:domain :Person ; rdfs:range :Coin .
:weight a owl:DatatypeProperty ; rdfs:range xsd:integer .
:older a owl:AsymmetricProperty , owl:IrreflexiveProperty .
"""
#: Data, and the smallest set of their statements without which the others agree.
CASES = {
    "one line of two": ("c:a a :Coin ; :owns c:b .", {"c:a :owns c:b"}),
    "the one that takes part in both": (
        "c:a :owns c:b . c:b :owns c:c . c:d :owns c:b . c:e :owns c:b .",
        {"c:b :owns c:c"},
    ),
    "a value that is not of its datatype": (
        'c:a :weight "heavy"^^xsd:integer .',
        {'c:a :weight "heavy"^^xsd:integer'},
    ),
    "both of two independent ones": (
        "c:a a :Coin ; :owns c:b . c:c :older c:c .",
        {"c:a :owns c:b", "c:c :older c:c"},
    ),
    "a chain that contradicts itself again once it is cut": (
        "c:a a :Coin ; :owns c:b , c:c .",
        {"c:a a :Coin"},
    ),
}


def project(folder: Path, data: str, ontology: str = ONTOLOGY, more: str = "") -> Settings:
    for name, text in (("ontology", ontology), ("kb", data)):
        (folder / name).mkdir(parents=True)
        (folder / name / "all.ttl").write_text(PREFIXES + text, encoding="utf-8")
    (folder / "partyline.toml").write_text(
        f'[knowledge]\ntitle = "Coins"\nbase = "{BASE}"\n'
        + (more or '[reasoning]\ncontradictions = "withhold"\n'),
        encoding="utf-8",
    )
    return read_settings(folder / "partyline.toml")


def triples(turtle: str) -> set[Triple]:
    return {row.triple for row in parse(PREFIXES + turtle, RdfFormat.TURTLE)}


@pytest.mark.parametrize("case", CASES)
def test_a_smallest_set_is_kept_out_of_reasoning(case: str, tmp_path: Path) -> None:
    data, withheld = CASES[case]
    settings = project(tmp_path, data)

    report = run_checks(settings)

    assert not report.violations
    assert report.withheld == triples(" ".join(f"{row} ." for row in withheld))
    assert report.accepted | report.withheld == triples(data)
    assert report.closure is not None
    assert not report.closure.inconsistencies
    shown = {row.triple for one in report.contradictions for row in one.statements if row.withheld}
    assert shown == report.withheld
    assert run_checks(settings).withheld == report.withheld


@pytest.mark.parametrize("seed", range(examples(6, 60)))
def test_no_smaller_set_would_do(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    data = "".join(
        f"c:{random.randrange(5)} {random.choice((':owns', ':older'))} c:{random.randrange(5)} .\n"
        for _ in range(7)
    )
    report = run_checks(project(tmp_path, data))
    axioms, asserted = triples(ONTOLOGY), sorted(triples(data), key=str)

    smallest = next(
        size
        for size in range(len(asserted) + 1)
        for left_out in combinations(asserted, size)
        if not materialise(axioms | set(asserted) - set(left_out)).inconsistencies
    )

    assert report.is_smallest
    assert len(report.withheld) == smallest


def test_an_ontology_that_contradicts_itself_loses_a_statement_of_its_own(tmp_path: Path) -> None:
    contradiction = ":Penny a :Coin , :Person ."
    settings = project(tmp_path, "c:a a :Coin .", ONTOLOGY + contradiction)

    report = run_checks(settings)

    assert not report.withheld
    assert len(report.withheld_axioms) == 1
    assert report.withheld_axioms < triples(contradiction)


def test_a_contradiction_is_refused_unless_the_settings_allow_it(tmp_path: Path) -> None:
    with pytest.raises(ChecksFailed, match="which are disjoint"):
        build(project(tmp_path / "a", "c:a a :Coin , :Person .", more="[reasoning]\n"))
    with pytest.raises(SettingsError, match='must be "refuse" or "withhold"'):
        project(tmp_path / "b", "", more='[reasoning]\ncontradictions = "ignore"\n')


def test_each_contradiction_is_a_warning_that_names_what_is_kept_out(tmp_path: Path) -> None:
    (finding,) = run_checks(project(tmp_path, "c:a a :Coin ;\n :owns c:b .")).findings

    assert finding.severity is Severity.WARNING
    assert finding.code == "cax-dw"
    assert finding.details[-1] == "excluded from reasoning: kb/all.ttl:7: c:a vocab:owns c:b"


@pytest.fixture
def published(tmp_path: Path) -> tuple[Settings, Release]:
    settings = project(tmp_path, "c:a a :Coin ; :owns c:b .\nc:z a :Coin .")
    return settings, build(settings).release


def test_the_release_says_what_contradicts_wherever_one_looks(
    published: tuple[Settings, Release],
) -> None:
    settings, release = published
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        publication = Publication.of(release, settings.knowledge)
        client = create_app(publication, pool, settings).test_client()

        listed = client.get("/contradictions/").text
        assert "excluded from reasoning" in listed
        assert "kb/all.ttl:6" in listed
        assert client.get("/health").json["contradictions"] == 1  # type: ignore[index]  # it is JSON
        for path, concerned in (("a", True), ("z", False)):
            page = client.get(f"/doc/{path}.html").text
            assert ("Contradiction." in page) is concerned
        assert "1 contradictions are listed" in client.get("/dataset.nt").text
        assert "/contradictions/" in client.get("/").text
        withheld = _why(client, f"<{BASE}vocab#owns>")
        assert withheld["standing"] == "disputed"


def _why(client: FlaskClient, predicate: str) -> dict[str, object]:
    answer = client.get(
        "/why.json",
        query_string={
            "subject": f"<{BASE}id/a>",
            "predicate": predicate,
            "object": f"<{BASE}id/b>",
        },
    ).json
    assert isinstance(answer, dict)
    return answer


def test_the_file_of_a_release_is_read_back(published: tuple[Settings, Release]) -> None:
    found = published[1].contradictions

    assert found.withheld == 1
    assert found.is_smallest
    (row,) = found.rows
    assert row.rule == "cax-dw"
    assert NamedNode(f"{BASE}id/a").value in row.concerned
    assert {one.triple for one in row.statements if one.withheld} == triples("c:a :owns c:b .")


def test_a_hitting_set_is_the_smallest() -> None:
    for seed in range(examples(50, 1000)):
        random = Random(seed)
        size = random.randint(1, 9)
        sets = [
            frozenset(random.sample(range(size), random.randint(1, min(4, size))))
            for _ in range(random.randint(0, 10))
        ]

        found = smallest_hitting_set(sets)

        assert found.is_smallest
        assert all(found.members & row for row in sets)
        assert len(found.members) == next(
            number
            for number in range(size + 1)
            for tried in combinations(range(size), number)
            if all(set(tried) & row for row in sets)
        )
        assert smallest_hitting_set(reversed(sets)) == found


def test_a_search_that_would_take_too_long_says_so() -> None:
    random = Random(1)
    sets = [frozenset(random.sample(range(300), 3)) for _ in range(500)]

    found = smallest_hitting_set(sets)

    assert not found.is_smallest
    assert all(found.members & row for row in sets)


def test_nothing_hits_an_empty_set() -> None:
    with pytest.raises(ValueError, match=r"^an empty set has no member to choose$"):
        smallest_hitting_set([{1}, set()])
