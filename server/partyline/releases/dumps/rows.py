"""Rows of a table for a writer of dumps: which terms they use, and where groups of them begin."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from partyline.dataset import Numbers, Table

#: Rows that are made text of at once.
CHUNK = 1 << 15
#: Terms whose texts are held in memory, because most are written several times, and rows that are
#: put in order at once.
HELD = 1 << 20


@dataclass(frozen=True)
class Rows:
    """Some rows of a table, in the order in which they are written, with their three terms."""

    rows: Numbers
    subjects: Numbers
    predicates: Numbers
    objects: Numbers

    @classmethod
    def of(cls, table: Table, rows: Numbers) -> "Rows":
        """Return *rows* of *table*."""
        return cls(
            rows,
            table.columns["subject"][rows],
            table.columns["predicate"][rows],
            table.columns["object"][rows],
        )

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, places: "slice | Numbers") -> "Rows":
        return Rows(
            self.rows[places], self.subjects[places], self.predicates[places], self.objects[places]
        )

    def chunks(self, size: int = CHUNK) -> Iterator["Rows"]:
        """Yield all rows in parts of at most *size* rows, each with whole subjects.

        A subject with more rows than that is a part of its own.
        """
        ends = first_places(self.subjects)[1:]
        begin = 0
        while begin < len(self):
            place = int(np.searchsorted(ends, begin + size, side="right")) - 1
            end = int(ends[place]) if place >= 0 else 0
            if end <= begin:  # one subject is larger
                end = int(ends[int(np.searchsorted(ends, begin, side="right"))])
            yield self[begin:end]
            begin = end


def parts_of(table: Table, rows: Numbers, size: int = CHUNK) -> Iterator[Rows]:
    """Yield *rows* of *table*, which are in order, in parts of about *size* with whole subjects."""
    subjects, starts = table.columns["subject"], table.columns["subject_start"]
    begin = 0
    while begin < len(rows):
        last = rows[min(begin + size, len(rows)) - 1]
        end = int(np.searchsorted(rows, starts[int(subjects[last]) + 1]))
        yield Rows.of(table, rows[begin:end])
        begin = end


def together(sizes: Iterable[int], most: int = CHUNK) -> Iterator[slice]:
    """Yield the places of graphs that are written at once: of many small ones, or of one.

    *sizes* are their numbers of rows, of which *most* are taken at once. A size of *most* keeps a
    graph apart from others.

    >>> list(together([2, 3, 9, 1], most=6))
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    begin, rows, place = 0, 0, 0
    for place, size in enumerate(sizes, 1):
        if place - 1 > begin and rows + size > most:
            yield slice(begin, place - 1)
            begin, rows = place - 1, 0
        rows += size
    if place:
        yield slice(begin, place)


def first_places(*columns: Numbers) -> Numbers:
    """Return the places where one of *columns* changes, and the length of all.

    >>> first_places(np.array([4, 4, 7, 7, 7])).tolist()
    [0, 2, 5]
    """
    size = len(columns[0])
    changed = np.zeros(size + 1, dtype=bool)
    changed[0] = changed[size] = True
    for column in columns:
        changed[1:size] |= column[1:] != column[:-1]
    return np.flatnonzero(changed)


def in_use(limit: int, *columns: Numbers) -> Numbers:
    """Return the numbers below *limit* that occur in *columns*, in order."""
    used = np.zeros(limit, dtype=bool)
    for column in columns:
        used[column] = True
    return np.flatnonzero(used)


def in_array(texts: Iterable[bytes]) -> Numbers:
    """Return *texts* as an array of objects, of which many are taken at once by their numbers."""
    listed = list(texts)
    found = np.empty(len(listed), dtype=object)
    found[:] = listed
    return found


def repeated(size: int, text: bytes) -> Numbers:
    """Return an array of objects that has *text* at each of *size* places."""
    found = np.empty(size, dtype=object)
    found[:] = text
    return found


class TextsOnDemand:
    """Texts of the terms of a table that are not held in memory: each is read when it is taken."""

    def __init__(self, table: Table, ending: bytes) -> None:
        """Take the terms of *table* in N-Triples, each with *ending* behind it."""
        self._encoded, self._ending = table.terms.encoded, ending

    def __getitem__(self, numbers: Numbers) -> Numbers:
        """Return the texts of *numbers* as an array of objects."""
        distinct, places = np.unique(numbers, return_inverse=True)
        texts = in_array(self._encoded(number) + self._ending for number in distinct.tolist())
        found: Numbers = texts[places]
        return found


def joined(*columns: "Numbers | bytes") -> bytes:
    """Return the texts of each row one after the other, in the order of *columns*.

    A text that is given on its own is that of every row.

    >>> joined(in_array([b"a", b"b"]), b" ", in_array([b"x", b"y"]), b".")
    b'a x.b y.'
    """
    size = max(len(column) for column in columns if isinstance(column, np.ndarray))
    pieces = np.empty((size, len(columns)), dtype=object)
    for place, column in enumerate(columns):
        pieces[:, place] = column
    return b"".join(pieces.ravel().tolist())
