"""Dereferenceable IRIs: ``/id/`` is a resource, ``/doc/`` is the document about it."""

from collections.abc import Collection
from functools import partial

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing import Description, Publication
from partyline.web.documents import NegotiableDocument, alternates, offers, split_ending
from partyline.web.kept import may_be_kept
from partyline.web.negotiation import negotiate
from partyline.web.public_address import redirect_here


def blueprint(publication: Publication) -> Blueprint:
    """Build the views of resources."""
    views = Blueprint("resources", __name__)
    addresses = publication.addresses

    @views.get("/id/<path:name>")
    def dereference(name: str) -> BaseResponse:
        """Answer 303, because a resource is not the document that describes it."""
        description = _described(publication, name)
        address = partial(addresses.document, description.subject.value)
        chosen = negotiate(request.headers.get("Accept"), offers(address))
        response = redirect(chosen.path, code=303)
        response.vary.add("Accept")
        return may_be_kept(response)

    @views.get("/doc/<path:name>")
    def document(name: str) -> BaseResponse:
        """Send the document, in the format of its ending or the one that suits Accept."""
        extension = ""
        try:
            description = _described(publication, name)
        except UnknownResource:
            stem, extension = split_ending(name)
            if not extension:
                raise
            description = _described(publication, stem)
        if name.endswith("/") and not description.subject.value.endswith("/"):
            return redirect_here(addresses.document(description.subject.value), code=301)
        return _document(publication, description).respond(extension)

    @views.get("/resource")
    @views.get("/resource.<extension>")
    def resource(extension: str = "") -> BaseResponse:
        """Send what is known about any IRI, or redirect to the page of a published resource."""
        iri = request.args.get("iri", "")
        if not iri:
            raise BadQuery(
                "The parameter iri is missing: write /resource?iri= and an absolute IRI."
            )
        if addresses.is_resource(iri) or addresses.is_ontology(iri):
            return redirect_here(addresses.page(iri), code=303)
        return _document(publication, publication.describe(iri), ["iri"]).respond(extension)

    return views


def _described(publication: Publication, name: str) -> Description:
    """Describe the resource whose IRI ends in *name*, escaped or not, with a slash or without."""
    candidates = publication.addresses.candidates(name)
    without_slash = publication.addresses.candidates(name.rstrip("/"))
    for iri in dict.fromkeys((*candidates, *without_slash)):
        try:
            return publication.describe(iri)
        except UnknownResource:
            continue
    raise UnknownResource(f"No statement here mentions <{candidates[0]}>.")


def _document(
    publication: Publication, description: Description, parameters: Collection[str] = ()
) -> NegotiableDocument:
    address = partial(publication.addresses.document, description.subject.value)

    def page() -> str:
        shown = publication.page(description)
        return render_template("resource.html", page=shown, alternates=alternates(address))

    return NegotiableDocument(
        triples=lambda: publication.triples(description),
        page=page,
        address=address,
        prefixes=publication.prefixes,
        version=publication.version,
        parameters=parameters,
    )
