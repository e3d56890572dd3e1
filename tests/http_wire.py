"""Bytes to a server and the responses that come back, read as strictly as a client has to."""

import contextlib
import socket
from dataclasses import dataclass


@dataclass(frozen=True)
class Response:
    """One response as it was on the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """A connection that sends any bytes and reads one response after another."""

    def __init__(self, port: int, timeout: float = 20, address: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection(
            ("127.0.0.1", port), timeout=timeout, source_address=(address, 0)
        )
        self._received = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send *data*; a server that has refused the rest may close while it is sent."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(data)

    def response(self, *, bodiless: bool = False) -> Response:
        """Read one response. Raises EOFError where the connection ends before it does."""
        while b"\r\n\r\n" not in self._received:
            self._receive()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        status_line, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (row.split(": ", 1) for row in fields)}
        status = int(status_line.split(" ", 2)[1])
        if bodiless or status in (100, 204, 304):
            return Response(status, headers, b"")
        return Response(status, headers, self._body(headers))

    def is_closed(self) -> bool:
        """Read to the end of the connection; tell whether nothing but that end came."""
        try:
            self._receive()
        except EOFError:
            return True
        except TimeoutError:
            return False
        return False

    def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return self._take(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return self._rest()
        content = b""
        while size := int(self._line(), 16):
            content += self._take(size)
            assert self._line() == b""
        assert self._line() == b""
        return content

    def _rest(self) -> bytes:
        try:
            while True:
                self._receive()
        except EOFError:
            content, self._received = self._received, b""
            return content

    def _line(self) -> bytes:
        while b"\r\n" not in self._received:
            self._receive()
        line, _, self._received = self._received.partition(b"\r\n")
        return line

    def _take(self, size: int) -> bytes:
        while len(self._received) < size:
            self._receive()
        content, self._received = self._received[:size], self._received[size:]
        return content

    def _receive(self) -> None:
        more = self._socket.recv(1 << 16)
        if not more:
            raise EOFError
        self._received += more
