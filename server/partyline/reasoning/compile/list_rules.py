"""The rules whose axioms hold an RDF list: chains, keys, intersections, unions, disjoint sets."""

from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Variable

from partyline.rdf.lists import MalformedList, list_members
from partyline.rdf.terms import Term
from partyline.reasoning.model.exclusions import Exclusion
from partyline.reasoning.model.rules import Fact, Pattern, Rule
from partyline.reasoning.model.triple_index import Facts, Graph
from partyline.vocabulary import OWL, RDF, RDFS

_X, _Y = Variable("x"), Variable("y")

#: From the axiom, the node that has the list, and the members: rules and exclusions.
Maker = Callable[[Fact, Term, list[Term]], Iterator[Rule | Exclusion]]


def list_rules(ontology: Facts, asserted: Facts) -> tuple[list[Rule | Exclusion], list[Fact]]:
    """Return the rules of every axiom with a list, and the axioms whose list is malformed.

    An asserted list is read as written: where a member is the same as something else,
    equality makes the derived list branch.
    """
    found: list[Rule | Exclusion] = []
    malformed: list[Fact] = []
    for predicate, kind, make in _MAKERS:
        for axiom in ontology.match((_X, predicate, _Y)):
            node, _, head = axiom
            if kind is not None and (node, RDF.type, kind) not in ontology:
                continue
            try:
                written = asserted.match((head, RDF.first, _Y))
                found += make(axiom, node, members(asserted if written else ontology, head))
            except MalformedList:
                malformed.append(axiom)
    return found, malformed


def members(ontology: Graph, head: Term) -> list[Term]:
    """Return the members of the RDF list *head* (RDF Schema, section 5.2). Raises MalformedList."""

    def objects(cell: Term, predicate: NamedNode) -> list[Term]:
        return [row[2] for row in ontology.match((cell, predicate, _Y))]

    return list_members(head, objects)


def _chain(axiom: Fact, node: Term, links: list[Term]) -> Iterator[Rule]:
    steps = [Variable(f"u{index}") for index in range(len(links) + 1)]
    body = tuple((steps[index], link, steps[index + 1]) for index, link in enumerate(links))
    if body:
        yield Rule("prp-spo2", (steps[0], node, steps[-1]), body, (axiom,))


def _key(axiom: Fact, node: Term, properties: list[Term]) -> Iterator[Rule]:
    body: list[Pattern] = [(_X, RDF.type, node), (_Y, RDF.type, node)]
    for index, key in enumerate(properties):
        shared = Variable(f"z{index}")
        body += [(_X, key, shared), (_Y, key, shared)]
    if properties:
        yield Rule("prp-key", (_X, OWL.sameAs, _Y), tuple(body), (axiom,))


def _intersection(axiom: Fact, node: Term, classes: list[Term]) -> Iterator[Rule]:
    body: tuple[Pattern, ...] = tuple((_X, RDF.type, part) for part in classes)
    if body:
        yield Rule("cls-int1", (_X, RDF.type, node), body, (axiom,))
    for part in classes:
        yield Rule("cls-int2", (_X, RDF.type, part), ((_X, RDF.type, node),), (axiom,))
        yield Rule("scm-int", (node, RDFS.subClassOf, part), (), (axiom,))


def _union(axiom: Fact, node: Term, classes: list[Term]) -> Iterator[Rule]:
    for part in classes:
        yield Rule("cls-uni", (_X, RDF.type, node), ((_X, RDF.type, part),), (axiom,))
        yield Rule("scm-uni", (part, RDFS.subClassOf, node), (), (axiom,))


def _one_of(axiom: Fact, node: Term, individuals: list[Term]) -> Iterator[Rule]:
    for individual in individuals:
        yield Rule("cls-oo", (individual, RDF.type, node), (), (axiom,))


def _exclusion(name: str) -> Maker:
    def make(axiom: Fact, node: Term, members: list[Term]) -> Iterator[Exclusion]:
        yield Exclusion(name, axiom, tuple(members))

    return make


def _disjoint_properties(axiom: Fact, node: Term, properties: list[Term]) -> Iterator[Exclusion]:
    # Where a property is said to be the same as a literal, no triple can say anything by it.
    named = tuple(row for row in properties if not isinstance(row, Literal))
    yield Exclusion("prp-adp", axiom, named)


#: The predicate that has the list, the type its subject must have, and what to make of it.
_MAKERS: Iterable[tuple[NamedNode, NamedNode | None, Maker]] = (
    (OWL.propertyChainAxiom, None, _chain),
    (OWL.hasKey, None, _key),
    (OWL.intersectionOf, None, _intersection),
    (OWL.unionOf, None, _union),
    (OWL.oneOf, None, _one_of),
    (OWL.members, OWL.AllDifferent, _exclusion("eq-diff2")),
    (OWL.distinctMembers, OWL.AllDifferent, _exclusion("eq-diff3")),
    (OWL.members, OWL.AllDisjointProperties, _disjoint_properties),
    (OWL.members, OWL.AllDisjointClasses, _exclusion("cax-adc")),
)

LIST_PREDICATES = frozenset(predicate for predicate, _, _ in _MAKERS)
LIST_CLASSES = frozenset(kind for _, kind, _ in _MAKERS if kind is not None)
