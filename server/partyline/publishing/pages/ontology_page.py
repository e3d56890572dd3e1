"""The ontology as a document: its header, and each class and property in readable form."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.publishing.labels import Text
from partyline.publishing.ontologies import Ontology
from partyline.publishing.pages.class_expressions import Expressions, Phrase
from partyline.publishing.pages.view_models import Group, Link, Presenter
from partyline.publishing.statements import Node, Statements, Term
from partyline.vocabulary import DCT, LABEL_PROPERTIES, OWL, RDF, RDFS, SKOS

_DEFINITIONS = (SKOS.definition, RDFS.comment, DCT.description)
#: The sections of the page, and the types whose terms stand in them; the last takes what is left.
_SECTIONS = (
    ("Classes", "class", (OWL.Class, RDFS.Class)),
    ("Object properties", "object property", (OWL.ObjectProperty,)),
    ("Datatype properties", "datatype property", (OWL.DatatypeProperty,)),
    ("Annotation properties", "annotation property", (OWL.AnnotationProperty,)),
    ("Properties", "property", (RDF.Property,)),
    ("Individuals", "individual", ()),
)
_CHARACTERISTICS = {
    OWL.FunctionalProperty: "functional",
    OWL.InverseFunctionalProperty: "inverse functional",
    OWL.TransitiveProperty: "transitive",
    OWL.SymmetricProperty: "symmetric",
    OWL.AsymmetricProperty: "asymmetric",
    OWL.ReflexiveProperty: "reflexive",
    OWL.IrreflexiveProperty: "irreflexive",
    OWL.DeprecatedClass: "deprecated",
    OWL.DeprecatedProperty: "deprecated",
}
#: Properties between two terms, with their names on the page, in its order.
_RELATIONS = {
    RDFS.subClassOf: "Subclass of",
    RDFS.subPropertyOf: "Subproperty of",
    OWL.equivalentClass: "Equivalent to",
    OWL.equivalentProperty: "Equivalent to",
    RDFS.domain: "Domain",
    RDFS.range: "Range",
    OWL.inverseOf: "Inverse of",
    OWL.disjointWith: "Disjoint with",
    OWL.propertyDisjointWith: "Property disjoint with",
}
#: Data may describe terms, too.
_ASSERTED = ("ontology", "accepted")
_BACKWARDS = {RDFS.subClassOf: "Subclasses", RDFS.subPropertyOf: "Subproperties"}
_LISTS = {
    OWL.hasKey: "Key",
    OWL.unionOf: "Union of",
    OWL.intersectionOf: "Intersection of",
    OWL.oneOf: "One of",
    OWL.disjointUnionOf: "Disjoint union of",
}
_AXIOMS = {
    OWL.AllDisjointClasses: "Pairwise disjoint classes",
    OWL.AllDisjointProperties: "Pairwise disjoint properties",
    OWL.AllDifferent: "All different",
}
_IS_A, _CHAIN = "Is a", "Property chain"
#: All of these words, which a site may translate.
WORDS = (
    *(word for title, kind, _ in _SECTIONS for word in (title, kind)),
    *_CHARACTERISTICS.values(),
    *(_IS_A, *_RELATIONS.values(), *_BACKWARDS.values(), _CHAIN),
    *(*_LISTS.values(), *_AXIOMS.values()),
)
_SHOWN_ELSEWHERE = {
    RDF.type,
    OWL.propertyChainAxiom,
    RDFS.isDefinedBy,
    *_DEFINITIONS,
    *LABEL_PROPERTIES,
    *_RELATIONS,
    *_LISTS,
}


@dataclass(frozen=True, slots=True)
class TermProperty:
    """An axiom about a term: its name and its phrases."""

    name: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A class or property, as the page shows it."""

    anchor: str
    iri: str
    #: Path that the IRI of the term leads to.
    path: str
    compact: str
    kind: str
    names: tuple[Text, ...]
    definitions: tuple[Text, ...]
    characteristics: tuple[str, ...]
    facts: tuple[TermProperty, ...]
    #: Everything else that the ontology says of the term.
    remarks: tuple[Group, ...]
    #: Path of the resources of a class, else empty.
    browse: str


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
    sections: tuple[OntologySection, ...]
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
        for triple in statements.table.match(node, graphs=(*_ASSERTED, "inferred"))
    }
    seen: set[Node] = set(subjects)
    while subjects:
        for triple in statements.table.match(subjects.pop(), graphs=_ASSERTED):
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
    definitions = [text for name in _DEFINITIONS for text in statements.objects(ontology, name)]
    return OntologyPage(
        link=link,
        title=labels.best(ontology),
        description=labels.pick(definitions),
        version=presenter.link(version) if isinstance(version, NamedNode) else None,
        header=presenter.groups(statements.match(ontology)),
        sections=tuple(_sections(presenter, described)),
        axioms=tuple(_axioms(presenter)),
    )


def _sections(presenter: Presenter, described: Ontology) -> Iterator[OntologySection]:
    waiting = _own_terms(presenter, described)
    for title, kind, types in _SECTIONS:
        fitting = {term for term, found in waiting.items() if not types or found & set(types)}
        waiting = {term: found for term, found in waiting.items() if term not in fitting}
        terms = [_term(presenter, term, kind, described) for term in fitting]
        if terms:
            terms.sort(key=lambda term: (term.names[0].order, term.iri))
            yield OntologySection(title, title.lower().replace(" ", "-"), tuple(terms))


def _own_terms(presenter: Presenter, described: Ontology) -> dict[NamedNode, set[Term]]:
    """Return the terms of *described*, with the types that the ontology's files assert."""
    table = presenter.statements.table
    terms: dict[NamedNode, set[Term]] = {}
    for iri in described.terms:
        node = NamedNode(iri)
        terms[node] = {row.object for row in table.match(node, RDF.type, graphs=_ASSERTED)}
    return terms


def _term(presenter: Presenter, node: NamedNode, kind: str, described: Ontology) -> OntologyTerm:
    statements, labels, iri = presenter.statements, presenter.labels, node.value
    literals = labels.literals(node)
    names = tuple(dict.fromkeys(labels.best(name) for name in literals)) or (labels.best(node),)
    definitions = [text for name in _DEFINITIONS for text in statements.objects(node, name)]
    types = statements.objects(node, RDF.type)
    rest = (row for row in statements.match(node) if row.triple.predicate not in _SHOWN_ELSEWHERE)
    has_things = kind == "class" and statements.some(1, None, RDF.type, node)
    return OntologyTerm(
        anchor=_anchor(iri, described),
        path=presenter.addresses.page(iri),
        iri=iri,
        compact=labels.compact(iri),
        kind=kind,
        names=names,
        definitions=tuple(labels.best(text) for text in definitions if isinstance(text, Literal)),
        characteristics=tuple(word for kind, word in _CHARACTERISTICS.items() if kind in types),
        facts=tuple(_facts(presenter, node, types)),
        remarks=presenter.groups(rest),
        browse=f"/browse/?class={presenter.addresses.query(iri)}" if has_things else "",
    )


def _anchor(iri: str, described: Ontology) -> str:
    """Return the fragment of *iri* in the page; for a slash IRI, what follows its namespace."""
    document, hash_, fragment = iri.partition("#")
    return fragment if hash_ and document == described.document else iri.removeprefix(described.iri)


def _facts(presenter: Presenter, node: NamedNode, types: Iterable[Term]) -> Iterator[TermProperty]:
    statements, write = presenter.statements, Expressions(presenter)
    own_types = [
        kind
        for kind in types
        if isinstance(kind, NamedNode) and kind not in OWL and kind not in RDFS and kind not in RDF
    ]
    yield from _fact(_IS_A, (write.phrase(kind) for kind in own_types))
    for predicate, name in _RELATIONS.items():
        objects = _asserted(statements, node, predicate)
        yield from _fact(name, (write.phrase(term) for term in objects))
    for predicate, name in _BACKWARDS.items():
        rows = statements.match(None, predicate, node)
        below = [row.triple.subject for row in rows if row.standing == "asserted"]
        named = sorted((term for term in below if isinstance(term, NamedNode)), key=str)
        yield from _fact(name, (write.phrase(term) for term in named))
    chains = _asserted(statements, node, OWL.propertyChainAxiom)
    yield from _fact(_CHAIN, (write.chain(head) for head in chains))
    for predicate, name in _LISTS.items():
        heads = _asserted(statements, node, predicate)
        yield from _fact(name, (write.listed(head) for head in heads))


def _asserted(statements: Statements, node: NamedNode, predicate: NamedNode) -> list[Term]:
    """Return what the ontology says itself: its page is not the place for all that follows."""
    rows = statements.match(node, predicate)
    return sorted((row.triple.object for row in rows if row.standing == "asserted"), key=str)


def _fact(name: str, phrases: Iterable[Phrase]) -> Iterator[TermProperty]:
    found = tuple(phrases)
    if found:
        yield TermProperty(name, found)


def _axioms(presenter: Presenter) -> Iterator[TermProperty]:
    """Yield the axioms that are about several terms at once."""
    statements, write = presenter.statements, Expressions(presenter)
    for kind, name in _AXIOMS.items():
        for node in statements.subjects(RDF.type, kind):
            heads = [statements.object_(node, row) for row in (OWL.members, OWL.distinctMembers)]
            phrases = [write.listed(head) for head in heads if isinstance(head, BlankNode)]
            yield from _fact(name, phrases)
