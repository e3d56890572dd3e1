"""Answers to queries as tables for a page."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolution,
    parse_query_results,
)

from partyline.publishing.pages.view_models import Link, Presenter, Words

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


@dataclass(frozen=True, slots=True)
class Cell:
    """What a variable is bound to; neither a link nor words where it is not bound."""

    link: Link | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class TableView:
    """The first rows of an answer, or what an ASK query was answered with."""

    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    #: False where the answer has more rows than the table.
    complete: bool = True
    boolean: bool | None = None


def table(presenter: Presenter, chunks: Iterable[bytes], limit: int, first: int = 0) -> TableView:
    """Read SPARQL results in JSON from *chunks*: at most *limit* rows, from the row *first* on."""
    results = parse_query_results(
        io.BufferedReader(_Chunks(chunks)), format=QueryResultsFormat.JSON
    )
    if isinstance(results, QueryBoolean):
        return TableView(boolean=bool(results))
    variables = tuple(variable.value for variable in results.variables)
    found = list(islice(results, first, first + limit + 1))
    rows = tuple(_row(presenter, row, variables) for row in found[:limit])
    return TableView(variables, rows, complete=len(found) <= limit)


def beginning(chunks: Iterable[bytes], limit: int) -> tuple[str, bool]:
    """Return the first *limit* bytes of a text, and whether they are the whole of it."""
    text = b""
    for chunk in chunks:
        text += chunk
        if len(text) > limit:
            # A cut in the middle of a character leaves bytes that are none.
            return text[:limit].decode(errors="ignore"), False
    return text.decode(), True


def _row(presenter: Presenter, row: QuerySolution, variables: Iterable[str]) -> tuple[Cell, ...]:
    return tuple(cell(presenter, row[name]) for name in variables)


def cell(presenter: Presenter, term: object) -> Cell:
    """Return *term*, or None, as a cell of a table."""
    if isinstance(term, NamedNode):
        return Cell(link=presenter.link(term))
    if isinstance(term, Literal):
        return Cell(words=presenter.words(term))
    return Cell(words=Words(str(term), str(term))) if term is not None else Cell()


class _Chunks(io.RawIOBase):
    """A sequence of chunks as a file: a long answer is never held as a whole."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        """Return True; the base class returns False."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill *buffer* from the next chunk, and return the number of bytes; 0 at the end."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        view = memoryview(buffer)
        piece, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(piece)] = piece
        return len(piece)
