"""Turtle and TriG from the table, in the canonical form of `partyline.rdf.turtle`.

Blocks in which a blank node occurs are left to its writer, which knows where one can be nested.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
from pyoxigraph import BlankNode, NamedNode

from partyline.dataset import Numbers, Table
from partyline.dataset.arrays import NUMBER, distinct, row_order
from partyline.rdf.nesting import Nesting
from partyline.rdf.trig import GRAPH_END, graph_start
from partyline.rdf.turtle import INDIVIDUAL, KINDS, TurtleWriter, declarations
from partyline.releases.dumps.literals import LiteralCheck
from partyline.releases.dumps.rows import (
    HELD,
    Rows,
    first_places,
    in_array,
    in_use,
    joined,
    parts_of,
    repeated,
)
from partyline.releases.dumps.turtle_terms import TurtleTerms
from partyline.vocabulary import RDF

#: Bytes of a file that are read at once.
_PIECE = 1 << 22


class TurtleDumps:
    """The terms of a table as Turtle writes them; several dumps share them."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self.table, self._prefixes = table, prefixes
        self.terms = TurtleTerms(table, prefixes)
        self.type = table.number(RDF.type)
        self._literals = LiteralCheck(table)

    def graph(self, rows: Numbers) -> Iterator[bytes]:
        """Yield *rows* as Turtle. Raises NotSerialisable before the first part."""
        self._literals.check_rows(rows)
        blocks = _Blocks(self, rows, (), TurtleWriter(self._prefixes))
        return _encoded([*declarations(blocks.prefixes())], blocks.parts())

    def dataset(
        self, graphs: Mapping[str, Numbers], written: Mapping[str, Path] | None = None
    ) -> Iterator[bytes]:
        """Yield the rows of *graphs*, by IRI, as TriG. Raises NotSerialisable before that.

        Of some graphs, the rows are *written* as Turtle already, in a file.
        """
        named = {name: rows for name, rows in sorted(graphs.items()) if len(rows)}
        for rows in named.values():
            self._literals.check_rows(rows)
        shared = self._shared(named.values())
        writer = TurtleWriter(self._prefixes)
        starts = [graph_start(writer.name(NamedNode(name))) for name in named]
        blocks = [_Blocks(self, rows, shared, writer) for rows in named.values()]
        used = dict(writer.used)
        for part in blocks:
            used |= part.prefixes()

        def parts() -> Iterator[bytes]:
            for name, start, part in zip(named, starts, blocks, strict=True):
                yield start.encode()
                file = (written or {}).get(name)
                yield from part.parts() if file is None else part.read(file)
                yield GRAPH_END.encode()

        return _encoded(declarations(used), parts())

    def _shared(self, graphs: Iterable[Numbers]) -> list[BlankNode]:
        """Return the blank nodes that occur in more than one of *graphs*."""
        blank = self.table.terms.blank_nodes
        counts = np.zeros(len(blank), dtype=np.int32)
        for rows in graphs if len(blank) else ():
            nodes = [
                column[column >= blank.start] - blank.start
                for part in parts_of(self.table, rows)
                for column in (part.subjects, part.objects)
            ]
            counts[in_use(len(blank), *nodes)] += 1
        shared = np.flatnonzero(counts > 1) + blank.start
        terms = map(self.table.terms.term, shared.tolist())
        return [term for term in terms if isinstance(term, BlankNode)]

    @cached_property
    def predicate_names(self) -> dict[int, str]:
        """Return how each predicate is written, by number."""
        return {
            number: "a" if number == self.type else self.terms.name(number)
            for number in self.table.predicates()
        }

    @cached_property
    def predicate_ranks(self) -> Numbers:
        """Return the places of the predicates in the order of Turtle, by number."""
        ranks = np.zeros(len(self.table.terms), dtype=np.int32)
        ordered = sorted(
            self.table.predicates(),
            key=lambda number: (number != self.type, self.terms.name(number)),
        )
        ranks[ordered] = np.arange(len(ordered), dtype=np.int32)
        return ranks

    @cached_property
    def verbs(self) -> tuple[Numbers, Numbers]:
        """Return each predicate, by rank, as it stands before one object, and before several."""
        ordered = sorted(self.predicate_names, key=self.predicate_ranks.__getitem__)
        names = [self.predicate_names[number] for number in ordered]
        return (
            in_array(f"\n    {name} ".encode() for name in names),
            in_array(f"\n    {name}\n        ".encode() for name in names),
        )

    @cached_property
    def kinds(self) -> list[tuple[int, int]]:
        """Return the number of each class that decides on the place of a block, and the place."""
        numbers = ((self.table.number(kind), rank) for kind, rank in KINDS.items())
        return [(number, rank) for number, rank in numbers if number is not None]


class _Blocks:
    """The blocks of one graph. Its blank nodes are named by *writer*, in the order of writing."""

    def __init__(
        self, dumps: TurtleDumps, rows: Numbers, shared: Iterable[BlankNode], writer: TurtleWriter
    ) -> None:
        self._dumps, self._rows, self._writer = dumps, rows, writer
        self._table, self._terms = dumps.table, dumps.terms
        self._size = len(self._table.terms)
        self._blank = self._table.terms.blank_nodes.start
        #: The subjects whose block has a blank node, in order: there may be very many graphs, and
        #: what says it of each term would be as large for each of them.
        self._nesting, nested = self._with_blank()
        self._graph = Nesting(map(self._table.triple, nested.tolist()), shared)

    def _with_blank(self) -> tuple[Numbers, Numbers]:
        """Return the subjects whose block has a blank node, and the rows of these."""
        subjects, rows = [self._rows[:0]], [self._rows[:0]]
        for part in self._parts() if self._blank < self._size else ():
            found = distinct(part.subjects[_in_blank(part, self._blank)])
            subjects.append(found)
            rows.append(part.rows[_is_in(part.subjects, found)])
        return np.concatenate(subjects), np.concatenate(rows)

    def _parts(self) -> Iterator[Rows]:
        return parts_of(self._table, self._rows)

    def prefixes(self) -> dict[str, str]:
        """Return the prefixes of all names in the blocks, and what they stand for."""
        cells = (cell for cell in self._graph.cells if isinstance(cell, BlankNode))
        in_cell = np.array(sorted(filter(None, map(self._table.number, cells))), dtype=NUMBER)
        nodes = np.zeros(self._size, dtype=bool)
        predicates = np.zeros(self._size, dtype=bool)
        for rows in self._parts():
            # Neither the predicates of lists are written nor rdf:type, which is "a".
            named = ~_is_in(rows.subjects, in_cell)
            if self._dumps.type is not None:
                named &= rows.predicates != self._dumps.type
            nodes[rows.subjects] = nodes[rows.objects] = True
            predicates[rows.predicates[named]] = True
        return self._terms.prefixes(np.flatnonzero(nodes), np.flatnonzero(predicates))

    def parts(self) -> Iterator[bytes]:
        """Yield the blocks, many at a time, and those of blank nodes last."""
        self._writer.begin(self._graph)
        for rows in self._in_order():
            yield self._written(rows)
        blank = (node for node in self._graph.by_subject if isinstance(node, BlankNode))
        tops = [node for node in blank if node not in self._graph.nested]
        for subject in sorted(tops, key=self._writer.block_order):
            yield self._writer.block(subject).encode()

    def read(self, file: Path) -> Iterator[bytes]:
        """Yield what `parts` does from a *file* of these blocks alone."""
        if len(self._nesting):  # names of blank nodes are those of the file
            yield from self.parts()
            return
        head = "".join(f"{text}\n\n" for text in declarations(self.prefixes()))
        with file.open("rb") as content:
            content.seek(len(head.encode()))
            rest = b""
            while piece := content.read(_PIECE):
                whole, end, rest = (rest + piece).rpartition(b"\n\n")
                if end:
                    yield whole
        yield rest.removesuffix(b"\n")

    def _in_order(self) -> Iterator[Rows]:
        """Yield the rows whose subjects are IRIs, by block and predicate, many at a time."""
        kinds = self._kinds()
        if len(self._rows) <= HELD:
            yield from self._ordered(Rows.of(self._table, self._rows), kinds).chunks()
            return
        for kind in sorted({INDIVIDUAL, *(rank for _, rank in self._dumps.kinds)}):
            for rows in self._parts():
                chosen = rows[kinds[rows.subjects] == kind]
                if len(ordered := self._ordered(chosen, kinds)):
                    yield ordered

    def _kinds(self) -> Numbers:
        """Return the place of the block of each term, by number."""
        kinds = np.full(self._size, INDIVIDUAL, dtype=np.int8)
        for rows in self._parts() if self._dumps.kinds else ():
            typing = rows.predicates == self._dumps.type
            subjects, classes = rows.subjects[typing], rows.objects[typing]
            for kind, rank in self._dumps.kinds:
                members = subjects[classes == kind]
                kinds[members] = np.minimum(kinds[members], rank)
        return kinds

    def _ordered(self, rows: Rows, kinds: Numbers) -> Rows:
        rows = rows[rows.subjects < self._blank]
        columns = (
            kinds[rows.subjects],
            rows.subjects,
            self._dumps.predicate_ranks[rows.predicates],
        )
        return rows[row_order(columns, (INDIVIDUAL + 1, self._size, self._size))]

    def _written(self, rows: Rows) -> bytes:
        """Return the blocks of *rows*, with an empty line between them."""
        subjects = first_places(rows.subjects)
        firsts, lasts = subjects[:-1], subjects[1:] - 1
        self._terms.hold(rows.subjects, rows.objects)
        rows, begins, listed = self._with_lists(rows)
        heads = repeated(len(rows), b"")
        heads[firsts] = self._terms.texts[rows.subjects[firsts]]
        verbs = self._verbs(rows, begins, listed)
        objects, ends = self._terms.texts[rows.objects], repeated(len(rows), b"")
        ends[np.append(begins[1:], True)] = b" ;"
        ends[lasts] = b" ;\n.\n\n"
        numbers = rows.subjects[firsts]
        for place in np.flatnonzero(_is_in(numbers, self._nesting)).tolist():
            begin, end = int(firsts[place]), int(lasts[place]) + 1
            block = self._writer.block(self._table.terms.term(int(numbers[place])))
            for column in (heads, verbs, objects, ends):
                column[begin:end] = b""
            heads[begin] = block.encode() + b"\n\n"
        return joined(heads, verbs, objects, ends).removesuffix(b"\n\n")

    def _with_lists(self, rows: Rows) -> tuple[Rows, Numbers, Numbers]:
        """Return *rows* with the objects of each list in order, which begin one, and are in one.

        Several objects of one predicate and one subject are a list; a list of one is none.
        """
        starts = first_places(rows.subjects, rows.predicates)
        sizes = np.diff(starts)
        begins = np.zeros(len(rows), dtype=bool)
        begins[starts[:-1]] = True
        listed = np.repeat(sizes > 1, sizes)
        lists = np.repeat(np.arange(len(sizes)), sizes)
        order = np.arange(len(rows))
        for number in np.unique(lists[self._out_of_order(rows, begins)]).tolist():
            first, end = int(starts[number]), int(starts[number + 1])
            objects = rows.objects[first:end].tolist()
            if objects[-1] < self._blank:
                places = dict(zip(objects, range(first, end), strict=True))
                ordered = self._terms.in_order(objects)
                order[first:end] = list(map(places.__getitem__, ordered))
        return rows[order], begins, listed

    def _out_of_order(self, rows: Rows, begins: Numbers) -> Numbers:
        """Return the places of objects that may have to stand before the one in front of them.

        In a list of IRIs alone, their texts tell.
        """
        places = np.flatnonzero(~begins)
        before, objects = rows.objects[places - 1], rows.objects[places]
        texts = self._terms.texts
        iris = before >= self._table.terms.literals.stop
        iris &= ~self._terms.are_nil(before) & ~self._terms.are_nil(objects)
        wrong = ~iris
        wrong[iris] = texts[before[iris]] > texts[objects[iris]]
        return places[wrong]

    def _verbs(self, rows: Rows, begins: Numbers, listed: Numbers) -> Numbers:
        """Return what stands before each object: its predicate, or the comma of a list."""
        verbs = repeated(len(rows), b" ,\n        ")
        alone, of_list = self._dumps.verbs
        places = self._dumps.predicate_ranks[rows.predicates[begins]]
        verbs[begins] = np.where(listed[begins], of_list[places], alone[places])
        return verbs


def _in_blank(rows: Rows, first: int) -> Numbers:
    """Tell of each of *rows* whether it has a blank node; *first* is the first one's number."""
    found: Numbers = (rows.subjects >= first) | (rows.objects >= first)
    return found


def _is_in(numbers: Numbers, ordered: Numbers) -> Numbers:
    """Tell of each of *numbers* whether it is in *ordered*."""
    if not len(ordered):
        return np.zeros(len(numbers), dtype=bool)
    places = np.minimum(np.searchsorted(ordered, numbers), len(ordered) - 1)
    found: Numbers = ordered[places] == numbers
    return found


def _encoded(head: list[str], parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield *head* and *parts* with an empty line between them; nothing where both are empty."""
    written = False
    for part in parts:
        yield b"\n\n" if written else "".join(f"{text}\n\n" for text in head).encode()
        yield part
        written = True
    if written:
        yield b"\n"
