"""Requests to the application in this process: what a server would answer, as values."""

import io
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

#: What browsers accept: a page before anything else.
PAGE = "text/html,*/*;q=0.1"
_ENVIRONMENT = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answers to a GET; to be closed, whether its content is read or not."""

    status: int
    #: Header fields by their names in lower case.
    headers: Mapping[str, str]
    #: The parts of the content, which are made as they are read.
    parts: Iterable[bytes]

    @property
    def media_type(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()

    def close(self) -> None:
        """Close what the content is read from (PEP 3333)."""
        if close := getattr(self.parts, "close", None):
            close()

    def content(self) -> bytes:
        """Read the content."""
        return b"".join(self.parts)


class SiteClient:
    """Asks the application for addresses: paths with their escapes, without a prefix."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def get(self, address: str, accept: str = PAGE) -> Answer:
        """Return the answer for *address*."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:  # noqa: ANN401  WSGI
            begun.append((status, headers))

        body = self._application(_environment(address, accept), start)
        status, fields = begun[-1]
        headers = {name.lower(): value for name, value in fields}
        return Answer(int(status[:3]), headers, body)


def _environment(address: str, accept: str) -> "WSGIEnvironment":
    path, _, query = address.partition("?")
    return {
        **_ENVIRONMENT,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": address,
        "RAW_URI": address,
        "HTTP_ACCEPT": accept,
        "wsgi.input": io.BytesIO(),
    }
