"""Rules as SQL: a join of relations, of which one is asked for its new rows only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pyoxigraph import Variable

from partyline.reasoning.evaluate.columns.store import Merger, Step
from partyline.reasoning.evaluate.pairs.joins import Numbered


class Source(Protocol):
    """Where the facts of patterns are."""

    def table(self, pattern: Numbered) -> str:
        """Return the SQL of a table ``(s, o)``, or ``(s)`` for the members of a class."""
        ...

    def class_of(self, pattern: Numbered) -> int | None:
        """Return the class whose members the table of *pattern* has, or None for a property."""
        ...


@dataclass(slots=True)
class Join:
    """The FROM and the WHERE of a body, and the column of each of its variables."""

    tables: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    columns: dict[Variable, str] = field(default_factory=dict)

    def value(self, slot: int | Variable) -> str:
        """Return the SQL of *slot*."""
        return self.columns[slot] if isinstance(slot, Variable) else str(slot)

    def select(self, columns: str, *more: str) -> str:
        """Return the SELECT of *columns*, under *more* conditions."""
        conditions = [*self.conditions, *more]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        origin = f" FROM {', '.join(self.tables)}" if self.tables else ""
        return f"SELECT {columns}{origin}{where}"


def join(source: Source, body: Sequence[Numbered]) -> Join:
    """Return the join of the facts of *body*; the table of pattern 0 is ``b0``."""
    made = Join()
    for index, pattern in enumerate(body):
        made.tables.append(f"{source.table(pattern)} AS b{index}")
        _bind(made, pattern[0], f"b{index}.s")
        if source.class_of(pattern) is None:
            _bind(made, pattern[2], f"b{index}.o")
    return made


def _bind(made: Join, slot: int | Variable, column: str) -> None:
    if isinstance(slot, Variable) and slot not in made.columns:
        made.columns[slot] = column
    else:
        made.conditions.append(f"{made.value(slot)} = {column}")


def conclusions(source: Source, step: Step) -> str:
    """Return the query of what *step* concludes."""
    made = join(source, step.body)
    subject, object_ = made.value(step.head[0]), made.value(step.head[2])
    more = [f"b{step.new}.r > {step.since}"] if step.new is not None else []
    columns = f"{subject} AS s"
    if source.class_of(step.head) is None:
        columns += f", {object_} AS o"
    return made.select(columns, *more)


def merged(source: Source, rule: Merger) -> str:
    """Return the query of ``(s, o)``: each thing of a group, and the least of the group.

    All pairs of a group of a thousand would be a million; these are a thousand.
    """
    made = join(source, rule.body)
    keys = [f"{made.columns[slot]} AS g{index}" for index, slot in enumerate(rule.group)]
    thing = made.columns[rule.one]
    members = made.select(f"DISTINCT {thing} AS s, {', '.join(keys)}")
    names = ", ".join(f"g{index}" for index in range(len(keys)))
    return (
        f"WITH member AS ({members}), least AS (SELECT {names}, min(s) AS o FROM member"
        f" GROUP BY {names} HAVING min(s) <> max(s))"
        f" SELECT s, o FROM member JOIN least USING ({names}) WHERE s <> o"
    )
