"""Read what an endpoint answers: rows and graphs, whole or not at all, whatever its dialect."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyoxigraph import (
    Literal,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from partyline.errors import EndpointRefused
from partyline.sparql.remote.dialects import Dialect
from partyline.sparql.remote.exchange import Reply

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Media types that are asked for, and what a complete document of them ends with.
GRAPH_TYPE = "application/n-triples"
_ENDS = {QueryResultsFormat.XML: b"</sparql>", QueryResultsFormat.JSON: b"}"}


def read_rows(reply: Reply, address: str, dialect: Dialect) -> QuerySolutions | QueryBoolean:
    """Return the answer to SELECT or ASK; solutions are read while they arrive.

    Raises EndpointRefused, also while solutions are read.
    """
    _check_not_cut(reply, address, dialect)
    syntax = QueryResultsFormat.from_media_type(reply.media_type)
    if reply.media_type == "application/json":
        syntax = QueryResultsFormat.JSON
    if syntax is None or syntax not in _ENDS:
        raise _wrong_type(reply, address, "rows")
    is_xml = syntax is QueryResultsFormat.XML
    body = _Document(reply, address, _ENDS[syntax], dialect.blank_prefix if is_xml else "")
    try:
        results = parse_query_results(io.BufferedReader(body), syntax)
        if isinstance(results, QuerySolutions) and dialect.boolean_variable:
            return _boolean(results, dialect.boolean_variable)
    except (SyntaxError, ValueError) as error:
        raise unreadable(address, error) from error
    return results


def read_graph(reply: Reply, address: str, dialect: Dialect) -> Iterator[Triple]:
    """Yield the triples of the answer to CONSTRUCT or DESCRIBE. Raises EndpointRefused."""
    _check_not_cut(reply, address, dialect)
    syntax = RdfFormat.from_media_type(reply.media_type)
    if syntax is None:
        raise _wrong_type(reply, address, "a graph")
    if not reply.has_length:
        # A document of N-Triples may end after any line.
        raise EndpointRefused(
            f"{address}: the answer has neither a length nor chunks, so it is unknown whether it is"
            " complete"
        )
    try:
        for quad in parse(io.BufferedReader(reply), syntax):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise unreadable(address, error) from error


def unreadable(address: str, error: Exception) -> EndpointRefused:
    """Return the error of an answer that is not what its media type says."""
    line = str(error).strip().partition("\n")[0][:300]
    return EndpointRefused(f"{address}: the answer cannot be read: {line}")


def _boolean(results: QuerySolutions, variable: str) -> QuerySolutions | QueryBoolean:
    """Return the boolean that the one row of *results* stands for, or *results*."""
    if [row.value for row in results.variables] != [variable]:
        return results
    values = [row[0] for row in results]
    is_true = any(isinstance(row, Literal) and row.value in ("1", "true") for row in values)
    text = b'{"head":{},"boolean":true}' if is_true else b'{"head":{},"boolean":false}'
    return parse_query_results(text, QueryResultsFormat.JSON)


def _check_not_cut(reply: Reply, address: str, dialect: Dialect) -> None:
    for name in dialect.cut_headers:
        if name in reply.headers:
            raise EndpointRefused(
                f"{address}: the answer was cut off by a limit of the engine"
                f" ({name}: {reply.headers[name]}); ask for less, with LIMIT and OFFSET",
                413,
            )
    coding = reply.headers.get("Content-Encoding", "identity")
    if coding != "identity":
        raise EndpointRefused(f"{address}: the answer is in the coding {coding}, not asked for")


def _wrong_type(reply: Reply, address: str, wanted: str) -> EndpointRefused:
    found = reply.media_type or "(none)"
    return EndpointRefused(f"{address}: the answer has the media type {found}, not one of {wanted}")


class _Document(io.RawIOBase):
    """A document that raises an error at its end if that is not the end of a complete one.

    A parser of XML may take the end of the input for the end of the document. *prefix* is removed
    from blank nodes: text has no angle brackets, so it is found nowhere else.
    """

    def __init__(self, reply: Reply, address: str, end: bytes, prefix: str) -> None:
        self._reply, self._address, self._end = reply, address, end
        self._found = f"<bnode>{prefix}".encode() if prefix else b""
        self._waiting = b""
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        target = memoryview(buffer)
        while not self._is_over and len(self._waiting) <= len(self._found):
            self._read()
        # Behind the last bytes, the rest of what is replaced may follow.
        held = 0 if self._is_over else len(self._found)
        size = min(len(target), len(self._waiting) - held)
        target[:size], self._waiting = self._waiting[:size], self._waiting[size:]
        return size

    def _read(self) -> None:
        piece = self._reply.read(1 << 16)
        if not piece:
            self._is_over = True
            if not self._reply.tail.rstrip().endswith(self._end):
                raise EndpointRefused(f"{self._address}: the response ends before its end")
            return
        self._waiting += piece
        if self._found:
            self._waiting = self._waiting.replace(self._found, b"<bnode>")
