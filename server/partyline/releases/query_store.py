"""Write the store for untrusted queries: each statement as few times as possible.

A statement of the default graph costs three keys of the store, one of a named graph six more.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pyoxigraph import Quad, QuadParser, RdfFormat, Store, parse

from partyline.dataset import Numbers, Table
from partyline.releases.dumps.ntriples import NTriplesDumps

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Statements that the store loads at once into one file for each of its indexes.
ONE_RUN = 250_000
#: Bytes of N-Quads that are loaded at once where there are more; a load takes six times as much
#: memory. Of every four loads, the store merges the files with all before: fewer take less time.
PIECE = 50_000_000
#: Statements up to which the loads are few at any rate, and small ones need less memory.
SMALL = 750_000
SMALL_PIECE = 25_000_000


def write_store(
    path: Path,
    table: Table,
    default: Numbers,
    graphs: Mapping[str, Numbers],
    *,
    quads: Iterable[Quad] = (),
    at_once: int = ONE_RUN,
    piece: int | None = None,
) -> None:
    """Write the rows *default* of *table*, and those of each of *graphs* by its IRI.

    Args:
        path: the new folder of the store.
        table: all statements.
        default: the rows of the default graph.
        graphs: the rows of each named graph.
        quads: statements that are not in the table; few.
        at_once: the number of statements up to which all are loaded at once.
        piece: the bytes of N-Quads that are loaded at once where there are more; None for the
            number that suits.

    Raises:
        OSError: the folder cannot be written.

    """
    store, written = Store(str(path)), NTriplesDumps(table)
    size = len(default) + sum(map(len, graphs.values()))
    if size <= at_once:
        store.bulk_extend(chain(_parsed(_lines(written, default, graphs)), quads))
    else:
        blank = {name: _has_blank(table, rows) for name, rows in graphs.items()}
        plain = {name: rows[~blank[name]] for name, rows in graphs.items()}
        in_default = _has_blank(table, default)
        piece = piece or (SMALL_PIECE if size <= SMALL else PIECE)
        for part in _pieces(_lines(written, default[~in_default], plain), piece):
            store.bulk_load(part, RdfFormat.N_QUADS, lenient=True)
        # A blank node has another name after each load of bytes, but not as an object.
        rest = {name: rows[blank[name]] for name, rows in graphs.items()}
        last = _parsed(_lines(written, default[in_default], rest))
        store.bulk_extend(chain(last, quads))
    store.optimize()
    store.flush()


def _lines(
    written: NTriplesDumps, default: Numbers, graphs: Mapping[str, Numbers]
) -> Iterator[bytes]:
    yield from written.graph(default)
    if graphs:
        yield from written.dataset(graphs)


def _parsed(parts: Iterator[bytes]) -> QuadParser:
    return parse(io.BufferedReader(_Parts(parts)), format=RdfFormat.N_QUADS, lenient=True)


def _pieces(parts: Iterator[bytes], least: int) -> Iterator[bytes]:
    """Join *parts* to pieces of at least *least* bytes."""
    waiting: list[bytes] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= least:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _has_blank(table: Table, rows: Numbers) -> Numbers:
    """Tell of each of *rows* whether its subject or its object is a blank node."""
    first = table.terms.blank_nodes.start
    columns = (table.columns["subject"][rows], table.columns["object"][rows])
    found: Numbers = np.logical_or(*(column >= first for column in columns))
    return found


class _Parts(io.RawIOBase):
    """Bytes that are made when they are read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return True; the base class returns False."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Copy the next bytes into *buffer* and return their number, 0 at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._parts, b""))
        target = memoryview(buffer)
        size = min(len(target), len(self._rest))
        target[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
