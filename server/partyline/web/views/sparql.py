"""The SPARQL endpoint: a query form for readers, the protocol for programs."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from tempfile import TemporaryFile
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.wsgi import wrap_file

from partyline.errors import BadQuery, NotAcceptable, RequestError, UnknownResource
from partyline.publishing import (
    SERVICE_PREFIXES,
    ExampleQuery,
    Publication,
    TableView,
    beginning,
    example_queries,
    service_triples,
    table,
    vocabulary,
)
from partyline.settings import Limits, Settings
from partyline.sparql import RESULT_FORMATS, Answer, QueryPool, ResultFormat
from partyline.web.access_log import ERROR
from partyline.web.documents import Alternate, NegotiableDocument, Representation, respond
from partyline.web.negotiation import HTML, Offer, negotiate, wants_page, with_aliases
from partyline.web.protocol import Operation, read_operation
from partyline.web.public_address import here
from partyline.web.query_execution import QueryExecutor, formats_of

#: Rows, and bytes of a graph, that a page shows; the downloads have all.
_ROWS, _BYTES = 1000, 256 * 1024
#: Short names of formats in the parameters of a request; others are endings and media types.
_SHORT_NAMES = {
    "json": "application/json",
    "xml": "application/xml",
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "n3": "text/turtle",
    "rdfxml": "application/rdf+xml",
    "rdf+xml": "application/rdf+xml",
    "json-ld": "application/ld+json",
    "html": HTML,
}
#: What Virtuoso's form sends for "as the Accept header says".
_ANY_FORMAT = ("", "auto")


@dataclass(frozen=True, slots=True)
class QueryPage:
    """What the page of the endpoint shows: a query, and its answer or its error."""

    query: str
    table: TableView | None = None
    #: The beginning of the answer as Turtle, where it is a graph.
    graph: str | None = None
    #: False where there is more of the graph.
    complete: bool = True
    #: Where the whole answer is, in every format.
    downloads: tuple[Alternate, ...] = ()
    error: str = ""
    #: Line and column that the error names.
    place: tuple[int, int] | None = None
    warnings: tuple[str, ...] = ()


def blueprint(
    publication: Publication, pool: QueryPool, settings: Settings, endpoint_iri: str
) -> Blueprint:
    """Build the views of the endpoint *endpoint_iri*."""
    views = Blueprint("sparql", __name__)
    examples = example_queries(publication)
    limits = settings.limits
    executor = QueryExecutor(publication, pool, settings.server.trusted_proxies)

    @views.route("/sparql", methods=["GET", "POST"])
    def endpoint() -> Response:
        """Answer a query, or describe the service to a request without one."""
        query: str | None = None
        try:
            operation = read_operation(request, limits.query_length)
            if operation is None:
                return _service(publication, examples, endpoint_iri, limits)
            query = operation.query
            chosen = _chosen_format(operation)
            if chosen != HTML:
                return _stream(executor, operation, chosen)
            return _page(_answer_page(publication, executor, operation), examples)
        except RequestError as error:
            if wants_page(request.headers.get("Accept")):
                request.environ[ERROR] = type(error).__name__
                mistake = error.place if isinstance(error, BadQuery) else None
                asked = request.args.get("query", "") if query is None else query
                return _page(QueryPage(asked, error=str(error), place=mistake), examples, error)
            raise

    @views.get("/sparql/terms")
    def terms() -> Response:
        """Return the terms that the editor completes."""

        def write() -> str:
            return json.dumps(vocabulary(publication), ensure_ascii=False)

        return respond(Representation("application/json", "terms", write))

    @views.get("/sparql.<extension>")
    def download(extension: str) -> Response:
        """Answer a query in the format of the file extension: browsers cannot choose one."""
        operation = read_operation(request, limits.query_length)
        if operation is None:
            raise BadQuery(f"No query: write it behind /sparql.{extension}?query=.")
        formats = formats_of(operation.query)
        for row in formats:
            if row.extension == extension:
                response = _stream(executor, operation, row.media_type)
                name = f"attachment; filename=answer.{extension}"
                response.headers["Content-Disposition"] = name
                return response
        extensions = ", ".join(f".{row.extension}" for row in formats)
        raise UnknownResource(f"The answer to this query has the file extensions {extensions}.")

    return views


def _service(
    publication: Publication,
    examples: Sequence[ExampleQuery],
    address: str,
    limits: Limits,
) -> Response:
    page = QueryPage(examples[0].text)
    document = NegotiableDocument(
        triples=lambda: service_triples(publication, address, limits),
        page=lambda: render_template("sparql.html", page=page, examples=examples),
        address=lambda extension: "/sparql",
        prefixes={**publication.prefixes, **SERVICE_PREFIXES},
    )
    return document.respond()


def _chosen_format(operation: Operation) -> str:
    """Return the media type that the client prefers for the answer to this query."""
    formats = formats_of(operation.query)
    if operation.format.lower() in _ANY_FORMAT:
        return negotiate(request.headers.get("Accept"), _offers(formats)).format
    chosen = operation.format.lower()
    chosen = _SHORT_NAMES.get(chosen, chosen)
    by_extension = {row.extension: row.media_type for row in formats}
    for offer in _offers(formats):
        if by_extension.get(chosen, chosen) == offer.media_type:
            return offer.format
    known = ", ".join(by_extension.values())
    raise NotAcceptable(f"The format {operation.format!r} is not available; choose one of {known}.")


@cache
def _offers(formats: tuple[ResultFormat, ...]) -> Sequence[Offer[str]]:
    offers = [Offer(row.media_type, row.media_type) for row in formats]
    return with_aliases((*offers, Offer(HTML, HTML)))


def _stream(executor: QueryExecutor, operation: Operation, media_type: str) -> Response:
    answer = executor.execute(operation, media_type)
    content_type = _with_charset(answer.media_type)
    if answer.whole:
        response = Response(b"".join(answer.chunks), content_type=content_type)
    elif request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        # There, the end of the connection is the end of the answer, also of one that was cut.
        response = _spooled(answer, content_type)
    else:
        # Closing the response, also where the client has gone away, closes the chunks.
        response = Response(answer.chunks, content_type=content_type)
    response.vary.add("Accept")
    for warning in answer.warnings:
        response.headers.add("Warning", _warning(warning))
    return response


def _warning(text: str) -> str:
    """Return the value of a Warning header (RFC 7234, section 5.5): 299 is any persistent one."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 - "{quoted.encode("ascii", "backslashreplace").decode()}"'


def _spooled(answer: Answer, content_type: str) -> Response:
    """Return the complete answer with its length. Raises RequestError."""
    file = TemporaryFile()  # noqa: SIM115  closed with the response
    try:
        with _closing(answer.chunks) as chunks:
            file.writelines(chunks)
        length = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    response = Response(wrap_file(request.environ, file), content_type=content_type)
    response.direct_passthrough = True
    response.content_length = length
    return response


def _with_charset(media_type: str) -> str:
    is_text = media_type.startswith("text/") and "charset" not in media_type
    return f"{media_type}; charset=utf-8" if is_text else media_type


def _answer_page(
    publication: Publication, executor: QueryExecutor, operation: Operation
) -> QueryPage:
    formats = formats_of(operation.query)
    downloads = tuple(_download(row, operation) for row in formats)
    answer = executor.execute(operation, formats[0].media_type)
    with _closing(answer.chunks) as chunks:
        if formats is RESULT_FORMATS:
            rows = table(publication.presenter, chunks, _ROWS)
            return QueryPage(
                operation.query, table=rows, downloads=downloads, warnings=answer.warnings
            )
        text, complete = beginning(chunks, _BYTES)
        return QueryPage(
            operation.query,
            graph=text,
            complete=complete,
            downloads=downloads,
            warnings=answer.warnings,
        )


@contextmanager
def _closing(chunks: Iterator[bytes]) -> Iterator[Iterator[bytes]]:
    """Close *chunks* in the end: a page may have read no more than the first of them."""
    try:
        yield chunks
    finally:
        if close := getattr(chunks, "close", None):
            close()


def _download(row: ResultFormat, operation: Operation) -> Alternate:
    parameters = [
        ("query", operation.query),
        *(("default-graph-uri", iri) for iri in operation.default_graphs),
        *(("named-graph-uri", iri) for iri in operation.named_graphs),
    ]
    return Alternate(
        row.name, row.media_type, here(f"/sparql.{row.extension}?{urlencode(parameters)}")
    )


def _page(
    page: QueryPage, examples: Sequence[ExampleQuery], error: RequestError | None = None
) -> Response:
    html = render_template("sparql.html", page=page, examples=examples)
    response = Response(html, mimetype=HTML)
    response.vary.add("Accept")
    if error is not None:
        response.status_code = error.status
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
    return response
