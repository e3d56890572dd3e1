"""The address under which clients see this server: scheme, host and the prefix of its paths.

A proxy may map ``https://example.org/data/`` to this server. The prefix is the path of
``server.address``, or what a trusted proxy sends as ``X-Forwarded-Prefix``. It becomes
``SCRIPT_NAME`` (PEP 3333), and `here` puts it before each path. The Host header is never used:
it can be forged.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import has_request_context, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from partyline.rdf import GRAPH_FORMATS
from partyline.web.client_address import lies_in

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Key of the environment of a request to the address of a language: how its path began.
LANGUAGE_PREFIX = "partyline.language_prefix"
#: Keys of the roots of paths, which a request finds once: of most, and of `_WITHOUT_LANGUAGE`.
_ROOT, _COMMON_ROOT = "partyline.root", "partyline.common_root"
_FORWARDED = "HTTP_X_FORWARDED_PREFIX"
#: One or more segments, none of which is empty: ``//host`` would lead to another server.
#: What is the same in every language: files of the program, dumps, graphs.
_WITHOUT_LANGUAGE = re.compile(
    rf"^/static/|^/dumps/[^?]|\.(?:{'|'.join(row.extension for row in GRAPH_FORMATS)})(?:\?|$)"
)
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~%-]+)+")


def prefix_of(address: str) -> str:
    """Return the path of the public *address*, without a slash at the end.

    >>> prefix_of("https://example.org/data"), prefix_of("https://example.org")
    ('/data', '')
    """
    return urlsplit(address).path.rstrip("/")


def here(path: str) -> str:
    """Return *path* of this server as the client of the present request has to write it.

    Anything but a path, such as an IRI, is returned as it is.
    """
    if not path.startswith("/") or not has_request_context():
        return path
    environ = request.environ
    root: str | None = environ.get(_ROOT)
    if root is None:
        root = environ[_ROOT] = request.script_root
        prefix = environ.get(LANGUAGE_PREFIX)
        environ[_COMMON_ROOT] = root.removesuffix(prefix) if prefix else root
    common: str = environ[_COMMON_ROOT]
    if common == root or not _WITHOUT_LANGUAGE.search(path):
        return root + path
    return common + path


def redirect_here(path: str, code: int = 302) -> BaseResponse:
    """Redirect to *path* of this server, with a Location without scheme and host."""
    return redirect(here(path), code)


def path_of(address: str) -> str:
    """Return *address* without its scheme and host, as a path that stays on this server.

    >>> path_of("http://other.example/browse/?page=2"), path_of("http://a//other.example/")
    ('/browse/?page=2', '/other.example/')
    """
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    return "/" + parts.path.lstrip("/") + query


class PublicAddress:
    """A WSGI application that knows under which address clients see it."""

    def __init__(
        self, application: "WSGIApplication", address: str, trusted_proxies: Sequence[str]
    ) -> None:
        """*address* is ``server.address``, which may be empty."""
        self._application = application
        parts = urlsplit(address)
        self._prefix, self._host, self._scheme = prefix_of(address), parts.netloc, parts.scheme
        self._trusted = [ip_network(proxy) for proxy in trusted_proxies]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request, whose path may still begin with the prefix."""
        self.apply(environ)
        return self._application(environ, start_response)

    def apply(self, environ: "WSGIEnvironment") -> None:
        """Write path, host and prefix into *environ* as clients see them."""
        prefix = self._forwarded(environ) or self._prefix
        path = environ.get("PATH_INFO", "")
        environ["SCRIPT_NAME"] = prefix
        if prefix and path.startswith(prefix + "/"):
            environ["PATH_INFO"] = path.removeprefix(prefix)
        self._replace_host(environ)

    def _replace_host(self, environ: "WSGIEnvironment") -> None:
        """Let nothing behind this take the Host of the request for the name of this server."""
        name = environ.get("SERVER_NAME", "")
        socket_address = f"[{name}]" if ":" in name else name
        environ["HTTP_HOST"] = self._host or f"{socket_address}:{environ.get('SERVER_PORT', '80')}"
        environ["wsgi.url_scheme"] = self._scheme or environ.get("wsgi.url_scheme", "http")

    def _forwarded(self, environ: "WSGIEnvironment") -> str:
        prefix = str(environ.pop(_FORWARDED, "")).rstrip("/")
        client = str(environ.get("REMOTE_ADDR", ""))
        if not _PREFIX.fullmatch(prefix) or not any(lies_in(client, row) for row in self._trusted):
            return ""
        return prefix
