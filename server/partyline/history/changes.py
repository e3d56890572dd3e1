"""The statements that one release has and the other has not, graph by graph."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from partyline.dataset import Numbers, Table
from partyline.dataset.alignment import ABSENT
from partyline.dataset.arrays import NUMBER
from partyline.history.labelled_table import LabelledTable

#: Rows that are looked up at once: memory is bounded by it, besides one number for each row.
_PART = 1 << 20
_BITS = 63


@dataclass(frozen=True)
class Changes:
    """What has to be removed from the older release, and added, to have the newer one.

    A statement that moves from one graph to another is removed from one and added to the other.
    """

    #: None: nothing is older.
    older: LabelledTable | None
    newer: LabelledTable
    #: The rows of the older table that leave a graph, by its name.
    removed: Mapping[str, Numbers]
    #: The rows of the newer table that come into a graph, by its name.
    added: Mapping[str, Numbers]
    #: For each row of the older table, the row of the newer one with the same triple, or `ABSENT`.
    rows: Numbers
    #: For each term of the older table, its number in the newer one, or `ABSENT`.
    terms: Numbers

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)

    @property
    def graphs(self) -> list[str]:
        """Return the names of the graphs that have changed, in order."""
        return sorted({*self.removed, *self.added})

    def count(self, graph: str) -> tuple[int, int]:
        """Return how many statements *graph* gains and how many it loses."""
        return len(self.added.get(graph, ())), len(self.removed.get(graph, ()))


def changes_between(older: LabelledTable | None, newer: LabelledTable) -> Changes:
    """Return what changed from *older* to *newer*."""
    if older is None:
        added = _by_graph(np.arange(len(newer.table), dtype=NUMBER), newer)
        nothing = np.empty(0, NUMBER)
        return Changes(None, newer, {}, added, nothing, nothing)
    terms = older.numbers_in(newer)
    rows = _rows_in(older.table, newer.table, terms)
    kept = np.zeros(len(newer.table), bool)
    kept[rows[rows != ABSENT]] = True
    removed = _by_graph(np.flatnonzero(rows == ABSENT), older)
    added = _by_graph(np.flatnonzero(~kept), newer)
    for old_set, new_set, here, there in _moved(older, newer, rows):
        for name in old_set - new_set:
            removed[name] = _joined(removed.get(name), here)
        for name in new_set - old_set:
            added[name] = _joined(added.get(name), there)
    return Changes(older, newer, removed, added, rows, terms)


def _rows_in(older: Table, newer: Table, terms: Numbers) -> Numbers:
    """Return for each row of *older* the row of *newer* with the same triple, or `ABSENT`."""
    predicates = np.array(newer.predicates(), NUMBER)
    widths = [len(newer.terms).bit_length(), len(predicates).bit_length()]
    found = np.full(len(older), ABSENT, NUMBER)
    if 2 * widths[0] + widths[1] > _BITS:
        return _looked_up(older, newer, terms)
    keys = _keys([newer.columns[name] for name in _NAMES], predicates, widths)
    for first in range(0, len(older), _PART):
        part = slice(first, first + _PART)
        columns = [terms[older.columns[name][part]] for name in _NAMES]
        present = (columns[0] != ABSENT) & (columns[1] != ABSENT) & (columns[2] != ABSENT)
        wanted = _keys([column[present] for column in columns], predicates, widths)
        places = np.searchsorted(keys, wanted)
        places[places == len(keys)] = 0
        equal = keys[places] == wanted if len(keys) else np.zeros(len(wanted), bool)
        found[part][present] = np.where(equal, places, ABSENT)
    return found


_NAMES = ("subject", "predicate", "object")


def _keys(columns: list[Numbers], predicates: Numbers, widths: list[int]) -> Numbers:
    """Return each triple as one number, in the order of the triples.

    A term that is none of *predicates* has a number that no predicate has.
    """
    subjects, used, objects = columns
    places = np.searchsorted(predicates, used)
    is_used = places < len(predicates)
    is_used[is_used] = predicates[places[is_used]] == used[is_used]
    places = np.where(is_used, places, len(predicates))
    keys = subjects.astype(np.int64) << widths[1]
    keys |= places
    keys <<= widths[0]
    keys |= objects
    return keys


def _looked_up(older: Table, newer: Table, terms: Numbers) -> Numbers:
    """Return what `_rows_in` does where three numbers do not fit into 63 bits: one by one."""
    found = np.full(len(older), ABSENT, NUMBER)
    numbers = [terms[older.columns[name]] for name in _NAMES]
    for row in np.flatnonzero(np.minimum.reduce(numbers) != ABSENT).tolist():
        place = newer.row_of(*(int(column[row]) for column in numbers))
        found[row] = ABSENT if place is None else place
    return found


def _by_graph(rows: Numbers, labelled: LabelledTable) -> dict[str, Numbers]:
    """Return *rows*, which are in order, by the names of their graphs."""
    sets = labelled.table.columns["graphs"][rows]
    found: dict[str, Numbers] = {}
    for index in np.unique(sets).tolist():
        for name in labelled.graph_sets[index]:
            found[name] = _joined(found.get(name), rows[sets == index])
    return found


def _moved(
    older: LabelledTable, newer: LabelledTable, rows: Numbers
) -> Iterator[tuple[frozenset[str], frozenset[str], Numbers, Numbers]]:
    """Yield two different sets of graphs, and the rows that were in one and are in the other."""
    here = np.flatnonzero(rows != ABSENT)
    there = rows[here]
    before = older.table.columns["graphs"][here].astype(np.int64)
    now = newer.table.columns["graphs"][there]
    pairs = before * len(newer.graph_sets) + now
    for pair in np.unique(pairs).tolist():
        old_set = older.graph_sets[pair // len(newer.graph_sets)]
        new_set = newer.graph_sets[pair % len(newer.graph_sets)]
        if old_set != new_set:
            chosen = pairs == pair
            yield old_set, new_set, here[chosen], there[chosen]


def _joined(one: Numbers | None, other: Numbers) -> Numbers:
    return other if one is None else np.sort(np.concatenate([one, other]))
