"""Read requests from bytes, strictly: what two servers could read in two ways is refused.

RFC 9112 (HTTP/1.1), sections 3.2 (Host), 6.1 and 6.3 (framing), 11.2 (request smuggling).
"""

import io
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote_to_bytes

import httptools

from partyline.web.access_log import ARRIVED
from partyline.web.front.limits import FrontLimits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Host and port (RFC 9110, section 7.2); empty is allowed.
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?")
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_METHODS = {
    name.encode(): name
    for name in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "QUERY")
}
_CHECKED = {"host", "content-length", "transfer-encoding", "expect"}
#: Raw bytes of a chunked body for one of content, at most: chunks of one byte take six.
_CHUNKING = 8

REFUSALS = {
    400: "Bad Request",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}


class Refusal(Exception):
    """The request is not valid, or larger than the limits."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(f"{reason}.")


@dataclass(slots=True)
class Request:
    """A request that has arrived as a whole."""

    method: str = ""
    target: str = ""
    version: str = "1.1"
    #: By name in lower case; several fields of one name are one list (RFC 9110, section 5.3).
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    #: Whether the connection is kept for another request.
    keep: bool = True

    def environ(self, client: tuple[str, int], server: tuple[str, int]) -> "WSGIEnvironment":
        """Return the WSGI environment (PEP 3333) without the objects of the server."""
        path, _, query = self.target.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "QUERY_STRING": query,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "REQUEST_URI": self.target,
            "RAW_URI": self.target,
            "REMOTE_ADDR": client[0],
            "REMOTE_PORT": str(client[1]),
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
            "SERVER_PROTOCOL": f"HTTP/{self.version}",
            "SERVER_SOFTWARE": "partyline",
            ARRIVED: time.monotonic(),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if self.body:
            environ["CONTENT_LENGTH"] = str(len(self.body))
        for name, value in self.fields.items():
            # With an underscore, it would be taken for the field with a hyphen.
            if "_" in name or name in ("content-length", "transfer-encoding", "proxy", "upgrade"):
                continue
            key = name.upper().replace("-", "_")
            key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
            environ[key] = value
        return environ


class KnownRequests:
    """Requests by their bytes: what was read once need not be read again.

    Only requests without a body that keep their connection: after them, a parser is where it was.
    """

    #: Requests, and bytes of each, that are remembered.
    _MOST, _LONGEST = 1024, 2048

    def __init__(self) -> None:
        self._requests: dict[bytes, Request] = {}

    def find(self, data: bytes) -> Request | None:
        """Return the request that *data* is, as a whole and nothing more."""
        return self._requests.get(data)

    def add(self, data: bytes, request: Request) -> None:
        """Remember that *data* is *request*."""
        if len(data) > self._LONGEST or request.body or not request.keep:
            return
        if request.method not in ("GET", "HEAD") or "expect" in request.fields:
            return
        if len(self._requests) >= self._MOST:
            del self._requests[next(iter(self._requests))]
        self._requests[data] = request


class RequestReader:
    """Feeds llhttp and hands over each request; *begun* is called with the head of one."""

    def __init__(
        self,
        limits: FrontLimits,
        arrived: Callable[[Request], None],
        expected: Callable[[], None],
        known: "KnownRequests | None" = None,
    ) -> None:
        """*arrived* takes a request; *expected* says that the client waits to send the body.

        *known* remembers requests for all connections of a server.
        """
        self._limits, self._arrived, self._expected = limits, arrived, expected
        self._known = KnownRequests() if known is None else known
        self._parser = httptools.HttpRequestParser(self)
        #: Whether a part of a request has arrived.
        self.in_request = False
        self._in_head = False
        #: Whether the last request ends the connection: nothing after it is read.
        self._ended = False
        self._refusal: Refusal | None = None
        self._raw = 0
        #: Requests that ended in the bytes at hand.
        self._number = 0
        self._begin()

    def feed(self, data: bytes) -> None:
        """Read *data*. Raises Refusal."""
        if self._ended:
            return
        begins = not self.in_request
        if begins and (request := self._known.find(data)):
            self._arrived(request)
            return
        self._raw += len(data)
        self._number = 0
        try:
            self._parse(data)
            if begins and self._number == 1 and not self.in_request:
                self._known.add(data, self._request)
        except httptools.HttpParserError as error:
            if self._ended:
                return  # bytes after a request that ends the connection
            raise self._refusal or Refusal(400, f"The request is not valid HTTP: {error}") from None
        in_body = self.in_request and not self._in_head
        most = self._limits.target + self._limits.header
        most += _CHUNKING * self._limits.body if in_body else 0
        if self._raw > most:
            raise Refusal(413 if in_body else 431, f"The request is longer than {most} bytes")

    def _parse(self, data: bytes) -> None:
        """Have the parser read *data*; it stops behind a request for another protocol."""
        rest = memoryview(data)
        while rest:
            try:
                self._parser.feed_data(rest)
                return
            except httptools.HttpParserUpgrade as error:
                rest = rest[error.args[0] :]
                head = self._head_without_upgrade()
                self._parser = httptools.HttpRequestParser(self)
                self._parser.feed_data(head)

    def _head_without_upgrade(self) -> bytes:
        """Return the head of the request as that of one that does not ask for another protocol.

        A server may ignore Upgrade (RFC 9110, section 7.8); the parser skips the body behind it.
        """
        version = self._request.version.encode()
        lines = [b"%b %b HTTP/%b" % (self._parser.get_method(), self._url, version)]
        lines += [b"%b: %b" % row for row in self._headers if row[0].lower() != b"upgrade"]
        return b"\r\n".join((*lines, b"", b""))

    def _begin(self) -> None:
        self._request = Request()
        self._url, self._body = b"", bytearray()
        self._headers: list[tuple[bytes, bytes]] = []
        self._size = self._hosts = self._lengths = self._codings = 0
        self._is_expecting = False

    def _refuse(self, status: int, reason: str) -> NoReturn:
        self._refusal = Refusal(status, reason)
        raise self._refusal  # httptools ends parsing, and raises an error of its own

    # What the parser calls

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._begin()
        self.in_request = self._in_head = True

    def on_url(self, url: bytes) -> None:
        """Take a part of the target."""
        self._url += url
        if len(self._url) > self._limits.target:
            self._refuse(414, f"The address is longer than {self._limits.target} bytes")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field; those behind a chunked body change nothing."""
        self._size += len(name) + len(value) + 4
        if self._size > self._limits.header:
            self._refuse(431, f"The header is longer than {self._limits.header} bytes")
        if self._in_head:
            self._headers.append((name, value))

    def _read_fields(self) -> dict[str, str]:
        """Return the header fields by name, after checking those that say where a request ends."""
        if len(self._headers) > self._limits.fields:
            self._refuse(431, f"The header has more than {self._limits.fields} fields")
        fields: dict[str, str] = {}
        for name, value in self._headers:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")
            if key in _CHECKED:
                self._check(key, text)
            fields[key] = f"{fields[key]}, {text}" if key in fields else text
        return fields

    def _check(self, name: str, value: str) -> None:
        """Check a field that says where the request ends, or to whom it is sent."""
        if name == "host":
            self._hosts += 1
            if not _HOST.fullmatch(value):
                self._refuse(400, "The Host header is not a valid host")
        elif name == "content-length":
            self._lengths += 1
            if not (value.isascii() and value.isdigit()):
                self._refuse(400, "Content-Length is not a number")
            if int(value[:20]) > self._limits.body:
                self._refuse(413, f"The body is longer than {self._limits.body} bytes")
        elif name == "transfer-encoding":
            self._codings += 1
            if value.lower() != "chunked":
                self._refuse(501, "The only supported transfer coding is chunked")
        else:
            self._is_expecting |= value.lower() == "100-continue"

    def on_headers_complete(self) -> None:
        """Check what must be there once."""
        self._in_head = False
        self._raw = 0
        request, parser = self._request, self._parser
        request.version = version = parser.get_http_version()
        method = parser.get_method()
        request.fields = self._read_fields()
        if version not in ("1.1", "1.0"):
            self._refuse(505, f"HTTP/{version} is not supported; use HTTP/1.1")
        if self._hosts != 1 and (self._hosts or version == "1.1"):
            self._refuse(400, "A request has exactly one Host header")
        if self._lengths + self._codings > 1 or (self._codings and version == "1.0"):
            self._refuse(400, "The length of the body is given twice, or not as HTTP/1.0 does")
        if method not in _METHODS:
            self._refuse(501, f"The method {method.decode('latin-1')} is not known")
        request.method = _METHODS[method]
        request.target = self._target()
        if self._is_awaited() and not parser.should_upgrade():
            self._expected()

    def _is_awaited(self) -> bool:
        """Tell whether the client waits for 100 (RFC 9110, section 10.1.1)."""
        has_body = bool(self._lengths or self._codings)
        return self._is_expecting and has_body and self._request.version == "1.1"

    def _target(self) -> str:
        """Return path and query of the target, which may be an absolute one."""
        target = self._url.decode("latin-1")
        if "#" in target:
            target = target.partition("#")[0]
        if target.startswith("/"):
            return target
        if target == "*" and self._request.method == "OPTIONS":
            return "/*"
        # Only at the beginning: a query may hold an address, too.
        absolute = _ABSOLUTE.match(target)
        if absolute is None:
            self._refuse(400, "The target is neither a path nor an address of HTTP")
        if "@" in absolute[0]:
            self._refuse(400, "The target has a user name")  # RFC 9110, section 4.2.4
        path = target[absolute.end() :]
        return path if path.startswith("/") else "/" + path

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body += body
        if len(self._body) > self._limits.body:
            self._refuse(413, f"The body is longer than {self._limits.body} bytes")

    def on_message_complete(self) -> None:
        """Hand over the request."""
        if self._parser.should_upgrade():
            return  # it is read again
        request = self._request
        request.body = bytes(self._body)
        request.keep = self._parser.should_keep_alive()
        self.in_request = False
        self._raw = 0
        self._number += 1
        self._ended = not request.keep
        self._arrived(request)
