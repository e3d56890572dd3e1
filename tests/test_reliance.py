"""What falls without a source, against withdrawing it and reasoning again."""

import random
import re
from collections.abc import Iterable, Set

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Triple

from partyline.dataset import Table, TableBuilder
from partyline.reasoning import Closure, materialise
from partyline.releases import Release
from partyline.releases.page_plans import read_page_plan
from partyline.releases.reliance import Reliance, compute_reliance, read_reliance
from partyline.sources.computed_bounds import date_bounds
from partyline.vocabulary import OA, PL
from random_knowledge import AXIOMS, DATA, INDIVIDUALS, MORE_AXIOMS, MORE_DATA, lines
from sampling import examples
from test_reasoning import triples

GRAPHS = ("ontology", "accepted", "inferred")
PLAN = read_page_plan(
    [
        (
            "pages.ttl",
            """
            @prefix dash: <http://datashapes.org/dash#> .
            @prefix sh: <http://www.w3.org/ns/shacl#> .
            @prefix view: <https://w3id.org/partyline/view#> .
            @prefix : <http://example.org/> .
            :Source a sh:NodeShape ;
                sh:targetClass :Source ;
                sh:property [ sh:path :family ; dash:propertyRole view:family ] ;
            .
            """,
        )
    ]
)
#: Here and in the built-in knowledge.
FAMILY = (NamedNode("http://example.org/family"), PL.inFamily)
EVIDENCE = f"{{}} {PL.evidencedBy} :passage{{}} ."
SOURCES = "\n".join(
    f":passage{index} {OA.hasSource} :source{index % 4} ." for index in range(6)
) + "".join(f"\n:source{index} :family :family{index // 2} ." for index in range(4))
#: What each individual rests on.
RESTS = st.lists(lines(EVIDENCE, INDIVIDUALS, st.sampled_from("012345")), max_size=6)


def table_of(closure: Closure, asserted: Iterable[Triple]) -> Table:
    builder = TableBuilder(GRAPHS)
    builder.add_all(asserted, "accepted")
    builder.add_all(closure.inferred, "inferred")
    return builder.table()


def withdrawn(asserted: Set[Triple], closure: Closure, group: object) -> set[Triple]:
    """What is asserted and rests on the source or the family *group* alone."""
    passages: dict[object, set[object]] = {}
    sources: dict[object, set[object]] = {}
    families: dict[object, set[object]] = {}
    for relation, predicates in (
        (passages, (PL.evidencedBy,)),
        (sources, (OA.hasSource,)),
        (families, FAMILY),
    ):
        for row in (*asserted, *closure.inferred):
            if row.predicate in predicates:
                relation.setdefault(row.subject, set()).add(row.object)
    found = set()
    for row in asserted:
        grounds = {one for two in passages.get(row.subject, ()) for one in sources.get(two, ())}
        if grounds and all(one == group or group in families.get(one, ()) for one in grounds):
            found.add(row)
    return found


def fallen(asserted: Set[Triple], closure: Closure, group: object) -> set[Triple]:
    """What neither is asserted nor follows any more without *group*."""
    remaining = asserted - withdrawn(asserted, closure, group)
    return {*closure.asserted, *closure.inferred} - remaining - materialise(remaining).inferred


def said(table: Table, reliance: Reliance, group: int) -> set[Triple]:
    return {table.triple(row) for row in reliance.falling_without(group).tolist()}


def check_all(axioms: list[str], data: list[str], rests: list[str]) -> None:
    asserted = set(triples("\n".join((*axioms, *data, *rests, SOURCES))))
    closure = materialise(asserted)
    table = table_of(closure, asserted)
    reliance = compute_reliance(table, PLAN, closure.rules)
    if reliance.unknown:
        return
    for group in reliance.sources.tolist():
        expected = fallen(asserted, closure, table.terms.term(group))
        assert said(table, reliance, group) == expected


@settings(max_examples=examples(10, 300))
@given(st.lists(AXIOMS, min_size=1, max_size=8), st.lists(DATA, min_size=2, max_size=8), RESTS)
def test_random_knowledge_falls_as_if_it_had_been_reasoned_over_again(
    axioms: list[str], data: list[str], rests: list[str]
) -> None:
    check_all(axioms, data, rests)


@settings(max_examples=examples(10, 300))
@given(
    st.lists(MORE_AXIOMS, min_size=1, max_size=8),
    st.lists(MORE_DATA, min_size=2, max_size=8),
    RESTS,
)
def test_so_does_random_knowledge_with_equality_literals_and_odd_axioms(
    axioms: list[str], data: list[str], rests: list[str]
) -> None:
    check_all(axioms, data, rests)


@pytest.fixture(scope="module")
def asserted(release: Release) -> set[Triple]:
    """What the built-in knowledge is reasoned from, with the bounds that a build computes."""
    given = set(release.table.match(graphs=("ontology", "accepted")))
    return given | date_bounds(given)


def test_of_the_built_in_knowledge_falls_what_does_not_follow_any_more(
    release: Release, asserted: set[Triple]
) -> None:
    table, reliance = release.table, release.reliance
    closure = materialise(asserted)
    groups = [row for row in reliance.sources.tolist() if reliance.falling_without(row).size]
    bounds = date_bounds(asserted)
    published = set(table.match(graphs=("ontology", "accepted", "inferred")))
    wikipedia = table.number(NamedNode("https://w3id.org/partyline/id/family/wikipedia"))
    assert wikipedia in groups
    for group in (wikipedia, *random.Random(1).sample(groups, examples(1, 20))):
        gone = withdrawn(asserted - bounds, closure, table.terms.term(group))
        remaining = asserted - bounds - gone
        remaining |= date_bounds(remaining)
        expected = published - remaining - materialise(remaining).inferred
        assert said(table, reliance, group) == expected


def test_what_is_stored_is_read_again() -> None:
    stored = Reliance.of([7, 9], [(), (0,), (0, 1), (1,), (0,)])
    found = read_reliance(stored.to_bytes())

    assert [found.sources_of(row) for row in range(5)] == [[], [7], [7, 9], [9], [7]]
    assert found.falling_without(7).tolist() == [1, 2, 4]
    assert found.falling_without(8).tolist() == []
    assert read_reliance(Reliance.without_answer("why").to_bytes()).unknown == "why"


def test_a_source_of_an_axiom_makes_all_of_it_unknown() -> None:
    asserted = set(triples(f":C rdfs:subClassOf :D . :C {PL.evidencedBy} :passage0 . {SOURCES}"))
    closure = materialise(asserted)

    found = compute_reliance(table_of(closure, asserted), PLAN, closure.rules)

    assert found.unknown == "A source is evidence of an axiom."


def test_the_page_of_a_family_shows_what_would_fall_and_says_something_new(
    client: FlaskClient,
) -> None:
    page = client.get("/doc/family/wikipedia.html").text
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())

    found = re.search(
        r"([\d,]+) statements rest on it alone, and ([\d,]+) inferred statements would fall"
        r" without it\. The first that say something new:",
        said,
    )
    assert found is not None
    assert all(int(count.replace(",", "")) > 1000 for count in found.groups())
    assert "Buddhist Liberal Democratic Party founded by Son Sann why?" in said


def test_the_sources_of_a_page_say_what_of_it_would_fall(client: FlaskClient) -> None:
    page = client.get("/doc/organisation/khmer-national-solidarity-party.html").text

    assert re.search(r"one voice in \d sources.*Without all of them would fall: [^<]*led by", page)
