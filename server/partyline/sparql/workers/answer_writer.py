"""The answer of a query, written to the pool while it is being evaluated."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    parse_query_results,
    serialize,
)

from partyline.sparql.byte_filters import ByteFilter, byte_filter
from partyline.sparql.rewriter import aggregate_variables
from partyline.sparql.solution_counter import CountedTriples, Counter, counter
from partyline.sparql.workers.evaluation import Evaluation
from partyline.sparql.workers.wire_protocol import AnswerHead, Channel, Chunk, Kind, QueryRequest

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BUFFER_SIZE = 1 << 16
#: Bytes of an answer that are searched for unbound aggregates.
_SEARCHED = 256 << 10
_CSV = "text/csv"


def write_answer(
    evaluation: Evaluation, request: QueryRequest, prefixes: Mapping[str, str], channel: Channel
) -> tuple[str, ...]:
    """Send the head and the answer; return what is warned of after its last byte.

    Raises NotAcceptable where the format cannot express the answer, and what the engine raises.
    """
    results = evaluation.results
    media_type = request.graph if isinstance(results, QueryTriples) else request.rows
    channel.hold(Kind.HEAD, AnswerHead(media_type, evaluation.warnings).pack())
    # After an error the process ends, so that what is left in these buffers reaches nobody.
    if isinstance(results, QueryTriples):
        _write_graph(results, media_type, prefixes, channel)
        return ()
    watched = aggregate_variables(request.query) if isinstance(results, QuerySolutions) else ()
    beginning = _Beginning() if watched else None
    count, change = counter(media_type), _filter(results, media_type)
    sink = _Sink(channel, count, change, beginning)
    _write_through(sink, lambda output: _write_rows(results, output, media_type))
    unbound = beginning.unbound(media_type) & set(watched) if beginning else set()
    return tuple(_UNBOUND.format(name) for name in sorted(unbound))


_UNBOUND = (
    "?{0} is unbound in some rows: the engine gives SUM, AVG, MIN and MAX no value where one of"
    " their operands is unbound or of the wrong type; use COALESCE or FILTER"
)


def _write_rows(results: QuerySolutions | QueryBoolean, output: BinaryIO, media_type: str) -> None:
    results.serialize(output, QueryResultsFormat.from_media_type(media_type))


def _write_graph(
    results: QueryTriples, media_type: str, prefixes: Mapping[str, str], channel: Channel
) -> None:
    triples = CountedTriples(results)
    syntax = RdfFormat.from_media_type(media_type)
    sink = _Sink(channel, triples.count, byte_filter(media_type, 0), None)
    _write_through(
        sink,
        lambda output: serialize(triples, output, format=syntax, prefixes=dict(prefixes)),
    )


def _write_through(sink: "_Sink", write: Callable[[BinaryIO], object]) -> None:
    """Let *write* fill the sink; an error of the sink comes through the engine as another one."""
    try:
        with io.BufferedWriter(sink, _BUFFER_SIZE) as output:
            write(output)
    except Exception:
        if sink.error is not None:
            raise sink.error from None
        raise


def _filter(results: QuerySolutions | QueryBoolean, media_type: str) -> ByteFilter:
    columns = len(results.variables) if isinstance(results, QuerySolutions) else 0
    return byte_filter(media_type, columns)


class _Beginning:
    """The first bytes of an answer, to look for variables without a value."""

    def __init__(self) -> None:
        self._content = b""
        self._is_whole = True

    def add(self, content: bytes) -> None:
        self._is_whole = self._is_whole and len(self._content) + len(content) <= _SEARCHED
        self._content += content if self._is_whole else b""

    def unbound(self, media_type: str) -> set[str]:
        """Return the variables that have no value in some row, if the answer is short."""
        if not self._is_whole:
            return set()
        return {name for row in self._rows(media_type) for name, bound in row.items() if not bound}

    def _rows(self, media_type: str) -> Iterator[Mapping[str, object]]:
        if media_type == _CSV:
            yield from csv.DictReader(io.StringIO(self._content.decode(), newline=""))
            return
        syntax = QueryResultsFormat.from_media_type(media_type)
        results = parse_query_results(self._content, syntax)
        if isinstance(results, QuerySolutions):
            names = [variable.value for variable in results.variables]
            for solution in results:
                yield {name: solution[name] is not None for name in names}


class _Sink(io.RawIOBase):
    """A file whose content is sent as the answer."""

    def __init__(
        self, channel: Channel, count: Counter, change: ByteFilter, beginning: _Beginning | None
    ) -> None:
        self._channel = channel
        self._count = count
        self._change = change
        self._beginning = beginning
        self.error: Exception | None = None

    def writable(self) -> bool:
        return True

    def write(self, buffer: "ReadableBuffer", /) -> int:
        written = bytes(buffer)
        try:
            content = self._change(written)
        except Exception as error:
            self.error = error
            raise
        if self._beginning is not None:
            self._beginning.add(content)
        frame = Chunk(content, self._count(content)).pack()
        # Less than the buffer is the rest of the answer, and its end follows at once.
        (self._channel.hold if len(written) < _BUFFER_SIZE else self._channel.send)(
            Kind.DATA, frame
        )
        return len(written)
