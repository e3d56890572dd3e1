"""Terms between pyoxigraph and rdflib."""

import logging

import pytest
import rdflib
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Quad, Triple

from partyline.errors import NotSerialisable, SourceError
from partyline.rdf.graph_input import graph_prefixes, graph_quads
from partyline.rdf.rdflib_bridge import from_rdflib, graph_to_rdflib, to_rdflib
from partyline.rdf.terms import Term
from partyline.vocabulary import XSD

A, P = NamedNode("https://example.org/a"), NamedNode("https://example.org/p")


@pytest.mark.parametrize(
    "term",
    [
        A,
        NamedNode("https://example.org/ខ្មែរ"),
        BlankNode("b0.x-1"),
        Literal("x"),
        Literal(""),
        Literal("x", language="en-gb"),
        Literal("01", datatype=XSD.integer),
        Literal("not a number", datatype=XSD.integer),
        Literal("<a>", datatype=NamedNode("https://example.org/markup")),
        Literal("line\nline\r\t\x00"),
    ],
)
def test_a_term_comes_back_as_it_was(term: Term) -> None:
    assert from_rdflib(to_rdflib(term)) == term


def test_an_ill_typed_literal_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    to_rdflib(Literal("x", datatype=XSD.date))
    assert not caplog.records
    assert not logging.getLogger("rdflib.term").disabled


@pytest.mark.parametrize(
    ("term", "reason"),
    [
        (Triple(A, P, A), "no triple terms"),
        (Literal("x", language="ar", direction=BaseDirection.RTL), "no base direction"),
    ],
)
def test_what_rdf_1_1_does_not_have_is_refused(term: Triple | Literal, reason: str) -> None:
    with pytest.raises(NotSerialisable, match=reason):
        to_rdflib(term)


def test_a_label_that_cannot_be_written_is_replaced_always_by_the_same() -> None:
    one, other = from_rdflib(rdflib.BNode("a b")), from_rdflib(rdflib.BNode("a/b"))
    assert isinstance(one, BlankNode)
    assert one == from_rdflib(rdflib.BNode("a b"))
    assert one != other


def test_what_is_not_a_term_is_refused() -> None:
    with pytest.raises(TypeError, match="not an IRI, a blank node or a literal"):
        from_rdflib(rdflib.Variable("x"))


def test_a_graph_is_converted_whole() -> None:
    rows = {Triple(A, P, Literal("01", datatype=XSD.integer)), Triple(A, P, A)}
    graph = graph_to_rdflib(rows)
    assert {tuple(map(from_rdflib, row)) for row in graph} == set(map(tuple, rows))


def test_a_graph_of_rdflib_gives_its_statements_and_its_prefixes() -> None:
    dataset = rdflib.Dataset()
    dataset.bind("ex", "https://example.org/")
    subject, predicate = (rdflib.URIRef(f"https://example.org/{name}") for name in "ap")
    dataset.graph(rdflib.URIRef("urn:g")).add((subject, predicate, rdflib.Literal("07")))
    a, p, g = NamedNode("https://example.org/a"), NamedNode("https://example.org/p"), "urn:g"
    assert Quad(a, p, Literal("07"), NamedNode(g)) in set(graph_quads(dataset))
    assert graph_prefixes(dataset)["ex"] == "https://example.org/"


def test_triples_and_quads_are_a_graph_and_nothing_else_is() -> None:
    a = NamedNode("urn:a")
    named = Quad(a, a, a, a)
    assert list(graph_quads([Triple(a, a, a), named])) == [Quad(a, a, a), named]
    assert graph_prefixes([named]) == {}
    for wrong, said in (([a], "neither a triple nor a quad"), (7, "not iterable")):
        with pytest.raises(SourceError, match=f"the source is not a graph: .*{said}"):
            list(graph_quads(wrong))  # type: ignore[arg-type]
