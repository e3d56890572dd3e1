"""Serve below a path prefix: a proxy maps ``https://example.org/data/`` to this server.

The prefix is the path of ``server.address``, or what a trusted proxy sends as
``X-Forwarded-Prefix``. It becomes ``SCRIPT_NAME`` (PEP 3333), and `here` puts it before each path.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import has_request_context, request

from partyline.web.client_address import lies_in

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FORWARDED = "HTTP_X_FORWARDED_PREFIX"
#: One or more segments, none of which is empty: ``//host`` would lead to another server.
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~%-]+)+")


def prefix_of(address: str) -> str:
    """Return the path of the public *address*, without a slash at the end.

    >>> prefix_of("https://example.org/data"), prefix_of("https://example.org")
    ('/data', '')
    """
    return urlsplit(address).path.rstrip("/")


def here(path: str) -> str:
    """Return *path* of this server as the client of the present request has to write it."""
    if not has_request_context() or not path.startswith("/"):
        return path
    return request.script_root + path


class PathPrefix:
    """A WSGI application that knows the prefix below which its paths lie."""

    def __init__(
        self, application: "WSGIApplication", address: str, trusted_proxies: Sequence[str]
    ) -> None:
        self._application = application
        self._prefix = prefix_of(address)
        self._trusted = [ip_network(proxy) for proxy in trusted_proxies]

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request, whose path may still begin with the prefix."""
        prefix = self._forwarded(environ) or self._prefix
        path = environ.get("PATH_INFO", "")
        environ["SCRIPT_NAME"] = prefix
        if prefix and path.startswith(prefix + "/"):
            environ["PATH_INFO"] = path.removeprefix(prefix)
        return self._application(environ, start_response)

    def _forwarded(self, environ: "WSGIEnvironment") -> str:
        prefix = str(environ.pop(_FORWARDED, "")).rstrip("/")
        client = str(environ.get("REMOTE_ADDR", ""))
        if not _PREFIX.fullmatch(prefix) or not any(lies_in(client, row) for row in self._trusted):
            return ""
        return prefix
