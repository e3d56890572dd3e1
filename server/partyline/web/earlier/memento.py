"""Earlier states of everything that is served, found by date: Memento (RFC 7089).

Every resource is its own TimeGate (section 4.1.1): a request with Accept-Datetime is redirected to
the address that the resource has in the release of that time. Such an address begins with
``/releases/`` and the identifier of the release, and what it answers never changes.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from partyline.releases import PublicationLog, PublishedRelease
from partyline.web.link_header import WebLink

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACCEPT_DATETIME = "HTTP_ACCEPT_DATETIME"
TIMEMAP = "/releases/timemap/link"
LINK_FORMAT = "application/link-format"
#: First segments of the paths that have no earlier states, or are about all of them.
_TIMELESS = {"static", "health", "metrics", "releases", "changes", "robots.txt", "mcp"}
#: The endpoint has earlier states, but its answers are sent as quickly as can be, without links.
_UNLINKED = ("/sparql", "/sparql.")
_SAFE = ("GET", "HEAD")
_FIELD = "Accept-Datetime"
#: A year: what RFC 9111 takes for the longest time.
FOR_EVER = "public, max-age=31536000, immutable"

Headers = list[tuple[str, str]]


def http_date(row: PublishedRelease) -> str:
    """Return when a release was published as HTTP writes dates (RFC 9110, section 5.6.7)."""
    return format_datetime(row.time.astimezone(UTC).replace(microsecond=0), usegmt=True)


def target_of(environ: "WSGIEnvironment") -> str:
    """Return path and query of the request as the client escaped them, without any prefix."""
    target = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "")
    if not target:
        query = environ.get("QUERY_STRING", "")
        target = environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
    prefix = str(environ.get("SCRIPT_NAME", ""))
    if prefix and target.startswith(prefix + "/"):
        target = target.removeprefix(prefix)
    return target


def has_mementos(path: str) -> bool:
    """Tell whether what *path* answers depends on the release.

    >>> has_mementos("/doc/x.ttl"), has_mementos("/static/style.css")
    (True, False)
    """
    return path.lstrip("/").partition("/")[0] not in _TIMELESS


class Memento:
    """A WSGI application that leads to earlier states, and says so in each answer."""

    def __init__(
        self, application: "WSGIApplication", log: Callable[[], PublicationLog | None]
    ) -> None:
        """*log* returns the publications up to the release that is served, if there are any."""
        self._application, self._log = application, log

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request, or redirect it to the release of the date that it asks for."""
        log = self._log()
        is_read = environ["REQUEST_METHOD"] in _SAFE
        if log is None or not log.rows or not is_read or not has_mementos(environ["PATH_INFO"]):
            return self._application(environ, start_response)
        if wanted := environ.get(ACCEPT_DATETIME):
            return _redirect(environ, start_response, log, wanted)
        path = environ["PATH_INFO"]
        if path == _UNLINKED[0] or path.startswith(_UNLINKED[1]):
            return self._application(environ, start_response)
        links = original_links(environ.get("SCRIPT_NAME", ""), target_of(environ))

        def start(status: str, headers: Headers, *rest: Any) -> Any:  # noqa: ANN401  WSGI
            if int(status[:3]) < HTTPStatus.BAD_REQUEST:
                headers = _with(_with(headers, "Vary", _FIELD), "Link", links)
            return start_response(status, headers, *rest)

        return self._application(environ, start)


def original_links(prefix: str, target: str) -> str:
    """Return the links to the resource at *target*, its TimeGate, and its TimeMap."""
    original = WebLink(prefix + target, "original timegate")
    return f"{original}, {WebLink(prefix + TIMEMAP + target, 'timemap', LINK_FORMAT)}"


def as_memento(headers: Headers, status: int, release: PublishedRelease, links: str) -> Headers:
    """Return the *headers* of an answer of an earlier *release*.

    Pages are no longer fresh after a while: a later version of the program may write them
    otherwise.
    """
    if status >= HTTPStatus.BAD_REQUEST:
        return headers
    found = {name.lower(): value for name, value in headers}
    is_page = found.get("content-type", "").startswith("text/html")
    if "max-age" in found.get("cache-control", "") and not is_page:
        headers = [row for row in headers if row[0].lower() != "cache-control"]
        headers.append(("Cache-Control", FOR_EVER))
    return _with([*headers, ("Memento-Datetime", http_date(release))], "Link", links)


def _redirect(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    log: PublicationLog,
    wanted: str,
) -> Iterable[bytes]:
    target, prefix = target_of(environ), environ.get("SCRIPT_NAME", "")
    headers = [("Vary", _FIELD), ("Content-Type", "text/plain; charset=utf-8")]
    time = _parsed(wanted)
    found = log.at(time) if time else None
    if time is None:
        status = "400 Bad Request"
        text = f"The field {_FIELD} must be an HTTP date, such as Tue, 01 Dec 2026 00:00:00 GMT.\n"
    elif found is None:
        status, text = "404 Not Found", "No release is kept.\n"
    else:
        status, text = "302 Found", ""
        location = f"{prefix}/releases/{found.release}{target}"
        headers += [("Location", location), ("Link", original_links(prefix, target))]
    content = text.encode()
    start_response(status, [*headers, ("Content-Length", str(len(content)))])
    return [content] if environ["REQUEST_METHOD"] == "GET" else []


def _parsed(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _with(headers: Headers, field: str, more: str) -> Headers:
    """Return *headers* with *more* at the end of the field *field*, unless it is there."""
    values = [value for name, value in headers if name.lower() == field.lower()]
    if any(more in value for value in values):
        return headers
    others = [row for row in headers if row[0].lower() != field.lower()]
    return [*others, (field, ", ".join([*values, more]))]
