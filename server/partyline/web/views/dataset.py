"""The dataset as a whole, described in VoID; the IRIs of its graphs redirect to it."""

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import UnknownResource
from partyline.publishing import SERVICE_PREFIXES, Publication, dataset_triples
from partyline.web.documents import NegotiableDocument, alternates, graph_writer
from partyline.web.kept import may_be_kept
from partyline.web.link_header import Signposts
from partyline.web.public_address import redirect_here


def blueprint(publication: Publication, endpoint: str) -> Blueprint:
    """Build the views of the dataset; *endpoint* is the IRI of the SPARQL endpoint."""
    views = Blueprint("dataset", __name__)
    document = _document(publication, endpoint)
    manifest = publication.release.manifest
    known = {*manifest.counts, *manifest.views}

    @views.get("/dataset")
    @views.get("/dataset.<extension>")
    def dataset(extension: str = "") -> Response:
        """Describe the dataset."""
        return document.respond(extension)

    @views.get("/.well-known/void")
    def well_known() -> BaseResponse:
        """Redirect to the description of the dataset (VoID, section 7.2)."""
        return may_be_kept(redirect_here("/dataset"))

    @views.get("/graph/<path:name>")
    def graph(name: str) -> BaseResponse:
        """Redirect from the IRI of a named graph to the description of its dataset."""
        iris = publication.addresses.candidates(f"graph/{name}")
        if name in known or publication.graph_of(iris):
            return may_be_kept(redirect_here("/dataset", code=303))
        if iri := publication.mentioned(iris):
            return may_be_kept(redirect_here(publication.addresses.page(iri), code=303))
        raise UnknownResource(f"The graph {name} does not exist; /sparql lists the graphs.")

    return views


def _document(publication: Publication, endpoint: str) -> NegotiableDocument:
    def address(extension: str) -> str:
        return f"/dataset.{extension}"

    def page() -> str:
        return render_template("dataset.html", alternates=alternates(address))

    return NegotiableDocument(
        graph=graph_writer(
            lambda: dataset_triples(publication, endpoint),
            {**publication.prefixes, **SERVICE_PREFIXES},
        ),
        page=page,
        address=address,
        signposts=Signposts.of(publication, publication.knowledge.base + "dataset"),
    )
