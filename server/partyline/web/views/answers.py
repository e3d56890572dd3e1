"""Answers that can be cited: a query, its release, and the hash of the result."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing import Publication, read_graph, table
from partyline.publishing.citable import (
    CITATION_FORMATS,
    CitableAnswer,
    Inquiry,
    answer_document,
    answer_of,
    citation_text,
    inquiry_of_question,
)
from partyline.publishing.citable.document import written
from partyline.releases import PublicationLog
from partyline.sparql import query_form
from partyline.web.documents import Alternate, Representation, respond
from partyline.web.earlier.history import outer_root
from partyline.web.negotiation import HTML, Offer, negotiate
from partyline.web.protocol import Operation
from partyline.web.public_address import here
from partyline.web.query_execution import QueryExecutor
from partyline.web.views.releases import check_kept

_JSON = "application/json"
#: Parameters of the address that are not those of a question.
_OWN = ("release", "query", "question")
#: Rows, and bytes of a graph, that the page shows; the other formats have all.
_ROWS, _BYTES = 1000, 256 * 1024
_WRITERS = {row.extension: row for row in CITATION_FORMATS}
_MEDIA_TYPES = {"json": _JSON, "html": HTML} | {
    row.extension: row.media_type for row in CITATION_FORMATS
}


def blueprint(
    publication: Publication,
    executor: QueryExecutor,
    root: str,
    log: PublicationLog | None,
) -> Blueprint:
    """Build the view; *root* is the public address of the path ``/``, with a slash.

    *log* has the other releases; None where this one is an earlier release itself.
    """
    views = Blueprint("answers", __name__)
    own = publication.release.manifest.identifier

    @views.get("/answer")
    @views.get("/answer.<extension>")
    def answer(extension: str = "") -> BaseResponse:
        """Answer a query in a way that can be cited, or lead to the release that answers it."""
        if extension and extension not in _MEDIA_TYPES:
            endings = ", ".join(f".{ending}" for ending in _MEDIA_TYPES)
            raise UnknownResource(f"No answer ends in .{extension}; it may be {endings}.")
        inquiry = _inquiry(publication)
        release = request.args.get("release", "")
        if release and release != own:
            return _elsewhere(release, extension, log)

        def ask(query: str, media_type: str) -> Iterable[bytes]:
            form = query_form(query)
            return executor.execute(request.environ, Operation(query), form, media_type).chunks

        today = datetime.now(UTC).date()
        found = answer_of(inquiry, publication.release, publication.knowledge, root, ask, today)
        outer = outer_root() if log is None else request.script_root
        return _send(publication, found, extension, f"{outer}/releases/")

    return views


def _inquiry(publication: Publication) -> Inquiry:
    """Read what is asked. Raises BadQuery."""
    query, question = request.args.get("query", ""), request.args.get("question", "")
    arguments = {name: text for name, text in request.args.items() if name not in _OWN}
    if bool(query.strip()) == bool(question):
        raise BadQuery(
            "Write /answer?query=… with a query, or /answer?question=… with the name of a question"
            " and its parameters; release=… names the release, else it is the current one."
        )
    if question:
        return inquiry_of_question(publication, question, arguments)
    return Inquiry(query)


def _elsewhere(release: str, extension: str, log: PublicationLog | None) -> BaseResponse:
    """Lead to what answers for another release. Raises UnknownResource and RemovedRelease."""
    ending = f".{extension}" if extension else ""
    path = f"/answer{ending}?{request.query_string.decode('ascii', 'replace')}"
    if log is None:
        return redirect(outer_root() + path, 302)
    check_kept(log, release)
    return redirect(here(f"/releases/{release}{path}"), 302)


def _send(
    publication: Publication, found: CitableAnswer, extension: str, releases: str
) -> Response:
    query = request.query_string.decode("ascii", "replace")

    def path(ending: str) -> str:
        return f"/answer.{ending}?{query}"

    offers = [Offer(kind, ending, here(path(ending))) for ending, kind in _MEDIA_TYPES.items()]
    chosen = extension or negotiate(request.headers.get("Accept"), offers).format

    def write() -> str:
        if chosen == "html":
            return _page(publication, found, path, releases)
        if chosen == "json":
            return written(answer_document(found))
        return _WRITERS[chosen].write(found)

    location = "" if extension else path(chosen)
    # No parameter may be kept: an answer says on which day it was retrieved.
    return respond(Representation(_MEDIA_TYPES[chosen], chosen, write), location=location)


def _page(
    publication: Publication, found: CitableAnswer, path: Callable[[str], str], releases: str
) -> str:
    formats = [Alternate("JSON", _JSON, here(path("json")))]
    formats += [
        Alternate(row.name, row.media_type, here(path(row.extension))) for row in CITATION_FORMATS
    ]
    is_graph = found.result.form == "CONSTRUCT"
    graph = read_graph(publication.presenter, [found.content], _BYTES) if is_graph else None
    rows = None if is_graph else table(publication.presenter, [found.content], _ROWS)
    return render_template(
        "answer.html",
        answer=found,
        citation=citation_text(found),
        table=rows,
        graph=graph,
        alternates=formats,
        releases_path=releases,
    )
