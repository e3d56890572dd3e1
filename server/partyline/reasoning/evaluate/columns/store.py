"""What an evaluation needs of a store of facts: tables of SQL, or arrays in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import Variable

from partyline.reasoning.evaluate.columns.relations import Relation
from partyline.reasoning.evaluate.pairs.joins import Numbered
from partyline.reasoning.evaluate.pairs.packed_pairs import Column


@dataclass(frozen=True, slots=True)
class Step:
    """One use of a rule: of the pattern *new*, only facts derived after round *since*.

    Of the other patterns, and of all where *new* is None, every fact counts.
    """

    head: Numbered
    body: tuple[Numbered, ...]
    new: int | None = None
    since: int = -1


def is_transitive(step: Step) -> bool:
    """Tell whether *step* is of the form ``?x p ?y, ?y p ?z => ?x p ?z``."""
    if len(step.body) != 2:
        return False
    (one, p, two), (three, q, four) = step.body
    variables = {slot for slot in (one, two, four) if isinstance(slot, Variable)}
    return p == q and two == three and step.head == (one, p, four) and len(variables) == 3


class Store(Protocol):
    """The facts of relations. What adds facts returns how many were not there before."""

    def create(self, relation: Relation) -> None:
        """Fill a new relation with what is asserted, under the representatives of cliques."""
        ...

    def add(self, relation: Relation, one: Column, two: Column, round_: int) -> int:
        """Add facts ``(s, o)``, or ``(s, class)`` to the relation of a class."""
        ...

    def conclude(self, relation: Relation, steps: Sequence[Step], round_: int) -> int:
        """Add what *steps* conclude about *relation*."""
        ...

    def close(self, relation: Relation, most: int, round_: int) -> int:
        """Add what follows by transitivity. Raises TooManyPairs for more than *most* pairs."""
        ...

    def equate(self, relation: Relation, step: Step, round_: int) -> int:
        """Add the pairs that *step* says to be the same: no pair of a thing with itself.

        Of a group in which all are the same, each is paired with the least only.
        """
        ...

    def pairs(self, same: Relation, since: int) -> Iterable[tuple[int, int]]:
        """Return the pairs of two different terms in *same* that came after round *since*."""
        ...

    def rewrite(self, relation: Relation, round_: int) -> int:
        """Replace other names by representatives."""
        ...

    def export_rows(self, table: str, relations: Iterable[Relation]) -> None:
        """Insert all facts of *relations* into a table ``(s, p, o, r)``; r is 0 if asserted."""
        ...


@dataclass(frozen=True, slots=True)
class Merger:
    """A rule that makes one of all things that stand alike in a group, as keys do."""

    one: Variable
    #: The patterns with *one*, then those with neither.
    body: tuple[Numbered, ...]
    group: tuple[Variable, ...]


def merger(step: Step) -> Merger | None:
    """Return the rule of *step* as a merger, or None where it is not symmetrical."""
    one, _, other = step.head
    if not isinstance(one, Variable) or not isinstance(other, Variable):
        return None
    with_one = [pattern for pattern in step.body if one in pattern]
    with_other = {pattern for pattern in step.body if other in pattern}
    swapped = {_replace(pattern, one, other) for pattern in with_one}
    if swapped != with_other or with_other & set(with_one):
        return None
    group = dict.fromkeys(
        slot
        for pattern in with_one
        for slot in pattern
        if isinstance(slot, Variable) and slot != one
    )
    neither = [row for row in step.body if row not in with_other and row not in with_one]
    if not group:
        return None
    return Merger(one, (*with_one, *neither), tuple(group))


def _replace(pattern: Numbered, old: Variable, new: Variable) -> Numbered:
    subject, predicate, object_ = (new if slot == old else slot for slot in pattern)
    return subject, predicate, object_
