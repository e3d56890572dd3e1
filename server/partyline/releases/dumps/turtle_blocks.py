"""Blocks of Turtle from the table, many at a time: one for each subject of a graph.

Blocks in which a blank node occurs are left to the writer of `partyline.rdf.turtle`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
from pyoxigraph import BlankNode, Triple

from partyline.dataset import Numbers, Table
from partyline.dataset.arrays import NUMBER, distinct, row_order
from partyline.rdf.nesting import Nesting
from partyline.rdf.turtle import INDIVIDUAL, KINDS, TurtleWriter, declarations
from partyline.releases.dumps.rows import (
    HELD,
    Rows,
    first_places,
    in_array,
    parts_of,
    repeated,
)
from partyline.releases.dumps.turtle_terms import TurtleTerms
from partyline.vocabulary import RDF

#: Bytes of a file that are read at once.
_PIECE = 1 << 22
_NO_NODES: Numbers = np.empty(0, dtype=NUMBER)


class BlockTerms:
    """What blocks are made of: the texts of terms, and the order of predicates and of classes."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self.table, self.texts = table, TurtleTerms(table, prefixes)
        self.type = table.number(RDF.type)
        self.size, self.blank = len(table.terms), table.terms.blank_nodes.start
        self._triples: dict[int, Triple] = {}

    def triples(self, rows: Numbers) -> Iterable[Triple]:
        """Return the triples of *rows*; those of a few are kept, because graphs share them."""
        if len(rows) > HELD:
            return map(self.table.triple, rows.tolist())
        known = self._triples if len(self._triples) < HELD else {}
        for row in rows.tolist():
            if row not in known:
                known[row] = self.table.triple(row)
        return [known[row] for row in rows.tolist()]

    def prefixes(self, graphs: Iterable["Blocks"]) -> dict[str, str]:
        """Return the prefixes of all names in the blocks of *graphs*, and what they stand for."""
        nodes, predicates = (np.zeros(self.size, dtype=bool) for _ in range(2))
        for graph in graphs:
            graph.mark(nodes, predicates)
        return self.texts.prefixes(np.flatnonzero(nodes), np.flatnonzero(predicates))

    @cached_property
    def predicate_names(self) -> dict[int, str]:
        """Return how each predicate is written, by number."""
        return {
            number: "a" if number == self.type else self.texts.name(number)
            for number in self.table.predicates()
        }

    @cached_property
    def predicate_ranks(self) -> Numbers:
        """Return the places of the predicates in the order of Turtle, by number."""
        ranks = np.zeros(self.size, dtype=np.int32)
        ordered = sorted(
            self.table.predicates(),
            key=lambda number: (number != self.type, self.texts.name(number)),
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
    def kinds(self) -> Mapping[int, int]:
        """Return the place of the blocks of the members of each class that decides on it."""
        numbers = ((self.table.number(kind), rank) for kind, rank in KINDS.items())
        return {number: rank for number, rank in numbers if number is not None}

    @cached_property
    def _ranks(self) -> Numbers:
        """Return `kinds` as an array; other terms decide nothing."""
        ranks = np.full(self.size, INDIVIDUAL, dtype=np.int8)
        for number, rank in self.kinds.items():
            ranks[number] = rank
        return ranks

    def kinds_of(self, rows: Rows, owners: Numbers) -> Numbers:
        """Return the place of the block of each of *rows*, which are in order.

        *owners* tell which graph each row belongs to.
        """
        if not self.kinds or not len(rows):
            return np.full(len(rows), INDIVIDUAL, dtype=np.int8)
        ranks = self._ranks[rows.objects]
        ranks[rows.predicates != self.type] = INDIVIDUAL
        blocks = first_places(owners, rows.subjects)
        return np.repeat(np.minimum.reduceat(ranks, blocks[:-1]), np.diff(blocks))


class Blocks:
    """The blocks of one graph. Its blank nodes are named by *writer*, in the order of writing."""

    def __init__(
        self, terms: BlockTerms, rows: Numbers, shared: Iterable[BlankNode], writer: TurtleWriter
    ) -> None:
        self.terms, self.rows, self._writer = terms, rows, writer
        #: The subjects whose block has a blank node, in order: there may be very many graphs, and
        #: what says it of each term would be as large for each of them.
        self.nesting, nested = self._with_blank()
        self._graph = Nesting(terms.triples(nested), shared if len(nested) else ())

    def __len__(self) -> int:
        return len(self.rows)

    def _with_blank(self) -> tuple[Numbers, Numbers]:
        """Return the subjects whose block has a blank node, and the rows of these."""
        subjects, rows = [_NO_NODES], [self.rows[:0]]
        for part in self._parts() if self.terms.blank < self.terms.size else ():
            in_blank = _in_blank(part, self.terms.blank)
            if in_blank.any():
                found = distinct(part.subjects[in_blank])
                subjects.append(found)
                rows.append(part.rows[_is_in(part.subjects, found)])
        return np.concatenate(subjects), np.concatenate(rows)

    def _parts(self) -> Iterator[Rows]:
        return parts_of(self.terms.table, self.rows)

    def mark(self, nodes: Numbers, predicates: Numbers) -> None:
        """Set what tells of each term whether its prefix is needed, as a node or a predicate."""
        number, cells = self.terms.table.number, self._graph.cells
        in_cell = filter(None, (number(row) for row in cells if isinstance(row, BlankNode)))
        cell_numbers = np.array(sorted(in_cell), dtype=NUMBER)
        for rows in self._parts():
            # Neither the predicates of lists are written nor rdf:type, which is "a".
            named = ~_is_in(rows.subjects, cell_numbers)
            if self.terms.type is not None:
                named &= rows.predicates != self.terms.type
            nodes[rows.subjects] = nodes[rows.objects] = True
            predicates[rows.predicates[named]] = True

    def parts(self) -> Iterator[bytes]:
        """Yield the blocks, many at a time, and those of blank nodes last."""
        for rows in self._in_order():
            yield from _written(self.terms, rows, _of_first(rows), [self])
        yield from self.tops()

    def block(self, number: int) -> str:
        """Return the block of the subject *number*, one of `nesting`."""
        self._writer.begin(self._graph)
        return self._writer.block(self.terms.table.terms.term(number))

    def tops(self) -> Iterator[bytes]:
        """Yield the blocks of the blank nodes that are not nested."""
        self._writer.begin(self._graph)
        blank = (node for node in self._graph.by_subject if isinstance(node, BlankNode))
        tops = [node for node in blank if node not in self._graph.nested]
        for subject in sorted(tops, key=self._writer.block_order):
            yield self._writer.block(subject).encode()

    def read(self, file: Path) -> Iterator[bytes]:
        """Yield what `parts` does from a *file* of these blocks alone."""
        if len(self.nesting):  # names of blank nodes are those of the file
            yield from self.parts()
            return
        head = "".join(f"{text}\n\n" for text in declarations(self.terms.prefixes([self])))
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
        if len(self.rows) <= HELD:
            rows = Rows.of(self.terms.table, self.rows)
            yield from _ordered(self.terms, rows, _of_first(rows))[0].chunks()
            return
        for kind in sorted({INDIVIDUAL, *self.terms.kinds.values()}):
            for rows in self._parts():
                chosen = rows[self.terms.kinds_of(rows, _of_first(rows)) == kind]
                ordered, _ = _ordered(self.terms, chosen, _of_first(chosen))
                if len(ordered):
                    yield ordered


def written_together(graphs: Sequence[Blocks]) -> Iterator[Iterator[bytes]]:
    """Yield what `Blocks.parts` does of each of *graphs*; each is taken before the next one.

    Most graphs of a dataset may be small, and each call for one takes as long as for many.
    """
    terms = graphs[0].terms
    rows = Rows.of(terms.table, np.concatenate([graph.rows for graph in graphs]))
    owners = np.repeat(np.arange(len(graphs)), [len(graph) for graph in graphs])
    texts = _written(terms, *_ordered(terms, rows, owners), graphs)
    for graph, text in zip(graphs, texts, strict=True):
        yield chain([text] if text else [], graph.tops())


def _ordered(terms: BlockTerms, rows: Rows, owners: Numbers) -> tuple[Rows, Numbers]:
    """Return those of *rows* whose subjects are IRIs as they are written, and their *owners*.

    Of each owner, a graph, the rows are in order.
    """
    kinds = terms.kinds_of(rows, owners)
    named = rows.subjects < terms.blank
    rows, owners, kinds = rows[named], owners[named], kinds[named]
    columns = owners, kinds, rows.subjects, terms.predicate_ranks[rows.predicates]
    limits = int(owners.max(initial=0)) + 1, INDIVIDUAL + 1, terms.size, terms.size
    order = row_order(columns, limits)
    return rows[order], owners[order]


def _written(
    terms: BlockTerms, rows: Rows, owners: Numbers, graphs: Sequence[Blocks]
) -> Iterator[bytes]:
    """Yield the blocks of *rows* of each of *graphs*, with an empty line between them."""
    blocks = first_places(owners, rows.subjects)
    firsts, lasts = blocks[:-1], blocks[1:] - 1
    terms.texts.hold(rows.subjects, rows.objects)
    rows, begins, listed = _with_lists(terms, rows, owners)
    pieces = np.full((len(rows), 4), b"", dtype=object)
    pieces[firsts, 0] = terms.texts.texts[rows.subjects[firsts]]
    pieces[:, 1] = _verbs(terms, rows, begins, listed)
    pieces[:, 2] = terms.texts.texts[rows.objects]
    pieces[np.roll(begins, -1), 3] = b" ;"
    pieces[lasts, 3] = b" ;\n.\n\n"
    limits = np.searchsorted(owners, np.arange(len(graphs) + 1))
    for graph, first, end in zip(graphs, limits[:-1], limits[1:], strict=True):
        if len(graph.nesting):
            own = slice(*np.searchsorted(firsts, (first, end)))
            in_own = _is_in(rows.subjects[firsts[own]], graph.nesting)
            for begin, last in zip(firsts[own][in_own], lasts[own][in_own], strict=True):
                pieces[begin : last + 1] = b""
                pieces[begin, 0] = graph.block(int(rows.subjects[begin])).encode() + b"\n\n"
        yield b"".join(pieces[first:end].ravel().tolist()).removesuffix(b"\n\n")


def _with_lists(terms: BlockTerms, rows: Rows, owners: Numbers) -> tuple[Rows, Numbers, Numbers]:
    """Return *rows* with the objects of each list in order, which begin one, and are in one.

    Several objects of one predicate and one subject are a list; a list of one is none.
    """
    starts = first_places(owners, rows.subjects, rows.predicates)
    sizes = np.diff(starts)
    begins = np.zeros(len(rows), dtype=bool)
    begins[starts[:-1]] = True
    listed = np.repeat(sizes > 1, sizes)
    lists = np.repeat(np.arange(len(sizes)), sizes)
    order = np.arange(len(rows))
    for number in distinct(lists[_out_of_order(terms, rows, begins)]).tolist():
        first, end = int(starts[number]), int(starts[number + 1])
        objects = rows.objects[first:end].tolist()
        if objects[-1] < terms.blank:
            places = dict(zip(objects, range(first, end), strict=True))
            ordered = terms.texts.in_order(objects)
            order[first:end] = list(map(places.__getitem__, ordered))
    return rows[order], begins, listed


def _out_of_order(terms: BlockTerms, rows: Rows, begins: Numbers) -> Numbers:
    """Return the places of objects that may have to stand before the one in front of them.

    In a list of IRIs alone, their texts tell.
    """
    places = np.flatnonzero(~begins)
    before, objects = rows.objects[places - 1], rows.objects[places]
    texts = terms.texts.texts
    iris = before >= terms.table.terms.literals.stop
    iris &= ~terms.texts.are_nil(before) & ~terms.texts.are_nil(objects)
    wrong = ~iris
    wrong[iris] = texts[before[iris]] > texts[objects[iris]]
    return places[wrong]


def _verbs(terms: BlockTerms, rows: Rows, begins: Numbers, listed: Numbers) -> Numbers:
    """Return what stands before each object: its predicate, or the comma of a list."""
    verbs = repeated(len(rows), b" ,\n        ")
    alone, of_list = terms.verbs
    places = terms.predicate_ranks[rows.predicates[begins]]
    verbs[begins] = np.where(listed[begins], of_list[places], alone[places])
    return verbs


def _of_first(rows: Rows) -> Numbers:
    """Return the owners of *rows* of one graph."""
    return np.zeros(len(rows), dtype=np.int8)


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
