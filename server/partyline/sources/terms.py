"""Which statements of a file define terms, and so belong to an ontology."""

from collections.abc import Iterable
from dataclasses import replace

from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.sources.model import Document
from partyline.sources.statements import Statements
from partyline.vocabulary import OWL, RDF, RDFS

#: Types of what an ontology defines, besides those of OWL itself.
_TERM_TYPES = {RDFS.Class, RDFS.Datatype, RDF.Property, RDFS.ContainerMembershipProperty}
#: Types of OWL that data have too.
_DATA_TYPES = {OWL.Thing, OWL.NamedIndividual, OWL.Nothing}
#: Properties whose subjects are terms, whatever their type.
_ABOUT_TERMS = {
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    RDFS.domain,
    RDFS.range,
    OWL.equivalentClass,
    OWL.equivalentProperty,
    OWL.inverseOf,
    OWL.disjointWith,
    OWL.propertyDisjointWith,
    OWL.propertyChainAxiom,
    OWL.imports,
}


def defines_a_term(triple: Triple) -> bool:
    """Tell whether *triple* says that its subject is a class, a property or an ontology."""
    if triple.predicate == RDF.type:
        kind = triple.object
        return kind in _TERM_TYPES or (kind in OWL and kind not in _DATA_TYPES)
    return triple.predicate in _ABOUT_TERMS


def split_by_terms(document: Document) -> tuple[Document, Document]:
    """Return the statements of *document* about terms, with their blank nodes, and the rest.

    The findings of the document stay with the first part.
    """
    statements = document.statements
    of_terms = statements.about(_subjects(statements))
    return (
        replace(document, statements=statements.where(of_terms)),
        replace(document, statements=statements.where(~of_terms), findings=()),
    )


def _subjects(statements: Statements) -> set[NamedNode | BlankNode | Triple]:
    """Return the terms that *statements* define, and the blank nodes that describe them."""
    defining = statements.of_predicates((RDF.type, *_ABOUT_TERMS))
    found = {row.triple.subject for row in defining if defines_a_term(row.triple)}
    inner: dict[object, list[BlankNode]] = {}
    for row in statements.with_objects(lambda term: isinstance(term, BlankNode)):
        if isinstance(row.triple.object, BlankNode):
            inner.setdefault(row.triple.subject, []).append(row.triple.object)
    waiting: list[NamedNode | BlankNode | Triple] = list(found)
    while waiting:
        new = _not_in(found, inner.get(waiting.pop(), ()))
        found.update(new)
        waiting += new
    return found


def _not_in(
    found: set[NamedNode | BlankNode | Triple], nodes: Iterable[BlankNode]
) -> list[BlankNode]:
    return [node for node in nodes if node not in found]
