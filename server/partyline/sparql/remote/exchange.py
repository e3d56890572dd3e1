"""One request over HTTP and its answer, within a time, whatever the other end does."""

import io
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from partyline.errors import EndpointLate, EndpointRefused

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_PIECE = 1 << 16


class Deadline:
    """A time of the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError when none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Reply(io.RawIOBase):
    """The answer to a request: its status, its headers, and its body, which is read as a file.

    Reading raises EndpointRefused where the body does not arrive whole and in time.
    """

    def __init__(
        self, connection: HTTPConnection, response: HTTPResponse, address: str, deadline: Deadline
    ) -> None:
        self.status = response.status
        self.reason = response.reason
        self.headers: HTTPMessage = response.headers
        self._connection, self._response = connection, response
        self._address, self._deadline = address, deadline
        #: Bytes that are still to come; None where only the end of the connection tells.
        self._rest = None if response.chunked else response.length
        self.has_length = response.chunked or self._rest is not None
        #: The last bytes that were read, to see whether a document is complete.
        self.tail = b""

    @property
    def media_type(self) -> str:
        """Return the media type, without parameters; empty where there is none."""
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read some bytes; return their number, 0 at the end."""
        target = memoryview(buffer)
        piece = self._read(min(len(target), _PIECE))
        target[: len(piece)] = piece
        return len(piece)

    def whole(self, most: int) -> bytes:
        """Return the rest of the body, but no more than *most* bytes."""
        found = bytearray()
        while len(found) < most and (piece := self._read(min(_PIECE, most - len(found)))):
            found += piece
        return bytes(found)

    def close(self) -> None:
        """Close the connection."""
        self._response.close()
        self._connection.close()
        super().close()

    def _read(self, most: int) -> bytes:
        if self._rest is not None:
            most = min(most, self._rest)
            if not most:
                return b""
        try:
            piece = self._response.read1(most)
        except TimeoutError as error:
            raise late(self._address, self._deadline) from error
        except (OSError, HTTPException, ValueError) as error:
            raise EndpointRefused(f"{self._address}: {_CUT}") from error
        if self._rest is not None:
            if not piece:
                raise EndpointRefused(f"{self._address}: {_CUT}")
            self._rest -= len(piece)
        self.tail = (self.tail + piece)[-64:]
        return piece


_CUT = "the connection closed before the response was complete"


def late(address: str, deadline: Deadline) -> EndpointLate:
    """Return the error of an endpoint that does not answer in time."""
    return EndpointLate(f"{address}: no answer within {deadline.seconds:g} s")


def send(
    address: str, method: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
) -> Reply:
    """Send one request to *address*, and return the answer as soon as its headers are there.

    A redirect is an answer like another: to follow it would send the query, and who asks, to
    somebody else. Raises EndpointRefused.
    """
    connection = _connection(address, deadline)
    sent = {**headers, "Connection": "close"}
    try:
        connection.request(method, target_of(address), body=body, headers=sent)
        response = connection.getresponse()
    except TimeoutError as error:
        connection.close()
        raise late(address, deadline) from error
    except (OSError, HTTPException, ValueError) as error:
        connection.close()
        message = str(getattr(error, "strerror", None) or error) or repr(error)
        raise EndpointRefused(f"{address}: {message.strip().partition(chr(10))[0]}") from error
    return Reply(connection, response, address, deadline)


def target_of(address: str) -> str:
    """Return what a request for *address* names: its path, with its query."""
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connection(address: str, deadline: Deadline) -> HTTPConnection:
    parts = urlsplit(address)
    is_secure = parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    host = parts.hostname or ""
    connection = HTTPConnection(host, port)
    try:
        end = socket.create_connection((host, port), timeout=deadline.left())
        if is_secure:
            end = _secured(end, host)
    except TimeoutError as error:
        raise late(address, deadline) from error
    except (OSError, UnicodeError) as error:
        message = str(getattr(error, "strerror", None) or error)
        raise EndpointRefused(f"{address}: {message}") from error
    # All that it needs of a socket.
    connection.sock = cast(socket.socket, _BoundedSocket(end, deadline))
    return connection


def _secured(end: socket.socket, host: str) -> socket.socket:
    try:
        return ssl.create_default_context().wrap_socket(end, server_hostname=host)
    except BaseException:
        end.close()
        raise


class _BoundedSocket:
    """A socket that waits no longer than until a deadline, however slowly bytes arrive."""

    def __init__(self, end: socket.socket, deadline: Deadline) -> None:
        self._end, self._deadline = end, deadline
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def sendall(self, content: "ReadableBuffer") -> None:
        self._end.settimeout(self._deadline.left())
        self._end.sendall(content)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self._end, self._deadline), _PIECE)

    def close(self) -> None:
        self._end.close()


class _BoundedReader(io.RawIOBase):
    def __init__(self, end: socket.socket, deadline: Deadline) -> None:
        self._end, self._deadline = end, deadline
        # It keeps the socket open until this file is closed.
        self._file = end.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int | None:
        self._end.settimeout(self._deadline.left())
        return self._file.readinto(buffer)

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()
        super().close()
