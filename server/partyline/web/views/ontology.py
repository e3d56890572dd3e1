"""The ontologies as documents, at the paths of their IRIs and of their versions."""

from collections.abc import Callable
from functools import partial
from urllib.parse import unquote

from flask import Blueprint, Response, render_template
from pyoxigraph import NamedNode, Triple

from partyline.history import OntologyVersion, OntologyVersions
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


def blueprint(publication: Publication, versions: OntologyVersions) -> Blueprint:
    """Build the views of the ontologies, with links to their earlier *versions*."""
    views = Blueprint("ontology", __name__)
    rows = [(row, path) for row in publication.ontologies for path in publication.paths(row)]
    for number, (ontology, path) in enumerate(rows):
        document = _document(publication, ontology, path, versions)
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


def _document(
    publication: Publication, ontology: Ontology, path: str, versions: OntologyVersions
) -> NegotiableDocument:
    def address(extension: str) -> str:
        return f"{path}.{extension}"

    def page() -> str:
        shown = ontology_page(publication.presenter, ontology)
        current = shown.version.iri if shown.version else ""
        earlier = [
            (row, _path(publication, row, path))
            for row in versions.of(ontology.iri)
            if row.iri != current
        ]
        return render_template(
            "ontology.html", page=shown, alternates=alternates(address), earlier_versions=earlier
        )

    return NegotiableDocument(
        graph=graph_writer(_triples(publication, ontology), publication.prefixes),
        page=page,
        address=address,
    )


def _path(publication: Publication, version: OntologyVersion, path: str) -> str:
    """Return where *version* is: at its own IRI, else at *path* in the release that has it."""
    if publication.addresses.has_path(version.iri):
        return publication.addresses.local(version.iri)
    return f"/releases/{version.release.release}{path}"


def _triples(publication: Publication, ontology: Ontology) -> Callable[[], set[Triple]]:
    """Return all statements of the files about terms, or those about the terms of one ontology."""
    if len(publication.ontologies) == 1:
        statements = publication.statements
        return lambda: ontology_triples(statements) | terms_of(statements, ontology)
    return lambda: terms_of(publication.statements, ontology)
