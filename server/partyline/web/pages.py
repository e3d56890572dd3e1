"""The home page and the listings of classes."""

from flask import Blueprint, Response, render_template, request

from partyline.errors import BadQuery
from partyline.publishing import Publication, example_queries, home_page, listing, named_node
from partyline.web.documents import Representation, respond
from partyline.web.negotiation import HTML


def blueprint(publication: Publication) -> Blueprint:
    """Build the views of listings."""
    views = Blueprint("pages", __name__)
    # A release never changes, and neither does its home page.
    front_page, example = home_page(publication), example_queries(publication)[0]

    @views.get("/")
    def home() -> Response:
        """Show what is published here."""

        def write() -> str:
            return render_template("home.html", page=front_page, example=example)

        return respond(Representation(HTML, "html", write), publication.version)

    @views.get("/browse/")
    def browse() -> Response:
        """List the members of a class by name."""
        iri = request.args.get("class", "")
        if not iri:
            raise BadQuery(
                "The parameter class is missing: write /browse/?class= and the IRI of a class."
            )
        found = listing(
            publication.presenter, named_node(iri), request.args.get("page", 1, type=int)
        )
        if not found.total:
            publication.describe(iri)  # a class without members is shown, an unknown IRI is not

        def write() -> str:
            return render_template("browse.html", page=found)

        chosen = Representation(HTML, "html", write)
        return respond(chosen, publication.version, parameters=("class", "page"))

    return views
