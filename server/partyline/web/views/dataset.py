"""The dataset as a whole, described in VoID; the IRIs of its graphs redirect to it."""

import json
from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import UnknownResource
from partyline.publishing import SERVICE_PREFIXES, Publication, dataset_triples
from partyline.publishing.descriptions import (
    DESCRIPTIONS,
    MEDIA_TYPE,
    croissant,
    datacite,
    dataset_link_set,
    ro_crate,
)
from partyline.releases import PublishedRelease
from partyline.web.documents import (
    NegotiableDocument,
    Representation,
    alternates,
    graph_writer,
    respond,
)
from partyline.web.kept import may_be_kept
from partyline.web.link_header import Signposts, WebLink
from partyline.web.public_address import here, redirect_here

#: The links of the dataset as a document (RFC 9264).
_LINKS = "linkset.json"
_MAKERS: Mapping[str, Callable[[Publication], Mapping[str, object]]] = {
    "croissant.json": croissant,
    "ro-crate-metadata.json": ro_crate,
    "datacite.json": datacite,
    _LINKS: dataset_link_set,
}


def blueprint(
    publication: Publication, endpoint: str, versions: Callable[[], Sequence[PublishedRelease]]
) -> Blueprint:
    """Build the views of the dataset.

    *endpoint* is the IRI of the SPARQL endpoint, or empty; *versions* returns the releases that
    are kept, the current one last.
    """
    views = Blueprint("dataset", __name__)
    document = _document(publication, endpoint, versions)
    manifest = publication.release.manifest
    known = {*manifest.sizes}
    types = {name: media_type for name, media_type, _ in DESCRIPTIONS} | {_LINKS: MEDIA_TYPE}

    @views.get("/dataset")
    @views.get("/dataset.<extension>")
    def dataset(extension: str = "") -> Response:
        """Describe the dataset."""
        response = document.respond(extension)
        links = WebLink(here(f"/dataset/{_LINKS}"), "linkset", MEDIA_TYPE)
        response.headers["Link"] += f", {links}"
        return response

    @views.get("/dataset/<name>")
    def description(name: str) -> Response:
        """Describe the dataset in another vocabulary."""
        if name not in _MAKERS:
            raise UnknownResource(
                f"The description {name} does not exist; there are {', '.join(_MAKERS)}."
            )
        make = _MAKERS[name]
        return respond(Representation(types[name], "json", lambda: _text(make(publication))))

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


def _text(described: Mapping[str, object]) -> str:
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _document(
    publication: Publication, endpoint: str, versions: Callable[[], Sequence[PublishedRelease]]
) -> NegotiableDocument:
    def address(extension: str) -> str:
        return f"/dataset.{extension}"

    def page() -> str:
        return render_template("dataset.html", alternates=alternates(address))

    return NegotiableDocument(
        graph=graph_writer(
            lambda: dataset_triples(publication, endpoint, versions()),
            {**publication.prefixes, **SERVICE_PREFIXES},
        ),
        page=page,
        address=address,
        signposts=Signposts.of(publication, publication.knowledge.base + "dataset"),
    )
