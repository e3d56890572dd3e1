"""A process that answers untrusted queries one after another, until one of them fails."""

import json
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, RdfFormat, Store

from partyline.errors import EndpointLate, EndpointRefused, NotAcceptable, NotSerialisable
from partyline.sparql.workers import sandbox
from partyline.sparql.workers.answer_writer import write_answer
from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.evaluation import Evaluator
from partyline.sparql.workers.wire_protocol import AnswerEnd, Channel, Kind, QueryRequest

if TYPE_CHECKING:
    from partyline.sparql.remote.source import RemoteSource
    from partyline.sparql.workers.elsewhere import EngineElsewhere

#: A worker that keeps more than this part of its memory between queries is replaced.
_RETAINED = 4


def work(
    end: socket.socket,
    configuration: WorkerConfiguration,
    store: Store | str,
    remote: "RemoteSource | None" = None,
) -> None:
    """Answer the requests that come through *end* from *store*, or say why it is not open.

    Where there is a *remote* source, it is asked, and the store has the names of its graphs alone.

    Returns when the other end closes, or after an error that may have left something behind:
    the next client gets a new process.
    """
    channel = Channel(end)
    sandbox.drop_privileges()
    if isinstance(store, str):
        _fail(channel, "EngineError", store)
        return
    evaluator = Evaluator(
        store,
        configuration.base,
        configuration.query_prefixes,
        configuration.absent_graphs,
        _elsewhere(remote, configuration.base) if remote else None,
    )
    memory = configuration.memory * sandbox.MEBIBYTE
    space = sandbox.AddressSpace()
    size = space.size()
    sandbox.limit_growth(size, configuration.memory)
    largest = size + memory // _RETAINED
    limit = sandbox.TimeLimit()

    def is_fit(seconds: float) -> bool:
        return space.size() < largest and limit.has_time_for(seconds)

    channel.send(Kind.READY)
    is_reusable = True
    while is_reusable:
        try:
            _, payload = channel.receive()
        except EOFError:
            return
        request = QueryRequest.unpack(payload)
        limit.begin(request.seconds)
        is_reusable = _answer(evaluator, request, configuration, channel, is_fit)
        limit.end()


def _elsewhere(remote: "RemoteSource", base: str) -> "EngineElsewhere":
    # Imported late: it imports HTTP, which no worker with a store needs.
    from partyline.sparql.workers.elsewhere import EngineElsewhere

    return EngineElsewhere(remote, remote.endpoint(), base)


def open_store(source: Path) -> Store | str:
    """Open the data that workers share, or return what is wrong with it."""
    try:
        return _open(source)
    except (OSError, SyntaxError, ValueError) as error:
        return f"{source}: cannot be opened: {error}"


def names_only(graphs: Iterable[str]) -> Store:
    """Return a store in which *graphs* exist, and are empty."""
    store = Store()
    for iri in graphs:
        store.add_graph(NamedNode(iri))
    return store


def _open(source: Path) -> Store:
    if source.is_file():
        store = Store()
        store.bulk_load(path=str(source), format=RdfFormat.N_QUADS)
        return store
    store = Store.read_only(str(source))
    next(iter(store), None)  # reads what RocksDB needs at all, before memory is counted
    return store


def _answer(
    evaluator: Evaluator,
    request: QueryRequest,
    configuration: WorkerConfiguration,
    channel: Channel,
    is_fit: Callable[[float], bool],
) -> bool:
    """Answer one request; return whether this process may answer another.

    *is_fit* tells whether it has given back the memory of the query, and has time for another.
    """
    try:
        evaluation = evaluator.evaluate(request)
        warnings = write_answer(evaluation, request, configuration.prefixes, channel)
    except SyntaxError as error:
        # Nothing was evaluated or written yet.
        _fail(channel, "SyntaxError", str(error))
        return True
    except (NotAcceptable, NotSerialisable) as error:
        _fail(channel, type(error).__name__, str(error))
        return False
    except EndpointRefused as error:
        _fail(channel, _outcome(error), str(error))
        return False
    except (RuntimeError, ValueError) as error:
        _fail(channel, "BadQuery", f"the query cannot be evaluated: {error}")
        return False
    except MemoryError:
        _fail(channel, "QueryTooLarge", "")
        return False
    except OSError as error:
        _fail(channel, "EngineError", f"the store cannot be read: {error}")
        return False
    reusable = is_fit(request.seconds)
    channel.send(Kind.END, AnswerEnd(reusable, warnings).pack())
    return reusable


def _outcome(error: EndpointRefused) -> str:
    """Return the name of the error that a client sees where the engine answers with *error*."""
    if isinstance(error, EndpointLate):
        return "EndpointTimeout"
    return {400: "BadQuery", 413: "QueryTooLarge"}.get(error.status, "EndpointUnavailable")


def _fail(channel: Channel, error: str, message: str) -> None:
    channel.send(Kind.FAILURE, json.dumps([error, message]).encode())
