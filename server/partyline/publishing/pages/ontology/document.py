"""The ontology as a document: its header, and each class and property in readable form."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.publishing.labels import Text
from partyline.publishing.ontologies import Ontology
from partyline.publishing.pages.ontology.expressions import Expressions
from partyline.publishing.pages.ontology.index import OntologyTheme, themes
from partyline.publishing.pages.ontology.terms import (
    ASSERTED,
    AXIOMS,
    DEFINITIONS,
    SECTIONS,
    OntologyTerm,
    TermProperty,
    asserted_types,
    named_fact,
    ontology_term,
)
from partyline.publishing.pages.view_models import Group, Link, Presenter
from partyline.publishing.statements import Node, Statements, Term
from partyline.vocabulary import OWL, RDF


@dataclass(frozen=True, slots=True)
class OntologySection:
    """All terms of one kind, by name."""

    title: str
    anchor: str
    terms: tuple[OntologyTerm, ...]


@dataclass(frozen=True, slots=True)
class OntologyPage:
    """The whole ontology."""

    link: Link
    title: Text
    description: Text | None
    version: Link | None
    header: tuple[Group, ...]
    #: The terms in full; of a large ontology none is, and each has a page of its own.
    sections: tuple[OntologySection, ...]
    #: The terms of a large ontology by name.
    themes: tuple[OntologyTheme, ...]
    axioms: tuple[TermProperty, ...]


def ontology_triples(statements: Statements) -> set[Triple]:
    """Return the ontology as its files assert it."""
    return set(statements.table.match(graphs=["ontology"]))


def terms_of(statements: Statements, ontology: Ontology) -> set[Triple]:
    """Return what the files assert of *ontology* and its terms, with their blank nodes.

    It is also all that is known of its document and of its version, which have the same address.
    """
    subjects: list[Node] = [NamedNode(iri) for iri in (ontology.iri, *ontology.terms)]
    versions = (ontology.document, version_iri(statements, ontology.iri))
    others = [NamedNode(iri) for iri in versions if iri not in ("", ontology.iri)]
    found = {
        triple
        for node in others
        for triple in statements.table.match(node, graphs=(*ASSERTED, "inferred"))
    }
    seen: set[Node] = set(subjects)
    while subjects:
        for triple in statements.table.match(subjects.pop(), graphs=ASSERTED):
            found.add(triple)
            if isinstance(triple.object, BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                subjects.append(triple.object)
    return found


def version_iri(statements: Statements, ontology: str) -> str:
    """Return the IRI of the version of *ontology*, or the empty string."""
    version = statements.object_(NamedNode(ontology), OWL.versionIRI)
    return version.value if isinstance(version, NamedNode) else ""


def ontology_page(presenter: Presenter, described: Ontology) -> OntologyPage:
    """Return the page of the ontology *described*."""
    statements, labels = presenter.statements, presenter.labels
    ontology = NamedNode(described.iri)
    version = statements.object_(ontology, OWL.versionIRI)
    link = presenter.link(ontology)
    definitions = [text for name in DEFINITIONS for text in statements.objects(ontology, name)]
    return OntologyPage(
        link=link,
        title=labels.best(ontology),
        description=labels.pick(definitions),
        version=presenter.link(version) if isinstance(version, NamedNode) else None,
        header=presenter.groups(statements.match(ontology)),
        sections=() if described.is_large else tuple(term_sections(presenter, described)),
        themes=themes(presenter, described) if described.is_large else (),
        axioms=tuple(_axioms(presenter)),
    )


def term_sections(presenter: Presenter, described: Ontology) -> Iterator[OntologySection]:
    """Yield the terms of the ontology *described* in full, those of one kind after another."""
    waiting = _own_terms(presenter, described)
    for title, kind, types in SECTIONS:
        fitting = {term for term, found in waiting.items() if not types or found & set(types)}
        waiting = {term: found for term, found in waiting.items() if term not in fitting}
        terms = [ontology_term(presenter, term, kind, described) for term in fitting]
        if terms:
            terms.sort(key=lambda term: (term.names[0].order, term.iri))
            yield OntologySection(title, title.lower().replace(" ", "-"), tuple(terms))


def _own_terms(presenter: Presenter, described: Ontology) -> dict[NamedNode, set[Term]]:
    """Return the terms of *described*, with the types that the ontology's files assert."""
    nodes = map(NamedNode, described.terms)
    return {node: asserted_types(presenter.statements, node) for node in nodes}


def _axioms(presenter: Presenter) -> Iterator[TermProperty]:
    """Yield the axioms that are about several terms at once."""
    statements, write = presenter.statements, Expressions(presenter)
    for kind, name in AXIOMS.items():
        for node in statements.subjects(RDF.type, kind):
            heads = [statements.object_(node, row) for row in (OWL.members, OWL.distinctMembers)]
            phrases = [write.listed(head) for head in heads if isinstance(head, BlankNode)]
            yield from named_fact(name, phrases)
