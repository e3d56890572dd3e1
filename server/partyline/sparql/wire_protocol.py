"""What the pool and its workers say to each other: frames over a socket, a kind and a payload."""

import socket
import struct
import time
from enum import IntEnum
from typing import NamedTuple, Self

_HEADER = struct.Struct("!BI")
_ROWS = struct.Struct("!Q")
_PIECE = 1 << 17


class Kind(IntEnum):
    """What a frame is."""

    #: From a worker: the store is open.
    READY = 0
    #: To a worker: a query and how to answer it, in JSON.
    REQUEST = 1
    #: From a worker: the media type of the answer that follows.
    HEAD = 2
    #: From a worker: some bytes of the answer, as a `Chunk`.
    DATA = 3
    #: From a worker: the answer is complete; the payload says whether the worker can go on.
    END = 4
    #: From a worker: there is no answer, or no more of it; the name of an error and a message.
    FAILURE = 5


class Chunk(NamedTuple):
    """Some bytes of an answer, and the rows or triples that it has had with them.

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
        """Return what was packed."""
        return cls(payload[_ROWS.size :], *_ROWS.unpack_from(payload))


class Channel:
    """One end of a socket that carries frames; one thread at a time reads it."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._received = bytearray()
        self._held = b""

    def send(self, kind: Kind, payload: bytes = b"", deadline: float | None = None) -> None:
        """Send one frame. Raises TimeoutError at *deadline*, a time of the monotonic clock."""
        self._set_timeout(deadline)
        self.hold(kind, payload)
        held, self._held = self._held, b""
        self._socket.sendall(held)

    def hold(self, kind: Kind, payload: bytes = b"") -> None:
        """Have one frame sent with the next: a short answer wakes its reader once."""
        self._held += _HEADER.pack(kind, len(payload)) + payload

    def receive(self, deadline: float | None = None) -> tuple[Kind, bytes]:
        """Return the next frame. Raises EOFError if the other end is gone.

        After a TimeoutError it may be called again: what had come of the frame is kept.
        """
        self._wait_for(_HEADER.size, deadline)
        kind, length = _HEADER.unpack_from(self._received)
        end = _HEADER.size + length
        self._wait_for(end, deadline)
        payload = bytes(self._received[_HEADER.size : end])
        del self._received[:end]
        return Kind(kind), payload

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def _wait_for(self, length: int, deadline: float | None) -> None:
        while len(self._received) < length:
            self._set_timeout(deadline)
            piece = self._socket.recv(_PIECE)
            if not piece:
                raise EOFError
            self._received += piece

    def _set_timeout(self, deadline: float | None) -> None:
        if deadline is None:
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
