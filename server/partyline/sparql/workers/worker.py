"""A process that answers untrusted queries one after another, until one of them fails."""

import json
import socket
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from partyline.errors import NotAcceptable
from partyline.sparql.workers import sandbox
from partyline.sparql.workers.answer_writer import write_answer
from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.evaluation import Evaluator
from partyline.sparql.workers.wire_protocol import AnswerEnd, Channel, Kind, QueryRequest

#: A worker that keeps more than this part of its memory between queries is replaced.
_RETAINED = 4


def work(end: socket.socket, configuration: WorkerConfiguration) -> None:
    """Answer the requests that come through *end*.

    Returns when the other end closes, or after an error that may have left something behind:
    the next client gets a new process.
    """
    channel = Channel(end)
    sandbox.drop_privileges()
    try:
        store = _open(Path(configuration.source))
    except (OSError, SyntaxError, ValueError) as error:
        _fail(channel, "EngineError", f"{configuration.source}: cannot be opened: {error}")
        return
    evaluator = Evaluator(store, configuration.base, configuration.query_prefixes)
    memory = configuration.memory * sandbox.MEBIBYTE
    sandbox.limit_growth(configuration.memory)
    largest = sandbox.address_space() + memory // _RETAINED
    channel.send(Kind.READY)
    is_reusable = True
    while is_reusable:
        try:
            _, payload = channel.receive()
        except EOFError:
            return
        request = QueryRequest.unpack(payload)
        sandbox.limit_time(request.seconds)
        is_reusable = _answer(evaluator, request, configuration, channel, largest)
        sandbox.unlimit_time()


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
    largest: int,
) -> bool:
    """Answer one request; return whether this process may answer another."""
    try:
        evaluation = evaluator.evaluate(request)
        warnings = write_answer(evaluation, request, configuration.prefixes, channel)
    except SyntaxError as error:
        # Nothing was evaluated or written yet.
        _fail(channel, "SyntaxError", str(error))
        return True
    except NotAcceptable as error:
        _fail(channel, "NotAcceptable", str(error))
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
    reusable = sandbox.address_space() < largest and sandbox.has_time_for(request.seconds)
    channel.send(Kind.END, AnswerEnd(reusable, warnings).pack())
    return reusable


def _fail(channel: Channel, error: str, message: str) -> None:
    channel.send(Kind.FAILURE, json.dumps([error, message]).encode())
