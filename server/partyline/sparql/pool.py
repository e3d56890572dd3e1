"""A pool of processes that answer strangers' queries and can be killed at any moment.

A query begins as a *quick* one. If it has no answer after a moment, it must become a *long* one,
of which there are fewer than processes: so a quick query never waits behind long ones.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from pyoxigraph import NamedNode

from partyline.errors import BadQuery, NotAcceptable, TooManyRequests
from partyline.settings import Limits
from partyline.sparql.answers import Answer, Stream
from partyline.sparql.conversation import ClientContext, Conversation, Request
from partyline.sparql.fair_queue import FairQueue
from partyline.sparql.formats import GRAPH_RESULT_FORMATS, RESULT_FORMATS
from partyline.sparql.guard import check
from partyline.sparql.rate_limiter import RateLimiter
from partyline.sparql.run import QuickLimitExceeded, Resources, Run
from partyline.sparql.slow_query_cache import SlowQueryCache
from partyline.sparql.wire_protocol import Chunk
from partyline.sparql.worker_pool import WorkerPool

#: Bytes of an answer that are held back, so that most errors are told instead of an answer.
_HELD_BACK = 256 << 10
#: Characters of a query that costs the guard next to nothing.
_SHORT = 4000


class QueryPool:
    """Owns the processes in which queries run; many threads may use it.

    It starts with its construction, and raises EngineError if the store does not open.
    """

    def __init__(
        self, store: Path, limits: Limits, prefixes: Mapping[str, str], base: str = ""
    ) -> None:
        """Start the processes; relative IRIs of queries are resolved against *base*."""
        self._limits = limits
        self._slow_ones = SlowQueryCache()
        self._guarding = Lock()
        self._resources = Resources(
            limits=limits,
            base=base,
            crew=WorkerPool(store, limits, base, prefixes),
            turns=FairQueue(limits.workers, limits.queue_length),
            long=FairQueue(limits.long_queries, limits.queue_length // 2),
            budget=RateLimiter(limits.client_seconds),
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
        """Answer a query that anybody may have written.

        *rows* and *graph* are media types, for SELECT and ASK and for CONSTRUCT and DESCRIBE.
        *default_graphs* and *named_graphs* are IRIs: the dataset of the SPARQL 1.1 Protocol,
        which replaces the one in the query. *client* names who asks, for the sake of the others,
        and *is_gone* tells whether they have hung up.

        Raises RequestError for what the client can mend, and EngineError.
        """
        deadline = time.monotonic() + self._limits.query_seconds
        visit = ClientContext(client, len(text), deadline, is_disconnected)
        self._check(text)
        request = Request(
            query=text,
            rows=_known(rows, [row.media_type for row in RESULT_FORMATS]),
            graph=_known(graph, [row.media_type for row in GRAPH_RESULT_FORMATS]),
            default_graphs=_iris(default_graphs),
            named_graphs=_iris(named_graphs),
            seconds=self._limits.query_seconds,
        )
        # What was slow a moment ago does not try to be quick.
        if request not in self._slow_ones:
            try:
                return self._answer(request, Run(self._resources, visit))
            except QuickLimitExceeded:
                self._slow_ones.add(request)
            except TooManyRequests:
                self._slow_ones.add(request)
                raise
        run = Run(self._resources, visit)
        run.wait_for_long_slot()
        return self._answer(request, run)

    def _check(self, text: str) -> None:
        """Let the guard look at long texts one after another: it holds up every other thread."""
        if len(text) < _SHORT:
            check(text, self._limits)
        else:
            with self._guarding:
                check(text, self._limits)

    def status(self) -> Mapping[str, int]:
        """Return counts: processes now, what they do, and how many were killed so far."""
        crew = self._resources.crew
        return {
            "workers": crew.alive(),
            "busy": self._limits.workers - self._resources.turns.free,
            "waiting": self._resources.turns.waiting + self._resources.long.waiting,
            "killed": self._resources.killed.number,
            "isolated": int(crew.isolated),
        }

    def close(self) -> None:
        """End all processes; queries fail from now on."""
        self._resources.crew.close()

    def _answer(self, request: Request, run: Run) -> Answer:
        """Answer *request* in a process; what *run* holds is given back with the last byte."""
        conversation: Conversation | None = None
        try:
            conversation = run.begin(request)
            media_type = conversation.begin()
            held, complete = _hold_back(conversation)
            if not complete:
                conversation.resume()  # the reader may take their time
        except BaseException:
            run.end()
            if conversation is not None:
                conversation.close()
            raise
        if media_type.startswith("text/"):
            media_type += "; charset=utf-8"
        if not complete:
            stream = Stream(held, conversation, run.end)
            return Answer(media_type, stream, whole=False, rows=stream.rows)
        run.end()
        conversation.close()
        rows = held[-1].rows if held else 0
        return Answer(media_type, iter([piece.content for piece in held]), rows=lambda: rows)


def _hold_back(conversation: Conversation) -> tuple[list[Chunk], bool]:
    """Return the first bytes of an answer, and whether they are all of it."""
    held: list[Chunk] = []
    size = 0
    while size <= _HELD_BACK:
        piece = conversation.next_chunk()
        if piece is None:
            return held, True
        held.append(piece)
        size += len(piece.content)
    return held, False


def _known(media_type: str, known: Sequence[str]) -> str:
    if media_type not in known:
        raise NotAcceptable(f"{media_type} is not written here; choose one of {', '.join(known)}")
    return media_type


def _iris(texts: Sequence[str]) -> tuple[str, ...]:
    for text in texts:
        try:
            NamedNode(text)
        except ValueError as error:
            raise BadQuery(
                f"a graph is named by an IRI; “{text}” is not an IRI: {error}"
            ) from error
    return tuple(texts)
