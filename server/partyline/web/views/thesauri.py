"""Concept schemes: the tree, the concepts by notation, and the mappings to other schemes."""

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode

from partyline.errors import UnknownResource
from partyline.publishing import (
    Publication,
    mappings_page,
    named_node,
    notations_page,
    scheme_page,
    tree_page,
)
from partyline.web.documents import Representation, respond
from partyline.web.negotiation import HTML

_PARAMETERS = ("iri", "concept", "target", "page")


def blueprint(publication: Publication) -> Blueprint:
    """Build the views of concept schemes."""
    views = Blueprint("thesauri", __name__)
    schemes = publication.schemes.iris

    @views.get("/schemes/")
    def scheme() -> Response:
        """Show a scheme, or the part of its tree below a concept; without ``iri``, list all."""
        if not request.args.get("iri") and len(schemes) != 1:
            links = [publication.presenter.link(row) for row in schemes]
            return _page(lambda: render_template("schemes.html", schemes=links))
        asked = _asked()
        concept = request.args.get("concept", "")
        if concept:
            publication.describe(concept)  # an unknown IRI is not shown

        def write() -> str:
            found = (
                tree_page(publication, asked, named_node(concept))
                if concept
                else scheme_page(publication, asked)
            )
            return render_template("scheme.html", page=found)

        return _page(write)

    @views.get("/schemes/notations")
    def notations() -> Response:
        """List the concepts of a scheme by notation."""
        found = notations_page(publication, _asked(), request.args.get("page", 1, type=int))
        return _page(lambda: render_template("notations.html", page=found))

    @views.get("/schemes/mappings")
    def mappings() -> Response:
        """List the mappings of a scheme to the namespace ``target``."""
        found = mappings_page(
            *(publication, _asked(), request.args.get("target", "")),
            page=request.args.get("page", 1, type=int),
        )
        if not found.total:
            raise UnknownResource(f"No concept of this scheme is mapped to {found.target}.")
        return _page(lambda: render_template("mappings.html", page=found))

    def _asked() -> NamedNode:
        iri = request.args.get("iri", "")
        node = named_node(iri) if iri or len(schemes) != 1 else schemes[0]
        if node not in schemes:
            raise UnknownResource(f"<{node.value}> is not a concept scheme; /schemes/ lists them.")
        return node

    return views


def _page(write: Callable[[], str]) -> Response:
    return respond(Representation(HTML, "html", write), parameters=_PARAMETERS)
