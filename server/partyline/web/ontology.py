"""The ontology as a document, at the path of its IRI and at that of its version."""

from functools import partial
from urllib.parse import unquote

from flask import Blueprint, render_template

from partyline.publishing import Publication, ontology_page, ontology_triples
from partyline.web.documents import EXTENSIONS, NegotiableDocument, alternates


def blueprint(publication: Publication) -> Blueprint:
    """Build the views of the ontology."""
    views = Blueprint("ontology", __name__)
    for number, path in enumerate(publication.ontology_paths):
        document = _document(publication, path)
        # A rule is compared with the path after its escapes are resolved.
        rule = unquote(path)
        views.add_url_rule(rule, f"document-{number}", document.respond)
        for extension in EXTENSIONS:
            view = partial(document.respond, extension)
            views.add_url_rule(f"{rule}.{extension}", f"document-{number}-{extension}", view)
    return views


def _document(publication: Publication, path: str) -> NegotiableDocument:
    def address(extension: str) -> str:
        return f"{path}.{extension}"

    def page() -> str:
        ontology = ontology_page(publication.presenter)
        return render_template("ontology.html", page=ontology, alternates=alternates(address))

    return NegotiableDocument(
        triples=lambda: ontology_triples(publication.statements),
        page=page,
        address=address,
        prefixes=publication.prefixes,
        version=publication.version,
    )
