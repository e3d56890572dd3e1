"""Read requests from bytes, strictly: what two servers could read in two ways is refused.

RFC 9112 (HTTP/1.1), sections 3.2 (Host), 6.1 and 6.3 (framing), 11.2 (request smuggling).
"""

import io
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import httptools

from partyline.web.access_log import ARRIVED
from partyline.web.front.limits import FrontLimits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Host and port (RFC 9110, section 7.2); empty is allowed.
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?")
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_METHODS = {
    name.encode(): name for name in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
}
_CHECKED = {b"host", b"content-length", b"transfer-encoding", b"expect"}
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
            if "_" in name or name in ("content-length", "transfer-encoding", "proxy"):
                continue
            key = name.upper().replace("-", "_")
            key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
            environ[key] = value
        return environ


class RequestReader:
    """Feeds llhttp and hands over each request; *begun* is called with the head of one."""

    def __init__(
        self,
        limits: FrontLimits,
        arrived: Callable[[Request], None],
        expected: Callable[[], None],
    ) -> None:
        """*arrived* takes a request; *expected* says that the client waits to send the body."""
        self._limits, self._arrived, self._expected = limits, arrived, expected
        self._parser = httptools.HttpRequestParser(self)
        #: Whether a part of a request has arrived.
        self.in_request = False
        self._in_head = False
        #: Whether the last request ends the connection, or asks for another protocol: nothing
        #: after it is read.
        self._ended = False
        self._refusal: Refusal | None = None
        self._raw = 0
        self._begin()

    def feed(self, data: bytes) -> None:
        """Read *data*. Raises Refusal."""
        if self._ended:
            return
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._ended = True  # the request itself is answered as HTTP/1.1
        except httptools.HttpParserError as error:
            if self._ended:
                return  # bytes after a request that ends the connection
            raise self._refusal or Refusal(400, f"The request is not valid HTTP: {error}") from None
        in_body = self.in_request and not self._in_head
        most = self._limits.target + self._limits.header
        most += _CHUNKING * self._limits.body if in_body else 0
        if self._raw > most:
            raise Refusal(413 if in_body else 431, f"The request is longer than {most} bytes")

    def _begin(self) -> None:
        self._request = Request()
        self._url, self._body = b"", bytearray()
        self._size = self._number = self._hosts = self._lengths = self._codings = 0
        self._is_expecting = False

    def _refuse(self, status: int, reason: str) -> None:
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
        if not self._in_head:
            return
        self._number += 1
        if self._number > self._limits.fields:
            self._refuse(431, f"The header has more than {self._limits.fields} fields")
        value = value.strip(b" \t")
        name = name.lower()
        if name in _CHECKED:
            self._check(name, value)
        key, text, fields = name.decode("latin-1"), value.decode("latin-1"), self._request.fields
        fields[key] = f"{fields[key]}, {text}" if key in fields else text

    def _check(self, name: bytes, value: bytes) -> None:
        """Check a field that says where the request ends, or to whom it is sent."""
        if name == b"host":
            self._hosts += 1
            if not _HOST.fullmatch(value):
                self._refuse(400, "The Host header is not a valid host")
        elif name == b"content-length":
            self._lengths += 1
            if not value.isdigit():
                self._refuse(400, "Content-Length is not a number")
            if int(value[:20]) > self._limits.body:
                self._refuse(413, f"The body is longer than {self._limits.body} bytes")
        elif name == b"transfer-encoding":
            self._codings += 1
            if value.lower() != b"chunked":
                self._refuse(501, "The only transfer coding that is read is chunked")
        else:
            self._is_expecting |= value.lower() == b"100-continue"

    def on_headers_complete(self) -> None:
        """Check what must be there once."""
        self._in_head = False
        self._raw = 0
        request, parser = self._request, self._parser
        request.version = version = parser.get_http_version()
        method = parser.get_method()
        request.target = self._target()
        if version not in ("1.1", "1.0"):
            self._refuse(505, f"HTTP/{version} is not supported; use HTTP/1.1")
        if self._hosts != 1 and (self._hosts or version == "1.1"):
            self._refuse(400, "A request has exactly one Host header")
        if self._lengths + self._codings > 1 or (self._codings and version == "1.0"):
            self._refuse(400, "The length of the body is given twice, or not as HTTP/1.0 does")
        if method not in _METHODS:
            self._refuse(501, f"The method {method.decode('latin-1')} is not known")
        request.method = _METHODS[method]
        if self._is_expecting:
            self._expected()

    def _target(self) -> str:
        """Return path and query of the target, which may be an absolute one."""
        target = self._url.decode("latin-1")
        if "#" in target:
            target = target.partition("#")[0]
        if target.startswith("/"):
            return target
        # Only at the beginning: a query may hold an address, too.
        absolute = _ABSOLUTE.match(target)
        path = target[absolute.end() :] if absolute else target
        return path if path.startswith("/") else "/" + path

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body += body
        if len(self._body) > self._limits.body:
            self._refuse(413, f"The body is longer than {self._limits.body} bytes")

    def on_message_complete(self) -> None:
        """Hand over the request."""
        request = self._request
        request.body = bytes(self._body)
        request.keep = self._parser.should_keep_alive() and not self._parser.should_upgrade()
        self.in_request = False
        self._raw = 0
        self._ended = not request.keep
        self._arrived(request)
