"""Terms of pyoxigraph as terms of rdflib and back: no lexical form is normalised.

An exception cannot be avoided: rdflib collapses white space in xsd:token and xsd:normalizedString.

Import this module where it is needed, not at the top of another: rdflib takes a tenth of a second.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import rdflib
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.term import Node

from partyline.errors import NotSerialisable
from partyline.rdf.terms import Term

_LOG = logging.getLogger("rdflib.term")


def to_rdflib(term: Term | Triple) -> Node:
    """Return *term* as a term of rdflib.

    Raises NotSerialisable for what RDF 1.1 does not have: triple terms and base directions.

    >>> to_rdflib(Literal("01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")))
    rdflib.term.Literal('01', datatype=rdflib.term.URIRef('http://www.w3.org/2001/XMLSchema#integer'))
    """
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, Triple):
        raise NotSerialisable(f"{term}: rdflib reads RDF 1.1, which has no triple terms")
    return literal_to_rdflib(term)


def literal_to_rdflib(literal: Literal) -> rdflib.Literal:
    """Return *literal* as a literal of rdflib; it logs nothing where the literal is ill-typed.

    Raises NotSerialisable where the literal has a base direction.
    """
    if literal.direction:
        raise NotSerialisable(f"{literal}: rdflib reads RDF 1.1, which has no base direction")
    if literal.language:
        return rdflib.Literal(literal.value, lang=literal.language)
    with quiet():
        # normalize=False keeps "01"^^xsd:integer as it is written.
        return rdflib.Literal(
            literal.value, datatype=rdflib.URIRef(literal.datatype.value), normalize=False
        )


def from_rdflib(term: Node) -> Term:
    """Return the rdflib *term* as a term of pyoxigraph.

    A label that N-Triples cannot write is replaced by an equivalent one. Raises TypeError for
    what is not a term of RDF, such as a variable, and ValueError for an invalid IRI.
    """
    if isinstance(term, rdflib.URIRef):
        return NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return _blank_node(str(term))
    if not isinstance(term, rdflib.Literal):
        raise TypeError(f"{term!r} is not an IRI, a blank node or a literal")
    if term.language:
        return Literal(str(term), language=term.language)
    datatype = NamedNode(str(term.datatype)) if term.datatype else None
    return Literal(str(term), datatype=datatype)


def graph_to_rdflib(triples: Iterable[Triple]) -> rdflib.Graph:
    """Return *triples* as an rdflib graph."""
    graph = rdflib.Graph()
    for triple in triples:
        graph.add(
            (to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object))
        )
    return graph


def quads_from_rdflib(graph: rdflib.Graph) -> Iterator[Quad]:
    """Yield the triples of a graph, or the quads of a dataset, as quads of pyoxigraph.

    Where the default graph of a dataset is the union of all graphs, it has their triples too.
    Raises TypeError and ValueError for what is not RDF, as `from_rdflib`.
    """
    if not isinstance(graph, rdflib.Dataset):
        for row in graph:
            yield _quad(row, DefaultGraph())
        return
    for subject, predicate, object_, context in graph.quads():
        row, name = (subject, predicate, object_), _graph_name(context)
        yield _quad(row, name)
        if graph.default_union and name != DefaultGraph():
            yield _quad(row, DefaultGraph())


def _quad(row: Iterable[Node], name: NamedNode | BlankNode | DefaultGraph) -> Quad:
    # A literal as a subject raises TypeError there.
    subject, predicate, object_ = map(from_rdflib, row)
    return Quad(subject, predicate, object_, name)  # type: ignore[arg-type]


def _graph_name(
    context: Node | rdflib.Graph | None,
) -> NamedNode | BlankNode | DefaultGraph:
    identifier = context.identifier if isinstance(context, rdflib.Graph) else context
    if identifier is None or identifier == DATASET_DEFAULT_GRAPH_ID:
        return DefaultGraph()
    name = from_rdflib(identifier)
    if isinstance(name, Literal):
        raise TypeError(f"{name} is a literal, which cannot name a graph")
    return name


def _blank_node(label: str) -> BlankNode:
    """Return the blank node with *label*, or with its hexadecimal form: rdflib allows any text."""
    try:
        return BlankNode(label)
    except ValueError:
        return BlankNode("x" + label.encode().hex())


@contextmanager
def quiet() -> Iterator[None]:
    """Keep rdflib from logging a traceback: an ill-typed literal is a finding elsewhere."""
    before, _LOG.disabled = _LOG.disabled, True
    try:
        yield
    finally:
        _LOG.disabled = before
