"""The kept answers as WSGI middleware: it asks the application for what is not kept yet."""

import io
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from partyline.web.access_log import ROUTE
from partyline.web.hot_reload import RELEASE
from partyline.web.kept.answer import Header, KeptAnswer
from partyline.web.kept.keeper import Keeper, fields_of
from partyline.web.kept.marking import is_marked
from partyline.web.wsgi_body import no_writer, read_body

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CONDITIONS = {"HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"}
#: What the application answers in place of a document that it has made.
_WITHOUT_CONTENT = {HTTPStatus.NOT_MODIFIED, HTTPStatus.PRECONDITION_FAILED}
#: Bytes of a body that is handed over as a file: a server sends it in pieces.
_LARGE = 65_536


class KeepingMiddleware:
    """A WSGI application whose answers are kept in a store where they may be."""

    def __init__(self, application: "WSGIApplication", keeper: Keeper) -> None:
        self._application, self._keeper = application, keeper

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request from the store, or have the application answer it."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._application(environ, start_response)
        # What is behind this changes the environment.
        asked = dict(environ)
        answer = self._keeper.find(asked)
        if answer is None:
            return self._ask(asked, environ, start_response)
        return self._reply(answer, asked, environ, start_response)

    def _ask(
        self,
        asked: "WSGIEnvironment",
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        """Have the application answer, and keep what it says may be kept."""
        begun: list[tuple[int, list[Header]]] = []

        def start(status: str, headers: list[Header], *rest: Any) -> Any:  # noqa: ANN401  WSGI
            number = int(status[:3])
            may_be_kept = number < HTTPStatus.BAD_REQUEST or number in _WITHOUT_CONTENT
            if is_marked(environ) and may_be_kept and not rest:
                begun.append((number, headers))
                return no_writer
            return start_response(status, headers, *rest)

        body = self._application(environ, start)
        if not begun:
            return body
        content = read_body(body)
        if asked["REQUEST_METHOD"] == "HEAD" or begun[-1][0] in _WITHOUT_CONTENT:
            # What is kept is the answer to a GET without conditions; it replies to all others.
            environ = {name: asked[name] for name in asked.keys() - _CONDITIONS}
            environ["REQUEST_METHOD"] = "GET"
            begun.clear()
            body = self._application(environ, start)
            if not begun:
                return body
            content = read_body(body)
        answer = self._keeper.keep(asked, environ, *begun[-1], content)
        return self._reply(answer, asked, environ, start_response)

    def _reply(
        self,
        answer: KeptAnswer,
        asked: "WSGIEnvironment",
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        environ[ROUTE], environ[RELEASE] = answer.origin.route, answer.origin.release
        found = self._keeper.representation(answer, asked)
        reply = found.reply(asked["REQUEST_METHOD"], fields_of(asked))
        start_response(reply.line, list(reply.headers))
        wrapper = asked.get("wsgi.file_wrapper")
        if wrapper and len(reply.body) > _LARGE:
            wrapped: Iterable[bytes] = wrapper(io.BytesIO(reply.body))
            return wrapped
        return [reply.body] if reply.body else []
