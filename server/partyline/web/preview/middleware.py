"""Pages with the findings of the sources, which reload themselves when the sources have changed."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from partyline.releases import PreviewState
from partyline.web.kept.marking import must_not_be_kept
from partyline.web.preview.banner import banner
from partyline.web.wsgi_body import no_writer, read_body

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_Headers = list[tuple[str, str]]

#: Resources have no names that begin with a dot in any style that we know.
_ROOT = "/.preview"
_STATE = "state"
_FILES = {"preview.js": "text/javascript; charset=utf-8", "preview.css": "text/css; charset=utf-8"}
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
_STATIC = "/static/"
#: Header fields that are those of the page as the application has made it.
_OF_PAGE = {"content-length", "etag", "last-modified", "cache-control", "accept-ranges"}
_POLICY = "content-security-policy"
_END_OF_HEAD, _BODY = b"</head>", b"<body>"


class PreviewMiddleware:
    """A WSGI application whose pages show the findings of a preview and reload themselves.

    No answer may be kept, by a browser either: the same release has other findings a moment later.
    """

    def __init__(self, application: "WSGIApplication", state: Callable[[], PreviewState]) -> None:
        """Take the *application* that answers from the release of the present *state*."""
        self._application, self._state = application, state
        folder = files("partyline.web.preview")
        self._files = {name: (folder / name).read_bytes() for name in _FILES}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(f"{_ROOT}/"):
            return self._own(path.removeprefix(f"{_ROOT}/"), environ, start_response)
        if path.startswith(_STATIC):
            return self._application(environ, start_response)
        for name in _CONDITIONS:
            environ.pop(name, None)
        state = self._state()  # before the page: it is never newer than it says
        return self._changed(state, environ, start_response)

    def _own(
        self, name: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer with the name of the present state, or with a file of the preview."""
        status, media_type = HTTPStatus.OK, _FILES.get(name, "text/plain; charset=utf-8")
        if name == _STATE:
            content = json.dumps({"state": self._state().name}).encode()
            media_type = "application/json"
        elif name in self._files:
            content = self._files[name]
        else:
            status, content = HTTPStatus.NOT_FOUND, b"There is no such file.\n"
        headers = [
            ("Content-Type", media_type),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response(f"{status.value} {status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    def _changed(
        self, state: PreviewState, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer as the application does, with more in the pages."""
        begun: list[tuple[str, _Headers]] = []

        def start(status: str, headers: _Headers, *rest: Any) -> Any:  # noqa: ANN401  WSGI
            must_not_be_kept(environ)
            kept = [row for row in headers if row[0].lower() not in ("etag", "cache-control")]
            kept.append(("Cache-Control", "no-store"))
            if rest or not _is_page(headers):
                return start_response(status, kept, *rest)
            begun.append((status, headers))
            return no_writer

        body = self._application(environ, start)
        if not begun:
            return body
        status, headers = begun[-1]
        prefix = environ.get("SCRIPT_NAME", "")
        content = _with(read_body(body), _head(state, prefix), banner(state))
        start_response(status, _headers(headers, len(content)))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]


def _is_page(headers: _Headers) -> bool:
    fields = {name.lower(): value for name, value in headers}
    is_html = fields.get("content-type", "").startswith("text/html")
    return is_html and "content-encoding" not in fields


def _head(state: PreviewState, prefix: str) -> Markup:
    """Return the elements of a head that load the style and the script."""
    root = prefix + _ROOT
    return Markup(
        '<link rel="stylesheet" href="{0}/preview.css">'
        '<script src="{0}/preview.js" data-address="{0}/{1}" data-state="{2}" defer></script>'
    ).format(root, _STATE, state.name)


def _with(page: bytes, head: Markup, shown: Markup) -> bytes:
    page = page.replace(_END_OF_HEAD, head.encode() + _END_OF_HEAD, 1)
    return page.replace(_BODY, _BODY + shown.encode(), 1)


def _headers(headers: _Headers, length: int) -> _Headers:
    kept = [
        (name, _with_script(value) if name.lower() == _POLICY else value)
        for name, value in headers
        if name.lower() not in _OF_PAGE
    ]
    return [*kept, ("Content-Length", str(length)), ("Cache-Control", "no-store")]


def _with_script(policy: str) -> str:
    """Return a Content-Security-Policy that lets a page run scripts of this server, and ask it.

    >>> _with_script("default-src 'none'; style-src 'self'")
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'"
    """
    present = {row.split()[0] for row in policy.split(";") if row.strip()}
    missing = [row for row in ("script-src", "connect-src") if row not in present]
    return "; ".join([policy, *(f"{row} 'self'" for row in missing)])
