"""For each statement of a release, the set of sources without any of which it would not hold."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from partyline.dataset import Numbers
from partyline.dataset.arrays import NUMBER, starts

#: The arrays of the file.
_ARRAYS = ("sources", "start", "members", "sets")


@dataclass(frozen=True)
class Reliance:
    """The sources and families that a release can be asked about, and what falls without each.

    A source is withdrawn with the statements that rest on no other one, a family with those that
    rest on its members alone.
    """

    #: The numbers of the sources and families in the table of statements.
    sources: Numbers
    #: For each set of sources, the place of its first member; one more at the end.
    start: Numbers
    #: The members of all sets: indexes into *sources*.
    members: Numbers
    #: For each row of the table, its set.
    sets: Numbers
    #: Why nothing is known; empty where it is.
    unknown: str = ""

    @classmethod
    def of(cls, sources: Iterable[int], sets: Iterable[Iterable[int]]) -> "Reliance":
        """Return the value for *sources*, and the set of indexes of each row."""
        numbered: dict[tuple[int, ...], int] = {(): 0}
        places = [numbered.setdefault(tuple(row), len(numbered)) for row in sets]
        sizes = np.array([len(row) for row in numbered], np.int64)
        members = [one for row in numbered for one in row]
        return cls(
            np.array([*sources], NUMBER),
            np.concatenate(([0], np.cumsum(sizes))).astype(NUMBER),
            np.array(members, NUMBER),
            np.array(places, NUMBER),
        )

    @classmethod
    def without_answer(cls, reason: str) -> "Reliance":
        """Return the value of a release of which nothing is known, for this *reason*."""
        nothing = np.zeros(0, NUMBER)
        return cls(nothing, np.zeros(1, NUMBER), nothing, nothing, reason)

    def sources_of(self, row: int) -> list[int]:
        """Return the sources without any of which the statement in *row* does not hold."""
        sets, start = self._views
        if row >= len(sets):
            return []
        first, last = start[sets[row]], start[sets[row] + 1]
        found: list[int] = self.sources[self.members[first:last]].tolist() if first < last else []
        return found

    def falling_without(self, source: int) -> Numbers:
        """Return the rows of the statements that do not hold without *source*, in order."""
        index = self._indexes.get(source)
        if index is None:
            return np.zeros(0, NUMBER)
        places = np.flatnonzero(self.members == index)
        chosen = np.searchsorted(self.start, places, side="right") - 1
        order, begin = self._rows
        parts = [order[begin[row] : begin[row + 1]] for row in chosen.tolist()]
        return np.sort(np.concatenate(parts)) if parts else np.zeros(0, NUMBER)

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        # Their items are integers of Python.
        return self.sets.data, self.start.data

    @cached_property
    def _indexes(self) -> dict[int, int]:
        return {number: index for index, number in enumerate(self.sources.tolist())}

    @cached_property
    def _rows(self) -> tuple[Numbers, Numbers]:
        """Return the rows in the order of their sets, and where each set begins."""
        order = np.argsort(self.sets, kind="stable").astype(NUMBER)
        return order, starts(self.sets, len(self.start) - 1)

    def to_bytes(self) -> bytes:
        """Return the content of a file, the same for the same value."""
        file = io.BytesIO()
        np.save(file, np.array(self.unknown))
        for name in _ARRAYS:
            np.save(file, getattr(self, name))
        return file.getvalue()


def read_reliance(content: bytes) -> Reliance:
    """Read what `Reliance.to_bytes` wrote. Raises ValueError or EOFError for anything else."""
    file = io.BytesIO(content)
    unknown = str(np.load(file))
    sources, start, members, sets = (np.load(file) for _ in _ARRAYS)
    return Reliance(sources, start, members, sets, unknown)
