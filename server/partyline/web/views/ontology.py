"""The ontologies as documents, at the paths of their IRIs and of their versions."""

from collections.abc import Callable
from functools import partial
from urllib.parse import unquote

from flask import Blueprint, Response, render_template
from pyoxigraph import NamedNode, Triple

from partyline.publishing import Ontology, Publication, ontology_page, ontology_triples, terms_of
from partyline.web.documents import (
    EXTENSIONS,
    NegotiableDocument,
    Representation,
    alternates,
    graph_writer,
    respond,
)
from partyline.web.negotiation import HTML


def blueprint(publication: Publication) -> Blueprint:
    """Build the views of the ontologies."""
    views = Blueprint("ontology", __name__)
    rows = [(row, path) for row in publication.ontologies for path in publication.paths(row)]
    for number, (ontology, path) in enumerate(rows):
        document = _document(publication, ontology, path)
        # A rule is compared with the path after its escapes are resolved.
        rule = unquote(path)
        views.add_url_rule(rule, f"document-{number}", document.respond)
        if ontology.document.endswith("/"):
            views.add_url_rule(f"{rule}/", f"slash-{number}", document.respond)
        for extension in EXTENSIONS:
            view = partial(document.respond, extension)
            views.add_url_rule(f"{rule}.{extension}", f"document-{number}-{extension}", view)

    @views.get("/ontologies/")
    def listing() -> Response:
        """List the ontologies."""
        links = [publication.presenter.link(NamedNode(row.iri)) for row in publication.ontologies]
        terms = [len(row.terms) for row in publication.ontologies]

        def write() -> str:
            return render_template(
                "ontologies.html", ontologies=list(zip(links, terms, strict=True))
            )

        return respond(Representation(HTML, "html", write))

    return views


def _document(publication: Publication, ontology: Ontology, path: str) -> NegotiableDocument:
    def address(extension: str) -> str:
        return f"{path}.{extension}"

    def page() -> str:
        shown = ontology_page(publication.presenter, ontology)
        return render_template("ontology.html", page=shown, alternates=alternates(address))

    return NegotiableDocument(
        graph=graph_writer(_triples(publication, ontology), publication.prefixes),
        page=page,
        address=address,
    )


def _triples(publication: Publication, ontology: Ontology) -> Callable[[], set[Triple]]:
    """Return all statements of the files about terms, or those about the terms of one ontology."""
    if len(publication.ontologies) == 1:
        statements = publication.statements
        return lambda: ontology_triples(statements) | terms_of(statements, ontology)
    return lambda: terms_of(publication.statements, ontology)
