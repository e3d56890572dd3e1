"""Dereferenceable IRIs: the path of an IRI is the resource, ``/doc/`` is the document about it.

An IRI without a fragment is answered with 303 (Cool URIs for the Semantic Web, section 4.2); the
document that IRIs with a fragment share is sent at once (section 4.1).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import Blueprint, redirect, render_template, request
from pyoxigraph import NamedNode, Triple
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import BadQuery, UnknownResource, WithdrawnResource
from partyline.history import OntologyVersions
from partyline.publishing import (
    AsOf,
    Description,
    Explain,
    Lifetimes,
    Publication,
    TermPage,
    Withdrawal,
    document_of,
    resource_page,
    similar_resources,
    withdrawal,
    withdrawn_document,
)
from partyline.web.as_of import as_of, day_asked, refuse, with_day, without_day
from partyline.web.documents import (
    NegotiableDocument,
    alternates,
    graph_writer,
    offers,
    split_ending,
)
from partyline.web.kept import may_be_kept
from partyline.web.link_header import Signposts
from partyline.web.negotiation import negotiate
from partyline.web.public_address import here, redirect_here

#: Resources that the page of a document shows in full; the others are linked.
_MOST_SECTIONS = 50


@dataclass(frozen=True, slots=True)
class PageServices:
    """What the pages of resources ask of other parts of the publication."""

    #: Explains what pages show of inferred statements.
    explain: Explain
    #: Returns what the page of a class or a property shows beside all statements; None for others.
    term: Callable[[str], TermPage | None]
    #: Says when bars existed.
    lifetimes: Lifetimes
    versions: OntologyVersions


def blueprint(publication: Publication, services: PageServices) -> Blueprint:
    """Build the views of resources."""
    views = Blueprint("resources", __name__)
    addresses = publication.addresses

    @views.get("/id/<path:name>")
    @views.get("/<path:name>")
    def dereference(name: str) -> BaseResponse:
        """Answer 303 for a resource, or send the document of the fragments of an IRI."""
        path, query = _asked()
        if found := _term(publication, path):
            description = publication.describe(found[0])
            return _about(publication, services, description).respond(found[1])
        if elsewhere := _elsewhere(publication, services.versions, path, query):
            return elsewhere
        iri, extension = _meant(publication, path, query)
        if publication.has_fragments(iri):
            refuse(request.args)
            return _fragments(publication, services.explain, iri).respond(extension)
        return _see_other(publication, iri)

    @views.get("/doc/<path:name>")
    def document(name: str) -> BaseResponse:
        """Send the document, in the format of its extension or the one that suits Accept."""
        path, _ = _asked()
        resolved = publication.resolve_document(path.removeprefix("/doc/"))
        if resolved is None:
            return _without_document(publication, path.removeprefix("/doc/"))
        description, extension = resolved
        if name.endswith("/") and not description.subject.value.endswith("/"):
            return redirect_here(publication.document(description.subject.value), code=301)
        if found := withdrawal(publication, description.subject.value):
            return _replaced(found, lambda iri: publication.document(iri, extension))
        return _about(publication, services, description).respond(extension)

    @views.get("/resource")
    @views.get("/resource.<extension>")
    def resource(extension: str = "") -> BaseResponse:
        """Send what is known about any IRI, or redirect to the page of a published resource."""
        iri = request.args.get("iri", "")
        if not iri:
            raise BadQuery(
                "The parameter iri is missing: write /resource?iri= and an absolute IRI."
            )
        page = addresses.page(iri)
        if not extension and not page.startswith("/resource?"):
            return redirect_here(page, code=303)
        return _any(publication, services, iri, extension)

    return views


def _term(publication: Publication, path: str) -> tuple[str, str] | None:
    """Return the term whose page or document is at *path*, and its extension; None elsewhere."""
    if exact := publication.addresses.term_at(path):
        return exact, ""
    stem, extension = split_ending(path)
    term = publication.addresses.term_at(stem) if extension else None
    if term is None or publication.documents(term)(extension) != path:
        return None
    return term, extension


def _elsewhere(
    publication: Publication, versions: OntologyVersions, path: str, query: str
) -> BaseResponse | None:
    """Redirect to what describes a graph, or the earlier version of an ontology; else None."""
    if publication.is_only_graph(publication.addresses.candidates(path, query)):
        return _dataset()
    statements = publication.statements
    for place in dict.fromkeys((path, split_ending(path)[0])):
        for iri in publication.addresses.candidates(place):
            found = versions.find(iri)
            # Whatever this release describes itself, it answers for.
            if found and not statements.some(1, NamedNode(iri)):
                return redirect_here(f"/releases/{found.release.release}{path}")
    return None


def _replaced(found: Withdrawal, address: Callable[[str], str]) -> BaseResponse:
    """Redirect to what replaces a resource. Raises WithdrawnResource where nothing does."""
    if found.replacement:
        path = as_of(address(found.replacement), day_asked())
        return may_be_kept(redirect_here(path, code=301))
    reason = f" {found.reason.text}" if found.reason else ""
    raise WithdrawnResource(f"<{found.iri}> was withdrawn.{reason}")


def _without_document(publication: Publication, name: str) -> BaseResponse:
    """Redirect from a document that only earlier releases had.

    Raises WithdrawnResource, or UnknownResource where none had it.
    """
    if retired := withdrawn_document(publication, name):
        found, extension = retired
        return _replaced(found, lambda iri: publication.document(iri, extension))
    first = publication.addresses.candidates("id/" + name)[0]
    raise _unknown(publication, f"No statement here mentions <{first}>.", first)


def _retired(publication: Publication, iri: str, extension: str) -> BaseResponse:
    """Redirect to what replaces *iri*, which only earlier releases described."""
    found = withdrawal(publication, iri) or Withdrawal(iri, "", None)
    return _replaced(found, lambda other: publication.addresses.query_document(other, extension))


def _dataset() -> BaseResponse:
    """Redirect from the name of a graph, of which nothing else is known, to the dataset."""
    return may_be_kept(redirect_here("/dataset", code=303))


def _meant(publication: Publication, path: str, query: str) -> tuple[str, str]:
    """Return the IRI that a path of this host means, and the extension of a document of fragments.

    An IRI may have escapes or not, and a slash at its end or not. Raises UnknownResource.
    """
    addresses = publication.addresses

    def first(candidates: Iterable[str]) -> str | None:
        for iri in candidates:
            is_here = publication.has_fragments(iri) or addresses.is_published(iri)
            if is_here and (publication.has_fragments(iri) or publication.mentioned([iri])):
                return iri
            if publication.release.retired.find(iri):
                return iri
        return None

    candidates = addresses.candidates(path, query)
    if exact := first(candidates):
        return exact, ""
    stem, extension = split_ending(path)
    for iri in addresses.candidates(stem, query) if extension else ():
        if publication.has_fragments(iri):
            return iri, extension
    if inexact := first(addresses.candidates(path.rstrip("/"), query)):
        return inexact, ""
    if any(map(publication.release.retired.has_fragments, candidates)):
        raise WithdrawnResource(f"All resources that <{candidates[0]}> described were withdrawn.")
    message = (
        f"No statement here mentions <{candidates[0]}>, and there is no page at {unquote(path)}."
    )
    raise _unknown(publication, message, candidates[0])


def _unknown(publication: Publication, message: str, iri: str) -> UnknownResource:
    """Return the error for *iri*, with the resources whose names are like it."""
    link = publication.presenter.link
    links = [link(node) for node in similar_resources(publication, iri)]
    return UnknownResource(message, [(row.name.text, here(row.path)) for row in links])


def _asked() -> tuple[str, str]:
    """Return the path of the request as the client escaped it, and its query."""
    target = urlsplit(str(request.environ.get("RAW_URI") or request.full_path.rstrip("?")))
    path = target.path
    prefix = request.script_root
    if prefix and path.startswith(prefix + "/"):
        path = path.removeprefix(prefix)
    return path, without_day(target.query)


def _see_other(publication: Publication, iri: str) -> BaseResponse:
    if found := withdrawal(publication, iri):
        return _replaced(found, publication.addresses.page)
    address = with_day(publication.documents(iri), day_asked())
    chosen = negotiate(request.headers.get("Accept"), offers(address))
    response = redirect(chosen.path, code=303)
    response.vary.add("Accept")
    return may_be_kept(response)


def _document(
    publication: Publication,
    services: PageServices,
    description: Description,
    parameters: Collection[str] = (),
) -> NegotiableDocument:
    iri = description.subject.value
    address = publication.documents(iri)

    def page() -> str:
        term = services.term(iri)
        shown = resource_page(
            publication.reader, description, services.explain, is_term=term is not None
        )
        links = alternates(address)
        if term:
            return render_template("term.html", page=shown, found=term, alternates=links)
        return render_template("resource.html", page=shown, alternates=links, **_form(address))

    return NegotiableDocument(
        graph=lambda row: publication.written(row, [publication.graph(description, address(""))]),
        page=page,
        address=address,
        parameters=parameters,
        signposts=Signposts.of(publication, iri),
    )


def _any(
    publication: Publication, services: PageServices, iri: str, extension: str
) -> BaseResponse:
    """Send the document about *iri*, wherever it is published, or redirect to another one."""
    if publication.is_only_graph([iri]):
        return _dataset()
    if publication.release.retired.find(iri):
        return _retired(publication, iri, extension)
    if publication.has_fragments(iri):
        refuse(request.args)
        return _fragments(publication, services.explain, iri, ["iri"]).respond(extension)
    description = publication.describe(iri)
    return _about(publication, services, description, ["iri"]).respond(extension)


def _about(
    publication: Publication,
    services: PageServices,
    description: Description,
    parameters: Collection[str] = (),
) -> NegotiableDocument:
    """Return the document that holds *description*, as of the day that is asked for, if one is."""
    day = day_asked()
    if day is None:
        return _document(publication, services, description, parameters)
    return _document_as_of(
        publication, description, AsOf(day, publication.reader, services.lifetimes)
    )


def _document_as_of(
    publication: Publication, description: Description, view: AsOf
) -> NegotiableDocument:
    """Return the document of what held on a day; of such addresses, none is kept."""
    iri = description.subject.value
    address = with_day(publication.documents(iri), view.day)
    shown = view.of(description)
    held = shown.description

    def page() -> str:
        made, links = resource_page(shown.reader, held), alternates(address)
        form = _form(publication.documents(iri))
        return render_template(
            "resource.html", page=made, alternates=links, as_of=shown.note, **form
        )

    def triples() -> set[Triple]:
        document = publication.addresses.published(address(""))
        return {*publication.triples(held), *shown.triples(document)}

    return NegotiableDocument(
        graph=graph_writer(triples, publication.prefixes),
        page=page,
        address=address,
        signposts=Signposts.of(publication, iri),
    )


def _form(address: Callable[[str], str]) -> dict[str, object]:
    """Return where a form asks for another day, and the parameters that the address has."""
    path, _, query = address("html").partition("?")
    return {"path": path, "hidden": dict(parse_qsl(query))}


def _fragments(
    publication: Publication, explain: Explain, iri: str, parameters: Collection[str] = ()
) -> NegotiableDocument:
    """Return the document *iri*, which describes itself and every IRI with a fragment of it."""
    addresses, document = publication.addresses, document_of(iri)
    path = addresses.page(document)

    def address(extension: str) -> str:
        pretty = f"{path}.{extension}"
        shadowed = "?" in path or publication.mentioned(addresses.candidates(pretty))
        return addresses.query_document(document, extension) if shadowed else pretty

    def descriptions() -> Sequence[Description]:
        return publication.fragments_of(document)

    def page() -> str:
        found = descriptions()
        return render_template(
            "fragments.html",
            iri=document,
            title=publication.presenter.labels.best(found[0].subject),
            sections=[
                resource_page(publication.reader, row, explain) for row in found[:_MOST_SECTIONS]
            ],
            more=[publication.presenter.link(row.subject) for row in found[_MOST_SECTIONS:]],
            alternates=alternates(address),
        )

    return NegotiableDocument(
        graph=lambda row: publication.written(row, map(publication.graph, descriptions())),
        page=page,
        address=address,
        parameters=parameters,
        signposts=Signposts.of(publication, document),
    )
