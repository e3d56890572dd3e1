"""The terms of an ontology in readable form: what its files say of a class or a property."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from partyline.publishing.labels import Text
from partyline.publishing.ontologies import Ontology
from partyline.publishing.pages.ontology.expressions import Expressions, Phrase
from partyline.publishing.pages.view_models import Group, Presenter
from partyline.publishing.statements import Statements, Term
from partyline.vocabulary import DCT, LABEL_PROPERTIES, OWL, RDF, RDFS, SKOS

DEFINITIONS = (SKOS.definition, RDFS.comment, DCT.description)
#: The sections of the page, and the types whose terms stand in them; the last takes what is left.
SECTIONS = (
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
ASSERTED = ("ontology", "accepted")
_BACKWARDS = {RDFS.subClassOf: "Subclasses", RDFS.subPropertyOf: "Subproperties"}
_LISTS = {
    OWL.hasKey: "Key",
    OWL.unionOf: "Union of",
    OWL.intersectionOf: "Intersection of",
    OWL.oneOf: "One of",
    OWL.disjointUnionOf: "Disjoint union of",
}
AXIOMS = {
    OWL.AllDisjointClasses: "Pairwise disjoint classes",
    OWL.AllDisjointProperties: "Pairwise disjoint properties",
    OWL.AllDifferent: "All different",
}
_IS_A, _CHAIN = "Is a", "Property chain"
#: All of these words, which a site may translate.
WORDS = (
    *(word for title, kind, _ in SECTIONS for word in (title, kind)),
    *_CHARACTERISTICS.values(),
    *(_IS_A, *_RELATIONS.values(), *_BACKWARDS.values(), _CHAIN),
    *(*_LISTS.values(), *AXIOMS.values()),
)
_SHOWN_ELSEWHERE = {
    RDF.type,
    OWL.propertyChainAxiom,
    RDFS.isDefinedBy,
    *DEFINITIONS,
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


def ontology_term(
    presenter: Presenter, node: NamedNode, kind: str, described: Ontology
) -> OntologyTerm:
    """Return the term *node* of the ontology *described*, which is of this *kind*."""
    statements, labels, iri = presenter.statements, presenter.labels, node.value
    literals = labels.literals(node)
    names = tuple(dict.fromkeys(labels.best(name) for name in literals)) or (labels.best(node),)
    definitions = [text for name in DEFINITIONS for text in statements.objects(node, name)]
    types = statements.objects(node, RDF.type)
    rest = (row for row in statements.match(node) if row.triple.predicate not in _SHOWN_ELSEWHERE)
    has_things = kind == "class" and statements.some(1, None, RDF.type, node)
    return OntologyTerm(
        anchor=anchor_of(iri, described),
        path=presenter.addresses.page(iri),
        iri=iri,
        compact=labels.compact(iri),
        kind=kind,
        names=names,
        definitions=tuple(labels.best(text) for text in definitions if isinstance(text, Literal)),
        characteristics=tuple(word for kind, word in _CHARACTERISTICS.items() if kind in types),
        facts=tuple(term_facts(presenter, node, types)),
        remarks=presenter.groups(rest),
        browse=f"/browse/?class={presenter.addresses.query(iri)}" if has_things else "",
    )


def anchor_of(iri: str, described: Ontology) -> str:
    """Return the fragment of *iri* in the page; for a slash IRI, what follows its namespace."""
    document, hash_, fragment = iri.partition("#")
    return fragment if hash_ and document == described.document else iri.removeprefix(described.iri)


def term_facts(
    presenter: Presenter, node: NamedNode, types: Iterable[Term]
) -> Iterator[TermProperty]:
    """Yield the axioms about *node*, a term of these *types*."""
    statements, write = presenter.statements, Expressions(presenter)
    own_types = [
        kind
        for kind in types
        if isinstance(kind, NamedNode) and kind not in OWL and kind not in RDFS and kind not in RDF
    ]
    yield from named_fact(_IS_A, (write.phrase(kind) for kind in own_types))
    for predicate, name in _RELATIONS.items():
        objects = _asserted(statements, node, predicate)
        yield from named_fact(name, (write.phrase(term) for term in objects))
    for predicate, name in _BACKWARDS.items():
        rows = statements.match(None, predicate, node)
        below = [row.triple.subject for row in rows if row.standing == "asserted"]
        named = sorted((term for term in below if isinstance(term, NamedNode)), key=str)
        yield from named_fact(name, (write.phrase(term) for term in named))
    chains = _asserted(statements, node, OWL.propertyChainAxiom)
    yield from named_fact(_CHAIN, (write.chain(head) for head in chains))
    for predicate, name in _LISTS.items():
        heads = _asserted(statements, node, predicate)
        yield from named_fact(name, (write.listed(head) for head in heads))


def _asserted(statements: Statements, node: NamedNode, predicate: NamedNode) -> list[Term]:
    """Return what the ontology says itself: its page is not the place for all that follows."""
    rows = statements.match(node, predicate)
    return sorted((row.triple.object for row in rows if row.standing == "asserted"), key=str)


def named_fact(name: str, phrases: Iterable[Phrase]) -> Iterator[TermProperty]:
    """Yield the property *name* with its *phrases*, where there are any."""
    found = tuple(phrases)
    if found:
        yield TermProperty(name, found)


def kind_of(types: Iterable[Term]) -> str:
    """Return the kind of a term of these asserted *types*, such as "class"."""
    asserted = set(types)
    return next(kind for _, kind, wanted in SECTIONS if not wanted or asserted & set(wanted))


def is_class_or_property(statements: Statements, node: NamedNode) -> bool:
    """Tell whether files say that *node* is a class or a property."""
    return kind_of(asserted_types(statements, node)) != "individual"


def asserted_types(statements: Statements, node: NamedNode) -> set[Term]:
    """Return the types that files assert of *node*."""
    return {row.object for row in statements.table.match(node, RDF.type, graphs=ASSERTED)}
