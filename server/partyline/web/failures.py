"""What a client sees when something is wrong: a page for readers, plain text for programs."""

from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from partyline.errors import RequestError
from partyline.web.negotiation import wants_page


def handle_failures(app: Flask) -> None:
    """Register the handlers with *app*."""
    app.register_error_handler(RequestError, _refused)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(Exception, lambda error: _unforeseen(app, error))


def _refused(error: RequestError) -> Response:
    response = _shown(error.status, str(error))
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _failed(error: HTTPException) -> Response:
    """Show what Flask says itself, and keep its headers, such as Allow."""
    code = error.code or 500
    if code == HTTPStatus.NOT_FOUND:
        message = f"There is nothing at {request.path}."
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
    app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    message = "Something went wrong here. It has been noted; nothing is wrong with your request."
    return _shown(HTTPStatus.INTERNAL_SERVER_ERROR, message)


def _shown(status: HTTPStatus, message: str) -> Response:
    if wants_page(request.headers.get("Accept")):
        page = render_template("error.html", status=status, message=message)
        response = Response(page, status, mimetype="text/html")
    else:
        response = Response(f"{message}\n", status, content_type="text/plain; charset=utf-8")
    response.vary.add("Accept")
    return response
