"""The hierarchy of classes and properties as it is written: what its axioms already imply."""

from collections.abc import Callable, Iterable

from pyoxigraph import Variable

from partyline.reasoning.facts import Facts
from partyline.reasoning.rules import Fact, Node
from partyline.vocabulary import OWL, RDFS

_X, _Y = Variable("x"), Variable("y")


class Hierarchy:
    """What is above what, by the asserted axioms alone."""

    def __init__(self, asserted: Facts) -> None:
        self._asserted = asserted
        self._above_class = _reachable(asserted, RDFS.subClassOf, OWL.equivalentClass)
        self._above_property = _reachable(asserted, RDFS.subPropertyOf, OWL.equivalentProperty)

    def implies(self, axioms: Iterable[Fact]) -> bool:
        """Tell whether one of *axioms* is derived, and of no effect beyond the asserted ones."""
        return any(axiom not in self._asserted and self._has_effect_of(axiom) for axiom in axioms)

    def _has_effect_of(self, axiom: Fact) -> bool:
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


def _reachable(facts: Facts, below: Node, equivalent: Node) -> Callable[[Node], frozenset[Node]]:
    """Return a function from a node to all that is above it, itself included."""
    known: dict[Node, frozenset[Node]] = {}

    def above(start: Node) -> frozenset[Node]:
        if start not in known:
            found, pending = {start}, [start]
            while pending:
                node = pending.pop()
                wider = {row[2] for row in facts.match((node, below, _Y))}
                wider |= {row[2] for row in facts.match((node, equivalent, _Y))}
                wider |= {row[0] for row in facts.match((_X, equivalent, node))}
                pending += wider - found
                found |= wider
            known[start] = frozenset(found)
        return known[start]

    return above
