"""The execution of one query: its slots, its worker, its deadline, and the frames of its answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from threading import Lock

from partyline.errors import ClientDisconnected, EngineError
from partyline.settings import Limits
from partyline.sparql.admission import FairQueue, RateLimiter
from partyline.sparql.query_errors import answer_too_long, failure, too_large, too_slow
from partyline.sparql.syntax_diagnostics import Prologue
from partyline.sparql.workers.processes import WorkerProcess
from partyline.sparql.workers.wire_protocol import AnswerEnd, AnswerHead, Chunk, Kind, QueryRequest
from partyline.sparql.workers.worker_pool import WorkerPool

_MEBIBYTE = 1 << 20
#: Bytes of an answer beyond which whoever cannot wait does not collect it.
_LARGE = 1 << 16
#: Seconds between two checks whether the client is still connected.
_POLL_INTERVAL = 0.2
#: Seconds for which a query may be quick while other queries are waiting.
_QUICK_WHILE_OTHERS_WAIT = 0.02
#: A rest of quick time, in seconds, that is too short to wait for.
_SHORTEST_WAIT = 0.002
#: Seconds that a quick query may take on a machine whose processors are busy elsewhere.
_STARVED_SECONDS = 1.0


class Progress(Enum):
    """The progress of an answer, for a caller that cannot wait."""

    RUNNING = auto()
    #: The whole answer has arrived, and reading it waits for nothing.
    ANSWERED = auto()
    #: It failed, it is long, or its worker has to be replaced: whoever reads it may have to wait.
    OTHER = auto()


class QuickLimitExceeded(Exception):
    """A query was not quick, and no slot for a long one was free."""


class Counter:
    """A number that many threads increment."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.value = 0

    def increment(self) -> None:
        """Add one."""
        with self._lock:
            self.value += 1


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """What all executions of a pool share."""

    limits: Limits
    #: What queries may use without declaring it.
    prologue: Prologue
    workers: WorkerPool
    #: As many slots as workers, and those of them that long queries may have.
    slots: FairQueue
    long_slots: FairQueue
    rate_limiter: RateLimiter
    #: Workers that had to be killed.
    killed: Counter = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class ClientContext:
    """Which client asks, until when, and whether it is still connected."""

    #: The name under which its work is charged, such as its address.
    client: str
    #: Characters of the query.
    length: int
    #: A time of the monotonic clock.
    deadline: float
    is_disconnected: Callable[[], bool]


class Execution:
    """One query: it waits for a slot, takes a worker, and reads the answer up to the deadline.

    `release` may be called from another thread, more than once; `close` by the reader.
    """

    def __init__(
        self, context: ExecutionContext, request: QueryRequest, client: ClientContext
    ) -> None:
        self._context = context
        self._request = request
        self._client = client
        self._lock = Lock()
        self._worker: WorkerProcess | None = None
        self._has_slot = self._is_long = self._released = False
        #: Whether the worker has sent its last frame, and whether it can answer another query.
        self._is_over = self._is_reusable = False
        self._size = 0
        #: Of the end of the answer.
        self.warnings: tuple[str, ...] = ()

    def wait_for_long_slot(self) -> None:
        """Wait until the query may be long from its beginning.

        Raises TooManyRequests, EngineBusy or ClientDisconnected.
        """
        self._context.rate_limiter.check(self._client.client)
        self._enter(self._context.long_slots)
        self._is_long = True

    def start_at_once(self) -> bool:
        """Send the query to a worker that is idle; return whether there is one.

        Where there is none, this execution is over.
        """
        context = self._context
        self._has_slot = context.slots.try_enter()
        worker = context.workers.take_idle() if self._has_slot else None
        if worker is None:
            self.release()
            return False
        self._worker, self._started = worker, time.monotonic()
        self._send(worker)
        return True

    def progress(self) -> Progress:
        """Tell how far the answer is, without waiting."""
        worker = self._worker
        if worker is None:
            return Progress.OTHER
        try:
            worker.channel.take_arrived()
        except (EOFError, OSError):
            return Progress.OTHER
        last = worker.channel.last_frame()
        if last is None:
            return Progress.RUNNING if worker.channel.size < _LARGE else Progress.OTHER
        kind, content = last
        is_reusable = kind is Kind.END and AnswerEnd.unpack(content).reusable
        return Progress.ANSWERED if is_reusable else Progress.OTHER

    def quick_seconds_left(self) -> float:
        """Return for how many seconds to wait before asking again; 0 if the query is not quick."""
        now = time.monotonic()
        if self._worker is None or now >= self._client.deadline:
            return 0.0
        if now >= self._quick_until and not self._is_still_quick(self._worker, now):
            return 0.0
        return self._quick_until - now

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when the worker has sent something."""
        return self._worker.channel.fileno() if self._worker else -1

    def head(self) -> AnswerHead:
        """Return the head of the answer, after starting what has not been started yet.

        Raises RequestError, EngineError, or QuickLimitExceeded.
        """
        worker = self._worker or self._start()
        _, content = self._receive(worker)
        return AnswerHead.unpack(content)

    def _start(self) -> WorkerProcess:
        """Wait for a slot, take a worker, and send the query."""
        self._enter(self._context.slots)
        self._has_slot = True
        worker = self._worker = self._context.workers.take()
        self._started = time.monotonic()
        try:
            worker.wait_until_ready()
        except EngineError:
            self._is_over = True
            raise
        self._send(worker)
        return worker

    def _send(self, worker: WorkerProcess) -> None:
        # A new worker took its time to open the store, which is not charged to the query.
        self._begin_quick(worker)
        if self._is_long:
            self._continue_without_limit(worker)
        try:
            worker.channel.send(Kind.REQUEST, self._request.pack(), self._client.deadline)
        except TimeoutError:
            raise too_slow(self._context.limits) from None
        except OSError:
            pass  # the worker has ended; what it sent before can still be read

    def next_chunk(self) -> Chunk | None:
        """Return the next bytes of the answer, or None at its end. Raises RequestError."""
        worker = self._worker
        if worker is None:
            raise too_slow(self._context.limits)
        kind, content = self._receive(worker)
        if kind is Kind.END:
            end = AnswerEnd.unpack(content)
            self._is_over = True
            self._is_reusable = end.reusable and not self._is_long
            self.warnings = end.warnings
            return None
        chunk = Chunk.unpack(content)
        self._size += len(chunk.content)
        if self._size > self._context.limits.answer_size * _MEBIBYTE:
            raise answer_too_long(self._context.limits)
        return chunk

    def seconds_left(self) -> float:
        """Return the seconds to the deadline."""
        return max(0.0, self._client.deadline - time.monotonic())

    def become_long(self) -> None:
        """Go on as a long query: with a slot for one, and at a lower priority.

        Raises TooManyRequests, or QuickLimitExceeded if no slot for a long query is free.
        """
        if self._is_long or self._worker is None:
            return
        self._context.rate_limiter.check(self._client.client)
        if not self._context.long_slots.try_enter():
            raise QuickLimitExceeded
        self._is_long = True
        self._continue_without_limit(self._worker)

    def release(self) -> None:
        """Give back the worker and the slots; a worker that is still evaluating is killed."""
        with self._lock:
            if self._released:
                return
            self._released = True
        context = self._context
        if self._worker is not None:
            if not self._is_over:
                context.killed.increment()
            elapsed = time.monotonic() - self._started
            context.rate_limiter.charge(self._client.client, elapsed)
            context.workers.give_back(self._worker, reusable=self._is_reusable)
        if self._has_slot:
            context.slots.leave()
        if self._is_long:
            context.long_slots.leave()

    def close(self) -> None:
        """Release everything, and close the channel unless another query may use it."""
        self.release()
        if self._worker is not None and not self._is_reusable:
            self._worker.channel.close()

    def _enter(self, queue: FairQueue) -> None:
        client = self._client
        until = time.monotonic() + self._context.limits.queue_seconds
        queue.enter(client.client, until, client.is_disconnected, client.length)

    def _begin_quick(self, worker: WorkerProcess) -> None:
        seconds = self._context.limits.quick_seconds
        if self._context.slots.waiting:
            seconds = min(seconds, _QUICK_WHILE_OTHERS_WAIT)
        self._quick_seconds = seconds
        self._quick_until = time.monotonic() + seconds
        self._used_before = worker.processor_seconds()

    def _continue_without_limit(self, worker: WorkerProcess) -> None:
        self._quick_until = self._client.deadline
        worker.lower_priority()

    def _receive(self, worker: WorkerProcess) -> tuple[Kind, bytes]:
        client = self._client
        while True:
            until = client.deadline if worker.channel.has_frame else self._time_left(worker)
            try:
                kind, content = worker.channel.receive(until)
            except TimeoutError:
                if client.is_disconnected():
                    raise ClientDisconnected("the client disconnected during its query") from None
                continue
            except (EOFError, OSError):
                # At the deadline another thread may have killed it.
                is_late = time.monotonic() >= client.deadline
                raise (too_slow if is_late else too_large)(self._context.limits) from None
            if kind is Kind.FAILURE:
                self._is_over = True
                limits, prologue = self._context.limits, self._context.prologue
                error, reusable = failure(content, self._request, limits, prologue)
                self._is_reusable = reusable and not self._is_long
                raise error
            return kind, content

    def _time_left(self, worker: WorkerProcess) -> float:
        """Return until when to wait for the worker before looking again."""
        now = time.monotonic()
        if now >= self._client.deadline:
            raise too_slow(self._context.limits)
        if now >= self._quick_until and not self._is_still_quick(worker, now):
            self.become_long()
        return min(self._quick_until, self._client.deadline, now + _POLL_INTERVAL)

    def _is_still_quick(self, worker: WorkerProcess, now: float) -> bool:
        """Give the query more time if it has not had its quick seconds of a processor."""
        left = self._quick_seconds - (worker.processor_seconds() - self._used_before)
        if left > _SHORTEST_WAIT and now - self._started < _STARVED_SECONDS:
            self._quick_until = min(self._client.deadline, now + left)
            return True
        return False
