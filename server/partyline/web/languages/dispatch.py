"""One application for each language: chosen by the beginning of the path, or by Accept-Language.

``/fr/doc/x`` is the page at ``/doc/x`` in French, and all that it links to is in French. Without
the tag of a language, the client's Accept-Language decides. Graphs are the same in every language.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from partyline.rdf import GRAPH_FORMATS
from partyline.web.languages.lookup import chosen_language
from partyline.web.public_address import LANGUAGE_PREFIX

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

_FIELD = "Accept-Language"
#: A release of the past: its languages are below its own address.
_OF_RELEASE = re.compile(r"(?P<release>/releases/[0-9a-f]{12})(?P<rest>/.*)")
#: Media types of answers that hold words and names, beside pages.
_IN_WORDS = {
    "text/html",
    "text/plain",
    "image/svg+xml",
    "image/png",
    "application/json",
    "application/problem+json",
    "application/x-suggestions+json",
    "application/opensearchdescription+xml",
} - {row.media_type for row in GRAPH_FORMATS}
#: Paths that answer the same in any language.
_WITHOUT_WORDS = ("/static/", "/health", "/metrics", "/robots.txt")


class Languages:
    """A WSGI application that answers in the language that a request is for."""

    def __init__(self, applications: "Mapping[str, WSGIApplication]") -> None:
        """*applications* are the one of each language by its tag, that of the site first."""
        self._applications = applications
        self._tags = tuple(applications)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request."""
        path = environ["PATH_INFO"]
        first, slash, rest = path.removeprefix("/").partition("/")
        if first not in self._applications:
            return self._negotiated(environ, start_response)
        if not slash:
            return _redirect(environ, start_response, f"/{first}/")
        if found := _OF_RELEASE.fullmatch(f"/{rest}"):
            return _redirect(environ, start_response, f"{found['release']}/{first}{found['rest']}")
        environ[LANGUAGE_PREFIX] = f"/{first}"
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
        environ["PATH_INFO"] = f"/{rest}"
        return self._answer(first, environ, start_response, is_negotiated=False)

    def _negotiated(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._applications[self._tags[0]](environ, start_response)
        tag = chosen_language(environ.get("HTTP_ACCEPT_LANGUAGE", ""), self._tags)
        return self._answer(tag, environ, start_response, is_negotiated=True)

    def _answer(
        self,
        tag: str,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        *,
        is_negotiated: bool,
    ) -> Iterable[bytes]:
        has_words = not environ["PATH_INFO"].startswith(_WITHOUT_WORDS)

        def start(status: str, headers: Headers, *rest: Any) -> Any:  # noqa: ANN401  WSGI
            is_answer = not status.startswith("3")
            if has_words and is_answer and _media_type(headers) in _IN_WORDS:
                headers = [*headers, ("Content-Language", tag)]
                if is_negotiated:
                    headers = _varying(headers)
            return start_response(status, headers, *rest)

        return self._applications[tag](environ, start)


def _media_type(headers: Headers) -> str:
    found = next((value for name, value in headers if name.lower() == "content-type"), "")
    return found.partition(";")[0].strip()


def _varying(headers: Headers) -> Headers:
    """Return *headers* with the field of languages in their Vary."""
    values = [value for name, value in headers if name.lower() == "vary"]
    others = [row for row in headers if row[0].lower() != "vary"]
    return [*others, ("Vary", ", ".join([*values, _FIELD]))]


def _redirect(
    environ: "WSGIEnvironment", start_response: "StartResponse", path: str
) -> Iterable[bytes]:
    """Lead to *path*, with the parameters of the request."""
    query = environ.get("QUERY_STRING", "")
    location = f"{environ.get('SCRIPT_NAME', '')}{path}" + (f"?{query}" if query else "")
    start_response("308 Permanent Redirect", [("Location", location), ("Content-Length", "0")])
    return []
