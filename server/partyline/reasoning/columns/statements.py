"""Rules as SQL: a join of relations, of which one is asked for its new rows only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Variable

from partyline.reasoning.columns.layout import Layout, Numbered


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


def join(layout: Layout, body: Sequence[Numbered]) -> Join:
    """Return the join of the relations of *body*; the table of pattern 0 is ``b0``."""
    made = Join()
    for index, pattern in enumerate(body):
        made.tables.append(f"{layout[pattern].table} AS b{index}")
        _bind(made, pattern[0], f"b{index}.s")
        if layout.class_of(pattern) is None:
            _bind(made, pattern[2], f"b{index}.o")
    return made


def _bind(made: Join, slot: int | Variable, column: str) -> None:
    if isinstance(slot, Variable) and slot not in made.columns:
        made.columns[slot] = column
    else:
        made.conditions.append(f"{made.value(slot)} = {column}")


def conclusions(
    layout: Layout,
    head: Numbered,
    body: Sequence[Numbered],
    *,
    new: int | None = None,
    since: int = -1,
) -> str:
    """Return the query of what a rule concludes; of pattern *new*, facts after round *since*."""
    made = join(layout, body)
    subject, object_ = made.value(head[0]), made.value(head[2])
    more = [f"b{new}.r > {since}"] if new is not None else []
    if isinstance(head[0], Variable) and ".o" in subject:
        more.append(f"{subject} > 0")  # a literal is no subject
    columns = f"{subject} AS s"
    if layout.class_of(head) is None:
        columns += f", {object_} AS o"
    return made.select(columns, *more)


@dataclass(frozen=True, slots=True)
class Merger:
    """A rule that makes one of all things that stand alike in a group, as keys do."""

    one: Variable
    other: Variable
    #: The patterns with *one*, then those with neither.
    body: tuple[Numbered, ...]
    group: tuple[Variable, ...]


def merger(head: Numbered, body: Sequence[Numbered]) -> Merger | None:
    """Return the rule ``body => head`` as a merger, or None where it is not symmetrical."""
    one, _, other = head
    if not isinstance(one, Variable) or not isinstance(other, Variable):
        return None
    with_one = [pattern for pattern in body if one in pattern]
    with_other = {pattern for pattern in body if other in pattern}
    swapped = {_replace(pattern, {one: other}) for pattern in with_one}
    if swapped != with_other or with_other & set(with_one):
        return None
    group = dict.fromkeys(
        slot
        for pattern in with_one
        for slot in pattern
        if isinstance(slot, Variable) and slot != one
    )
    neither = [row for row in body if row not in with_other and row not in with_one]
    if not group:
        return None
    return Merger(one, other, (*with_one, *neither), tuple(group))


def _replace(pattern: Numbered, mapping: Mapping[Variable, Variable]) -> Numbered:
    subject, predicate, object_ = (
        mapping.get(slot, slot) if isinstance(slot, Variable) else slot for slot in pattern
    )
    return subject, predicate, object_


def merged(layout: Layout, rule: Merger) -> str:
    """Return the query of ``(s, o)``: each thing of a group, and the least of the group.

    All pairs of a group of a thousand would be a million; these are a thousand.
    """
    made = join(layout, rule.body)
    keys = [f"{made.columns[slot]} AS g{index}" for index, slot in enumerate(rule.group)]
    thing = made.columns[rule.one]
    members = made.select(f"DISTINCT {thing} AS s, {', '.join(keys)}", f"{thing} > 0")
    names = ", ".join(f"g{index}" for index in range(len(keys)))
    return (
        f"WITH member AS ({members}), least AS (SELECT {names}, min(s) AS o FROM member"
        f" GROUP BY {names} HAVING min(s) <> max(s))"
        f" SELECT s, o FROM member JOIN least USING ({names}) WHERE s <> o"
    )
