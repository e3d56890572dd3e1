"""The answer to a query, which may still be evaluated while it is read."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Timer

from partyline.sparql.execution import Execution
from partyline.sparql.workers.wire_protocol import Chunk


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query, as bytes.

    A long one is read while it is evaluated: *chunks* raises an error if a limit ends it, and
    its ``close`` method frees the worker if the reader wants no more.
    """

    #: With ``charset=utf-8`` for text.
    media_type: str
    chunks: Iterator[bytes]
    #: Whether *chunks* holds the complete answer, so that no limit can end it.
    whole: bool = True
    #: Returns the number of rows or triples in the chunks that were read, or in all of them if the
    #: answer is whole; 0 for ASK. While a graph is read, it is up to a chunk ahead.
    rows: Callable[[], int] = lambda: 0
    #: What the client should know, such as the name of a graph that does not exist.
    warnings: tuple[str, ...] = ()
    #: Whether the query has this answer for as long as the release is served.
    lasting: bool = True


class AnswerStream:
    """The bytes of an answer that is too long to be held back.

    The worker is given back at the end, at an error, at `close`, and at the deadline even if
    no client reads: a client that stopped reading must not keep a worker.
    """

    def __init__(self, held: Iterable[Chunk], execution: Execution) -> None:
        self._held = deque(held)
        self._execution = execution
        self._closed = False
        self._rows = 0
        self._timer = Timer(execution.seconds_left(), execution.release)
        self._timer.daemon = True
        self._timer.start()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def rows(self) -> int:
        """Return the number of rows, or triples, in the chunks that were read."""
        return self._rows

    def __next__(self) -> bytes:
        chunk = self._next()
        self._rows = chunk.rows
        return chunk.content

    def _next(self) -> Chunk:
        if self._held:
            return self._held.popleft()
        if self._closed:
            raise StopIteration
        try:
            chunk = self._execution.next_chunk()
        except BaseException:
            self.close()
            raise
        if chunk is None:
            self.close()
            raise StopIteration
        return chunk

    def close(self) -> None:
        """End the evaluation if it is still running, and free the worker."""
        self._closed = True
        self._held.clear()
        self._timer.cancel()
        self._execution.close()
