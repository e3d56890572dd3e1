"""Fill a table: number the terms as they come, then sort, and merge duplicates."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat

import numpy as np
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.dataset.arrays import MOST, NUMBER, Numbers, row_order, smallest, starts
from partyline.dataset.dictionary import Dictionary
from partyline.dataset.origins import Origin
from partyline.dataset.table import Table
from partyline.errors import DatasetError
from partyline.rdf.serialisable import shown

_Term = NamedNode | BlankNode | Literal | Triple


class TableBuilder:
    """Collects statements in memory. A table is made of them once, by `table`."""

    def __init__(self, graphs: Sequence[str]) -> None:
        """Take statements of *graphs*; the earlier one decides on the standing of a statement."""
        self._graphs = {name: index for index, name in enumerate(graphs)}
        self._numbers: dict[_Term, int] = {}
        self._files: dict[str, int] = {}
        #: Subject, predicate, object and graph of each statement.
        self._statements = tuple(array("i") for _ in range(4))
        #: Statement, file and line of each origin.
        self._origins = tuple(array("i") for _ in range(3))

    def add(self, triple: Triple, graph: str, origin: Origin | None = None) -> None:
        """Add a statement of *graph*, and where it stands.

        Raises KeyError for a graph that was not announced.
        """
        if origin is None:
            self.add_all((triple,), graph)
        else:
            self.add_statements(((triple, origin),), graph)

    def add_statements(self, statements: Iterable[tuple[Triple, Origin]], graph: str) -> None:
        """Add statements of *graph*, each with where it stands. Raises KeyError as `add` does."""
        statement, file, line = self._origins
        files, before = self._files, len(self._statements[0])

        def noted() -> Iterator[Triple]:
            for triple, origin in statements:
                file.append(files.setdefault(origin.path, len(files)))
                line.append(origin.line)
                yield triple

        self.add_all(noted(), graph)
        statement.extend(range(before, len(self._statements[0])))

    def add_all(self, triples: Iterable[Triple], graph: str) -> None:
        """Add statements of *graph* that stand in no file. Raises KeyError as `add` does."""
        index = self._graphs[graph]
        subjects, predicates, objects, graphs = self._statements
        numbers, before = self._numbers, len(graphs)
        number = numbers.setdefault
        for triple in triples:
            subjects.append(number(triple.subject, len(numbers)))
            predicates.append(number(triple.predicate, len(numbers)))
            objects.append(number(triple.object, len(numbers)))
        graphs.extend(repeat(index, len(subjects) - before))

    def table(self) -> Table:
        """Return the table of everything that was added.

        Raises DatasetError for a term of RDF 1.2, and for more than 2³¹ − 1 statements or terms.
        """
        if max(len(self._statements[0]), len(self._numbers), len(self._origins[0])) > MOST:
            raise DatasetError(f"a table holds at most {MOST:,} statements; leave some out")
        terms, ranks = self._sorted_terms()
        files = sorted(self._files)
        places = {path: index for index, path in enumerate(files)}
        moved = np.array([places[path] for path in self._files], dtype=NUMBER)
        order, distinct, row_of = self._sorted_rows(ranks)
        columns, graph_sets = self._columns(order, distinct, ranks, row_of)
        columns |= _accesses(columns, len(terms))
        columns |= self._placed(row_of, moved, int(distinct.sum()))
        return Table(terms, tuple(self._graphs), graph_sets, tuple(files), columns)

    def _sorted_terms(self) -> tuple[Dictionary, Numbers]:
        """Return the dictionary, and the number in it of each term as it came."""
        for term in self._numbers:
            if isinstance(term, Triple) or (isinstance(term, Literal) and term.direction):
                raise DatasetError(f"{shown(term)}: belongs to RDF 1.2; a table holds RDF 1.1")
        texts = [str(term).encode() for term in self._numbers]
        order = sorted(range(len(texts)), key=texts.__getitem__)
        ranks = np.empty(len(texts), dtype=NUMBER)
        ranks[order] = np.arange(len(texts), dtype=NUMBER)
        return Dictionary.of(texts[place] for place in order), ranks

    def _sorted_rows(self, ranks: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Return the order of the statements, which of them begin a row, and the row of each."""
        columns = [ranks[_numbers(column)] for column in self._statements[:3]]
        graphs = _numbers(self._statements[3])
        limit = len(ranks)
        order = row_order((*columns, graphs), (limit, limit, limit, len(self._graphs)))
        distinct = np.zeros(len(order), dtype=bool)
        distinct[:1] = True
        for column in columns:
            ordered = column[order]
            distinct[1:] |= ordered[1:] != ordered[:-1]
        row_of = np.empty(len(order), dtype=NUMBER)
        row_of[order] = np.cumsum(distinct) - 1
        return order, distinct, row_of

    def _columns(
        self, order: Numbers, distinct: Numbers, ranks: Numbers, row_of: Numbers
    ) -> tuple[dict[str, Numbers], tuple[tuple[int, ...], ...]]:
        kept = order[distinct]
        names = ("subject", "predicate", "object")
        columns = {
            name: ranks[_numbers(column)[kept]]
            for name, column in zip(names, self._statements[:3], strict=True)
        }
        sets, column = _graph_sets(row_of[order], _numbers(self._statements[3])[order], len(kept))
        return {**columns, "graphs": column}, sets

    def _placed(self, row_of: Numbers, moved: Numbers, size: int) -> dict[str, Numbers]:
        statement, file, line = map(_numbers, self._origins)
        rows = row_of[statement]
        order = row_order((rows,), (size,))  # as added, for each row
        return {
            "origin_start": starts(rows, size),
            "origin_file": smallest(moved[file[order]]),
            "origin_line": line[order],
        }


def with_graphs(table: Table, graphs: Mapping[str, Numbers]) -> Table:
    """Return *table* with more graphs, which hold those of its rows, by their names."""
    found = table.rows_by_graph()
    held = [found.get(name, np.empty(0, dtype=NUMBER)) for name in table.graphs]
    parts = [*held, *graphs.values()]
    rows = np.concatenate([np.empty(0, dtype=NUMBER), *parts])
    of_row = np.repeat(np.arange(len(parts)), list(map(len, parts)))
    order = row_order((rows, of_row), (len(table), len(parts)))
    sets, column = _graph_sets(rows[order], of_row[order], len(table))
    columns = {**table.columns, "graphs": column}
    return replace(table, graphs=(*table.graphs, *graphs), graph_sets=sets, columns=columns)


def _numbers(column: "array[int]") -> Numbers:
    return np.frombuffer(column, dtype=NUMBER) if column else np.empty(0, dtype=NUMBER)


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


def _graph_sets(
    rows: Numbers, graphs: Numbers, size: int
) -> tuple[tuple[tuple[int, ...], ...], Numbers]:
    """Return the sets of graphs that there are, and the index of the set of each row.

    *rows* and *graphs* are those of the statements, sorted; a row has one statement or several.
    """
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (rows[1:] != rows[:-1]) | (graphs[1:] != graphs[:-1])
    rows, graphs = rows[first], graphs[first]
    begin = starts(rows, size)
    sets: list[tuple[int, ...]] = [()]
    column = np.zeros(size, dtype=np.int64)
    waiting = np.arange(size)
    step = 0
    while len(waiting):  # one more graph of the rows that have as many
        pairs = column[waiting] * (int(graphs.max()) + 1) + graphs[begin[waiting] + step]
        found, inverse = np.unique(pairs, return_inverse=True)
        before = len(sets)
        for pair in found.tolist():
            earlier, graph = divmod(pair, int(graphs.max()) + 1)
            sets.append((*sets[earlier], graph))
        column[waiting] = inverse + before
        step += 1
        waiting = waiting[begin[waiting] + step < begin[waiting + 1]]
    used, renumbered = np.unique(column, return_inverse=True)
    return tuple(sets[index] for index in used.tolist()), smallest(renumbered)
