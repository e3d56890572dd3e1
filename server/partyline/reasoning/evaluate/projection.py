"""What of a closure is published: RDF 1.1, and nothing that tells nobody anything."""

from collections.abc import Iterator, Mapping, Set

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDF, RDFS, XSD

#: Predicates of which ``x p x`` says nothing.
REFLEXIVE = frozenset(
    {
        OWL.sameAs,
        OWL.equivalentClass,
        OWL.equivalentProperty,
        RDFS.subClassOf,
        RDFS.subPropertyOf,
    }
)
#: Nothing is learned from being told that something is something.
EVERYTHING = frozenset({OWL.Thing, RDFS.Resource})
#: Predicates that hold between anything and one of these.
TRUE_OF_ALL = frozenset({RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range})
#: What only a class expression, a property expression or an axiom has.
EXPRESSION = frozenset(
    OWL[name]
    for name in (
        *("onProperty", "intersectionOf", "unionOf", "oneOf", "complementOf", "inverseOf"),
        *("onDatatype", "datatypeComplementOf", "members", "distinctMembers"),
        *("sourceIndividual", "annotatedSource"),
    )
)
#: Vocabularies of which nobody wants to be told more.
VOCABULARIES = tuple(vocabulary.iri for vocabulary in (OWL, RDF, RDFS, XSD))
#: Where these name a blank node, they speak of a class expression, not of an individual.
ABOUT_CLASSES = frozenset(
    {RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.equivalentClass, OWL.disjointWith}
)


def published(
    everything: Facts, asserted: Facts, variant_predicates: Mapping[Literal, Set[Literal]]
) -> Iterator[Triple]:
    """Yield the facts of *everything* that are not *asserted* and worth a triple.

    A literal of *respelled* is left out where the same is said in a spelling that it is read from.
    """
    expressions = {
        row[0]
        for row in asserted
        if isinstance(row[0], BlankNode) and (row[1] in EXPRESSION or row[1] == RDF.first)
    }
    for subject, predicate, object_ in everything - asserted:
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
            continue
        if subject in expressions or (object_ in expressions and predicate in ABOUT_CLASSES):
            continue
        written = variant_predicates.get(object_, ()) if isinstance(object_, Literal) else ()
        if any((subject, predicate, literal) in everything for literal in written):
            continue
        if not _says_nothing(subject, predicate, object_):
            yield Triple(subject, predicate, object_)


def _says_nothing(subject: object, predicate: NamedNode, object_: object) -> bool:
    if subject == object_ and predicate in REFLEXIVE:
        return True
    if object_ in EVERYTHING and predicate in TRUE_OF_ALL:
        return True
    # Axiomatic triples about the vocabularies themselves.
    return isinstance(subject, NamedNode) and subject.value.startswith(VOCABULARIES)
