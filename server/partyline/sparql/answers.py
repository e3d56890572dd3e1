"""The answer to a query, part of which may still be evaluated while it is read."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Timer

from partyline.sparql.conversation import Conversation
from partyline.sparql.wire_protocol import Chunk


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query, as bytes.

    A long one is read while it is evaluated: *chunks* raises an error if a limit ends it, and
    its ``close`` method frees the worker if the reader wants no more.
    """

    #: With ``charset=utf-8`` for text.
    media_type: str
    chunks: Iterator[bytes]
    #: Whether *chunks* has the answer already, so that nothing can end it.
    whole: bool = True
    #: How many rows, or triples, are in those of *chunks* that were read, or in all if it is whole;
    #: none in the answer to ASK. While a graph is read, it is a piece's worth ahead.
    rows: Callable[[], int] = lambda: 0


class Stream:
    """The bytes of an answer that was too long to be held back.

    The worker is given back at the end, at an error, at `close`, and at the deadline even if
    nobody reads: a client that stopped to listen must not keep a worker. *give_back* may be called
    more than once.
    """

    def __init__(
        self,
        held: Iterable[Chunk],
        conversation: Conversation,
        give_back: Callable[[], None],
    ) -> None:
        self._held = deque(held)
        self._conversation = conversation
        self._give_back = give_back
        self._closed = False
        self._rows = 0
        self._timer = Timer(conversation.seconds_left(), give_back)
        self._timer.daemon = True
        self._timer.start()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def rows(self) -> int:
        """Return the rows, or triples, in what was read."""
        return self._rows

    def __next__(self) -> bytes:
        piece = self._next()
        self._rows = piece.rows
        return piece.content

    def _next(self) -> Chunk:
        if self._held:
            return self._held.popleft()
        if self._closed:
            raise StopIteration
        try:
            piece = self._conversation.next_chunk()
        except BaseException:
            self.close()
            raise
        if piece is None:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """End the evaluation if it still runs, and free the worker."""
        self._closed = True
        self._held.clear()
        self._timer.cancel()
        self._give_back()
        self._conversation.close()
