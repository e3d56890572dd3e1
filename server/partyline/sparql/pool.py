"""A pool of processes that answer untrusted queries and can be killed at any moment.

A query begins as a *quick* one. If it has no answer after a moment, it must become a *long* one,
of which fewer may run than there are workers: so a quick query never waits behind long ones.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from pyoxigraph import NamedNode

from partyline.errors import BadQuery, NotAcceptable, TooManyRequests
from partyline.settings import Limits
from partyline.sparql.admission import FairQueue, RateLimiter, SlowQueryCache
from partyline.sparql.answers import Answer, AnswerStream
from partyline.sparql.execution import (
    ClientContext,
    Execution,
    ExecutionContext,
    Progress,
    QuickLimitExceeded,
)
from partyline.sparql.formats import GRAPH_RESULT_FORMATS, RESULT_FORMATS
from partyline.sparql.guard import check
from partyline.sparql.remote.source import RemoteSource
from partyline.sparql.syntax_diagnostics import Prologue
from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.wire_protocol import Chunk, QueryRequest
from partyline.sparql.workers.worker_pool import WorkerPool

#: Bytes of an answer that are held back, so that most errors are sent instead of an answer.
_HELD_BACK = 256 << 10
#: Characters of a query that the guard checks in almost no time.
SHORT_QUERY = 4000
_ROWS = tuple(row.media_type for row in RESULT_FORMATS)
_GRAPHS = tuple(row.media_type for row in GRAPH_RESULT_FORMATS)
_BYTE_ORDER_MARK = "\ufeff"


class QueryPool:
    """Owns the processes in which queries run; many threads may use it."""

    def __init__(
        self,
        source: Path | RemoteSource,
        limits: Limits,
        prefixes: Mapping[str, str],
        base: str = "",
        query_prefixes: Mapping[str, str] | None = None,
        start_seconds: float = 10.0,
        absent_graphs: Sequence[str] = (),
    ) -> None:
        """Start the processes. Raises EngineError if *source* cannot be opened.

        *source* is a directory with a store, which is opened read-only, or a file of N-Quads,
        which is loaded within *start_seconds*, or an endpoint, which is not asked yet. Graphs are
        written with *prefixes*; queries may use *query_prefixes* without declaring them, and
        relative IRIs of queries are resolved against *base*. A query that names one of
        *absent_graphs* is refused.
        """
        self._limits = limits
        self._slow_queries = SlowQueryCache()
        self._guarding = Lock()
        remote = source if isinstance(source, RemoteSource) else None
        configuration = WorkerConfiguration(
            "" if isinstance(source, RemoteSource) else str(source.resolve()),
            limits.query_memory,
            base,
            dict(prefixes),
            dict(query_prefixes or {}),
            tuple(absent_graphs),
            start_seconds,
            remote.public() if remote else None,
        )
        self._context = ExecutionContext(
            limits=limits,
            prologue=Prologue(base, frozenset(query_prefixes or ())),
            workers=WorkerPool(
                configuration, limits.workers, remote.environment() if remote else {}
            ),
            slots=FairQueue(limits.workers, limits.queue_length),
            long_slots=FairQueue(limits.long_queries, limits.queue_length // 2),
            rate_limiter=RateLimiter(limits.client_seconds),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def query(
        self,
        text: str,
        *,
        rows: str,
        graph: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        client: str = "",
        is_disconnected: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """Answer an untrusted query.

        Args:
            text: the query. A byte order mark before it is ignored.
            rows: the media type for SELECT and ASK.
            graph: the media type for CONSTRUCT and DESCRIBE.
            default_graphs: IRIs of the dataset of the SPARQL 1.1 Protocol (section 2.1.4), which
                replaces the one in the query.
            named_graphs: likewise.
            client: the name under which the work is charged.
            is_disconnected: returns whether the client has disconnected.

        Raises:
            RequestError: an error that the client can correct.
            EngineError: the engine does not work.

        """
        request, client_context = self._admit(
            text, rows, graph, default_graphs, named_graphs, client, is_disconnected
        )
        # A query that was slow a moment ago is not tried as a quick one.
        if request in self._slow_queries:
            return self._answer_long(request, client_context)
        execution = Execution(self._context, request, client_context)
        return self._answer_quick(execution, request, client_context)

    def begin(
        self,
        text: str,
        *,
        rows: str,
        graph: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        client: str = "",
        is_disconnected: Callable[[], bool] = lambda: False,
    ) -> "BegunQuery | None":
        """Begin to answer an untrusted query without waiting for anything.

        Arguments and errors are those of `query`. Returns None where the query would have to wait
        for a worker, or is one that takes time.
        """
        # Whoever finds all workers busy asks again: nothing is checked until one of them is free.
        if len(text) >= SHORT_QUERY or not self._context.slots.free:
            return None
        request, client_context = self._admit(
            text, rows, graph, default_graphs, named_graphs, client, is_disconnected
        )
        if request in self._slow_queries:
            return None
        execution = Execution(self._context, request, client_context)
        if not execution.start_at_once():
            return None
        return BegunQuery(
            self, execution, lambda: self._answer_quick(execution, request, client_context)
        )

    def _admit(
        self,
        text: str,
        rows: str,
        graph: str,
        default_graphs: Sequence[str],
        named_graphs: Sequence[str],
        client: str,
        is_disconnected: Callable[[], bool],
    ) -> tuple[QueryRequest, ClientContext]:
        """Check a query. Raises RequestError."""
        deadline = time.monotonic() + self._limits.query_seconds
        text = text.removeprefix(_BYTE_ORDER_MARK)
        self._check(text)
        request = QueryRequest(
            query=text,
            rows=_known(rows, _ROWS),
            graph=_known(graph, _GRAPHS),
            default_graphs=_iris(default_graphs),
            named_graphs=_iris(named_graphs),
            seconds=self._limits.query_seconds,
        )
        return request, ClientContext(client, len(text), deadline, is_disconnected)

    def _answer_quick(
        self, execution: Execution, request: QueryRequest, client: ClientContext
    ) -> Answer:
        try:
            return _answer(execution)
        except QuickLimitExceeded:
            self._slow_queries.add(request)
        except TooManyRequests:
            self._slow_queries.add(request)
            raise
        return self._answer_long(request, client)

    def _answer_long(self, request: QueryRequest, client: ClientContext) -> Answer:
        execution = Execution(self._context, request, client)
        execution.wait_for_long_slot()
        return _answer(execution)

    def _check(self, text: str) -> None:
        """Let the guard check long texts one after another: it holds up every other thread."""
        if len(text) < SHORT_QUERY:
            check(text, self._limits)
        else:
            with self._guarding:
                check(text, self._limits)

    def status(self) -> Mapping[str, int]:
        """Return counts of workers and queries.

        ``workers`` are running, ``busy`` have a query; ``waiting`` queries have no worker yet;
        ``killed`` workers so far had to be; ``isolated`` is 1 if they have no network.
        """
        context = self._context
        return {
            "workers": context.workers.alive(),
            "busy": self._limits.workers - context.slots.free,
            "waiting": context.slots.waiting + context.long_slots.waiting,
            "killed": context.killed.value,
            "isolated": int(context.workers.isolated),
        }

    def close(self) -> None:
        """End all processes; queries raise EngineError from now on."""
        self._context.workers.close()


@dataclass(frozen=True, slots=True)
class BegunQuery:
    """A query that a worker evaluates while no thread waits for it."""

    pool: QueryPool
    _execution: Execution
    #: Returns the answer, and waits for it unless `progress` has returned ``ANSWERED``. Raises what
    #: `QueryPool.query` raises.
    answer: Callable[[], Answer]

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when there is something new."""
        return self._execution.fileno()

    def progress(self) -> Progress:
        """Tell how far the answer is, without waiting."""
        return self._execution.progress()

    def quick_seconds_left(self) -> float:
        """Return for how many seconds to wait before asking again; 0 if the query is not quick."""
        return self._execution.quick_seconds_left()

    def close(self) -> None:
        """End the evaluation."""
        self._execution.close()


def _answer(execution: Execution) -> Answer:
    """Start *execution* and read its answer, which closes it with the last byte."""
    try:
        head = execution.head()
        held, complete = _hold_back(execution)
        if not complete:
            execution.become_long()  # the client may read slowly
    except BaseException:
        execution.close()
        raise
    media_type = head.media_type
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    if not complete:
        stream = AnswerStream(held, execution)
        return Answer(media_type, stream, whole=False, rows=stream.rows, warnings=head.warnings)
    execution.close()
    rows = held[-1].rows if held else 0
    chunks = iter([chunk.content for chunk in held])
    warnings = head.warnings + execution.warnings
    return Answer(media_type, chunks, rows=lambda: rows, warnings=warnings)


def _hold_back(execution: Execution) -> tuple[list[Chunk], bool]:
    """Return the first chunks of an answer, and whether they are all of it."""
    held: list[Chunk] = []
    size = 0
    while size <= _HELD_BACK:
        chunk = execution.next_chunk()
        if chunk is None:
            return held, True
        held.append(chunk)
        size += len(chunk.content)
    return held, False


def _known(media_type: str, known: Sequence[str]) -> str:
    if media_type not in known:
        raise NotAcceptable(
            f"{media_type} is not a format of this answer; choose one of {', '.join(known)}"
        )
    return media_type


def _iris(texts: Sequence[str]) -> tuple[str, ...]:
    for text in texts:
        try:
            NamedNode(text)
        except ValueError as error:
            raise BadQuery(
                f"“{text}” is not a valid IRI of a graph: {error}; give an absolute IRI"
            ) from error
    return tuple(texts)
