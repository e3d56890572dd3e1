"""One value in several spellings: rules that let others find it (dt-eq with eq-rep-o).

A rule that asks whether two literals are one, as a key does, joins them as they are written. Where
a graph spells a value that such a rule reads in more than one way, a rule of its own says it in the
one way that all are compared in. Where nothing compares literals, there are none of these rules.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pyoxigraph import Literal, Variable

from partyline.reasoning.rules import Node, Pattern, Rule, RuleSet
from partyline.reasoning.values import value
from partyline.vocabulary import OWL, RDF

#: The name of the rules that this module makes.
SPELLING = "dt-eq"

_X = Variable("x")
#: Predicates whose objects are no literals that anybody compares.
_OTHERS = frozenset({RDF.type, OWL.sameAs, OWL.differentFrom})


@dataclass(frozen=True, slots=True)
class Compared:
    """What the bodies of rules compare: objects of predicates, and literals that they name."""

    joined: frozenset[Node]
    named: frozenset[tuple[Node, Literal]]

    @classmethod
    def by(cls, rules: RuleSet) -> "Compared":
        """Read the bodies of *rules* and of their constraints."""
        joined: set[Node] = set()
        named: set[tuple[Node, Literal]] = set()
        bodies = [row.body for row in rules.rules] + [row.body for row in rules.constraints]
        for patterns in bodies:
            body = [pattern for pattern in patterns if _may_compare(pattern)]
            counts = Counter(object_ for _, _, object_ in body)
            for _, predicate, object_ in body:
                if isinstance(object_, Literal) and not isinstance(predicate, Variable):
                    named.add((predicate, object_))
                elif counts[object_] > 1 and not isinstance(predicate, Variable):
                    joined.add(predicate)
        return cls(frozenset(joined), frozenset(named))

    def __bool__(self) -> bool:
        return bool(self.joined or self.named)

    @property
    def predicates(self) -> frozenset[Node]:
        """Return the predicates whose objects are compared."""
        return self.joined | {predicate for predicate, _ in self.named}


def with_spellings(rules: RuleSet, literals: Callable[[], Iterable[Literal]]) -> RuleSet:
    """Return *rules* and those that the spellings of values in *literals*, all there are, call for.

    *literals* are only asked for where rules compare some.
    """
    compared = Compared.by(rules)
    if not compared:
        return rules
    names = [literal for _, literal in compared.named]
    groups = spellings((*literals(), *names))
    added = sorted(set(_rules(compared, groups)), key=str)
    return replace(rules, rules=(*rules.rules, *added))


def spellings(literals: Iterable[Literal]) -> Mapping[Literal, tuple[Literal, ...]]:
    """Return, for each literal whose value has several spellings, all of them in order.

    >>> one, other = Literal("Fleur"), Literal("Fleur@", datatype=RDF.PlainLiteral)
    >>> spellings([one, other, Literal("fleur")]).keys() == {one, other}
    True
    """
    groups: dict[object, set[Literal]] = {}
    for literal in literals:
        found = value(literal)
        if found is not None:
            groups.setdefault(found, set()).add(literal)
    several = [tuple(sorted(row, key=str)) for row in groups.values() if len(row) > 1]
    return {literal: row for row in several for literal in row}


class Spellings:
    """The spellings of each value in a graph that changes."""

    def __init__(self, literals: Iterable[Literal]) -> None:
        #: How often each literal stands in the graph, by its value.
        self._groups: dict[object, Counter[Literal]] = {}
        self.change(literals, ())

    def change(self, added: Iterable[Literal], removed: Iterable[Literal]) -> bool:
        """Count literals that came and went; tell whether values have other spellings now."""
        changed = False
        for literals, step in ((added, 1), (removed, -1)):
            for literal in literals:
                found = value(literal)
                if found is None:
                    continue
                group = self._groups.setdefault(found, Counter())
                before = len(group)
                group[literal] += step
                if not group[literal]:
                    del group[literal]
                changed |= len(group) != before and max(len(group), before) > 1
        return changed

    def several(self) -> Iterator[Literal]:
        """Yield the literals whose value has several spellings."""
        for group in self._groups.values():
            if len(group) > 1:
                yield from group


def respelled(rules: RuleSet) -> dict[Literal, set[Literal]]:
    """Return the literals that rules of dt-eq conclude, with those that they are read from."""
    found: dict[Literal, set[Literal]] = {}
    for rule in rules.rules:
        if rule.name == SPELLING:
            (written,) = rule.body
            if isinstance(rule.head[2], Literal) and isinstance(written[2], Literal):
                found.setdefault(rule.head[2], set()).add(written[2])
    return found


def _may_compare(pattern: Pattern) -> bool:
    _, predicate, object_ = pattern
    return predicate not in _OTHERS and isinstance(object_, Variable | Literal)


def _rules(compared: Compared, groups: Mapping[Literal, tuple[Literal, ...]]) -> Iterator[Rule]:
    for predicate, literal in compared.named:
        for other in groups.get(literal, ()):
            if other != literal:
                yield _rule(predicate, other, literal)
    for predicate in compared.joined:
        for first, *others in set(groups.values()):
            for other in others:
                yield _rule(predicate, other, first)


def _rule(predicate: Node, written: Literal, read: Literal) -> Rule:
    return Rule(SPELLING, (_X, predicate, read), ((_X, predicate, written),))
