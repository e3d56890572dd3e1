"""The table of statements: found by any pattern of numbers, in order, without reading the rest."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pyoxigraph import Literal, NamedNode, Triple

from partyline.dataset.access import AccessPath, Slot
from partyline.dataset.arrays import NUMBER, Numbers, starts
from partyline.dataset.dictionary import Dictionary
from partyline.dataset.origins import Origin
from partyline.rdf.terms import Term

#: Sets of graphs of which a table keeps which of its own sets have a graph in common with them.
_KEPT_SETS = 32


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
        path, first, last, rest = self._find(subject, predicate, object_)
        if path.row is None:
            rows: Numbers = np.arange(first, last, dtype=NUMBER)
        else:
            rows = path.row[first:last]
        for name, wanted in rest:
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

    def objects(self, subject: int, predicate: int) -> list[int]:
        """Return the numbers of the objects that *subject* has for *predicate*, in order."""
        first, last = self._by_subject.find_pair(subject, predicate)
        return self._views[2][first:last].tolist() if first < last else []

    def subjects(self, predicate: int, object_: int) -> list[int]:
        """Return the numbers of the subjects that have *object_* for *predicate*, in order."""
        path = self._paths["predicate"]
        first, last = path.find_pair(predicate, object_)
        if first == last or path.row is None:
            return []
        subjects = self._views[0]
        return [subjects[row] for row in path.row[first:last].tolist()]

    def links(self, subject: int, predicate: int, most: int) -> list[tuple[int, int]]:
        """Return *most* rows of *subject* and *predicate*, in order, each with its object."""
        first, last = self._by_subject.find_pair(subject, predicate)
        if first == last:
            return []
        last = min(last, first + most)
        return list(zip(range(first, last), self._views[2][first:last], strict=True))

    def links_to(self, predicate: int, object_: int, most: int) -> list[tuple[int, int]]:
        """Return *most* rows of *predicate* and *object_*, in order, each with its subject."""
        path = self._paths["predicate"]
        first, last = path.find_pair(predicate, object_)
        if first == last or path.row is None:
            return []
        subjects = self._views[0]
        return [(row, subjects[row]) for row in path.row[first : min(last, first + most)].tolist()]

    def row_of(self, subject: int, predicate: int, object_: int) -> int | None:
        """Return the row of three terms, or None where no graph has them."""
        first, last = self._by_subject.find_pair(subject, predicate)
        if first == last:
            return None
        objects = self._views[2]
        place = bisect_left(objects, object_, first, last)
        return place if place < last and objects[place] == object_ else None

    def triple(self, row: int) -> Triple:
        """Return the triple of *row*."""
        subjects, predicates, objects = self._views
        term = self.terms.term
        subject, predicate, object_ = term(subjects[row]), term(predicates[row]), term(objects[row])
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
            raise TypeError(f"row {row} is not a triple of RDF")
        return Triple(subject, predicate, object_)

    def numbers(self, row: int) -> tuple[int, int, int]:
        """Return the numbers of the subject, the predicate and the object of *row*."""
        subject, predicate, object_ = self._views
        return subject[row], predicate[row], object_[row]

    def graphs_of(self, row: int) -> tuple[str, ...]:
        """Return the names of the graphs that *row* is in, in the order of `graphs`."""
        return tuple([self.graphs[graph] for graph in self.graph_sets[self._sets[row]]])

    def by_first_graph(self, rows: Numbers) -> Numbers:
        """Return *rows* in the order of the first graph of each; else they stay in order."""
        firsts = self._firsts[self.columns["graphs"][rows]]
        return rows[np.argsort(firsts, kind="stable")]

    def first_graph(self, row: int) -> int:
        """Return the index of the first graph that *row* is in."""
        return self.graph_sets[self._sets[row]][0]

    def first_graphs(self, rows: Numbers) -> list[int]:
        """Return for each of *rows* the index of the first graph that it is in."""
        found: list[int] = self._firsts[self.columns["graphs"][rows]].tolist()
        return found

    @cached_property
    def present_graphs(self) -> dict[str, int]:
        """Return the names of the graphs that have a row, each with its index."""
        present = {graph for graphs in self.graph_sets for graph in graphs}
        return {name: index for index, name in enumerate(self.graphs) if index in present}

    def rows_by_graph(self) -> dict[str, Numbers]:
        """Return the rows of each graph that has one, in order: what `rows` gives, all at once."""
        column = self.columns["graphs"]
        order = np.argsort(column, kind="stable").astype(NUMBER)
        begin = starts(column[order], len(self.graph_sets))
        parts: dict[int, list[Numbers]] = {}
        for index, graphs in enumerate(self.graph_sets):
            rows = order[begin[index] : begin[index + 1]]
            for graph in graphs:
                parts.setdefault(graph, []).append(rows)
        return {
            self.graphs[graph]: np.sort(np.concatenate(rows)) if len(rows) > 1 else rows[0]
            for graph, rows in sorted(parts.items())
        }

    def predicates(self) -> list[int]:
        """Return the numbers of the predicates, in order."""
        found: list[int] = np.flatnonzero(np.diff(self.columns["predicate_start"])).tolist()
        return found

    def origins(self, row: int) -> tuple[Origin, ...]:
        """Return every place that asserts *row*, as it was added; empty if none does."""
        start, files, lines = self._places
        first, last = start[row], start[row + 1]
        if first == last:
            return ()
        return tuple(
            [Origin(self.files[files[place]], lines[place]) for place in range(first, last)]
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
    ) -> tuple[AccessPath, int, int, list[tuple[str, range]]]:
        """Return the places that hold a pattern, and which slots are still to be compared."""
        leading = self._leading(subject, predicate, object_)
        path = self._paths[leading]
        slots: tuple[Slot, Slot, Slot]
        if leading == "subject":
            slots = (subject, predicate, object_)
        elif leading == "predicate":
            slots = (predicate, object_, subject)
        else:
            slots = (object_, subject, predicate)
        first, last, used = path.find(*slots)
        rest = [
            (name, _as_range(slot))
            for name, slot in zip(path.order[used:], slots[used:], strict=True)
            if slot is not None
        ]
        return path, first, last, rest

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
    def _by_subject(self) -> AccessPath:
        return self._paths["subject"]

    @cached_property
    def _paths(self) -> dict[str, AccessPath]:
        return {
            "subject": AccessPath.by_subject(self.columns),
            "predicate": AccessPath.by("predicate", "object", "subject", self.columns),
            "object": AccessPath.by("object", "subject", "predicate", self.columns),
        }

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview, memoryview]:
        # Their items are integers of Python.
        columns = self.columns
        return columns["subject"].data, columns["predicate"].data, columns["object"].data

    @cached_property
    def _sets(self) -> memoryview:
        return self.columns["graphs"].data

    @cached_property
    def _places(self) -> tuple[memoryview, memoryview, memoryview]:
        columns = self.columns
        start, files, lines = (columns[f"origin_{name}"].data for name in ("start", "file", "line"))
        return start, files, lines

    @cached_property
    def _firsts(self) -> Numbers:
        return np.array([graphs[0] for graphs in self.graph_sets], dtype=NUMBER)

    @cached_property
    def _indexes(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.graphs)}

    def _in_one_of(self, names: Collection[str]) -> Numbers:
        wanted = frozenset(self._indexes[name] for name in names)
        found = self._sets_of.get(wanted)
        if found is None:
            sets = self.graph_sets
            found = np.array([not wanted.isdisjoint(row) for row in sets], dtype=bool)
            if len(self._sets_of) < _KEPT_SETS:
                self._sets_of[wanted] = found
        return found

    @cached_property
    def _sets_of(self) -> dict[frozenset[int], Numbers]:
        """Return what was found of sets of graphs, for those that are asked for again."""
        return {}


def _as_range(slot: int | range) -> range:
    return slot if isinstance(slot, range) else range(slot, slot + 1)
