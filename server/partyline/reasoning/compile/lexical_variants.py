"""One value in several spellings: rules that let others find it (dt-eq with eq-rep-o).

A rule that asks whether two literals are one, as a key does, joins them as they are written. Where
a graph spells a value that such a rule reads in more than one way, a rule of its own says it in the
one way that all are compared in. Where nothing compares literals, there are none of these rules.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations

from pyoxigraph import Literal, Variable

from partyline.rdf.terms import Term
from partyline.reasoning.literals.value_space import value
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Pattern, Rule, Slot
from partyline.reasoning.model.stratification import Topic, topic
from partyline.vocabulary import OWL, RDF

#: The name of the rules that this module makes.
SPELLING = "dt-eq"

#: A predicate and a literal that it has as an object.
AssertedLiteral = tuple[Term, Literal]

_X = Variable("x")
#: Predicates whose objects are not compared as literals.
_OTHERS = frozenset({RDF.type, OWL.sameAs, OWL.differentFrom})


@dataclass(frozen=True, slots=True)
class JoinedLiterals:
    """What the bodies of rules compare: objects of predicates, and literals that they name."""

    joined: frozenset[Term]
    named: frozenset[tuple[Term, Literal]]
    #: Patterns of which a body joins the subject, which may be a literal: its type is asked for.
    subjects: frozenset[Topic]

    @classmethod
    def by(cls, rules: RuleSet) -> "JoinedLiterals":
        """Read the bodies of *rules* and of their constraints."""
        joined: set[Term] = set()
        named: set[tuple[Term, Literal]] = set()
        subjects: set[Topic] = set()
        for body in rules.bodies:
            compared = [pattern for pattern in body if _may_compare(pattern)]
            counts = Counter(row[2] for row in compared) + Counter(row[0] for row in body)
            for _, predicate, object_ in compared:
                if isinstance(object_, Literal) and not isinstance(predicate, Variable):
                    named.add((predicate, object_))
                elif counts[object_] > 1 and not isinstance(predicate, Variable):
                    joined.add(predicate)
            subjects.update(topic(row) for row in body if counts[row[0]] > 1)
        return cls(frozenset(joined), frozenset(named), frozenset(subjects))

    def __bool__(self) -> bool:
        return bool(self.joined or self.named or self.subjects)

    @property
    def predicates(self) -> frozenset[Term]:
        """Return the predicates whose objects are compared."""
        return self.joined | {predicate for predicate, _ in self.named}


def with_lexical_variants(rules: RuleSet, said: Callable[[], Iterable[AssertedLiteral]]) -> RuleSet:
    """Return *rules* and those that the spellings of values call for.

    *said* gives the asserted literals whose value may have several spellings, all of them, with
    the predicates that have them as objects. It is only called where rules compare literals.
    """
    compared = JoinedLiterals.by(rules)
    if not compared:
        return rules
    literals = set(said())
    groups = spellings([literal for _, literal in (*literals, *compared.named)])
    if not groups:
        return rules
    joined, subjects = compared.joined, compared.subjects
    reached = _Reached(rules, {predicate for predicate, _ in literals})
    if not rules.equality:  # which lets any predicate have what another has
        joined &= reached.objects
    added = [*_rules(joined, compared.named, groups)]
    added += _subject_rules(subjects & reached.subjects, groups)
    if rules.equality:
        # A name of a resource is one in every lexical form.
        added += (
            _rule(OWL.sameAs, one, other)
            for row in set(groups.values())
            for one, other in permutations(row, 2)
        )
    return replace(rules, rules=(*rules.rules, *sorted(set(added), key=str)))


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

    def __init__(self, said: Iterable[AssertedLiteral]) -> None:
        #: How often a predicate has each literal, by the value of that.
        self._groups: dict[object, Counter[AssertedLiteral]] = {}
        self.change(said, ())

    def change(self, added: Iterable[AssertedLiteral], removed: Iterable[AssertedLiteral]) -> bool:
        """Count literals that came and went; tell whether values have other spellings now."""
        changed = False
        for rows, step in ((added, 1), (removed, -1)):
            for row in rows:
                found = value(row[1])
                if found is None:
                    continue
                group = self._groups.setdefault(found, Counter())
                before = len(group)
                group[row] += step
                if not group[row]:
                    del group[row]
                changed |= len(group) != before and max(len(group), before) > 1
        return changed

    def several(self) -> Iterator[AssertedLiteral]:
        """Yield the literals of values that occur in several forms, with their predicates."""
        for group in self._groups.values():
            if len(group) > 1:
                yield from group


def variant_predicates(rules: RuleSet) -> dict[Literal, set[Literal]]:
    """Return the literals that rules of dt-eq conclude, with those that they are read from."""
    found: dict[Literal, set[Literal]] = {}
    for rule in rules.rules:
        if rule.name == SPELLING and rule.head[1] != OWL.sameAs:
            (written,) = rule.body
            if isinstance(rule.head[2], Literal) and isinstance(written[2], Literal):
                found.setdefault(rule.head[2], set()).add(written[2])
    return found


def _may_compare(pattern: Pattern) -> bool:
    _, predicate, object_ = pattern
    return predicate not in _OTHERS and isinstance(object_, Variable | Literal)


class _Reached:
    """Where literals come to be, under *rules*, where *predicates* have them as objects."""

    def __init__(self, rules: RuleSet, predicates: Iterable[Term]) -> None:
        #: Predicates that have them as objects.
        self.objects: set[Slot] = set(predicates)
        #: What has them as subjects: datatypes do, and classes that follow.
        self.subjects: set[Topic] = {(RDF.type, datatype) for datatype in rules.datatypes}
        while True:
            before = len(self.objects) + len(self.subjects)
            for rule in rules.rules:
                subject, predicate, object_ = rule.head
                if self._is_literal(object_, rule.body):
                    self.objects.add(predicate)
                if self._is_literal(subject, rule.body):
                    self.subjects.add(topic(rule.head))
            if len(self.objects) + len(self.subjects) == before:
                return

    def _is_literal(self, slot: Slot, body: Iterable[Pattern]) -> bool:
        """Tell whether *slot* is a literal, or may be one where *body* holds."""
        return isinstance(slot, Literal) or any(
            (row[2] == slot and row[1] in self.objects)
            or (row[0] == slot and topic(row) in self.subjects)
            for row in body
        )


def _rules(
    joined: Iterable[Term],
    named: Iterable[AssertedLiteral],
    groups: Mapping[Literal, tuple[Literal, ...]],
) -> Iterator[Rule]:
    for predicate, literal in named:
        for other in groups.get(literal, ()):
            if other != literal:
                yield _rule(predicate, other, literal)
    for predicate in joined:
        for first, *others in set(groups.values()):
            for other in others:
                yield _rule(predicate, other, first)


def _subject_rules(
    topics: Iterable[Topic], groups: Mapping[Literal, tuple[Literal, ...]]
) -> Iterator[Rule]:
    for predicate, class_ in topics:
        if predicate is None:
            continue
        object_ = class_ or _X
        for first, *others in set(groups.values()):
            for other in others:
                read = (other, predicate, object_)
                yield Rule(SPELLING, (first, predicate, object_), (read,))


def _rule(predicate: Term, written: Literal, read: Literal) -> Rule:
    return Rule(SPELLING, (_X, predicate, read), ((_X, predicate, written),))
