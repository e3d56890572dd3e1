"""A process that answers strangers' queries one after another, until one of them fails."""

import io
import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from partyline.sparql import sandbox
from partyline.sparql.solution_counter import CountedTriples, Counter, counter
from partyline.sparql.wire_protocol import Channel, Chunk, Kind

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PIECE = 1 << 16
#: A worker that keeps more than this part of its allowance between queries is replaced.
_RETAINED = 4


@dataclass(frozen=True, slots=True)
class SerializerConfig:
    """How every query is read, and every graph written."""

    #: Absolute IRI that relative ones are resolved against; none is allowed where it is empty.
    base: str
    prefixes: dict[str, str]


Results = QuerySolutions | QueryBoolean | QueryTriples


def work(end: socket.socket, store_path: str, memory: int, manner: SerializerConfig) -> None:
    """Answer the requests that come through *end*, with *memory* mebibytes for each.

    Returns when the other end closes, or after an error that may have left something behind:
    the next stranger gets a new process.
    """
    channel = Channel(end)
    sandbox.give_up_privileges()
    try:
        store = Store.read_only(store_path)
        next(iter(store), None)  # reads what RocksDB needs at all, before memory is counted
    except OSError as error:
        _fail(channel, "EngineError", f"{store_path}: the store does not open: {error}")
        return
    sandbox.limit_growth(memory)
    enough = sandbox.address_space() + memory * sandbox.MEBIBYTE // _RETAINED
    channel.send(Kind.READY)
    may_resume = True
    while may_resume:
        try:
            _, payload = channel.receive()
        except EOFError:
            return
        request = json.loads(payload)
        sandbox.limit_time(request["seconds"])
        may_resume = _answer(store, request, manner, channel, enough)
        sandbox.unlimit_time()


def _answer(
    store: Store, request: dict[str, Any], manner: SerializerConfig, channel: Channel, enough: int
) -> bool:
    """Answer one request; tell whether this process may answer another."""
    try:
        _write(_evaluate(store, request, manner), request, manner, channel)
    except SyntaxError as error:
        # Nothing was evaluated or written yet.
        _fail(channel, "SyntaxError", str(error))
        return True
    except (RuntimeError, ValueError) as error:
        _fail(channel, "BadQuery", f"the query cannot be answered: {error}")
        return False
    except MemoryError:
        _fail(channel, "QueryTooLarge", "")
        return False
    except OSError as error:
        _fail(channel, "EngineError", f"the store cannot be read: {error}")
        return False
    may_resume = sandbox.address_space() < enough
    channel.send(Kind.END, b"" if may_resume else b"retire")
    return may_resume


def _evaluate(store: Store, request: dict[str, Any], manner: SerializerConfig) -> Results:
    default_graphs, named_graphs = request["default_graphs"], request["named_graphs"]
    base = manner.base or None
    if not default_graphs and not named_graphs:
        return store.query(request["query"], base_iri=base)
    return store.query(
        request["query"],
        base_iri=base,
        default_graph=[NamedNode(iri) for iri in default_graphs],
        named_graphs=[NamedNode(iri) for iri in named_graphs],
    )


def _write(
    results: Results, request: dict[str, Any], manner: SerializerConfig, channel: Channel
) -> None:
    """Send the head, and the answer while it is being evaluated."""
    media_type = request["graph" if isinstance(results, QueryTriples) else "rows"]
    channel.hold(Kind.HEAD, media_type.encode())
    # After an error the process ends, so that what is left in these buffers reaches nobody.
    if isinstance(results, QueryTriples):
        triples = CountedTriples(results)
        syntax = RdfFormat.from_media_type(media_type)
        with io.BufferedWriter(_Sink(channel, triples.count), _PIECE) as output:
            serialize(triples, output, format=syntax, prefixes=manner.prefixes)
    else:
        with io.BufferedWriter(_Sink(channel, counter(media_type)), _PIECE) as output:
            results.serialize(output, QueryResultsFormat.from_media_type(media_type))


class _Sink(io.RawIOBase):
    """A file whose content is sent as the answer."""

    def __init__(self, channel: Channel, count: Counter) -> None:
        self._channel = channel
        self._count = count

    def writable(self) -> bool:
        return True

    def write(self, piece: "ReadableBuffer", /) -> int:
        content = bytes(piece)
        frame = Chunk(content, self._count(content)).pack()
        # What is shorter than the buffer is the rest, and the end follows at once.
        (self._channel.hold if len(content) < _PIECE else self._channel.send)(Kind.DATA, frame)
        return len(content)


def _fail(channel: Channel, error: str, message: str) -> None:
    channel.send(Kind.FAILURE, json.dumps([error, message]).encode())
