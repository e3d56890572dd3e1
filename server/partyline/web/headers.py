"""Headers of every answer: who may read it from where, and what a page may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Response, request

from partyline.web.access_log import ROUTE
from partyline.web.public_address import path_of

_SHARING = (
    (
        "Access-Control-Expose-Headers",
        "Content-Location, ETag, Link, Location, Retry-After, Accept-Ranges, Content-Range, "
        "Memento-Datetime, Warning",
    ),
)
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"),
    (
        "Access-Control-Allow-Headers",
        "Accept, Accept-Datetime, Accept-Language, Content-Type, If-None-Match, If-Modified-Since, "
        "Range, MCP-Protocol-Version",
    ),
    ("Access-Control-Max-Age", "86400"),
)
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_IMAGES = "img-src 'self' data:"
#: The pages with a search box, whose script suggests names.
_SEARCH_BOXES = ("/search", "/")
#: The pages of questions, whose forms suggest names, too.
_FORMS = "/questions/"
#: The pages with a script, which asks this server only: those, and the editor.
_WITH_SCRIPT = ("/sparql", *_SEARCH_BOXES, _FORMS)
_SCRIPTS = "; script-src 'self'; connect-src 'self'"
#: The page that other sites may show in a frame: the preview of the Reconciliation Service API.
PREVIEW = "/reconcile/preview"
_FRAMES, _ANY_FRAMES = "frame-ancestors 'none'", "frame-ancestors *"
#: A view sets this header to the hash of the style that its answer embeds; it is not sent.
EMBEDDED_STYLE = "X-Embedded-Style"
_SECURITY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)

Fields = tuple[tuple[str, str], ...]


def policy(path: str, style: str = "", *, has_images: bool = False) -> Fields:
    """Return what browsers may do with the answer at *path*, which embeds *style*.

    *has_images* tells whether pages show images from elsewhere, which resources have.
    """
    if path.startswith(_FORMS):
        path = _FORMS
    return _policy(path if path in (*_WITH_SCRIPT, PREVIEW) else "", style, has_images)


@lru_cache(256)
def _policy(path: str, style: str, has_images: bool) -> Fields:
    pages = _POLICY.replace(_IMAGES, f"{_IMAGES} https: http:") if has_images else _POLICY
    allowed = pages + (_SCRIPTS if path in _WITH_SCRIPT else "")
    if path == PREVIEW:
        allowed = allowed.replace(_FRAMES, _ANY_FRAMES)
    if style:
        allowed = allowed.replace("style-src 'self'", f"style-src 'self' {style}")
    return (("Content-Security-Policy", allowed), *_SECURITY)


@dataclass(frozen=True, slots=True)
class Sharing:
    """The sites whose pages may read the answers.

    Everything here is public and read-only, and no cookie is ever set: so ``*`` is a good choice.
    """

    origins: Sequence[str]

    @property
    def varies(self) -> bool:
        """Tell whether the answer depends on the site."""
        return "*" not in self.origins

    def fields(self, origin: str) -> Fields:
        """Return the header fields for a page of *origin*, the Origin of a request or empty."""
        allowed = origin if self.varies else "*"
        if self.varies and allowed not in self.origins:
            return ()
        return (("Access-Control-Allow-Origin", allowed), *_SHARING)


def add_headers(app: Flask, sharing: Sharing, *, has_images: bool = False) -> None:
    """Register the headers with *app*; *has_images* is as for `policy`."""

    @app.after_request
    def complete(response: Response) -> Response:
        request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "none"
        if (location := response.location) and urlsplit(location).netloc == request.host:
            response.location = path_of(location)  # Flask's own redirects
        style = response.headers.pop(EMBEDDED_STYLE, "")
        if sharing.varies:
            response.vary.add("Origin")
        shared = sharing.fields(request.headers.get("Origin", ""))
        preflight = _PREFLIGHT if shared and request.method == "OPTIONS" else ()
        # A site of files has nobody to ask for suggestions.
        has_script = request.path not in _SEARCH_BOXES or not app.jinja_env.globals["is_static"]
        allowed = policy(request.path if has_script else "", style, has_images=has_images)
        for name, value in (*allowed, *shared, *preflight):
            response.headers[name] = value
        return response
