"""Triples as columns of numbers: what they give is what a tuple of triples gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.dataset import TripleSequence, TripleSet
from partyline.sparql import GraphResult
from partyline.vocabulary import XSD

NODES = [
    NamedNode("urn:a"),
    NamedNode("urn:a/b"),
    NamedNode("urn:é"),
    BlankNode("a"),
    BlankNode("ab"),
]
IRIS = [NamedNode("urn:p"), NamedNode("urn:p2")]
LITERALS = [
    *(Literal("a"), Literal("a", language="en")),
    *(Literal("1", datatype=XSD.integer), Literal('"\n')),
]
TRIPLES = st.lists(
    st.builds(
        Triple, st.sampled_from(NODES), st.sampled_from(IRIS), st.sampled_from([*NODES, *LITERALS])
    ),
    max_size=12,
    unique=True,
)


@given(TRIPLES)
def test_a_set_in_order_is_the_sorted_sequence(rows: list[Triple]) -> None:
    sequence = TripleSequence.in_order(TripleSet.of(rows))
    expected = sorted(rows, key=str)
    assert list(sequence) == expected
    assert sequence == tuple(expected)
    assert sequence[1:] == expected[1:]
    assert [sequence[place] for place in range(len(sequence))] == expected
    assert sequence != [*expected, *expected, None]


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
@pytest.mark.parametrize("rows", [[], NODES[:3], [*NODES, *LITERALS]], ids=["none", "nodes", "all"])
def test_frames_are_those_of_the_triples_one_by_one(library: str, rows: list[NamedNode]) -> None:
    pytest.importorskip(library)
    found = sorted({Triple(NODES[0], IRIS[0], node) for node in rows}, key=str)  # type: ignore[arg-type]  # terms
    one = GraphResult(TripleSequence.in_order(TripleSet.of(found)))
    other = GraphResult(tuple(found))
    assert one.columns() == other.columns()
    if library == "pandas":
        assert one.to_pandas().equals(other.to_pandas())
    elif library == "polars":
        assert one.to_polars().equals(other.to_polars())
        assert one.to_polars().schema == other.to_polars().schema
    else:
        assert one.to_arrow().equals(other.to_arrow())
    assert len(one) == len(found)
    assert set(one.to_rdflib()) == set(other.to_rdflib())
