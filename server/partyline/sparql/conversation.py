"""One query put to one worker: its deadline, and what its silence or death means."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from partyline.errors import (
    BadQuery,
    ClientDisconnected,
    EngineError,
    PublisherError,
    QueryTimeout,
    QueryTooLarge,
)
from partyline.settings import Limits
from partyline.sparql.process_supervisor import Worker
from partyline.sparql.syntax_diagnostics import diagnose
from partyline.sparql.wire_protocol import Chunk, Kind

_MEBIBYTE = 1 << 20
#: Seconds between two looks at whether the client is still there.
_LOOK = 0.2
#: What is left of a quick query's time, in seconds, that is not worth waiting for.
_TICK = 0.002
#: Seconds that a quick query may last on a machine that has no processor for it.
_STARVED = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a worker is asked; the field names are those of the frame."""

    query: str
    rows: str
    graph: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class ClientContext:
    """Who asks, until when, and whether they are still there. Times are monotonic."""

    client: str
    #: Characters of the query.
    length: int
    deadline: float
    is_disconnected: Callable[[], bool]


class Conversation:
    """A query and the answer to it, up to the deadline."""

    def __init__(
        self, worker: Worker, request: Request, limits: Limits, visit: ClientContext, base: str = ""
    ) -> None:
        self.worker = worker
        self.deadline = visit.deadline
        self.started = time.monotonic()
        self._visit = visit
        self._pause = visit.deadline
        self._may_resume: Callable[[], None] = lambda: None
        self._quick = self._used = 0.0
        self._is_long = False
        #: Whether the worker has said all that it had to say.
        self.is_over = False
        #: Whether it may be asked again.
        self.worker_is_free = False
        self._request = request
        self._base = base
        self._limits = limits
        self._size = 0

    def wait_until_ready(self) -> None:
        """Wait until the worker has opened the store. Raises EngineError if it does not."""
        try:
            self.worker.wait_until_ready()
        except EngineError:
            self.is_over = True
            raise

    def pause(self, seconds: float, may_resume: Callable[[], None]) -> None:
        """Have *may_go_on* called if *seconds* of work give no answer; it may raise an error.

        The seconds are those of the processor: on a busy machine a quick query takes its time.
        """
        self._quick = seconds
        self._pause = min(self.deadline, time.monotonic() + seconds)
        self._may_resume = may_resume
        self._used = self.worker.processor_seconds()

    def begin(self) -> str:
        """Send the query; return the media type of the answer. Raises RequestError."""
        request = self._request
        payload = json.dumps({name: getattr(request, name) for name in request.__slots__}).encode()
        try:
            self.worker.channel.send(Kind.REQUEST, payload, self.deadline)
        except TimeoutError:
            raise self._too_slow() from None
        except OSError:
            pass  # it has ended; what it said before can still be read
        _, content = self._receive()
        return content.decode()

    def next_chunk(self) -> Chunk | None:
        """Return the next bytes of the answer, or None at its end. Raises RequestError."""
        kind, content = self._receive()
        if kind is Kind.END:
            self.is_over = True
            self.worker_is_free = content != b"retire" and not self._is_long
            return None
        piece = Chunk.unpack(content)
        self._size += len(piece.content)
        if self._size > self._limits.answer_size * _MEBIBYTE:
            raise QueryTooLarge(
                f"the answer is longer than {self._limits.answer_size} MiB;"
                " ask for part of it with LIMIT and OFFSET"
            )
        return piece

    def seconds_left(self) -> float:
        """Return the seconds to the deadline."""
        return max(0.0, self.deadline - time.monotonic())

    def resume(self) -> None:
        """Ask for leave to go on, if that was not given yet."""
        if self._pause < self.deadline:
            self._may_resume()
            self.mark_long()

    def mark_long(self) -> None:
        """Let the quick ones have the processor first, from now to the deadline."""
        self._pause = self.deadline
        self.worker.lower_priority()
        self._is_long = True

    def close(self) -> None:
        """Close the channel, unless the worker can be asked again through it."""
        if not self.worker_is_free:
            self.worker.channel.close()

    def _receive(self) -> tuple[Kind, bytes]:
        while True:
            now = time.monotonic()
            if now >= self.deadline:
                raise self._too_slow()
            if now >= self._pause and not self._is_still_quick(now):
                self.resume()
            try:
                until = min(self._pause, self.deadline, now + _LOOK)
                kind, content = self.worker.channel.receive(until)
            except TimeoutError:
                if self._visit.is_disconnected():
                    raise ClientDisconnected("the client hung up while its query ran") from None
                continue
            except (EOFError, OSError):
                raise self._too_large() from None
            if kind is Kind.FAILURE:
                raise self._failure(*json.loads(content))
            return kind, content

    def _is_still_quick(self, now: float) -> bool:
        """Give the query more time if the processor was not its own."""
        left = self._quick - (self.worker.processor_seconds() - self._used)
        if left > _TICK and now - self.started < _STARVED:
            self._pause = min(self.deadline, now + left)
            return True
        return False

    def _failure(self, name: str, message: str) -> PublisherError:
        self.is_over = True
        if name == "SyntaxError":
            self.worker_is_free = not self._is_long
            return BadQuery(diagnose(self._request.query, message, self._base))
        if name == "QueryTooLarge":
            return self._too_large()
        return BadQuery(message) if name == "BadQuery" else EngineError(message)

    def _too_slow(self) -> QueryTimeout:
        return QueryTimeout(
            f"the query took longer than {self._limits.query_seconds:g} s and was ended;"
            " add LIMIT, or patterns that select fewer triples"
        )

    def _too_large(self) -> QueryTooLarge:
        # A worker ends without a word when the kernel refuses it memory, also for its stack.
        return QueryTooLarge(
            f"the query needed more than {self._limits.query_memory} MiB of memory and was ended;"
            " select fewer rows before ORDER BY, GROUP BY or DISTINCT, or nest less deeply"
        )
