"""Headers of every answer: who may read it from where, and what a page may do."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, request

from partyline.web.access_log import ROUTE
from partyline.web.public_address import path_of

_SHARING = {
    "Access-Control-Expose-Headers": (
        "Content-Location, ETag, Link, Location, Retry-After, Accept-Ranges, Content-Range, Warning"
    ),
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Language, Content-Type, If-None-Match, If-Modified-Since, Range"
    ),
    "Access-Control-Max-Age": "86400",
}
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: The one page with a script, the editor, which asks this server only.
_EDITOR, _SCRIPTS = "/sparql", "; script-src 'self'; connect-src 'self'"
#: A view sets this header to the hash of the style that its answer embeds; it is not sent.
EMBEDDED_STYLE = "X-Embedded-Style"
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def add_headers(app: Flask, origins: Sequence[str]) -> None:
    """Register the headers with *app*; pages of the sites *origins* may read the answers.

    Everything here is public and read-only, and no cookie is ever set: so ``*`` is a good choice.
    """

    @app.after_request
    def complete(response: Response) -> Response:
        request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "none"
        if urlsplit(response.location or "").netloc == request.host:
            response.location = path_of(response.location or "")  # Flask's own redirects
        policy = _POLICY + (_SCRIPTS if request.path == _EDITOR else "")
        if style := response.headers.pop(EMBEDDED_STYLE, ""):
            policy = policy.replace("style-src 'self'", f"style-src 'self' {style}")
        response.headers["Content-Security-Policy"] = policy
        for name, value in _SECURITY.items():
            response.headers[name] = value
        origin = "*" if "*" in origins else request.headers.get("Origin", "")
        if origin != "*":
            response.vary.add("Origin")
        if origin == "*" or origin in origins:
            preflight = _PREFLIGHT if request.method == "OPTIONS" else {}
            shared = {"Access-Control-Allow-Origin": origin, **_SHARING, **preflight}
            for name, value in shared.items():
                response.headers[name] = value
        return response
