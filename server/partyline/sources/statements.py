"""The statements of one file: columns of numbers, of which objects are made one at a time."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import overload

import numpy as np
from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.dataset import (
    NO_COLUMNS,
    Columns,
    Numbering,
    Numbers,
    Origin,
    TripleSet,
    rows_in,
    triples_of,
)
from partyline.dataset.arrays import are_among, distinct

#: Stands in a column of graphs where the statement is in none.
_NO_GRAPH = -1


@dataclass(frozen=True, slots=True)
class SourceStatement:
    """A triple, where it stands, and in which named graph it is stated, if in one."""

    triple: Triple
    origin: Origin
    graph: NamedNode | None = None


class Statements(Sequence[SourceStatement]):
    """Triples in the order of a file, each with its line; some may be repeated."""

    def __init__(
        self,
        path: str,
        numbering: Numbering,
        columns: Columns,
        lines: Numbers,
        graphs: Numbers | None = None,
    ) -> None:
        """Take the *columns* of triples, as *numbering* has their terms, and their *lines*.

        *graphs* are the numbers of the graphs that name them, and -1 without a name.
        """
        self.path, self.numbering, self.columns, self.lines = path, numbering, columns, lines
        self.graphs = np.full(len(lines), _NO_GRAPH, dtype=np.int32) if graphs is None else graphs

    @classmethod
    def of(
        cls, rows: Iterable[SourceStatement], numbering: Numbering | None = None
    ) -> "Statements":
        """Return *rows*, which stand in one file."""
        collected, path = Collected(Numbering() if numbering is None else numbering), ""
        for row in rows:
            path = row.origin.path
            collected.add(row.triple, row.origin.line, row.graph)
        return collected.statements(path)

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[SourceStatement]:
        path, triples = self.path, triples_of(self.columns, self.numbering)
        rows = zip(triples, self.lines.tolist(), self.graphs.tolist(), strict=True)
        for triple, line, graph in rows:
            name = None if graph == _NO_GRAPH else self.numbering.term(graph)
            yield SourceStatement(triple, Origin(path, line), name)  # type: ignore[arg-type]  # an IRI

    @overload
    def __getitem__(self, place: int) -> SourceStatement: ...

    @overload
    def __getitem__(self, place: slice) -> "Statements": ...

    def __getitem__(self, place: int | slice) -> "SourceStatement | Statements":
        if isinstance(place, slice):
            return self.where(place)
        (found,) = self.where(np.array([place]))
        return found

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Statements) and other.numbering is self.numbering:
            mine = (*self.columns, self.lines, self.graphs)
            same = all(map(np.array_equal, mine, (*other.columns, other.lines, other.graphs)))
            return same and (self.path == other.path or not len(self))
        if isinstance(other, Sequence):
            return len(self) == len(other) and all(map(SourceStatement.__eq__, self, other))
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.path, len(self)))

    def __repr__(self) -> str:
        return f"<Statements: {len(self)} of {self.path}>"

    def where(self, chosen: "Numbers | slice") -> "Statements":
        """Return the statements that are *chosen*, by place or by one truth value for each."""
        subjects, predicates, objects = self.columns
        columns = (subjects[chosen], predicates[chosen], objects[chosen])
        lines, graphs = self.lines[chosen], self.graphs[chosen]
        return Statements(self.path, self.numbering, columns, lines, graphs)

    def by_graph(self) -> Iterator[tuple[NamedNode, "Statements"]]:
        """Yield the statements of each named graph, with its name."""
        (named,) = np.nonzero(self.graphs != _NO_GRAPH)
        order = named[np.argsort(self.graphs[named], kind="stable")]
        numbers, begins = np.unique(self.graphs[order], return_index=True)
        for number, places in zip(numbers.tolist(), np.split(order, begins[1:]), strict=False):
            name = self.numbering.term(number)
            if isinstance(name, NamedNode):
                yield name, self.where(places)

    def of_predicates(self, predicates: Iterable[NamedNode]) -> "Statements":
        """Return the statements that have one of *predicates*."""
        return self.where(are_among(self.columns[1], self.numbering.numbers(predicates)))

    def of_objects(self, objects: Iterable[NamedNode]) -> "Statements":
        """Return the statements that have one of *objects*."""
        return self.where(are_among(self.columns[2], self.numbering.numbers(objects)))

    def about(self, subjects: Iterable[NamedNode | BlankNode | Triple]) -> Numbers:
        """Tell of each statement whether its subject is one of *subjects*."""
        return are_among(self.columns[0], self.numbering.numbers(subjects))

    def with_objects(self, wanted: Callable[[object], bool]) -> "Statements":
        """Return the statements whose object is *wanted*; each object is asked about once."""
        return self.where(are_among(self.columns[2], self._wanted(self.columns[2], wanted)))

    def with_nodes(self, wanted: Callable[[object], bool]) -> "Statements":
        """Return the statements whose subject or object is *wanted*."""
        subjects, _, objects = self.columns
        found = self._wanted(np.concatenate((subjects, objects)), wanted)
        return self.where(are_among(subjects, found) | are_among(objects, found))

    def _wanted(self, column: Numbers, wanted: Callable[[object], bool]) -> list[int]:
        numbers = distinct(column).tolist()
        return list(compress(numbers, map(wanted, map(self.numbering.term, numbers))))

    def are_in(self, triples: Iterable[Triple]) -> Numbers:
        """Tell of each statement whether its triple is one of *triples*."""
        return rows_in(self.columns, triples, self.numbering)

    def triples(self) -> TripleSet:
        """Return the triples, each once."""
        return TripleSet.of_rows(self.numbering, [self.columns])

    def numbered_in(self, numbering: Numbering) -> "Statements":
        """Return the same statements with numbers of *numbering*."""
        return self if numbering is self.numbering else Statements.of(self, numbering)


class Collected:
    """Statements while they are read."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.subjects, self.predicates, self.objects = array("i"), array("i"), array("i")
        self.lines = array("i")
        #: Places and numbers of the graphs of those that are in a named graph.
        self._graphs: list[tuple[int, int]] = []

    def add(self, triple: Triple, line: int, graph: NamedNode | None = None) -> None:
        """Add one statement."""
        if graph is not None:
            self._graphs.append((len(self.lines), self.numbering.number(graph)))
        number = self.numbering.number
        self.subjects.append(number(triple.subject))
        self.predicates.append(number(triple.predicate))
        self.objects.append(number(triple.object))
        self.lines.append(line)

    def statements(self, path: str) -> Statements:
        """Return what was added, as what the file *path* says."""
        if not self.lines:
            return Statements(path, self.numbering, NO_COLUMNS, NO_COLUMNS[0])
        subjects, predicates, objects, lines = (
            np.frombuffer(column, dtype=np.int32)
            for column in (self.subjects, self.predicates, self.objects, self.lines)
        )
        graphs = np.full(len(lines), _NO_GRAPH, dtype=np.int32)
        if self._graphs:
            places, numbers = zip(*self._graphs, strict=True)
            graphs[list(places)] = numbers
        return Statements(path, self.numbering, (subjects, predicates, objects), lines, graphs)
