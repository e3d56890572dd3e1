"""Lists of which no two members go together: the pairs that facts violate, and no others."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Triple

from partyline.reasoning import (
    Constraint,
    Fact,
    Facts,
    LiveClosure,
    fact,
    materialise,
    refutations,
)
from partyline.reasoning.model.exclusions import Exclusion, unfolded
from partyline.reasoning.model.stratification import topic
from partyline.vocabulary import OWL, RDF
from test_reasoning import triples

NODES = [NamedNode(f"http://example.org/n{number}") for number in range(4)]
PREDICATES = [*NODES, RDF.type, OWL.sameAs]
FACTS = st.lists(
    st.tuples(st.sampled_from(NODES), st.sampled_from(PREDICATES), st.sampled_from(NODES)),
    max_size=8,
)
MEMBERS = st.lists(st.sampled_from([*NODES, RDF.type]), max_size=4).map(tuple)
NAMES = st.sampled_from(["eq-diff2", "eq-diff3", "prp-adp", "cax-adc"])
AXIOM: Fact = (NamedNode("http://example.org/axiom"), OWL.members, NODES[0])


def of_all_pairs(exclusion: Exclusion, facts: Facts) -> set[Constraint]:
    """Return the constraints of all pairs of members that have solutions."""
    found = exclusion.constraints([pair for pair in combinations(exclusion.members, 2)])
    known = Facts((*facts, AXIOM))
    return {row for row in found if any(True for _ in known.solutions(row.body))}


@given(NAMES, MEMBERS, FACTS)
def test_the_pairs_that_facts_violate_are_found(
    name: str, members: tuple[NamedNode, ...], rows: list[Fact]
) -> None:
    exclusion, facts = Exclusion(name, AXIOM, members), Facts(rows)
    expected = of_all_pairs(exclusion, facts)
    repeated = {row for row in expected if row.body == (AXIOM,)}
    if not exclusion.may_fail({topic(row) for row in facts}):
        assert not expected
        return
    found = unfolded([exclusion], facts)
    assert {row for row in found if any(True for _ in facts.solutions(row.body))} == (
        expected - repeated
    )
    assert repeated <= set(found)
    groups = [exclusion.group_of(row, facts) for row in facts]
    assert expected - repeated <= set(exclusion.constraints(groups))


#: The type of an axiom, the predicate of its list, and what violates it for two members.
CASES = [
    ("AllDisjointClasses", "members", ":a a :m3, :m70 ."),
    ("AllDisjointProperties", "members", ":a :m3 :b ; :m70 :b ."),
    ("AllDifferent", "distinctMembers", ":m3 owl:sameAs :m70 ."),
]


def numbered(kind: str, predicate: str, number: int) -> frozenset[Triple]:
    listed = " ".join(f":m{n}" for n in range(number))
    return triples(f"[] a owl:{kind} ; owl:{predicate} ( {listed} ) .")


@pytest.mark.parametrize("engine", ["auto", "sparql", "arrays", "duckdb"])
@pytest.mark.parametrize(("kind", "predicate", "violation"), CASES)
def test_every_engine_refutes_the_pair_of_a_long_list(
    kind: str, predicate: str, violation: str, engine: str
) -> None:
    stated = numbered(kind, predicate, 100)
    closure = materialise([*stated, *triples(violation)], engine)
    found = refutations(closure)
    assert found
    assert all(set(row.violation.premises) <= set(closure.facts) for row in found)
    named = {str(row.violation.constraint) for row in found}
    assert all("m3>" in row and "m70>" in row for row in named), named
    assert not materialise(stated, engine).inconsistencies


@pytest.mark.parametrize(("kind", "predicate", "violation"), CASES)
def test_an_edit_violates_an_exclusion_and_another_one_ends_that(
    kind: str, predicate: str, violation: str
) -> None:
    axioms, wrong = numbered(kind, predicate, 80), triples(violation)
    live = LiveClosure(axioms)
    live.change(added=wrong)
    expected = materialise([*axioms, *wrong]).inconsistencies
    assert {row.premises for row in live.closure().inconsistencies} == {
        row.premises for row in expected
    }
    live.change(removed=[next(iter(wrong))])
    live.change(added=wrong, removed=axioms)
    assert not live.closure().inconsistencies
    live.change(added=axioms)
    assert live.closure().inconsistencies


@pytest.mark.parametrize("engine", ["sparql", "arrays", "duckdb"])
def test_of_many_disjoint_classes_those_with_a_common_member_are_refuted(engine: str) -> None:
    axioms = " ".join(f":C{n} owl:disjointWith :C{n + 1} ." for n in range(40))
    data = " ".join(f":a{n} a :C{n}, :C{n + 2} ." for n in range(40))
    assert not materialise(triples(axioms + data), engine).inconsistencies
    wrong = ":a3 a :C4 . :C9 owl:disjointWith :C9 ."
    found = refutations(materialise(triples(axioms + data + wrong), engine))
    assert {frozenset(row.violation.premises) for row in found} == {
        frozenset(map(fact, triples(":a3 a :C3, :C4 ."))),
        frozenset(map(fact, triples(":a3 a :C4, :C5 ."))),
        frozenset(map(fact, triples(":a7 a :C9 ."))),
        frozenset(map(fact, triples(":a9 a :C9 ."))),
    }
