"""The library owlrl as an engine: for comparison, and the oracle of the tests."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.rdf.terms import Term
from partyline.reasoning.model.rules import Fact

if TYPE_CHECKING:
    import rdflib

_ERRORS = "http://www.daml.org/2002/03/agents/agent-ont#"


def expand(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Yield *facts* and what owlrl derives from them, facts with literal subjects included."""
    import owlrl  # a second of import that only this engine costs
    import rdflib

    graph = rdflib.Graph()
    for row in facts:
        graph.add(tuple(map(_to_rdflib, row)))  # type: ignore[arg-type]  # three of them
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    messages = {subject for subject in graph.subjects() if str(subject).startswith(_ERRORS)}
    for triple in graph:
        if not any(str(term).startswith(_ERRORS) for term in triple) and triple[0] not in messages:
            subject, predicate, object_ = map(_from_rdflib, triple)
            yield subject, predicate, object_


def _to_rdflib(node: Term) -> "rdflib.term.Identifier":
    import rdflib

    if isinstance(node, BlankNode):
        return rdflib.BNode(node.value)
    if isinstance(node, NamedNode):
        return rdflib.URIRef(node.value)
    if node.language:
        return rdflib.Literal(node.value, lang=node.language)
    # Without normalisation: "01" stays "01".
    return rdflib.Literal(node.value, datatype=rdflib.URIRef(node.datatype.value), normalize=False)


_LABEL = re.compile(r"[^A-Za-z0-9]")


def _from_rdflib(term: object) -> Term:
    import rdflib

    if isinstance(term, rdflib.BNode):
        return BlankNode(_LABEL.sub("", str(term)))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return Literal(str(term), language=term.language)
        if term.datatype is None:
            return Literal(str(term))
        return Literal(str(term), datatype=NamedNode(str(term.datatype)))
    return NamedNode(str(term))
