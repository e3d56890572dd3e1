"""The ontology: every term is explained, and it stays inside OWL 2 RL and OWL 2 DL."""

from collections.abc import Iterator

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS
from rdflib.collection import Collection
from rdflib.term import Node

from partyline.settings import Settings

PL = rdflib.Namespace("https://w3id.org/partyline/ns#")
ONTOLOGY = rdflib.URIRef("https://w3id.org/partyline/ns")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
#: Restrictions that OWL 2 DL allows on simple properties only (Structural Specification, 11.2).
FOR_SIMPLE = (OWL.IrreflexiveProperty, OWL.AsymmetricProperty, OWL.FunctionalProperty)


@pytest.fixture(scope="module")
def ontology(settings: Settings) -> rdflib.Graph:
    graph = rdflib.Graph()
    for file in settings.knowledge.ontology.glob("*.ttl"):
        graph.parse(file)
    return graph


def terms(ontology: rdflib.Graph) -> Iterator[rdflib.URIRef]:
    for subject in set(ontology.subjects(RDF.type, None)):
        if isinstance(subject, rdflib.URIRef) and subject.startswith(PL):
            yield subject


def languages(ontology: rdflib.Graph, term: Node, predicate: Node) -> set[str | None]:
    return {
        text.language
        for text in ontology.objects(term, predicate)
        if isinstance(text, rdflib.Literal)
    }


def test_every_term_has_a_label_and_a_definition_in_english_and_french_and_an_example(
    ontology: rdflib.Graph,
) -> None:
    found = list(terms(ontology))
    assert len(found) > 100
    for term in found:
        assert languages(ontology, term, RDFS.label) == {"en", "fr"}, term
        assert languages(ontology, term, SKOS.definition) == {"en", "fr"}, term
        assert languages(ontology, term, SKOS.example) == {"en"}, term
        assert (term, RDFS.isDefinedBy, ONTOLOGY) in ontology, term


def test_classes_are_upper_camel_and_properties_lower_camel(ontology: rdflib.Graph) -> None:
    for term in terms(ontology):
        name = term.removeprefix(PL)
        is_property = any((term, RDF.type, kind) in ontology for kind in KINDS[1:])
        assert name.isalpha(), term
        assert name[0].islower() if is_property else name[0].isupper(), term


def test_the_ontology_says_who_made_it_when_and_under_which_licence(
    ontology: rdflib.Graph,
) -> None:
    for name in ("title", "description", "creator", "publisher", "created", "issued", "license"):
        assert ontology.value(ONTOLOGY, rdflib.DCTERMS[name]), name
    version = ontology.value(ONTOLOGY, OWL.versionInfo)
    assert str(ontology.value(ONTOLOGY, OWL.versionIRI)) == f"{ONTOLOGY}/{version}"
    creators = set(ontology.objects(ONTOLOGY, rdflib.DCTERMS.creator))
    assert creators == {rdflib.Literal("Partyline contributors")}


def test_every_term_in_use_is_declared_as_one_kind_of_thing(ontology: rdflib.Graph) -> None:
    built_in = (OWL, RDF, RDFS)
    for predicate in set(ontology.predicates()):
        assert isinstance(predicate, rdflib.URIRef)
        if not any(predicate in vocabulary for vocabulary in built_in):
            declared = [kind for kind in KINDS[1:] if (predicate, RDF.type, kind) in ontology]
            assert len(declared) == 1, predicate
    for axiom in (RDFS.domain, RDFS.range, RDFS.subClassOf, OWL.disjointWith):
        for named in set(ontology.objects(None, axiom)):
            if isinstance(named, rdflib.URIRef):
                assert (named, RDF.type, OWL.Class) in ontology, named
    for axiom in (RDFS.subPropertyOf, OWL.inverseOf, OWL.propertyDisjointWith):
        for lower, higher in ontology.subject_objects(axiom):
            for end in (lower, higher):
                assert (end, RDF.type, OWL.ObjectProperty) in ontology, end


def test_a_property_has_one_domain_and_one_range_at_most(ontology: rdflib.Graph) -> None:
    for term in terms(ontology):
        for axiom in (RDFS.domain, RDFS.range):
            assert len(set(ontology.objects(term, axiom))) <= 1, term


# OWL 2 RL (Profiles, section 4.2)


def test_nothing_is_used_that_owl_2_rl_does_not_have(ontology: rdflib.Graph) -> None:
    for absent in (OWL.disjointUnionOf, OWL.hasSelf, OWL.minCardinality, OWL.cardinality):
        assert not list(ontology.subject_objects(absent)), absent
    assert not list(ontology.subjects(RDF.type, OWL.ReflexiveProperty))


def test_class_expressions_stand_only_where_owl_2_rl_allows_them(ontology: rdflib.Graph) -> None:
    lower = {subject for subject in ontology.subjects(RDFS.subClassOf) if is_expression(subject)}
    higher = {found for found in ontology.objects(None, RDFS.subClassOf) if is_expression(found)}
    assert lower
    for expression in lower:
        assert construct(ontology, expression) <= {OWL.someValuesFrom, OWL.hasValue, OWL.unionOf}
    for expression in higher:
        assert construct(ontology, expression) <= {OWL.allValuesFrom, OWL.hasValue}
    assert not list(ontology.subject_objects(OWL.equivalentClass))


def is_expression(node: Node) -> bool:
    return isinstance(node, rdflib.BNode)


def construct(ontology: rdflib.Graph, expression: Node) -> set[Node]:
    return set(ontology.predicates(expression)) - {RDF.type, OWL.onProperty, RDFS.subClassOf}


# OWL 2 DL (Structural Specification, section 11)


def test_only_simple_properties_are_restricted(ontology: rdflib.Graph) -> None:
    complex_ = composite(ontology)
    assert PL.descendsFrom in complex_
    for kind in FOR_SIMPLE:
        assert not complex_ & set(ontology.subjects(RDF.type, kind)), kind
    for one, other in ontology.subject_objects(OWL.propertyDisjointWith):
        assert not complex_ & {one, other}, (one, other)


def composite(ontology: rdflib.Graph) -> set[Node]:
    """Return the properties that are not simple: by chain or transitivity, or above such a one."""
    found = set(ontology.subjects(OWL.propertyChainAxiom))
    found |= set(ontology.subjects(RDF.type, OWL.TransitiveProperty))
    while True:
        above = {upper for node in found for upper in ontology.objects(node, RDFS.subPropertyOf)}
        above |= {other for node in found for other in inverses(ontology, node)}
        if above <= found:
            return found
        found |= above


def inverses(ontology: rdflib.Graph, node: Node) -> Iterator[Node]:
    yield from ontology.objects(node, OWL.inverseOf)
    yield from ontology.subjects(OWL.inverseOf, node)


def test_the_chains_have_a_regular_order(ontology: rdflib.Graph) -> None:
    """No property is, through chains, a part of itself; so a strict order of them exists."""
    parts: dict[Node, set[Node]] = {}
    for whole, chain in ontology.subject_objects(OWL.propertyChainAxiom):
        parts.setdefault(whole, set()).update(Collection(ontology, chain))
    for lower, upper in ontology.subject_objects(RDFS.subPropertyOf):
        parts.setdefault(upper, set()).add(lower)
    for one, other in ontology.subject_objects(OWL.inverseOf):
        # The inverse of a composite property is as composite as it is, and no less simple a part.
        for left, right in ((one, other), (other, one)):
            if left in composite(ontology) and (left, OWL.inverseOf, right) in ontology:
                parts.setdefault(left, set()).add(right)
    for start in parts:
        assert start not in reachable(parts, start), start


def reachable(parts: dict[Node, set[Node]], start: Node) -> set[Node]:
    found: set[Node] = set()
    pending = list(parts.get(start, ()))
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending += parts.get(node, ())
    return found
