"""For programs such as language models: the Model Context Protocol, and /llms.txt."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed

from partyline.errors import QueryTooLong, UnknownResource
from partyline.publishing import Lifetimes, ProofService, Publication
from partyline.publishing.agents import Toolbox, llms_text
from partyline.settings import Server as ServerSettings
from partyline.sparql import query_form
from partyline.web.documents import Representation, respond
from partyline.web.model_context import has_mcp
from partyline.web.protocol import Operation
from partyline.web.query_execution import QueryExecutor

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

#: Bytes of a request.
_LONGEST = 1 << 20
#: Fields of an answer that this server writes itself.
_OWN = {"content-length", "content-type", "connection", "transfer-encoding"}


def blueprint(
    publication: Publication,
    proofs: ProofService,
    executor: QueryExecutor,
    settings: ServerSettings,
    root: str,
    lifetimes: Lifetimes,
) -> Blueprint:
    """Build the views; *root* is the public address of the path ``/``, with a slash."""
    answers_queries = settings.endpoint in ("", f"{root}sparql")
    views = Blueprint("agents", __name__)

    def ask(query: str, media_type: str) -> Iterable[bytes]:
        form = query_form(query)
        return executor.execute(request.environ, Operation(query), form, media_type).chunks

    @lru_cache(1)
    def server() -> "Server[Any]":
        from partyline.web.model_context.mcp_server import mcp_server

        return mcp_server(Toolbox(publication, proofs, ask, lifetimes, root))

    @views.post("/mcp")
    def mcp() -> Response:
        """Answer a message of the Model Context Protocol; no session, no stream."""
        if not has_mcp():
            raise UnknownResource("This server has no MCP: install partyline[mcp].")
        if not is_trusted(request.headers.get("Origin"), settings.origins, root):
            return Response("The Origin of the request is not allowed here.\n", 403)
        if (request.content_length or 0) > _LONGEST:
            raise QueryTooLong(f"The message is longer than {_LONGEST} bytes.")
        from partyline.web.model_context.exchange import exchange

        body = request.stream.read(_LONGEST + 1)
        status, fields, content = exchange(server(), request.headers.items(), body, _LONGEST)
        found = {name.lower(): value for name, value in fields}
        response = Response(content, status, content_type=found.get("content-type"))
        for name, value in fields:
            if name.lower() not in _OWN:
                response.headers[name] = value
        response.headers["Cache-Control"] = "no-store"
        return response

    @views.get("/mcp")
    def no_stream() -> Response:
        """Refuse a stream, as the protocol has it: nothing is sent that was not asked for."""
        raise MethodNotAllowed(["POST"])

    @views.get("/llms.txt")
    def llms() -> Response:
        """Say what is here, in the form of llmstxt.org."""

        def write() -> str:
            return llms_text(
                publication, root, answers_queries=answers_queries, has_tools=has_mcp()
            )

        return respond(Representation("text/plain", "txt", write))

    return views


def is_trusted(origin: str | None, origins: Sequence[str], root: str) -> bool:
    """Tell whether a page of *origin* may call tools: the site itself, and those of the settings.

    A program sends no Origin. A page that has its name lead to this machine (DNS rebinding) sends
    its own.

    >>> is_trusted("https://example.org", (), "https://example.org/data/")
    True
    >>> is_trusted("https://elsewhere.example", ("https://example.com",), "https://example.org/")
    False
    """
    if origin is None or "*" in origins or origin in origins:
        return True
    parts = urlsplit(root)
    return origin == f"{parts.scheme}://{parts.netloc}"
