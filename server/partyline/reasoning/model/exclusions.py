"""Axioms that no two members of a list go together: one check for all pairs.

Of 2,000 disjoint classes there are two million pairs. Only those that something has in common
become constraints (eq-diff2, eq-diff3, prp-adp and cax-adc of the OWL 2 Profiles, section 4.3).
"""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from pyoxigraph import Variable

from partyline.rdf.terms import Term
from partyline.reasoning.model.rules import Constraint, Fact, Pattern, show
from partyline.reasoning.model.stratification import Topic, may_hold
from partyline.reasoning.model.triple_index import Graph
from partyline.vocabulary import OWL, RDF

#: The names of the rules about individuals, properties and classes.
DIFFERENT, PROPERTIES, CLASSES = ("eq-diff2", "eq-diff3"), ("prp-adp",), ("cax-adc",)

_TEXTS = {
    **dict.fromkeys(DIFFERENT, "?p owl:sameAs ?q"),
    **dict.fromkeys(PROPERTIES, "?x ?p ?y, ?x ?q ?y"),
    **dict.fromkeys(CLASSES, "?x a ?p, ?x a ?q"),
}

_X, _Y = Variable("x"), Variable("y")
_SAME: Pattern = (_X, OWL.sameAs, _Y)


@dataclass(frozen=True)
class Exclusion:
    """No two of *members* are the same, hold between the same things or have a thing in common."""

    name: str
    axiom: Fact
    members: tuple[Term, ...]

    def __str__(self) -> str:
        among = f"?p and ?q of ({' '.join(map(show, self.members))})"
        return f"{self.name:13}{_TEXTS[self.name]}, {among} => false"

    @property
    def body(self) -> tuple[Pattern, ...]:
        """Return a pattern for each member that is a class or a property."""
        if self.name in DIFFERENT:
            return ()
        return tuple(map(self._pattern, self.members))

    def _pattern(self, member: Term) -> Pattern:
        return (_X, member, _Y) if self.name in PROPERTIES else (_X, RDF.type, member)

    @cached_property
    def places(self) -> dict[Term, list[int]]:
        """Return the position of each member in the list."""
        found: dict[Term, list[int]] = {}
        for place, member in enumerate(self.members):
            found.setdefault(member, []).append(place)
        return found

    @cached_property
    def repeated(self) -> list[Term]:
        """Return the members that the list has twice."""
        return [member for member, places in self.places.items() if len(places) > 1]

    def may_fail(self, there: Set[Topic]) -> bool:
        """Tell whether two members may go together where there are facts about *there* alone."""
        if self.name in DIFFERENT:
            return bool(self.repeated) or may_hold((_SAME,), there)
        return any(may_hold((row,), there) for row in self.body)

    def groups(self, graph: Graph) -> Iterator[Collection[Term]]:
        """Yield the members that go together in *graph*, for each thing or pair of things."""
        if self.name in DIFFERENT:
            yield from ((row[0], row[2]) for row in graph.match(_SAME))
            return
        found: dict[tuple[Term, ...], list[Term]] = {}
        for member in self.places:
            for row in graph.match(self._pattern(member)):
                key = (row[0], row[2]) if self.name in PROPERTIES else (row[0],)
                found.setdefault(key, []).append(member)
        yield from found.values()

    def group_of(self, fact: Fact, graph: Graph) -> Collection[Term]:
        """Return what goes together in *graph* where *fact* does; members are among it."""
        subject, predicate, object_ = fact
        if self.name in DIFFERENT:
            return (subject, object_) if predicate == OWL.sameAs else ()
        if self.name in PROPERTIES:
            touched = predicate in self.places
            return {row[1] for row in graph.match((subject, _Y, object_))} if touched else ()
        if predicate != RDF.type or object_ not in self.places:
            return ()
        return {row[2] for row in graph.match((subject, RDF.type, _Y))}

    def constraints(self, groups: Iterable[Collection[Term]]) -> Iterator[Constraint]:
        """Yield the constraint of each pair of members that one of *groups* has both of."""
        pairs: dict[tuple[int, int], None] = {}
        together: list[Collection[Term]] = [*groups]
        if self.name in DIFFERENT:  # each is the same as itself
            together += ((member,) for member in self.repeated)
        for group in together:
            places = sorted(
                place for member in dict.fromkeys(group) for place in self.places.get(member, ())
            )
            pairs.update(dict.fromkeys(combinations(places, 2)))
        for one, other in pairs:
            yield self._constraint(self.members[one], self.members[other])

    def _constraint(self, one: Term, other: Term) -> Constraint:
        if self.name in DIFFERENT:
            # What is named twice is itself (eq-ref): the axiom alone is inconsistent.
            body = self.axiom if one == other else (one, OWL.sameAs, other)
            return Constraint(self.name, (body,), (self.axiom,))
        return Constraint(self.name, (self._pattern(one), self._pattern(other)), (self.axiom,))


def unfolded(exclusions: Iterable[Exclusion], graph: Graph) -> list[Constraint]:
    """Return the constraints of *exclusions* that facts of *graph* violate."""
    return [row for each in exclusions for row in each.constraints(each.groups(graph))]
