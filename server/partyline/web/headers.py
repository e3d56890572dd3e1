"""Headers of every answer: who may read it from where, and what a page may do."""

from flask import Flask, Response, request

#: Everything here is public and read-only, and no cookie is ever set.
_SHARING = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Content-Location, ETag, Link, Location, Retry-After, Accept-Ranges, Content-Range"
    ),
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Language, Content-Type, If-None-Match, If-Modified-Since, Range"
    ),
    "Access-Control-Max-Age": "86400",
}
_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def add_headers(app: Flask) -> None:
    """Register the headers with *app*."""

    @app.after_request
    def complete(response: Response) -> Response:
        preflight = _PREFLIGHT if request.method == "OPTIONS" else {}
        for name, value in {**_SHARING, **preflight, **_SECURITY}.items():
            response.headers[name] = value
        return response
