"""Sets of triples as numbers behave as sets of triples do."""

import random
from operator import and_, or_, sub, xor

import numpy as np
import pytest
from pyoxigraph import Literal, NamedNode, Triple

from partyline.dataset import Numbering, Origin, TripleSet
from partyline.dataset.triple_set import Columns
from partyline.sources import SourceStatement, Statements
from partyline.vocabulary import XSD

NODES = [NamedNode(f"urn:{name}") for name in "abcd"]
OBJECTS: list[NamedNode | Literal] = [
    *NODES,
    Literal("07", datatype=XSD.integer),
    Literal("7", datatype=XSD.integer),
]
EVERYTHING = [Triple(one, two, three) for one in NODES for two in NODES for three in OBJECTS]


@pytest.mark.parametrize("seed", range(20))
def test_operations_give_what_those_of_sets_give(seed: int) -> None:
    chance = random.Random(seed)
    shared, numbering = Numbering(), Numbering()
    one, two = (frozenset(chance.choices(EVERYTHING, k=chance.randint(0, 40))) for _ in range(2))
    numbered = TripleSet.of(chance.sample(sorted(one, key=str), len(one)), shared)
    others = (two, TripleSet.of(two, shared), TripleSet.of(two, numbering), list(two))
    for operation in (or_, and_, sub, xor):
        for other in others[:3]:
            assert operation(numbered, other) == operation(one, two)
            assert operation(other, numbered) == operation(two, one)
    for other in others[:3]:
        assert (numbered == other) == (one == two)
        assert (numbered <= other) == (one <= two)
        assert (other < numbered) == (two < one)
        assert hash(numbered & other) == hash(numbered & two)
    assert [triple in numbered for triple in EVERYTHING] == [triple in one for triple in EVERYTHING]
    assert len(numbered) == len(one)
    assert set(numbered) == one


@pytest.mark.parametrize("seed", range(5))
def test_selections_give_what_filters_give(seed: int) -> None:
    triples = random.Random(seed).sample(EVERYTHING, 30)
    found = TripleSet.of(triples)
    chosen = NODES[:2]
    assert found.of_predicates(chosen) == {row for row in triples if row.predicate in chosen}
    assert found.of_objects(OBJECTS[3:5]) == {row for row in triples if row.object in OBJECTS[3:5]}
    assert found.loops() == {row for row in triples if row.subject == row.object}
    assert set(found.predicates()) == {row.predicate for row in triples}


@pytest.mark.parametrize("predicates", [1 << 4, 1 << 22])
def test_rows_that_no_integer_holds_are_compared_all_the_same(predicates: int) -> None:
    chance = np.random.default_rng(1)
    limits = (1 << 29, predicates, 1 << 29)

    def columns() -> Columns:
        one, two, three = (chance.integers(0, limit, 500, dtype=np.int32) for limit in limits)
        return one, two, three

    first, second = columns(), columns()
    mixed = [np.concatenate((one[:200], two)) for one, two in zip(first, second, strict=True)]
    numbering = Numbering()
    one = TripleSet.of_rows(numbering, [first, first])
    two = TripleSet.of_rows(numbering, [(mixed[0], mixed[1], mixed[2])])
    rows = [set(zip(*(row.tolist() for row in found.columns), strict=True)) for found in (one, two)]
    for operation in (or_, and_, sub):
        found = operation(one, two)
        expected = operation(*rows)
        assert set(zip(*(row.tolist() for row in found.columns), strict=True)) == expected
        assert len(found) == len(expected)


def test_statements_are_those_that_were_given_in_their_order() -> None:
    rows = [
        SourceStatement(triple, Origin("a.ttl", line))
        for line, triple in enumerate(random.Random(1).choices(EVERYTHING, k=50), 1)
    ]
    statements = Statements.of(rows)
    assert list(statements) == rows
    assert statements == rows
    assert statements[7] == rows[7]
    assert list(statements[3:6]) == rows[3:6]
    assert statements[-1] == rows[-1]
    assert statements.numbered_in(Numbering()) == statements
    assert statements != statements[:-1]
    literals = statements.with_objects(lambda term: isinstance(term, Literal))
    assert list(literals) == [row for row in rows if isinstance(row.triple.object, Literal)]
    about = statements.with_nodes(NODES[:1].__contains__)
    assert list(about) == [
        row for row in rows if NODES[0] in (row.triple.subject, row.triple.object)
    ]
    assert statements.triples() == {row.triple for row in rows}
