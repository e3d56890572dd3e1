"""The sets of graphs that rows are in: few sets, and one number for each row."""

from collections.abc import Iterable, Mapping

import numpy as np

from partyline.dataset.arrays import NUMBER, Numbers, distinct, smallest

#: Sets of graphs, each sorted.
Sets = tuple[tuple[int, ...], ...]


class GraphSets:
    """Which graphs each row is in, while graphs come one after the other."""

    def __init__(self, column: Numbers, sets: Iterable[tuple[int, ...]] = ((),)) -> None:
        """Begin with rows whose graphs are the *sets* that the *column* gives by their index."""
        self._column, self._sets = column.astype(NUMBER), list(sets)

    def add(self, graph: int, rows: Numbers) -> None:
        """Add *graph*, whose number is larger than those before; *rows* may be repeated."""
        rows = self._distinct(rows)
        before = self._column[rows]
        moved = np.zeros(len(self._sets), dtype=NUMBER)
        for index in self._present(before).tolist():
            moved[index] = len(self._sets)
            self._sets.append((*self._sets[index], graph))
        self._column[rows] = moved[before]

    def _distinct(self, rows: Numbers) -> Numbers:
        if len(rows) < len(self._column) // 8:
            return distinct(rows)
        chosen = np.zeros(len(self._column), dtype=bool)
        chosen[rows] = True
        return np.flatnonzero(chosen)

    def _present(self, column: Numbers) -> Numbers:
        if len(column) < len(self._sets):
            return np.unique(column)
        return np.flatnonzero(np.bincount(column, minlength=len(self._sets)))

    def found(self) -> tuple[Sets, Numbers]:
        """Return the sets that a row has, the small ones first, and the index of that of each."""
        used = self._present(self._column).tolist()
        ordered = sorted(used, key=lambda index: (len(self._sets[index]), self._sets[index]))
        moved = np.zeros(len(self._sets), dtype=NUMBER)
        moved[ordered] = np.arange(len(ordered), dtype=NUMBER)
        return tuple(self._sets[index] for index in ordered), smallest(moved[self._column])


def graph_sets(size: int, graphs: Mapping[int, Iterable[Numbers]]) -> tuple[Sets, Numbers]:
    """Return the sets of graphs of *size* rows, and the index of that of each row.

    Args:
        size: the number of rows, from 0.
        graphs: rows of each graph, by its number; they may be repeated.

    """
    found = GraphSets(np.zeros(size, dtype=NUMBER))
    for graph in sorted(graphs):
        found.add(graph, np.concatenate([np.empty(0, dtype=NUMBER), *graphs[graph]]))
    return found.found()
