"""Every application of every rule to the facts of a closure, as columns of numbers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from pyoxigraph import Variable

from partyline.rdf.terms import Term
from partyline.reasoning.evaluate.pairs.joins import Bindings, Numbered, Rows, solve
from partyline.reasoning.evaluate.pairs.packed_pairs import (
    NOTHING,
    Column,
    check_room,
    distinct,
    isin,
    pack,
    second,
    swapped,
    unpack,
)
from partyline.reasoning.model.rules import Pattern, Rule
from partyline.vocabulary import RDF

#: Applications that are looked at, of one rule and of all.
_MOST = 4_000_000


@dataclass(frozen=True, slots=True)
class Applications:
    """Applications of rules: the place of each conclusion, and those of its premises.

    A place is that of a fact among all of them, see `FactColumns.places`.
    """

    conclusions: Column
    premises: tuple[Column, ...]


class FactColumns:
    """The facts of a closure by predicate, which rules may add to."""

    def __init__(
        self, columns: tuple[Column, Column, Column], number: Callable[[Term], int]
    ) -> None:
        """Take the facts in *columns*; *number* is that of a term, also of one in none of them."""
        self._number = number
        self._type = number(RDF.type)
        subjects, predicates, objects = (column.astype(np.int64) for column in columns)
        order = np.argsort(predicates, kind="stable")
        found, begins = np.unique(predicates[order], return_index=True)
        parts = np.split(pack(subjects[order], objects[order]), begins[1:])
        self._keys = {int(row): distinct(part) for row, part in zip(found, parts, strict=True)}
        self._rows: dict[tuple[int, int | None], Rows] = {}
        self._begin: dict[int, int] | None = None

    @staticmethod
    def packed(subject: int, _: int, object_: int) -> Column:
        """Return one fact as `add` takes it."""
        return pack(np.array([subject], np.int64), np.array([object_], np.int64))

    def add(self, predicate: int, keys: Column) -> bool:
        """Add facts of one predicate, packed; return whether any is new."""
        known = self._keys.get(predicate, NOTHING)
        new = keys[~isin(keys, known)]
        if new.size:
            self._keys[predicate] = distinct(np.concatenate((known, new)))
            self._rows = {row: kept for row, kept in self._rows.items() if row[0] != predicate}
            self._begin = None
        return bool(new.size)

    def places(self, predicate: int, keys: Column) -> Column:
        """Return the places of facts that are there, by their packed subjects and objects."""
        found: Column = self._begins[predicate] + np.searchsorted(self._keys[predicate], keys)
        return found

    def places_of(self, subjects: Column, predicates: Column, objects: Column) -> Column:
        """Return the places of facts that are there."""
        found = np.zeros(subjects.size, np.int64)
        keys = pack(subjects, objects)
        for predicate in np.unique(predicates).tolist():
            chosen = predicates == predicate
            found[chosen] = self.places(predicate, keys[chosen])
        return found

    def __len__(self) -> int:
        return sum(keys.size for keys in self._keys.values())

    @property
    def predicates(self) -> list[int]:
        """Return the predicates that have a fact."""
        return [row for row, keys in self._keys.items() if keys.size]

    @property
    def _begins(self) -> dict[int, int]:
        if self._begin is None:
            begin = 0
            self._begin = {}
            for predicate, keys in self._keys.items():
                self._begin[predicate] = begin
                begin += keys.size
        return self._begin

    def numbered(self, pattern: Pattern) -> Numbered:
        """Return *pattern* with numbers for its terms."""
        subject, predicate, object_ = (
            slot if isinstance(slot, Variable) else self._number(slot) for slot in pattern
        )
        return subject, predicate, object_

    def rows(self, pattern: Numbered) -> Rows:
        """Return the facts that a join takes for *pattern*: the pairs of a property, or members."""
        _, predicate, object_ = pattern
        if isinstance(predicate, Variable):
            raise TypeError(f"the predicate of {pattern} is a variable")
        class_ = object_ if predicate == self._type and isinstance(object_, int) else None
        found = self._rows.get((predicate, class_))
        if found is None:
            if class_ is None:
                found = Rows(self._keys.get(predicate, NOTHING), pairs=True)
            else:
                found = Rows(self._members(class_), pairs=False)
            self._rows[predicate, class_] = found
        return found

    def _members(self, class_: int) -> Column:
        by_class = self._rows.get((self._type, -1))
        if by_class is None:
            # Under a key that is not a class: the pairs of classes and their members.
            by_class = Rows(swapped(self._keys.get(self._type, NOTHING)), pairs=True)
            self._rows[self._type, -1] = by_class
        low, high = np.searchsorted(by_class.keys, (class_ << 32, (class_ + 1) << 32))
        return second(by_class.keys[low:high])


def all_applications(facts: FactColumns, rules: Iterable[Rule]) -> list[Applications]:
    """Return every application of *rules* to *facts*; what they conclude beyond is added to these.

    Raises EngineError where there are too many.
    """
    numbered = [
        (facts.numbered(rule.head), tuple(map(facts.numbered, rule.body))) for rule in rules
    ]
    while True:
        expanded = [one for row in numbered for one in _with_predicates(facts, *row)]
        solved = list(_solved(facts, expanded))
        # What a release leaves out, such as members of unnamed classes, is concluded again.
        if not _add(facts, solved):
            return [_placed(facts, *row) for row in solved]


#: A head and a body whose predicates are numbers, and their solutions.
_Solved = tuple[Numbered, tuple[Numbered, ...], Bindings]


def _solved(
    facts: FactColumns, rules: Iterable[tuple[Numbered, tuple[Numbered, ...]]]
) -> Iterator[_Solved]:
    total = 0
    for head, body in rules:
        rows = [(pattern, facts.rows(pattern)) for pattern in body]
        if all(row.keys.size for _, row in rows):
            wanted = [slot for pattern in (head, *body) for slot in pattern]
            solved = solve(rows, wanted, most=_MOST)
            total += solved.size
            check_room(total, _MOST)
            if solved.size:
                yield head, body, solved


def _with_predicates(
    facts: FactColumns, head: Numbered, body: tuple[Numbered, ...]
) -> Iterator[tuple[Numbered, tuple[Numbered, ...]]]:
    """Yield a rule with each predicate that there is for one that is a variable (eq-rep-s)."""
    free = next((row[1] for row in (head, *body) if isinstance(row[1], Variable)), None)
    if free is None:
        yield head, body
        return
    for predicate in _candidates(facts, free, body):
        bound = (_bound(row, free, predicate) for row in body)
        yield from _with_predicates(facts, _bound(head, free, predicate), tuple(bound))


def _candidates(
    facts: FactColumns, free: Variable, body: Sequence[Numbered]
) -> Sequence[int] | Column:
    """Return what the variable *free* of predicates may stand for: few where *body* names it."""
    for pattern in body:
        subject, predicate, object_ = pattern
        if free in (subject, object_) and not isinstance(predicate, Variable):
            one, two = unpack(facts.rows((subject, predicate, Variable("o"))).keys)
            return np.unique(one if subject == free else two)
    return facts.predicates


def _bound(pattern: Numbered, free: Variable, predicate: int) -> Numbered:
    subject, middle, object_ = (int(predicate) if slot == free else slot for slot in pattern)
    return subject, middle, object_


def _keys(pattern: Numbered, solved: Bindings) -> Column:
    one, two = solved.column(pattern[0]), solved.column(pattern[2])
    assert one is not None, "the solutions have every variable of a rule"
    assert two is not None, "the solutions have every variable of a rule"
    return pack(one, two)


def _add(facts: FactColumns, solved: Iterable[_Solved]) -> bool:
    new: dict[int, list[Column]] = {}
    for head, _, rows in solved:
        predicate = head[1]
        assert isinstance(predicate, int), "variables were replaced"
        new.setdefault(predicate, []).append(_keys(head, rows))
    added = [facts.add(row, distinct(np.concatenate(keys))) for row, keys in new.items()]
    return any(added)


def _placed(
    facts: FactColumns, head: Numbered, body: Sequence[Numbered], solved: Bindings
) -> Applications:
    def placed(pattern: Numbered) -> Column:
        predicate = pattern[1]
        assert isinstance(predicate, int), "variables were replaced"
        return facts.places(predicate, _keys(pattern, solved))

    return Applications(placed(head), tuple(map(placed, body)))
