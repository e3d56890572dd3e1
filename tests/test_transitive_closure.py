"""Transitive properties: what is reached, or a message that names the property."""

import pickle
from functools import cache
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Triple

from partyline.dataset import TripleSet
from partyline.errors import ClosureTooLarge
from partyline.reasoning import check, fact, materialise, prove
from partyline.reasoning.evaluate.columns import STORES, Database, Results, load_triples
from partyline.reasoning.evaluate.pairs.packed_pairs import distinct, pack, unpack
from partyline.reasoning.evaluate.pairs.transitive_closure import (
    TooManyPairs,
    transitive_closure,
)
from partyline.reasoning.evaluate.sparql import LargeJoin, Workspace
from partyline.reasoning.model.components import reached as reached_by_paths
from partyline.reasoning.model.components import strongly_connected
from test_reasoning import triples

Pairs = set[tuple[int, int]]

#: Literals have negative numbers.
NODES = st.integers(-4, 12)
PAIRS = st.sets(st.tuples(NODES, NODES), max_size=30)
DOWNWARDS = PAIRS.map(lambda pairs: {(max(pair), min(pair)) for pair in pairs})


def closed(pairs: Pairs, most: int = 1_000) -> Pairs:
    rows = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    found = transitive_closure(distinct(pack(rows[:, 0], rows[:, 1])), most)
    assert (found[1:] > found[:-1]).all()
    one, two = unpack(found)
    return set(zip(one.tolist(), two.tolist(), strict=True))


def reached(pairs: Pairs) -> Pairs:
    found = set(pairs)
    for middle, one, two in product(range(-4, 13), repeat=3):
        if (one, middle) in found and (middle, two) in found:
            found.add((one, two))
    return found


@given(st.one_of(PAIRS, DOWNWARDS))
def test_the_closure_is_what_paths_reach(pairs: Pairs) -> None:
    assert closed(pairs) == reached(pairs)


@given(st.one_of(PAIRS, DOWNWARDS))
def test_a_closure_of_more_pairs_than_allowed_is_refused(pairs: Pairs) -> None:
    expected = reached(pairs)
    assert closed(pairs, len(expected)) == expected
    if expected:
        with pytest.raises(TooManyPairs):
            closed(pairs, len(expected) - 1)


@given(PAIRS)
def test_what_is_closed_stays_as_it_is(pairs: Pairs) -> None:
    expected = reached(pairs)
    assert closed(expected) == expected


@given(PAIRS)
def test_a_graph_of_any_nodes_is_closed_as_a_column_is(pairs: Pairs) -> None:
    after = {node: [two for one, two in pairs if one == node] for node in range(-4, 13)}
    added = list(reached_by_paths(after))
    assert set(added) | pairs == reached(pairs)
    assert len(set(added)) == len(added) == len(reached(pairs)) - len(pairs)


@given(PAIRS)
def test_components_are_the_nodes_that_reach_each_other(pairs: Pairs) -> None:
    after = {node: [two for one, two in pairs if one == node] for node in range(-4, 13)}
    found = list(strongly_connected(after))
    all_reached = reached(pairs)
    for component in found:
        for one, two in product(component, repeat=2):
            assert one == two or (one, two) in all_reached
    assert sorted(node for component in found for node in component) == sorted(after)
    place = {node: index for index, component in enumerate(found) for node in component}
    assert all(place[two] <= place[one] for one, two in pairs)  # what is reached comes first


def chain(size: int, property_: str = ":p") -> str:
    return " ".join(f":n{one} {property_} :n{two} ." for one, two in pairwise(range(size + 1)))


TRANSITIVE = ":p a owl:TransitiveProperty . "
SHAPES = {
    "chain": TRANSITIVE + chain(8),
    "circle": TRANSITIVE + chain(8) + ":n8 :p :n0 .",
    "symmetric": ":p a owl:TransitiveProperty , owl:SymmetricProperty . " + chain(6),
    "inverse": f"{TRANSITIVE} :p owl:inverseOf :q . {chain(4)} :n9 :q :n4 . :n0 :q :n7 .",
    "sub-property": f"{TRANSITIVE} :q rdfs:subPropertyOf :p . {chain(4)} :n4 :q :n5 .",
    "chain axiom": ":p owl:propertyChainAxiom (:p :p) . " + chain(8),
    "feeds itself": f"{TRANSITIVE} :p owl:propertyChainAxiom (:q :r) . {chain(4)}"
    " :n4 :q :a . :a :r :b . :b :p :n1 .",
    "equal names": f"{TRANSITIVE} {chain(5)} :n5 owl:sameAs :m . :m :p :k . :k owl:sameAs :n1 .",
    "equal properties": f"{TRANSITIVE} {chain(3)} :q owl:sameAs :p . :n3 :q :n4 .",
    "types": "rdf:type a owl:TransitiveProperty . :a a :b . :b a :c .",
}


@cache
def closed_by(engine: str, shape: str) -> frozenset[Triple]:
    return frozenset(materialise(triples(SHAPES[shape]), engine).inferred)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("engine", ["auto", "arrays", "duckdb"])
def test_every_engine_closes_as_sparql_does(shape: str, engine: str) -> None:
    assert closed_by(engine, shape) == closed_by("sparql", shape)


@pytest.mark.parametrize("store", STORES)
def test_too_long_a_chain_names_the_property_and_a_remedy(store: str) -> None:
    with Database() as database:
        load_triples(database, TripleSet.of(triples(TRANSITIVE + chain(60))))
        with pytest.raises(ClosureTooLarge) as caught:
            Results(database, STORES[store], largest=1_000)
    assert "<http://example.org/p> is transitive" in str(caught.value)
    assert "property path <http://example.org/p>+" in caught.value.remedy
    assert caught.value.statements == tuple(map(fact, triples(TRANSITIVE)))
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_auto_leaves_sparql_where_chains_are_long() -> None:
    closure = materialise(triples(TRANSITIVE + chain(200)))
    assert len(closure.inferred) == 200 * 199 // 2


@pytest.mark.parametrize(
    "turtle",
    [
        TRANSITIVE + chain(20),
        ":r owl:propertyChainAxiom (:p :q) ."
        + " ".join(f":a{index} :p :hub . :hub :q :b{index} ." for index in range(20)),
    ],
)
def test_sparql_refuses_a_join_of_more_rows_than_allowed(turtle: str) -> None:
    asserted = triples(turtle)
    rules = materialise(asserted, "sparql").rules.rules
    Workspace(map(fact, asserted), most_rows=2_000).apply(rules)
    with pytest.raises(LargeJoin):
        Workspace(map(fact, asserted), most_rows=100).apply(rules)


def test_what_a_chain_reaches_has_a_proof() -> None:
    closure = materialise(triples(TRANSITIVE + chain(100)))
    for goal in triples(":n3 :p :n20 . :n50 :p :n58 ."):
        proof = prove(closure, goal)
        assert proof is not None
        assert check(proof, closure.asserted_facts)
