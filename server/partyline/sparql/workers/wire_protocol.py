"""The protocol between the pool and its workers: frames over a socket, a kind and a payload."""

import contextlib
import marshal
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Self

_HEADER = struct.Struct("!BI")
_ROWS = struct.Struct("!Q")
#: Between texts, none of which has it in it: neither media types, IRIs nor variables may.
_SEPARATOR = "\0"
#: More is mapped and unmapped for each call (mallopt(3), M_MMAP_THRESHOLD).
_RECEIVE_SIZE = 1 << 16


class Kind(IntEnum):
    """The kind of a frame."""

    #: From a worker: its data is open.
    READY = 0
    #: To a worker: a `QueryRequest`.
    REQUEST = 1
    #: From a worker: an `AnswerHead`; the answer follows.
    HEAD = 2
    #: From a worker: some bytes of the answer, as a `Chunk`.
    DATA = 3
    #: From a worker: the answer is complete; an `AnswerEnd`.
    END = 4
    #: From a worker: there is no answer, or no more of it; the name of an error and a message.
    FAILURE = 5


_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query, its dataset, and the media types of the answer to each form of query."""

    query: str
    #: For SELECT and ASK.
    rows: str
    #: For CONSTRUCT and DESCRIBE.
    graph: str
    #: IRIs of the dataset of the SPARQL 1.1 Protocol, which replaces the one in the query.
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    #: Seconds after which the kernel kills the worker, should the pool not do it.
    seconds: float = 10.0

    def pack(self) -> bytes:
        """Return the payload of a frame."""
        return marshal.dumps(tuple(getattr(self, name) for name in self.__slots__))

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read what `pack` wrote: the worker trusts the server, and runs the same Python."""
        return cls(*marshal.loads(payload))  # noqa: S302  nobody else can write to the socket


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """What is known before the first byte of an answer."""

    media_type: str
    #: What the client should know about the answer.
    warnings: tuple[str, ...] = ()

    def pack(self) -> bytes:
        """Return the payload of a frame."""
        return _SEPARATOR.join((self.media_type, *self.warnings)).encode()

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read what `pack` wrote."""
        media_type, *warnings = payload.decode().split(_SEPARATOR)
        return cls(media_type, tuple(warnings))


@dataclass(frozen=True, slots=True)
class AnswerEnd:
    """What is known after the last byte of an answer."""

    #: Whether the worker can answer another query.
    reusable: bool
    warnings: tuple[str, ...] = ()

    def pack(self) -> bytes:
        """Return the payload of a frame."""
        return _SEPARATOR.join(("reusable" if self.reusable else "", *self.warnings)).encode()

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read what `pack` wrote."""
        reusable, *warnings = payload.decode().split(_SEPARATOR)
        return cls(bool(reusable), tuple(warnings))


class Chunk(NamedTuple):
    """Some bytes of an answer, and the number of rows or triples up to their end.

    >>> Chunk.unpack(Chunk(b"<urn:a> <urn:b> <urn:c> .", 1).pack()).rows
    1
    """

    content: bytes
    rows: int

    def pack(self) -> bytes:
        """Return the payload of a frame."""
        return _ROWS.pack(self.rows) + self.content

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Read what `pack` wrote."""
        return cls(payload[_ROWS.size :], *_ROWS.unpack_from(payload))


class Channel:
    """One end of a socket that carries frames; one thread at a time may read it."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        #: The beginning of a frame whose rest has not arrived.
        self._partial = bytearray()
        self._frames: deque[tuple[Kind, bytes]] = deque()
        #: Bytes that have arrived and were not returned yet.
        self.size = 0
        self._held = b""

    def send(self, kind: Kind, payload: bytes = b"", deadline: float | None = None) -> None:
        """Send a frame. Raises TimeoutError at *deadline*, a time of the monotonic clock."""
        self._set_timeout(deadline)
        self.hold(kind, payload)
        held, self._held = self._held, b""
        self._socket.sendall(held)

    def hold(self, kind: Kind, payload: bytes = b"") -> None:
        """Send a frame together with the next one, so that a short answer wakes its reader once."""
        self._held += _HEADER.pack(kind, len(payload)) + payload

    def receive(self, deadline: float | None = None) -> tuple[Kind, bytes]:
        """Return the next frame. Raises EOFError if the other end is closed.

        After a TimeoutError it may be called again: the part of the frame that has arrived is kept.
        """
        while not self._frames:
            self._set_timeout(deadline)
            self._receive()
        frame = self._frames.popleft()
        self.size -= _HEADER.size + len(frame[1])
        return frame

    def fileno(self) -> int:
        """Return the descriptor of this end."""
        return self._socket.fileno()

    @property
    def has_frame(self) -> bool:
        """Tell whether a whole frame has arrived."""
        return bool(self._frames)

    def take_arrived(self) -> None:
        """Receive what the other end has sent, without waiting. Raises EOFError."""
        self._socket.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            self._receive()

    def last_frame(self) -> tuple[Kind, bytes] | None:
        """Return the last frame of an answer, without taking it, if it has arrived."""
        is_last = self._frames and self._frames[-1][0] in (Kind.END, Kind.FAILURE)
        return self._frames[-1] if is_last else None

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def _receive(self) -> None:
        """Receive what has arrived; wait for it no longer than the timeout."""
        received = self._socket.recv(_RECEIVE_SIZE)
        if not received:
            raise EOFError
        self.size += len(received)
        partial = self._partial
        partial += received
        begin = 0
        while len(partial) >= begin + _HEADER.size:
            kind, length = _HEADER.unpack_from(partial, begin)
            start = begin + _HEADER.size
            if len(partial) < start + length:
                break
            begin = start + length
            self._frames.append((_KINDS[kind], bytes(partial[start:begin])))
        del partial[:begin]

    def _set_timeout(self, deadline: float | None) -> None:
        if deadline is None:
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
