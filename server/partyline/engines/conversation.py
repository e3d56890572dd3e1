"""One query put to one worker: its deadline, and what its silence or death means."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from partyline.engines.complaints import explain
from partyline.engines.frames import Kind
from partyline.engines.spawning import Worker
from partyline.errors import (
    BadQuery,
    EngineError,
    PublisherError,
    QueryTimeout,
    QueryTooLarge,
)
from partyline.settings import Limits

_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """What a worker is asked; the field names are those of the frame."""

    query: str
    #: Absolute IRI that relative ones are resolved against; none is allowed where it is empty.
    base: str
    rows: str
    graph: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    prefixes: Mapping[str, str]
    seconds: float


class Conversation:
    """A query and the answer to it, up to the deadline."""

    def __init__(self, worker: Worker, request: Request, limits: Limits) -> None:
        self.worker = worker
        self.deadline = time.monotonic() + limits.query_seconds
        #: Whether the worker has said all that it had to say.
        self.is_over = False
        #: Whether it may be asked again.
        self.worker_is_free = False
        self._request = request
        self._limits = limits
        self._size = 0

    def begin(self) -> str:
        """Send the query; return the media type of the answer. Raises RequestError."""
        payload = json.dumps(asdict(self._request)).encode()
        try:
            self.worker.channel.send(Kind.REQUEST, payload, self.deadline)
        except TimeoutError:
            raise self._too_slow() from None
        except OSError:
            pass  # it has ended; what it said before can still be read
        kind, content = self._receive()
        if kind is Kind.READY:
            kind, content = self._receive()
        return content.decode()

    def next_piece(self) -> bytes | None:
        """Return the next bytes of the answer, or None at its end. Raises RequestError."""
        kind, content = self._receive()
        if kind is Kind.END:
            self.is_over, self.worker_is_free = True, content != b"retire"
            return None
        self._size += len(content)
        if self._size > self._limits.answer_size * _MEBIBYTE:
            raise QueryTooLarge(
                f"the answer is longer than {self._limits.answer_size} MiB;"
                " ask for part of it with LIMIT and OFFSET"
            )
        return content

    def seconds_left(self) -> float:
        """Return the seconds to the deadline."""
        return max(0.0, self.deadline - time.monotonic())

    def close(self) -> None:
        """Close the channel, unless the worker can be asked again through it."""
        if not self.worker_is_free:
            self.worker.channel.close()

    def _receive(self) -> tuple[Kind, bytes]:
        try:
            kind, content = self.worker.channel.receive(self.deadline)
        except TimeoutError:
            raise self._too_slow() from None
        except (EOFError, OSError):
            raise self._too_large() from None
        if kind is Kind.FAILURE:
            raise self._failure(*json.loads(content))
        return kind, content

    def _failure(self, name: str, message: str) -> PublisherError:
        self.is_over = True
        if name == "SyntaxError":
            self.worker_is_free = True
            return BadQuery(explain(self._request.query, message, self._request.base))
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
