"""The pages of the SPARQL endpoint: a form, an answer as a table, what the service offers."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from partyline.errors import BadQuery, RequestError
from partyline.publishing import (
    SERVICE_PREFIXES,
    ExampleQuery,
    GraphView,
    Publication,
    TableView,
    class_properties,
    example_queries,
    named_node,
    read_graph,
    service_triples,
    table,
    vocabulary,
)
from partyline.settings import Limits
from partyline.sparql import RESULT_FORMATS, QueryForm, ResultFormat
from partyline.web.access_log import ERROR
from partyline.web.documents import (
    Alternate,
    NegotiableDocument,
    Representation,
    graph_writer,
    respond,
)
from partyline.web.negotiation import HTML, wants_page
from partyline.web.protocol import Operation
from partyline.web.public_address import here
from partyline.web.query_execution import QueryExecutor, formats_of
from partyline.web.sparql_endpoint import PATH, operation_of
from partyline.web.templating.words import Words
from partyline.web.translated_hints import HintTranslator, TranslatedHint

#: Rows, and bytes of a graph, that a page shows; the downloads have all.
_ROWS, _BYTES = 1000, 256 * 1024


@dataclass(frozen=True, slots=True)
class QueryPage:
    """What the page of the endpoint shows: a query, and its answer or its error."""

    query: str
    table: TableView | None = None
    graph: GraphView | None = None
    #: Where the whole answer is, in every format.
    downloads: tuple[Alternate, ...] = ()
    error: str = ""
    #: Line and column that the error names.
    place: tuple[int, int] | None = None
    warnings: tuple[str, ...] = ()
    hints: tuple[TranslatedHint, ...] = ()


def blueprint(
    publication: Publication,
    executor: QueryExecutor,
    limits: Limits,
    endpoint_iri: str,
    words: Words,
) -> Blueprint:
    """Build the views of the endpoint *endpoint_iri*, whose hints are in *words*."""
    views = Blueprint("sparql", __name__)
    hints = HintTranslator(publication, limits, words)
    examples = example_queries(publication)

    @views.route(PATH, methods=["GET", "POST"])
    def endpoint() -> Response:
        """Answer a query with a page, or describe the service to a request without one."""
        read = operation_of(request.environ)
        try:
            if read.error is not None:
                raise read.error
            if read.operation is None:
                return _service(publication, examples, endpoint_iri, limits)
            page = _answer_page(publication, executor, read.operation, read.form)
            return _page(replace(page, hints=hints.on(page.query)), examples)
        except RequestError as error:
            if wants_page(request.headers.get("Accept")):
                request.environ[ERROR] = type(error).__name__
                mistake = error.place if isinstance(error, BadQuery) else None
                asked = read.operation.query if read.operation else request.args.get("query", "")
                return _page(QueryPage(asked, error=str(error), place=mistake), examples, error)
            raise

    @views.get(f"{PATH}.<extension>")
    def download(extension: str) -> Response:
        """Tell why there is no answer in the format of *extension*: the endpoint sends answers."""
        raise operation_of(request.environ).error or NotFound()

    _add_editor_views(views, publication, hints)
    return views


def _add_editor_views(
    views: Blueprint, publication: Publication, translator: HintTranslator
) -> None:
    """Add what the editor asks for while a query is being written."""

    @views.get("/sparql/terms")
    def terms() -> Response:
        """Return the terms that the editor completes."""

        def write() -> str:
            return json.dumps(vocabulary(publication), ensure_ascii=False)

        return respond(Representation("application/json", "terms", write))

    @views.get("/sparql/properties")
    def properties() -> Response:
        """Return the properties that members of a class have, for the editor."""
        kind = named_node(request.args.get("class", ""))

        def write() -> str:
            return json.dumps(class_properties(publication, kind), ensure_ascii=False)

        return respond(
            Representation("application/json", "properties", write), parameters=("class",)
        )

    @views.get("/sparql/hints")
    def hints() -> Response:
        """Return hints on a query that is being written."""

        def write() -> str:
            found = translator.on(request.args.get("query", ""))
            return json.dumps({"hints": [asdict(row) for row in found]}, ensure_ascii=False)

        return respond(Representation("application/json", "hints", write))


def _service(
    publication: Publication,
    examples: Sequence[ExampleQuery],
    address: str,
    limits: Limits,
) -> Response:
    page = QueryPage(examples[0].text)
    document = NegotiableDocument(
        graph=graph_writer(
            lambda: service_triples(publication, address, limits),
            {**publication.prefixes, **SERVICE_PREFIXES},
        ),
        page=lambda: render_template("sparql.html", page=page, examples=examples),
        address=lambda extension: "/sparql",
    )
    return document.respond()


def _answer_page(
    publication: Publication, executor: QueryExecutor, operation: Operation, form: QueryForm
) -> QueryPage:
    formats = formats_of(form)
    downloads = tuple(_download(row, operation) for row in formats)
    answer = executor.execute(request.environ, operation, form, formats[0].media_type)
    with _closing(answer.chunks) as chunks:
        if formats is RESULT_FORMATS:
            rows = table(publication.presenter, chunks, _ROWS)
            return QueryPage(
                operation.query, table=rows, downloads=downloads, warnings=answer.warnings
            )
        graph = read_graph(publication.presenter, chunks, _BYTES)
        return QueryPage(
            operation.query,
            graph=graph,
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
