"""The answer of a query, written to the pool while it is being evaluated."""

import io
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, BinaryIO, cast

from pyoxigraph import (
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from partyline.rdf import DATASET_FORMATS, GRAPH_FORMATS
from partyline.sparql.csv_results import write_csv
from partyline.sparql.rewriting.rewriter import aggregate_variables, unescape
from partyline.sparql.workers.byte_filters import ByteFilter, byte_filter, check_xml
from partyline.sparql.workers.evaluation import Evaluation
from partyline.sparql.workers.solution_counter import Counter, counter
from partyline.sparql.workers.wire_protocol import AnswerHead, Channel, Chunk, Kind, QueryRequest

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BUFFER_SIZE = 1 << 16
#: Bytes of an answer that are searched for unbound aggregates.
_SEARCHED = 256 << 10
_CSV = "text/csv"
_ROWS = QuerySolutions | QueryBoolean
#: The writers of documents and dumps: what they cannot represent is refused before the first byte.
_GRAPH_WRITERS = {row.media_type: row.write for row in GRAPH_FORMATS}
_DATASET_WRITERS = {row.media_type: row.write for row in DATASET_FORMATS}
_XML = "application/sparql-results+xml"


def write_answer(
    evaluation: Evaluation, request: QueryRequest, prefixes: Mapping[str, str], channel: Channel
) -> tuple[str, ...]:
    """Send the head and the answer; return what is warned of after its last byte.

    Raises NotAcceptable where the format cannot express the answer, and what the engine raises.
    """
    results = evaluation.results
    media_type = request.rows if isinstance(results, _ROWS) else request.graph
    channel.hold(Kind.HEAD, AnswerHead(media_type, evaluation.warnings).pack())
    # After an error the process ends, so that what is left in these buffers reaches nobody.
    if not isinstance(results, _ROWS):
        _write_graph(results, media_type, prefixes, channel)
        return ()
    watched: frozenset[str] = frozenset()
    if isinstance(results, QuerySolutions):
        watched = aggregate_variables(unescape(request.query))
    if watched and media_type == _CSV:
        # In CSV, an unbound variable looks like an empty string.
        content = results.serialize(format=QueryResultsFormat.JSON) or b""
        _write_rows(parse_query_results(content, QueryResultsFormat.JSON), media_type, channel)
        unbound = _unbound(content, QueryResultsFormat.JSON)
    else:
        beginning = _Beginning() if watched else None
        _write_rows(results, media_type, channel, beginning)
        unbound = beginning.unbound(media_type) if beginning else set()
    return tuple(_UNBOUND.format(name) for name in sorted(unbound & watched))


_UNBOUND = (
    "?{0} is unbound in some rows: the engine gives an aggregate no value where one of its operands"
    " is unbound or of the wrong type; use COALESCE or FILTER"
)


def _write_rows(
    results: QuerySolutions | QueryBoolean,
    media_type: str,
    channel: Channel,
    beginning: "_Beginning | None" = None,
) -> None:
    sink = _Sink(channel, counter(media_type), byte_filter(media_type), beginning)
    _write_through(sink, lambda output: _serialize(results, output, media_type))


def _serialize(results: QuerySolutions | QueryBoolean, output: BinaryIO, media_type: str) -> None:
    if media_type == _CSV and isinstance(results, QuerySolutions):
        write_csv(results, output)
        return
    if media_type != _XML:
        results.serialize(output, QueryResultsFormat.from_media_type(media_type))
        return
    # As a whole: a character that XML forbids may stand in the last row.
    content = results.serialize(format=QueryResultsFormat.XML) or b""
    check_xml(content)
    output.write(content)


def _write_graph(
    results: Iterable[Triple], media_type: str, prefixes: Mapping[str, str], channel: Channel
) -> None:
    triples = set(results)
    writer = _GRAPH_WRITERS.get(media_type)
    if writer is not None:
        content = writer(triples, prefixes)
    else:
        content = _DATASET_WRITERS[media_type]((Quad(*row) for row in triples), prefixes)
    sink = _Sink(channel, lambda piece: len(triples), byte_filter(media_type), None)
    _write_through(sink, lambda output: output.write(content))


def _write_through(sink: "_Sink", write: Callable[[BinaryIO], object]) -> None:
    """Let *write* fill the sink; an error of the sink comes through the engine as another one."""
    try:
        write(cast(BinaryIO, sink))
        sink.finish()
    except Exception:
        if sink.error is not None:
            raise sink.error from None
        raise


class _Beginning:
    """The first bytes of an answer, to look for variables without a value."""

    def __init__(self) -> None:
        self._content = b""
        self._is_whole = True

    def add(self, content: bytes) -> None:
        """Receive the next bytes."""
        self._is_whole = self._is_whole and len(self._content) + len(content) <= _SEARCHED
        self._content += content if self._is_whole else b""

    def unbound(self, media_type: str) -> set[str]:
        """Return the variables that have no value in some row, if the answer is short."""
        syntax = QueryResultsFormat.from_media_type(media_type)
        return _unbound(self._content, syntax) if self._is_whole and syntax else set()


def _unbound(content: bytes, syntax: QueryResultsFormat) -> set[str]:
    results = parse_query_results(content, syntax)
    if isinstance(results, QueryBoolean):
        return set()
    names = [variable.value for variable in results.variables]
    return {name for solution in results for name in names if solution[name] is None}


class _Sink(io.RawIOBase):
    """A file whose content is sent as the answer, in large pieces."""

    def __init__(
        self, channel: Channel, count: Counter, change: ByteFilter, beginning: _Beginning | None
    ) -> None:
        self._channel = channel
        self._count = count
        self._change = change
        self._beginning = beginning
        self._pieces: list[bytes] = []
        self._size = 0
        self.error: Exception | None = None

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, content: "ReadableBuffer", /) -> int:
        """Send *content* when there is more of it."""
        piece = bytes(content)
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= _BUFFER_SIZE:
            self._pass_on(self._channel.send)
        return len(piece)

    def finish(self) -> None:
        """Have the rest sent with the end of the answer, which follows at once."""
        if self._pieces:
            self._pass_on(self._channel.hold)

    def _pass_on(self, put: Callable[[Kind, bytes], None]) -> None:
        try:
            content = self._change(b"".join(self._pieces))
        except Exception as error:
            self.error = error
            raise
        if self._beginning is not None:
            self._beginning.add(content)
        self._pieces, self._size = [], 0
        put(Kind.DATA, Chunk(content, self._count(content)).pack())
