"""A pool of processes that answer strangers' queries and can be killed at any moment."""

import weakref
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock
from types import TracebackType
from typing import Self

from pyoxigraph import NamedNode

from partyline.engines.answers import Answer, Stream
from partyline.engines.conversation import Conversation, Request
from partyline.engines.formats import GRAPH_RESULT_FORMATS, RESULT_FORMATS
from partyline.engines.guard import check
from partyline.engines.spawning import Spawner, Worker
from partyline.errors import BadQuery, EngineBusy, EngineError, NotAcceptable
from partyline.settings import Limits

#: Bytes of an answer that are held back, so that most errors are told instead of an answer.
_HELD_BACK = 256 << 10


class QueryPool:
    """Owns the processes in which queries run; many threads may use it.

    It starts with its construction, and raises EngineError if the store does not open.
    """

    def __init__(
        self, store: Path, limits: Limits, prefixes: Mapping[str, str], base: str = ""
    ) -> None:
        """Start the processes; relative IRIs of queries are resolved against *base*."""
        self._limits = limits
        self._base = base
        self._prefixes = dict(prefixes)
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._workers: set[Worker] = set()
        # Last in, first out: a worker that has just answered has warm caches.
        self._idle: LifoQueue[Worker | None] = LifoQueue()
        self._spawner = Spawner(store, limits.query_memory)
        # A pool that is forgotten, or not closed when the interpreter ends, leaves nothing.
        self._end = weakref.finalize(self, _end, self._spawner, self._idle)
        try:
            for _ in range(limits.workers):
                worker = self._spawn()
                self._idle.put(worker)
            worker.wait_until_ready()
        except BaseException:
            self.close()
            raise

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
    ) -> Answer:
        """Answer a query that anybody may have written.

        *rows* and *graph* are media types, for SELECT and ASK and for CONSTRUCT and DESCRIBE.
        *default_graphs* and *named_graphs* are IRIs: the dataset of the SPARQL 1.1 Protocol,
        which replaces the one in the query.

        Raises RequestError for what the client can mend, and EngineError.
        """
        check(text, self._limits)
        request = Request(
            query=text,
            base=self._base,
            rows=_known(rows, [row.media_type for row in RESULT_FORMATS]),
            graph=_known(graph, [row.media_type for row in GRAPH_RESULT_FORMATS]),
            default_graphs=_iris(default_graphs),
            named_graphs=_iris(named_graphs),
            prefixes=self._prefixes,
            seconds=self._limits.query_seconds,
        )
        conversation = Conversation(self._borrow(), request, self._limits)
        try:
            media_type = conversation.begin()
            held, complete = _hold_back(conversation)
        except BaseException:
            self._give_back(conversation)
            conversation.close()
            raise
        if media_type.startswith("text/"):
            media_type += "; charset=utf-8"
        if complete:
            self._give_back(conversation)
            conversation.close()
            return Answer(media_type, iter(held))
        return Answer(media_type, Stream(held, conversation, self._give_back))

    def status(self) -> Mapping[str, int]:
        """Return counts: processes now, what they do, and how many were killed so far."""
        with self._lock:
            return {
                "workers": sum(worker.is_alive() for worker in self._workers),
                "busy": self._counts["busy"],
                "waiting": self._counts["waiting"],
                "killed": self._counts["killed"],
                "isolated": int(self._spawner.isolated),
            }

    def close(self) -> None:
        """End all processes; queries fail from now on."""
        self._end()
        with self._lock:
            workers, self._workers = self._workers, set()
        for worker in workers:
            # Who still talks to it reads the end of the channel, and closes that.
            worker.kill()

    def _spawn(self) -> Worker:
        worker = self._spawner.spawn()
        with self._lock:
            self._workers.add(worker)
        return worker

    def _borrow(self) -> Worker:
        """Take an idle worker that is alive, or wait for one."""
        if not self._end.alive:
            raise EngineError("the query pool is closed")
        with self._counted("waiting"):
            try:
                worker = self._idle.get(timeout=self._limits.queue_seconds)
            except Empty:
                raise EngineBusy(
                    f"all {self._limits.workers} query processes are at work; try again in a moment"
                ) from None
        try:
            if worker is None or not worker.is_alive():
                worker = self._replace(worker)
        except BaseException:
            self._idle.put(None)
            raise
        with self._lock:
            self._counts["busy"] += 1
        return worker

    def _give_back(self, conversation: Conversation) -> None:
        """Make room for the next query: with the same worker if it is free, else with another."""
        with self._lock:
            self._counts["busy"] -= 1
            self._counts["killed"] += not conversation.is_over
        worker: Worker | None = conversation.worker
        try:
            if not conversation.worker_is_free or not self._end.alive:
                worker = None
                self._retire(conversation.worker)
                worker = self._spawn()
        except EngineError:
            pass  # the next query tries again, and tells
        finally:
            self._idle.put(worker)

    def _replace(self, dead: Worker | None) -> Worker:
        if dead is not None:
            self._retire(dead)
            dead.close()
        return self._spawn()

    def _retire(self, worker: Worker) -> None:
        worker.kill()
        with self._lock:
            self._workers.discard(worker)

    @contextmanager
    def _counted(self, state: str) -> Iterator[None]:
        with self._lock:
            self._counts[state] += 1
        try:
            yield
        finally:
            with self._lock:
                self._counts[state] -= 1


def _end(spawner: Spawner, idle: LifoQueue[Worker | None]) -> None:
    spawner.close()
    while not idle.empty():
        worker = idle.get_nowait()
        if worker is not None:
            worker.close()


def _hold_back(conversation: Conversation) -> tuple[list[bytes], bool]:
    """Return the first bytes of an answer, and whether they are all of it."""
    held: list[bytes] = []
    size = 0
    while size <= _HELD_BACK:
        piece = conversation.next_piece()
        if piece is None:
            return held, True
        held.append(piece)
        size += len(piece)
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
