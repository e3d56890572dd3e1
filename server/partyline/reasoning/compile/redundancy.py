"""The hierarchy of classes and properties as it is written: what its axioms already imply."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from pyoxigraph import Variable

from partyline.rdf.lists import MalformedList
from partyline.rdf.terms import Term
from partyline.reasoning.compile.list_rules import members
from partyline.reasoning.model.rules import Fact
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDFS

_X, _Y = Variable("x"), Variable("y")


class Hierarchy:
    """What is above what, by the asserted axioms alone."""

    def __init__(self, asserted: Facts) -> None:
        self._asserted = asserted
        self._above_class = _reachable(class_edges(asserted))
        self._above_property = _reachable(property_edges(asserted))

    def implies(self, axiom: Fact) -> bool:
        """Tell whether *axiom* is derived, and of no effect beyond the asserted ones."""
        return axiom not in self._asserted and self.has_effect_of(axiom)

    def has_effect_of(self, axiom: Fact) -> bool:
        """Tell whether the asserted axioms have the effect of *axiom*."""
        low, predicate, high = axiom
        if predicate == RDFS.subClassOf:
            return high in self._above_class(low)
        if predicate == RDFS.subPropertyOf:
            return high in self._above_property(low)
        if predicate == OWL.equivalentClass:
            return high in self._above_class(low) and low in self._above_class(high)
        if predicate == OWL.equivalentProperty:
            return high in self._above_property(low) and low in self._above_property(high)
        if predicate in (RDFS.domain, RDFS.range):
            return any(
                high in self._above_class(stated[2])
                for wider in self._above_property(low)
                for stated in self._asserted.match((wider, predicate, _Y))
            )
        return False


def property_edges(asserted: Facts) -> Iterator[tuple[Term, Term]]:
    """Yield each property with one that is stated to be above it."""
    return _edges(asserted, RDFS.subPropertyOf, OWL.equivalentProperty)


def class_edges(asserted: Facts) -> Iterator[tuple[Term, Term]]:
    """Yield each class with one that is stated to be above it, by an axiom or in a list."""
    yield from _edges(asserted, RDFS.subClassOf, OWL.equivalentClass)
    # cls-int2 and cls-uni carry a type along lists as cax-sco does along rdfs:subClassOf.
    for axiom, part in _parts(asserted, OWL.intersectionOf):
        yield axiom, part
    for axiom, part in _parts(asserted, OWL.unionOf):
        yield part, axiom


def _edges(asserted: Facts, below: Term, equivalent: Term) -> Iterator[tuple[Term, Term]]:
    for low, _, high in asserted.match((_X, below, _Y)):
        yield low, high
    for one, _, other in asserted.match((_X, equivalent, _Y)):
        yield one, other
        yield other, one


def _parts(asserted: Facts, predicate: Term) -> Iterator[tuple[Term, Term]]:
    for node, _, head in asserted.match((_X, predicate, _Y)):
        try:
            yield from ((node, part) for part in members(asserted, head))
        except MalformedList:
            continue  # the compiler reports it


def _reachable(edges: Iterable[tuple[Term, Term]]) -> Callable[[Term], frozenset[Term]]:
    """Return a function from a node to all that is above it, itself included."""
    wider: dict[Term, list[Term]] = {}
    for low, high in edges:
        wider.setdefault(low, []).append(high)

    @cache
    def above(start: Term) -> frozenset[Term]:
        found, pending = {start}, [start]
        while pending:
            new = [node for node in wider.get(pending.pop(), ()) if node not in found]
            found.update(new)
            pending += new
        return frozenset(found)

    return above
