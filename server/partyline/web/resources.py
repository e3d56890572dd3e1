"""Dereferenceable IRIs: ``/id/`` names a thing, ``/doc/`` is the document about it."""

from functools import partial

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing import Description, Publication
from partyline.web.documents import NegotiableDocument, alternates, offers, split_ending
from partyline.web.negotiation import negotiate


def blueprint(publication: Publication) -> Blueprint:
    """Build the views of things."""
    views = Blueprint("things", __name__)
    addresses = publication.addresses

    @views.get("/id/<path:name>")
    def dereference(name: str) -> BaseResponse:
        """Answer 303, because a thing is not the document that describes it."""
        description = _described(publication, name)
        address = partial(addresses.document, description.subject.value)
        chosen = negotiate(request.headers.get("Accept"), offers(address))
        response = redirect(chosen.path, code=303)
        response.vary.add("Accept")
        return response

    @views.get("/doc/<path:name>")
    def document(name: str) -> Response:
        """Send the document, in the format of its ending or the one that suits Accept."""
        extension = ""
        try:
            description = _described(publication, name)
        except UnknownResource:
            stem, extension = split_ending(name)
            if not extension:
                raise
            description = _described(publication, stem)
        return _document(publication, description).respond(extension)

    @views.get("/resource")
    @views.get("/resource.<extension>")
    def resource(extension: str = "") -> BaseResponse:
        """Send what is known about any IRI, or lead to the page that a thing of ours has."""
        iri = request.args.get("iri", "")
        if not iri:
            raise BadQuery("Which one? Write /resource?iri= and an absolute IRI.")
        if addresses.is_resource(iri) or addresses.is_ontology(iri):
            return redirect(addresses.page(iri), code=303)
        return _document(publication, publication.describe(iri)).respond(extension)

    return views


def _described(publication: Publication, name: str) -> Description:
    """Describe the thing whose IRI ends in *name*, escaped or not."""
    candidates = publication.addresses.candidates(name)
    for iri in candidates:
        try:
            return publication.describe(iri)
        except UnknownResource:
            continue
    raise UnknownResource(f"No statement here mentions <{candidates[0]}>.")


def _document(publication: Publication, description: Description) -> NegotiableDocument:
    address = partial(publication.addresses.document, description.subject.value)

    def page() -> str:
        thing = publication.page(description)
        return render_template("resource.html", page=thing, alternates=alternates(address))

    return NegotiableDocument(
        triples=lambda: publication.triples(description),
        page=page,
        address=address,
        prefixes=publication.prefixes,
        version=publication.version,
    )
