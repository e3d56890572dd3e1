"""Rules in numbers, found by what they read and by what they conclude."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from partyline.reasoning.evaluate.projection import REFLEXIVE
from partyline.reasoning.incremental.integer_index import (
    Index,
    Numbering,
    Row,
    Topics,
    bind,
    instance,
)
from partyline.reasoning.literals.value_space import comparable
from partyline.reasoning.model.rules import Rule
from partyline.vocabulary import OWL


@dataclass(frozen=True, slots=True)
class NumberedRule:
    """A rule in numbers."""

    head: Row
    body: tuple[Row, ...]
    #: Without one of these, it concludes nothing.
    axioms: tuple[Row, ...]
    #: True where ``x p x`` would say nothing.
    irreflexive: bool


class NumberedRules:
    """The rules that hold now, applied to the facts of an index."""

    def __init__(self, numbering: Numbering, index: Index) -> None:
        self._numbering, self._index = numbering, index
        self._topics = Topics(numbering)
        self._same = numbering.number(OWL.sameAs)
        self._numbered: dict[Rule, NumberedRule] = {}
        self._readers: dict[tuple[int, int], list[tuple[NumberedRule, int]]] = {}
        self._deriving: dict[tuple[int, int], list[NumberedRule]] = {}
        self._from_axiom: dict[Row, list[NumberedRule]] = {}

    def __getitem__(self, rule: Rule) -> NumberedRule:
        return self._numbered[rule]

    def replace(self, rules: Iterable[Rule]) -> None:
        """Take *rules* instead of those before."""
        before, self._numbered = self._numbered, {}
        self._readers.clear()
        self._deriving.clear()
        self._from_axiom.clear()
        for rule in rules:
            numbered = before.get(rule) or self._number(rule)
            self._numbered[rule] = numbered
            self._deriving.setdefault(self._topics.of(numbered.head), []).append(numbered)
            for axiom in numbered.axioms:
                self._from_axiom.setdefault(axiom, []).append(numbered)
            for place, pattern in enumerate(numbered.body):
                self._readers.setdefault(self._topics.of(pattern), []).append((numbered, place))

    def _number(self, rule: Rule) -> NumberedRule:
        head, *body = self._numbering.patterns((rule.head, *rule.body))
        axioms = tuple(map(self._numbering.row, rule.axioms))
        return NumberedRule(head, tuple(body), axioms, rule.head[1] in REFLEXIVE)

    def conclusions(self, rule: NumberedRule) -> Iterator[Row]:
        """Yield all that *rule* concludes."""
        return (row for row in self._heads(rule, rule.body, {}) if self.is_informative(rule, row))

    def consequences(self, row: Row) -> Iterator[tuple[NumberedRule, Row]]:
        """Yield the heads that *row*, a premise or an axiom, has a part in, with their rules."""
        for rule, place in self._topics.find(self._readers, row):
            binding = bind(rule.body[place], row, {})
            if binding is not None:
                rest = (*rule.body[:place], *rule.body[place + 1 :])
                for head in self._heads(rule, rest, binding):
                    yield rule, head
        for rule in self._from_axiom.get(row, ()):
            for head in self._heads(rule, rule.body, {}):
                yield rule, head

    def derivations(self, row: Row) -> Iterator[list[Row]]:
        """Yield the premises, axioms included, of every way in which a rule concludes *row*."""
        for rule in self._topics.find(self._deriving, row):
            known = bind(rule.head, row, {}) if self.is_informative(rule, row) else None
            if known is not None and self._holds(rule):
                for binding in self._index.solutions(rule.body, known):
                    yield [*(instance(pattern, binding) for pattern in rule.body), *rule.axioms]

    def is_informative(self, rule: NumberedRule, head: Row) -> bool:
        """Tell whether *head* is a triple, and not a trivial one."""
        subject, predicate, object_ = head
        if subject == object_ and (rule.irreflexive or predicate == self._same):
            return False
        if predicate != self._same:
            return True
        # Between two literals of known values it is trivial or false.
        nodes = self._numbering.node(subject), self._numbering.node(object_)
        return not all(isinstance(node, Literal) and comparable(node) for node in nodes)

    def _heads(
        self, rule: NumberedRule, body: Sequence[Row], known: dict[int, int]
    ) -> Iterator[Row]:
        """Yield the head of *rule* for each way in which *body*, what is left of it, holds."""
        if self._holds(rule):
            for binding in self._index.solutions(body, known):
                yield instance(rule.head, binding)

    def _holds(self, rule: NumberedRule) -> bool:
        """Tell whether the axioms of *rule* are there."""
        return all(axiom in self._index for axiom in rule.axioms)
