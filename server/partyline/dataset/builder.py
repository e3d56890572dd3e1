"""Fill a table with columns of numbers: sort, and merge duplicates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from pyoxigraph import Triple

from partyline.dataset.arrays import MOST, NUMBER, Numbers, row_order, smallest, starts
from partyline.dataset.dictionary import Dictionary
from partyline.dataset.graph_sets import GraphSets, Sets, graph_sets
from partyline.dataset.numbering import Numbering
from partyline.dataset.origins import Origin
from partyline.dataset.table import Table
from partyline.dataset.triple_set import NO_COLUMNS, Columns, TripleSet
from partyline.errors import DatasetError
from partyline.rdf.serialisable import shown


class TableBuilder:
    """Collects statements in memory. A table is made of them by `table`."""

    def __init__(self, graphs: Sequence[str], numbering: Numbering | None = None) -> None:
        """Take statements of *graphs*; the earlier one decides on the standing of a statement.

        Columns that are added are those of *numbering*.
        """
        self._graphs = {name: index for index, name in enumerate(graphs)}
        self._numbering = Numbering() if numbering is None else numbering
        self._files: dict[str, int] = {}
        #: Subject, predicate and object of each statement, and the graph of each part.
        self._parts: list[Columns] = [NO_COLUMNS]
        self._graph_of = [0]
        #: Statement, file and line of each origin.
        self._origins: list[tuple[Numbers, Numbers, Numbers]] = [NO_COLUMNS]
        self._size = 0

    def add(self, triple: Triple, graph: str, origin: Origin | None = None) -> None:
        """Add a statement of *graph*, and where it stands.

        Raises KeyError for a graph that was not announced.
        """
        if origin is None:
            self.add_all((triple,), graph)
        else:
            columns = TripleSet.of((triple,), self._numbering).columns
            self.add_columns(columns, graph, origin.path, np.array([origin.line], dtype=NUMBER))

    def add_all(self, triples: Iterable[Triple], graph: str) -> None:
        """Add statements of *graph* that stand in no file. Raises KeyError as `add` does."""
        self.add_columns(TripleSet.of(triples, self._numbering).columns, graph)

    def add_columns(
        self, columns: Columns, graph: str, path: str = "", lines: Numbers | None = None
    ) -> None:
        """Add statements of *graph*, which stand on *lines* of the file *path*, or in no file.

        Raises KeyError as `add` does.
        """
        size = len(columns[0])
        self._graph_of.append(self._graphs[graph])
        self._parts.append(columns)
        if lines is not None and size:
            file = self._files.setdefault(path, len(self._files))
            statements = np.arange(self._size, self._size + size, dtype=NUMBER)
            self._origins.append((statements, np.full(size, file, dtype=NUMBER), lines))
        self._size += size

    def table(self) -> Table:
        """Return the table of everything that was added.

        Raises DatasetError for a term of RDF 1.2, and for more than 2³¹ − 1 statements or terms.
        """
        return self.numbered_table()[0]

    def numbered_table(self) -> tuple[Table, Numbers]:
        """Return what `table` does, and the number in the numbering of each term of the table.

        Raises DatasetError as `table` does.
        """
        origins = sum(len(part[0]) for part in self._origins)
        if max(self._size, len(self._numbering), origins) > MOST:
            raise DatasetError(f"a table holds at most {MOST:,} statements; leave some out")
        terms, numbers, ranks = self._sorted_terms()
        columns = [ranks[np.concatenate(slot)] for slot in zip(*self._parts, strict=True)]
        del ranks
        order, distinct, row_of = _sorted_rows(columns, len(terms))
        kept = order[distinct]
        found = {
            name: column[kept]
            for name, column in zip(("subject", "predicate", "object"), columns, strict=True)
        }
        size = len(kept)
        del columns, order, distinct, kept
        sets, found["graphs"] = self._graph_sets(row_of, size)
        found |= self._placed(row_of, size)
        del row_of
        found |= _accesses(found, len(terms))
        table = Table(terms, tuple(self._graphs), sets, tuple(sorted(self._files)), found)
        return table, numbers

    def _graph_sets(self, row_of: Numbers, size: int) -> tuple[Sets, Numbers]:
        begin, rows = 0, dict[int, list[Numbers]]()
        for graph, part in zip(self._graph_of, self._parts, strict=True):
            end = begin + len(part[0])
            rows.setdefault(graph, []).append(row_of[begin:end])
            begin = end
        return graph_sets(size, rows)

    def _sorted_terms(self) -> tuple[Dictionary, Numbers, Numbers]:
        """Return the dictionary, the numbers of its terms, and their places by their numbers."""
        used = np.zeros(len(self._numbering), dtype=bool)
        for part in self._parts:
            for column in part:
                used[column] = True
        texts, order = self._numbering.in_order(np.flatnonzero(used))
        for number, term in self._numbering.rdf12.items():
            if used[number]:
                raise DatasetError(f"{shown(term)}: belongs to RDF 1.2; a table holds RDF 1.1")
        ranks = np.zeros(len(used), dtype=NUMBER)
        ranks[order] = np.arange(len(order), dtype=NUMBER)
        return Dictionary.of(map(str.encode, texts)), order, ranks

    def _placed(self, row_of: Numbers, size: int) -> dict[str, Numbers]:
        places = {path: index for index, path in enumerate(sorted(self._files))}
        moved = np.array([places[path] for path in self._files], dtype=NUMBER)
        statement, file, line = _joined(self._origins)
        rows = row_of[statement]
        order = row_order((rows,), (size,))  # as added, for each row
        return {
            "origin_start": starts(rows, size),
            "origin_file": smallest(moved[file[order]]),
            "origin_line": line[order],
        }


def with_graphs(table: Table, graphs: Mapping[str, Numbers]) -> Table:
    """Return *table* with more graphs, which hold those of its rows, by their names."""
    sets = GraphSets(table.columns["graphs"], table.graph_sets)
    for number, rows in enumerate(graphs.values(), len(table.graphs)):
        sets.add(number, rows)
    found, column = sets.found()
    columns = {**table.columns, "graphs": column}
    return replace(table, graphs=(*table.graphs, *graphs), graph_sets=found, columns=columns)


def _joined(parts: Iterable[tuple[Numbers, Numbers, Numbers]]) -> list[Numbers]:
    return list(map(np.concatenate, zip(*parts, strict=True)))


def _sorted_rows(columns: Sequence[Numbers], limit: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return the order of the statements, which of them begin a row, and the row of each."""
    order = row_order(columns, (limit, limit, limit)).astype(NUMBER)
    distinct = np.zeros(len(order), dtype=bool)
    distinct[:1] = True
    for column in columns:
        ordered = column[order]
        distinct[1:] |= ordered[1:] != ordered[:-1]
    row_of = np.empty(len(order), dtype=NUMBER)
    row_of[order] = np.cumsum(distinct) - 1
    return order, distinct, row_of


def _accesses(columns: dict[str, Numbers], terms: int) -> dict[str, Numbers]:
    """Return the two other orders, and where each term begins in all three."""
    subject, predicate, object_ = (columns[name] for name in ("subject", "predicate", "object"))
    # Rows are sorted by subject, predicate and object, and equal ones stay in order.
    by_predicate = row_order((predicate, object_), (terms, terms)).astype(NUMBER)
    by_object = row_order((object_,), (terms,)).astype(NUMBER)
    return {
        "subject_start": starts(subject, terms),
        "predicate_start": starts(predicate, terms),
        "predicate_object": object_[by_predicate],
        "predicate_row": by_predicate,
        "object_start": starts(object_, terms),
        "object_subject": subject[by_object],
        "object_row": by_object,
    }
