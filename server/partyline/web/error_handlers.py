"""What a client sees when something is wrong: a page, a problem in JSON, or plain text."""

import json
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from partyline.display import visible
from partyline.errors import BadQuery, NotAcceptable, RequestError, UnknownResource
from partyline.web.access_log import ERROR
from partyline.web.negotiation import HTML, Offer, negotiate

TEXT, PROBLEM = "text/plain", "application/problem+json"
#: Where everything is JSON.
_JSON_ONLY = ("/api/", "/openapi.json")

#: Plain text is what ``*/*`` receives. Who reads JSON of any kind can read a problem.
_OFFERS = (
    Offer(TEXT, TEXT),
    Offer(PROBLEM, PROBLEM),
    *(
        Offer(media_type, PROBLEM)
        for media_type in ("application/json", "application/sparql-results+json")
    ),
    Offer("application/ld+json", PROBLEM),
    Offer(HTML, HTML),
)


def handle_failures(app: Flask) -> None:
    """Register the handlers with *app*."""
    app.register_error_handler(RequestError, _refused)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(Exception, lambda error: _unforeseen(app, error))


def suitable(header: str | None) -> str:
    """Return the media type in which a client that sends *header* should receive an error.

    >>> suitable("application/sparql-results+json, application/sparql-results+xml;q=0.9")
    'application/problem+json'
    """
    try:
        return negotiate(header, _OFFERS).format
    except NotAcceptable:
        return TEXT  # the client accepts no format of an error: the message is sent all the same


def problem(status: HTTPStatus, message: str, error: RequestError | None = None) -> str:
    """Return the problem details of RFC 9457.

    A bad query has the place of its mistake too, and an unknown resource those with similar names.
    """
    # There is no "type": without one, "title" is the phrase of the status (section 4.2.1).
    details: dict[str, object] = {
        "title": status.phrase,
        "status": status.value,
        "detail": message,
    }
    if isinstance(error, BadQuery) and error.place:
        details["line"], details["column"] = error.place
    if isinstance(error, UnknownResource) and error.similar:
        details["similar"] = [{"name": name, "path": path} for name, path in error.similar]
    return json.dumps(details, ensure_ascii=False, indent=1) + "\n"


def _refused(error: RequestError) -> Response:
    request.environ[ERROR] = type(error).__name__
    response = _shown(error.status, str(error), error)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _failed(error: HTTPException) -> Response:
    """Show what Flask says itself, and keep its headers, such as Allow."""
    code = error.code or 500
    if code == HTTPStatus.NOT_FOUND:
        message = f"There is no page at {request.path}."
    else:
        message = error.description or ""
    original = error.get_response()
    if code < 400:  # a redirect that Flask makes itself
        return Response(original.get_data(), code, original.headers)
    response = _shown(HTTPStatus(code), message)
    for name in ("Allow", "Location", "Retry-After", "Content-Range"):
        if name in original.headers:
            response.headers[name] = original.headers[name]
    return response


def _unforeseen(app: Flask, error: Exception) -> Response:
    request.environ[ERROR] = type(error).__name__
    app.logger.error("%s %r failed", request.method, request.path, exc_info=error)
    message = "The server failed to answer. The error was logged; the request itself is valid."
    return _shown(HTTPStatus.INTERNAL_SERVER_ERROR, message)


def _shown(status: HTTPStatus, message: str, error: RequestError | None = None) -> Response:
    message = visible(message)
    media_type = suitable(request.headers.get("Accept"))
    if media_type == TEXT and request.path.startswith(_JSON_ONLY):
        media_type = PROBLEM
    similar = error.similar if isinstance(error, UnknownResource) else ()
    if media_type == HTML:
        page = render_template("error.html", status=status, message=message, similar=similar)
        response = Response(page, status, mimetype=HTML)
    elif media_type == PROBLEM:
        response = Response(problem(status, message, error), status, content_type=PROBLEM)
    else:
        lines = [message, *(f"Similar: {path} ({visible(name)})" for name, path in similar)]
        response = Response("\n".join(lines) + "\n", status, content_type=f"{TEXT}; charset=utf-8")
    response.vary.add("Accept")
    return response
