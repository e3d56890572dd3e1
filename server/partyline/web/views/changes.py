"""Notice of changes: a page, an Atom feed, Activity Streams, and a Linked Data Event Stream."""

import json
from collections.abc import Iterable

from flask import Blueprint, Response, render_template, request
from pyoxigraph import NamedNode, Quad, RdfFormat, serialize
from werkzeug.wrappers import Response as BaseResponse

from partyline.errors import RemovedRelease, UnknownResource
from partyline.history import Succession
from partyline.publishing import Publication
from partyline.publishing.feeds.activity_streams import ACTIVITY_MEDIA_TYPE, Activities
from partyline.publishing.feeds.atom import ATOM_MEDIA_TYPE, IN_ARCHIVE, AtomFeed
from partyline.publishing.feeds.change_pages import ChangePage, ChangePages
from partyline.publishing.feeds.event_stream import STREAM_PREFIXES, EventStream
from partyline.web.documents import Representation, respond
from partyline.web.earlier.memento import FOR_EVER
from partyline.web.negotiation import HTML, Offer, negotiate, with_aliases
from partyline.web.public_address import redirect_here

#: The formats of quads, and their extensions; the first is what ``*/*`` receives.
_QUADS = {
    "application/trig": (RdfFormat.TRIG, "trig"),
    "application/n-quads": (RdfFormat.N_QUADS, "nq"),
    "application/ld+json": (RdfFormat.JSON_LD, "jsonld"),
}
_TURTLE = {"text/turtle": (RdfFormat.TURTLE, "ttl")}


def blueprint(publication: Publication, succession: Succession, root: str) -> Blueprint:
    """Build the views; *root* is the public address of the path ``/``, with a slash."""
    views = Blueprint("changes", __name__)
    pages = ChangePages(succession)
    knowledge = publication.knowledge
    _add_page(views, succession)

    def name(iri: str) -> str:
        return publication.presenter.link(NamedNode(iri)).name.text

    _add_atom(views, AtomFeed(root, knowledge, succession, name))
    _add_activities(views, Activities(root, knowledge.base, pages))
    _add_stream(views, EventStream(root, knowledge, pages))
    return views


def _add_page(views: Blueprint, succession: Succession) -> None:
    @views.get("/changes")
    def changes() -> BaseResponse:
        """Show the latest changes, or lead to the feed that suits Accept."""
        chosen = negotiate(request.headers.get("Accept"), _FEEDS).format
        if chosen != HTML:
            response = redirect_here(chosen, code=303)
            response.vary.add("Accept")
            return response

        def page() -> str:
            rows = [
                (row, succession.counts(row))
                for row in list(succession.publications)[: -IN_ARCHIVE - 1 : -1]
            ]
            return render_template("changes.html", rows=rows)

        return respond(Representation(HTML, "html", page), location="/changes")


_FEEDS = (
    Offer(HTML, HTML, "/changes"),
    Offer(ATOM_MEDIA_TYPE, "/changes/atom", "/changes/atom"),
    Offer(ACTIVITY_MEDIA_TYPE, "/changes/activities", "/changes/activities"),
    *(Offer(name, "/changes/stream", "/changes/stream") for name in (*_QUADS, *_TURTLE)),
)


def _add_atom(views: Blueprint, feed: AtomFeed) -> None:
    @views.get("/changes/atom")
    def atom() -> Response:
        """Send the Atom feed."""
        return respond(Representation(ATOM_MEDIA_TYPE, "atom", feed.feed))

    @views.get("/changes/atom/<int:number>")
    def atom_archive(number: int) -> Response:
        """Send a document of the archive of the feed."""
        if not 1 <= number <= feed.archives:
            raise UnknownResource(f"The archive has {feed.archives} documents, from 1 on.")
        return respond(Representation(ATOM_MEDIA_TYPE, "atom", lambda: feed.archive(number)))


def _add_activities(views: Blueprint, activities: Activities) -> None:
    def send(table: dict[str, object]) -> Response:
        text = json.dumps(table, indent=1, ensure_ascii=False) + "\n"
        return respond(Representation(ACTIVITY_MEDIA_TYPE, "activity", lambda: text))

    @views.get("/changes/activities")
    def collection() -> Response:
        """Send the collection of activities."""
        return send(activities.collection())

    @views.get("/changes/activities/<int:number>/<int:page>")
    @views.get("/changes/activities/<int:number>/all/<int:page>", defaults={"beginning": True})
    def activity_page(number: int, page: int, *, beginning: bool = False) -> Response:
        """Send one page of activities."""
        return send(activities.page(_found(activities.pages, number, page, beginning=beginning)))


def _add_stream(views: Blueprint, stream: EventStream) -> None:
    @views.get("/changes/stream")
    def root() -> Response:
        """Send the root of the event stream."""
        return _sent(stream.root_quads(), "/changes/stream", {**_QUADS, **_TURTLE})

    @views.get("/changes/stream/<int:number>/<int:page>")
    @views.get("/changes/stream/<int:number>/all/<int:page>", defaults={"beginning": True})
    def stream_page(number: int, page: int, *, beginning: bool = False) -> Response:
        """Send one page of members, which never changes."""
        found = _found(stream.pages, number, page, beginning=beginning)
        response = _sent(stream.page_quads(found), f"/changes/stream/{found.path}", _QUADS)
        response.headers["Cache-Control"] = FOR_EVER
        return response


def _found(pages: ChangePages, number: int, page: int, *, beginning: bool) -> ChangePage:
    """Return a page. Raises RemovedRelease, or UnknownResource where there never was one."""
    found = pages.find(number, page, is_beginning=beginning)
    if found is not None:
        return found
    if number < (pages.succession.publications[0].number if pages.succession.publications else 1):
        raise RemovedRelease(f"What changed with publication {number} is no longer kept.")
    raise UnknownResource(f"Publication {number} has no page {page} of changes.")


def _sent(quads: Iterable[Quad], path: str, formats: dict[str, tuple[RdfFormat, str]]) -> Response:
    offers = with_aliases([Offer(name, name, path) for name in formats])
    chosen = negotiate(request.headers.get("Accept"), offers).format
    syntax, extension = formats[chosen]

    def write() -> bytes:
        if syntax == RdfFormat.TURTLE:
            triples = (quad.triple for quad in quads)
            return serialize(triples, format=syntax, prefixes=STREAM_PREFIXES) or b""
        return serialize(quads, format=syntax, prefixes=STREAM_PREFIXES) or b""

    return respond(Representation(chosen, extension, write), location=path)
