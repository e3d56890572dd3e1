"""Axioms in numbers, closed under the rules of table 9 at about the size of what follows.

A rule is a join of sorted arrays; a hierarchy is closed by its strongly connected components. No
object is made for an axiom that follows and needs no rule of its own.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from pyoxigraph import Variable

from partyline.rdf.terms import Term
from partyline.reasoning.compile.redundancy import class_edges, property_edges
from partyline.reasoning.evaluate.pairs.generation import generating
from partyline.reasoning.evaluate.pairs.joins import Numbered, Rows, solve
from partyline.reasoning.evaluate.pairs.numbered_facts import NumberedFacts
from partyline.reasoning.evaluate.pairs.packed_pairs import (
    NOTHING,
    Column,
    distinct,
    isin,
    pack,
    runs,
    swapped,
    unpack,
)
from partyline.reasoning.evaluate.pairs.transitive_closure import TooManyPairs, transitive_closure
from partyline.reasoning.evaluate.projection import REFLEXIVE
from partyline.reasoning.evaluate.size_limits import LARGEST_EXPANSION, hierarchy_too_large
from partyline.reasoning.model.rules import Fact, Pattern, Rule, composes
from partyline.reasoning.model.saturation import saturate
from partyline.reasoning.model.stratification import Topic, strata, topic
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDFS


class SchemaArrays:
    """The axioms that *rules* read and conclude, in numbers.

    *stated* are the axioms to begin with, *asserted* the asserted ones among them.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        stated: Facts,
        asserted: Facts,
        largest: int = LARGEST_EXPANSION,
    ) -> None:
        self._stated, self._asserted, self._largest = stated, asserted, largest
        self._numbers: dict[Term, int] = {}
        self._strata = strata(rules)
        # In the order of their texts: two runs choose the same axioms.
        for node in sorted({node for row in stated for node in row}, key=str):
            self._number(node)
        self._patterns: dict[Pattern, Numbered] = {}
        patterns = {row for rule in rules for row in (*rule.body, rule.head)}
        examples = {topic(row): row for row in sorted(patterns, key=str)}
        topics = list(examples)
        found = self._columns(stated, topics)
        self._rows = {row: Rows(found[row], pairs=row[1] is None) for row in topics}
        #: The numbers of predicate and class.
        self._slots_of = {row: self._numbered(pattern)[1:] for row, pattern in examples.items()}
        #: What hierarchies were when they were closed last.
        self._closed: dict[Topic, Column] = {}

    def _columns(self, facts: Iterable[Fact], topics: Iterable[Topic]) -> dict[Topic, Column]:
        """Return the pairs, or members, of each topic among *facts*."""
        found: dict[Topic, list[int]] = {row: [] for row in topics}
        for row in facts:
            numbers = found.get(topic(row))
            if numbers is not None:
                numbers += (self._number(row[0]), self._number(row[2]))
        columns: dict[Topic, Column] = {}
        for about, numbers in found.items():
            one, two = np.array(numbers, np.int64).reshape(-1, 2).T
            columns[about] = distinct(pack(one, two) if about[1] is None else one)
        return columns

    def _number(self, node: Term) -> int:
        return self._numbers.setdefault(node, len(self._numbers))

    def add(self, facts: Iterable[Fact]) -> bool:
        """Add axioms; tell whether there was one that was not there before."""
        found = self._columns(facts, self._rows)
        return any([self._rows[row].merge_new(keys, 1) for row, keys in found.items()])

    def close(self) -> None:
        """Derive until nothing new follows. Raises ClosureTooLarge."""
        saturate(self._strata, self._run, lambda about: self._rows[about].keys.size)

    def _run(self, rule: Rule) -> None:
        about = topic(rule.head)
        rows = self._rows[about]
        if composes(rule):
            found = self._hierarchy(rule, rows)
        else:
            body = [(self._numbered(row), self._rows[topic(row)]) for row in rule.body]
            if not all(facts.keys.size for _, facts in body):
                return
            head = self._numbered(rule.head)
            solved = solve(body, head)
            one, two = solved.column(head[0]), solved.column(head[2])
            assert one is not None, "every variable of a head is in the body"
            assert two is not None, "every variable of a head is in the body"
            found = distinct(pack(one, two))
        if rule.head[1] in REFLEXIVE:
            one, two = unpack(found)
            found = found[one != two]
        rows.merge_new(found, 1)
        if composes(rule):
            self._closed[about] = rows.keys

    def _hierarchy(self, rule: Rule, rows: Rows) -> Column:
        if rows.keys is self._closed.get(topic(rule.head)):
            return NOTHING
        try:
            return transitive_closure(rows.keys, self._largest)
        except TooManyPairs:
            raise hierarchy_too_large(rule.head[1], self._largest) from None

    def _numbered(self, pattern: Pattern) -> Numbered:
        if pattern not in self._patterns:
            subject, predicate, object_ = (
                slot if isinstance(slot, Variable) else self._number(slot) for slot in pattern
            )
            self._patterns[pattern] = (subject, predicate, object_)
        return self._patterns[pattern]

    def effective(self) -> Facts:
        """Return the asserted axioms, and a few others from which with them the rest follows.

        The hierarchies have to be closed.
        """
        chosen = self._chosen()
        stated = (
            self._stated
            if self._stated is self._asserted
            else (row for row in self._stated if topic(row) not in chosen or row in self._asserted)
        )
        parts = [self._slots(about, keys) for about, keys in chosen.items()]
        return Facts((*stated, *self._named(parts).facts()))

    def _chosen(self) -> dict[Topic, Column]:
        """Return what is chosen of the axioms that are not asserted."""
        found: dict[Topic, Column] = {}
        for below, equivalent, edges in (
            (RDFS.subClassOf, OWL.equivalentClass, class_edges),
            (RDFS.subPropertyOf, OWL.equivalentProperty, property_edges),
        ):
            closed = self._rows[below, None].keys
            given = self._reached(edges(self._asserted))
            found[below, None] = generating(closed, given[isin(given, closed)])
            found[equivalent, None] = NOTHING  # each is in the hierarchy both ways
        classes, properties = (
            self._rows[below, None].keys for below in (RDFS.subClassOf, RDFS.subPropertyOf)
        )
        stated = self._columns(self._asserted, ((RDFS.domain, None), (RDFS.range, None)))
        for about, pairs in stated.items():
            wider, class_ = unpack(pairs)
            places, narrower = runs(swapped(properties), wider)
            implied = distinct(np.concatenate((pairs, pack(narrower, class_[places]))))
            property_, class_ = unpack(implied)
            places, wider = runs(classes, class_)
            implied = distinct(np.concatenate((implied, pack(property_[places], wider))))
            keys = self._rows[about].keys
            found[about] = keys[~isin(keys, implied)]
        return found

    def _reached(self, edges: Iterable[tuple[Term, Term]]) -> Column:
        numbers = [self._number(node) for edge in edges for node in edge]
        one, two = np.array(numbers, np.int64).reshape(-1, 2).T
        return transitive_closure(distinct(pack(one, two)), self._largest)

    def derived(self) -> NumberedFacts:
        """Return what follows, or is stated, and is not asserted."""
        if self._stated is self._asserted:
            asserted = {about: rows.asserted for about, rows in self._rows.items()}
            others: list[Fact] = []
        else:
            asserted = self._columns(self._asserted, self._rows)
            others = [
                row
                for row in self._stated
                if topic(row) not in self._rows and row not in self._asserted
            ]
        parts = [
            self._slots(about, rows.keys[~isin(rows.keys, asserted[about])])
            for about, rows in self._rows.items()
        ]
        rest = np.array([self._number(node) for row in others for node in row], np.int64)
        return self._named([*parts, rest.reshape(-1, 3).T])

    def _named(self, parts: Sequence[Column]) -> NumberedFacts:
        columns = np.concatenate(parts, axis=1)
        used = distinct(columns.ravel()).tolist()
        nodes = list(self._numbers)
        return NumberedFacts(tuple(columns), {number: nodes[number] for number in used})

    def _slots(self, about: Topic, keys: Column) -> Column:
        """Return the columns of facts about a topic."""
        predicate, class_ = self._slots_of[about]
        one, two = (keys, np.full_like(keys, class_)) if about[1] is not None else unpack(keys)
        return np.array((one, np.full_like(one, predicate), two))
