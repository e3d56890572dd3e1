"""The joins of rules on sorted arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pyoxigraph import Variable

from partyline.reasoning.evaluate.pairs.packed_pairs import (
    MANY,
    NOTHING,
    Column,
    Mask,
    check_room,
    isin,
    ordered,
    pack,
    runs,
    swapped,
    unpack,
)

#: A pattern whose nodes are numbers.
Numbered = tuple[int | Variable, int | Variable, int | Variable]


class Rows:
    """The facts of one relation: sorted pairs of a property, or sorted members of a class."""

    def __init__(self, keys: Column, *, pairs: bool) -> None:
        self.pairs = pairs
        #: What is asserted.
        self.asserted = keys
        #: What each round has added, under the number of the round.
        self._log: list[tuple[int, Column]] = []
        self._hold(keys)

    def _hold(self, keys: Column) -> None:
        self.keys = keys
        self._swapped: Column | None = None

    @property
    def swapped(self) -> Column:
        """Return the pairs with the object first, sorted."""
        if self._swapped is None:
            self._swapped = swapped(self.keys)
        return self._swapped

    def merge_new(self, found: Column, round_: int) -> int:
        """Add those of *found*, sorted and distinct, that are new; return their number."""
        new = found[~isin(found, self.keys)]
        if new.size:
            self._hold(ordered(np.concatenate((self.keys, new))))
            self._log.append((round_, new))
        return int(new.size)

    def since(self, round_: int) -> "Rows":
        """Return what came after a round; -1 stands for everything."""
        if round_ < 0:
            return self
        later = [keys for number, keys in self._log if number > round_]
        together = ordered(np.concatenate(later)) if len(later) > 1 else (*later, NOTHING)[0]
        return Rows(together, pairs=self.pairs)

    def drop(self, names: Column) -> Column:
        """Remove and return the keys that have one of the sorted *names* in them."""
        wrong = self._naming(self.keys, names)
        if not wrong.any():
            return NOTHING
        dropped = self.keys[wrong]
        self._hold(self.keys[~wrong])
        self._log = [(round_, keys[~self._naming(keys, names)]) for round_, keys in self._log]
        return dropped

    def _naming(self, keys: Column, names: Column) -> Mask:
        if not self.pairs:
            return isin(keys, names)
        one, two = unpack(keys)
        return isin(one, names) | isin(two, names)


@dataclass(slots=True)
class Bindings:
    """Solutions of a part of a body: a column of equal length for each variable."""

    size: int = 1
    columns: dict[Variable, Column] = field(default_factory=dict)

    def column(self, slot: int | Variable) -> Column | None:
        """Return the values of *slot*, or None for a variable that is not bound yet."""
        if isinstance(slot, Variable):
            return self.columns.get(slot)
        return np.full(self.size, slot, np.int64)

    def take(self, places: Column | Mask) -> "Bindings":
        """Return the solutions at *places*, or those that a mask selects."""
        size = int(np.count_nonzero(places)) if places.dtype == np.bool_ else places.size
        return Bindings(size, {name: values[places] for name, values in self.columns.items()})

    def cross(self, more: Mapping[Variable, Column], size: int, most: int = MANY) -> "Bindings":
        """Return each solution with each of *size* others. Raises EngineError beyond *most*."""
        check_room(self.size * size, most)
        found = self.take(np.repeat(np.arange(self.size), size))
        found.columns.update({name: np.tile(row, self.size) for name, row in more.items()})
        return found

    def keep(self, names: Iterable[object]) -> None:
        """Forget the variables that are none of *names*."""
        wanted = set(names)
        self.columns = {name: row for name, row in self.columns.items() if name in wanted}


def solve(
    body: Sequence[tuple[Numbered, Rows]],
    wanted: Sequence[object],
    first: int | None = None,
    most: int = MANY,
) -> Bindings:
    """Return the solutions of *body*, whose patterns come with their facts, for *wanted* variables.

    The join begins with pattern *first*, or with the one that has the fewest facts. Raises
    EngineError where it would have more than *most* rows.
    """
    rest = list(body)
    found = Bindings()
    if rest and first is None:
        first = min(range(len(rest)), key=lambda index: rest[index][1].keys.size)
    while rest:
        pattern, rows = rest.pop(first if first is not None else _next(found, rest))
        first = None
        found = _extend(found, pattern, rows, most)
        found.keep((*wanted, *(slot for row, _ in rest for slot in row)))
    return found


def _next(found: Bindings, rest: Sequence[tuple[Numbered, Rows]]) -> int:
    """Return the place of the pattern to join next: one that adds no rows, if there is one."""

    def cost(index: int) -> tuple[int, int]:
        (subject, _, object_), rows = rest[index]
        slots = (subject, object_) if rows.pairs else (subject,)
        free = {slot for slot in slots if isinstance(slot, Variable)} - found.columns.keys()
        # Nothing bound at all is a product.
        return len(free) + (len(free) == len(slots)), rows.keys.size

    return min(range(len(rest)), key=cost)


def _extend(found: Bindings, pattern: Numbered, rows: Rows, most: int) -> Bindings:
    subject, _, object_ = pattern
    one = found.column(subject)
    if not rows.pairs:
        if one is not None:
            return found.take(isin(one, rows.keys))
        return found.cross({subject: rows.keys}, rows.keys.size, most)  # type: ignore[dict-item]
    two = found.column(object_)
    if one is not None and two is not None:
        return found.take(isin(pack(one, two), rows.keys))
    if one is not None:
        return _follow(found, one, rows.keys, object_, most)
    if two is not None:
        return _follow(found, two, rows.swapped, subject, most)
    one, two = unpack(rows.keys)
    if subject == object_:
        one = two = one[one == two]
    return found.cross({subject: one, object_: two}, one.size, most)  # type: ignore[dict-item]


def _follow(
    found: Bindings, values: Column, pairs: Column, slot: int | Variable, most: int
) -> Bindings:
    places, others = runs(pairs, values, most)
    extended = found.take(places)
    if isinstance(slot, Variable):
        extended.columns[slot] = others
    return extended
