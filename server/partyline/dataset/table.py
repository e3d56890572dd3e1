"""The table of statements: found by any pattern of numbers, in order, without reading the rest."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from pyoxigraph import Literal, NamedNode, Triple

from partyline.dataset.arrays import NUMBER, Numbers, narrow
from partyline.dataset.dictionary import Dictionary
from partyline.dataset.origins import Origin
from partyline.rdf.terms import Term

#: A term by its number, several with consecutive numbers, or any.
Slot = int | range | None


class Access(NamedTuple):
    """Rows sorted by one of their terms, then by a second, and by the third where it is there."""

    #: For each term, the place of its first row; one more at the end.
    start: Numbers
    second: Numbers
    third: Numbers | None
    #: The row at each place; None where rows are numbered in this order.
    row: Numbers | None


@dataclass(frozen=True)
class Table:
    """Distinct triples, each with the graphs that it is in, and the places where files assert it.

    Rows are numbered from 0 in the order of subject, predicate and object, which is the order of
    their N-Triples. *columns* are described in `partyline.dataset.layout`.
    """

    terms: Dictionary
    #: Names of the graphs. A set of graphs holds indexes into them, in this order.
    graphs: tuple[str, ...]
    #: The sets of graphs that rows are in; the column ``graphs`` holds indexes into them.
    graph_sets: tuple[tuple[int, ...], ...]
    #: Paths of the files that assert statements.
    files: tuple[str, ...]
    columns: Mapping[str, Numbers]

    def __len__(self) -> int:
        return len(self.columns["subject"])

    def number(self, term: Term) -> int | None:
        """Return the number of *term*, or None where no row has it in this spelling."""
        return self.terms.number(term)

    def rows(
        self,
        subject: Slot = None,
        predicate: Slot = None,
        object_: Slot = None,
        graphs: Collection[str] | None = None,
    ) -> Numbers:
        """Return the rows that agree with a pattern, and are in one of *graphs* if they are given.

        They are in the order of the row where the subject is given or nothing is; else by object
        and subject where the predicate is given; else by subject and predicate. A range leads to
        rows that are in order for each of its terms. Raises KeyError for an unknown graph.
        """
        access, first, last, rest = self._find(subject, predicate, object_)
        if access.row is None:
            rows: Numbers = np.arange(first, last, dtype=NUMBER)
        else:
            rows = access.row[first:last]
        for name, wanted in rest.items():
            column = self.columns[name][rows]
            rows = rows[(column >= wanted.start) & (column < wanted.stop)]
        if graphs is not None:
            rows = rows[self._in_one_of(graphs)[self.columns["graphs"][rows]]]
        return rows

    def count(
        self,
        subject: Slot = None,
        predicate: Slot = None,
        object_: Slot = None,
        graphs: Collection[str] | None = None,
    ) -> int:
        """Return the number of rows that agree with a pattern; without *graphs*, none is read."""
        _, first, last, rest = self._find(subject, predicate, object_)
        if rest or graphs is not None:
            return len(self.rows(subject, predicate, object_, graphs))
        return last - first

    def triple(self, row: int) -> Triple:
        """Return the triple of *row*."""
        subject, predicate, object_ = (self.terms.term(number) for number in self.numbers(row))
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
            raise TypeError(f"row {row} is not a triple of RDF")
        return Triple(subject, predicate, object_)

    def numbers(self, row: int) -> tuple[int, int, int]:
        """Return the numbers of the subject, the predicate and the object of *row*."""
        subject, predicate, object_ = self._views
        return subject[row], predicate[row], object_[row]

    def graphs_of(self, row: int) -> tuple[str, ...]:
        """Return the names of the graphs that *row* is in, in the order of `graphs`."""
        return tuple(self.graphs[graph] for graph in self.graph_sets[self.columns["graphs"][row]])

    def by_first_graph(self, rows: Numbers) -> Numbers:
        """Return *rows* in the order of the first graph of each; else they stay in order."""
        firsts = self._firsts[self.columns["graphs"][rows]]
        return rows[np.argsort(firsts, kind="stable")]

    def first_graphs(self, rows: Numbers) -> list[int]:
        """Return for each of *rows* the index of the first graph that it is in."""
        found: list[int] = self._firsts[self.columns["graphs"][rows]].tolist()
        return found

    @cached_property
    def present_graphs(self) -> tuple[str, ...]:
        """Return the names of the graphs that have a row."""
        present = {graph for graphs in self.graph_sets for graph in graphs}
        return tuple(name for index, name in enumerate(self.graphs) if index in present)

    def predicates(self) -> list[int]:
        """Return the numbers of the predicates, in order."""
        found: list[int] = np.flatnonzero(np.diff(self.columns["predicate_start"])).tolist()
        return found

    def origins(self, row: int) -> tuple[Origin, ...]:
        """Return every place that asserts *row*, as it was added; empty if none does."""
        columns = self.columns
        first, last = columns["origin_start"][row : row + 2].tolist()
        files, lines = columns["origin_file"][first:last], columns["origin_line"][first:last]
        return tuple(
            Origin(self.files[file], line)
            for file, line in zip(files.tolist(), lines.tolist(), strict=True)
        )

    def row(self, triple: Triple) -> int | None:
        """Return the row of *triple*, or None where no graph has it in this spelling."""
        terms = (triple.subject, triple.predicate, triple.object)
        numbers = [None if isinstance(term, Triple) else self.number(term) for term in terms]
        if None in numbers:
            return None
        _, first, last, _ = self._find(*numbers)
        return first if first < last else None

    def match(
        self,
        subject: Term | None = None,
        predicate: Term | None = None,
        object_: Term | None = None,
        graphs: Collection[str] | None = None,
    ) -> Iterator[Triple]:
        """Yield the triples that agree with a pattern of terms, in the order of `rows`."""
        slots = self.slots(subject, predicate, object_)
        if slots is not None:
            yield from map(self.triple, self.rows(*slots, graphs).tolist())

    def slots(self, *terms: Term | None) -> tuple[Slot, Slot, Slot] | None:
        """Return the numbers of three *terms*, or None where a term is in no row."""
        numbers = [None if term is None else self.number(term) for term in terms]
        if any(number is None and term for number, term in zip(numbers, terms, strict=True)):
            return None
        subject, predicate, object_ = numbers
        return subject, predicate, object_

    def _find(
        self, subject: Slot, predicate: Slot, object_: Slot
    ) -> tuple[Access, int, int, dict[str, range]]:
        """Return the places that hold a pattern, and which slots are still to be compared."""
        wanted = {"subject": subject, "predicate": predicate, "object": object_}
        leading = self._leading(subject, predicate, object_)
        order = _ORDERS[leading]
        access = self._accesses[leading]
        first, last = 0, len(self)
        columns = (None, access.second, access.third)
        rest = {name: slot for name, slot in wanted.items() if slot is not None}
        for name, column in zip(order, columns, strict=True):
            slot = wanted[name]
            if slot is None or (name != leading and column is None):
                break
            if column is None:
                first, last = _block(access.start, slot)
            else:
                first, last = narrow(column, first, last, slot)
            del rest[name]
            if isinstance(slot, range):
                break
        return access, first, last, {name: _as_range(slot) for name, slot in rest.items()}

    @staticmethod
    def _leading(subject: Slot, predicate: Slot, object_: Slot) -> str:
        """Return which term of a pattern to look up first."""
        if isinstance(subject, int):
            only_object = predicate is None and isinstance(object_, int)
            return "object" if only_object else "subject"
        for kind in (int, range):
            if isinstance(predicate, kind):
                return "predicate"
            if isinstance(object_, kind) and not isinstance(subject, kind):
                return "object"
            if isinstance(subject, kind):
                return "subject"
        return "subject"

    @cached_property
    def _accesses(self) -> dict[str, Access]:
        columns = self.columns
        return {
            "subject": Access(
                columns["subject_start"], columns["predicate"], columns["object"], None
            ),
            **{
                leading: Access(
                    columns[f"{leading}_start"],
                    columns[f"{leading}_{_ORDERS[leading][1]}"],
                    None,
                    columns[f"{leading}_row"],
                )
                for leading in ("predicate", "object")
            },
        }

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview, memoryview]:
        # Their items are integers of Python.
        columns = self.columns
        return columns["subject"].data, columns["predicate"].data, columns["object"].data

    @cached_property
    def _firsts(self) -> Numbers:
        return np.array([graphs[0] for graphs in self.graph_sets], dtype=NUMBER)

    @cached_property
    def _indexes(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.graphs)}

    def _in_one_of(self, names: Collection[str]) -> Numbers:
        wanted = {self._indexes[name] for name in names}
        return np.array([not wanted.isdisjoint(row) for row in self.graph_sets], dtype=bool)


#: The three ways in which rows are sorted: each pattern begins with the terms of one of them.
_ORDERS = {
    "subject": ("subject", "predicate", "object"),
    "predicate": ("predicate", "object", "subject"),
    "object": ("object", "subject", "predicate"),
}


def _block(start: Numbers, slot: int | range) -> tuple[int, int]:
    first, last = (slot.start, slot.stop) if isinstance(slot, range) else (slot, slot + 1)
    return int(start[first]), int(start[last])


def _as_range(slot: int | range) -> range:
    return slot if isinstance(slot, range) else range(slot, slot + 1)
