"""Turtle and TriG from the table, in the canonical form of `partyline.rdf.turtle`.

Blocks in which a blank node occurs are left to its writer, which knows where one can be nested.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from pyoxigraph import BlankNode, NamedNode

from partyline.dataset import Numbers, Table
from partyline.rdf.trig import GRAPH_END, graph_start
from partyline.rdf.turtle import TurtleWriter, declarations
from partyline.releases.dumps.literals import LiteralCheck
from partyline.releases.dumps.rows import CHUNK, in_use, parts_of, together
from partyline.releases.dumps.turtle_blocks import Blocks, BlockTerms, written_together


class TurtleDumps:
    """The terms of a table as Turtle writes them; several dumps share them."""

    def __init__(self, table: Table, prefixes: Mapping[str, str]) -> None:
        self._table, self._prefixes = table, prefixes
        self._terms = BlockTerms(table, prefixes)
        self._literals = LiteralCheck(table)

    def graph(self, rows: Numbers) -> Iterator[bytes]:
        """Yield *rows* as Turtle. Raises NotSerialisable before the first part."""
        self._literals.check_rows(rows)
        blocks = Blocks(self._terms, rows, (), TurtleWriter(self._prefixes))
        return _encoded(declarations(self._terms.prefixes([blocks])), blocks.parts())

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
        blocks = [Blocks(self._terms, rows, shared, writer) for rows in named.values()]
        used = writer.used | self._terms.prefixes(blocks)
        files = [(written or {}).get(name) for name in named]

        def parts() -> Iterator[bytes]:
            for run in together(map(_size, blocks, files)):
                texts = _texts(blocks[run], files[run])
                for start, text in zip(starts[run], texts, strict=True):
                    yield start.encode()
                    yield from text
                    yield GRAPH_END.encode()

        return _encoded(declarations(used), parts())

    def _shared(self, graphs: Iterable[Numbers]) -> list[BlankNode]:
        """Return the blank nodes that occur in more than one of *graphs*."""
        blank = self._table.terms.blank_nodes
        counts = np.zeros(len(blank), dtype=np.int32)
        for rows in graphs if len(blank) else ():
            nodes = [
                column[column >= blank.start] - blank.start
                for part in parts_of(self._table, rows)
                for column in (part.subjects, part.objects)
            ]
            counts[in_use(len(blank), *nodes)] += 1
        shared = np.flatnonzero(counts > 1) + blank.start
        terms = map(self._table.terms.term, shared.tolist())
        return [term for term in terms if isinstance(term, BlankNode)]


def _size(blocks: Blocks, file: Path | None) -> int:
    """Return how many rows are written of *blocks*: those of a *file* are read there, alone."""
    return len(blocks) if file is None or len(blocks.nesting) else CHUNK


def _texts(blocks: Sequence[Blocks], files: Sequence[Path | None]) -> Iterator[Iterator[bytes]]:
    """Yield the blocks of each graph, in the *files* that have some of them already."""
    if len(blocks) == 1:
        (part,), (file,) = blocks, files
        yield part.parts() if file is None else part.read(file)
    else:
        yield from written_together(blocks)


def _encoded(head: list[str], parts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield *head* and *parts* with an empty line between them; nothing where both are empty."""
    written = False
    for part in parts:
        yield b"\n\n" if written else "".join(f"{text}\n\n" for text in head).encode()
        yield part
        written = True
    if written:
        yield b"\n"
