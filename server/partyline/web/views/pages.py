"""The home page and the listings of classes."""

import re
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from partyline.edtf import Certainty
from partyline.errors import BadQuery, NotAcceptable
from partyline.publishing import (
    AsOf,
    Explain,
    Publication,
    contradictions_page,
    home_page,
    listing,
    named_node,
)
from partyline.publishing.lineage import Pictures
from partyline.rdf import GRAPH_FORMATS
from partyline.reasoning import SPECIFICATION
from partyline.web.as_of import day_asked
from partyline.web.documents import Representation, respond
from partyline.web.kept import may_be_kept
from partyline.web.negotiation import HTML, Offer, negotiate
from partyline.web.public_address import redirect_here

#: A language tag (BCP 47), as far as it matters to whoever looks for one.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


def blueprint(publication: Publication, pictures: Pictures, explain: Explain) -> Blueprint:
    """Build the views of listings; *explain* writes the proofs that the home page shows."""
    views = Blueprint("pages", __name__)

    @views.get("/")
    def home() -> BaseResponse:
        """Show what is published here; a client of data is led to those of the base or dataset."""
        extension = _preferred(request.headers.get("Accept"))
        if extension != "html":
            redirected = redirect_here(_data(publication, extension), code=303)
            redirected.vary.add("Accept")
            return may_be_kept(redirected)

        def write() -> str:
            page, picture = home_page(publication, explain), pictures.overview()
            return render_template("home.html", page=page, picture=picture)

        response = respond(Representation(HTML, "html", write))
        response.vary.add("Accept")
        return response

    @views.get("/browse/")
    def browse() -> Response:
        """List the members of a class by name."""
        iri = request.args.get("class", "")
        if not iri:
            raise BadQuery(
                "The parameter class is missing: write /browse/?class= and the IRI of a class."
            )
        day = day_asked()
        found = listing(
            *(publication.presenter, publication.class_index, named_node(iri)),
            page=request.args.get("page", 1, type=int),
            language=_language(request.args.get("language", "")),
            certainty=_certainty(publication, pictures, day),
        )
        if not found.total:
            publication.describe(iri)  # a class without members is shown, an unknown IRI is not

        def write() -> str:
            return render_template("browse.html", page=found, day=day)

        chosen = Representation(HTML, "html", write)
        return respond(chosen, parameters=("class", "page", "language"))

    @views.get("/contradictions/")
    def contradictions() -> Response:
        """List the contradictions of the sources, and what of them is excluded from reasoning."""

        def write() -> str:
            return render_template(
                "contradictions.html",
                contradictions=contradictions_page(publication),
                see=SPECIFICATION,
                is_smallest=publication.contradictions.is_smallest,
            )

        return respond(Representation(HTML, "html", write))

    return views


def _certainty(
    publication: Publication, pictures: Pictures, day: date | None
) -> Callable[[int], Certainty | None] | None:
    """Return what tells whether a resource held on *day*; None where no day is asked for."""
    return None if day is None else AsOf(day, publication.reader, pictures.lifetime).certainty


def _language(tag: str) -> str:
    """Return *tag*. Raises BadQuery where it is not a language tag (BCP 47)."""
    if tag and not _LANGUAGE.fullmatch(tag):
        raise BadQuery(f"The parameter language is “{tag}”: write a tag such as en or pt-br.")
    return tag.lower()


def _preferred(accepted: str | None) -> str:
    """Return the extension of the format that suits a client of the base; of pages, if none."""
    graphs = (Offer(row.media_type, row.extension) for row in GRAPH_FORMATS)
    try:
        return negotiate(accepted, (Offer(HTML, "html"), *graphs)).format
    except NotAcceptable:
        return "html"


def _data(publication: Publication, extension: str) -> str:
    base, ontologies = publication.knowledge.base, publication.addresses.ontologies
    if base in ontologies:
        return f"{ontologies[base]}.{extension}"
    if publication.described([base]):
        return publication.document(base, extension)
    return f"/dataset.{extension}"
