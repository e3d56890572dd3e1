"""Documents in several formats: a table of representations, chosen by extension or by Accept."""

import hashlib
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from functools import partial

from flask import Response, request
from pyoxigraph import Triple

from partyline.errors import UnknownResource
from partyline.rdf import GRAPH_FORMATS, GraphFormat, graph_format
from partyline.web.kept import may_be_kept
from partyline.web.link_header import Signposts, WebLink, add_links
from partyline.web.negotiation import HTML, Offer, negotiate, with_aliases
from partyline.web.public_address import here

#: Seconds for which a cache need not ask again: a release is replaced when it is rebuilt.
_FRESH = 300
#: Endings of documents, in the order of the table: the first is what ``*/*`` receives.
EXTENSIONS = (*(row.extension for row in GRAPH_FORMATS), "html")
#: What a client sends that has an answer, or a part of one.
_CONDITIONS = {
    f"HTTP_{name}"
    for name in ("IF_MATCH", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "IF_UNMODIFIED_SINCE", "RANGE")
}
#: Hexadecimal digits of a SHA-256 that an entity tag has: 80 bits.
_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Representation:
    """One format of a document: its media type, its extension, and how to make the bytes."""

    media_type: str
    extension: str
    write: Callable[[], bytes | str]


def respond(
    chosen: Representation, *, location: str = "", parameters: Collection[str] = ()
) -> Response:
    """Send *chosen*, or 304 where the client has it.

    The entity tag names the content: another program or other settings may write the same release
    in other bytes, and a new release may leave a document as it was.

    *location* is the address of this format where the request was for a document in any format.
    *parameters* are those of the address that the document depends on.
    """
    response = Response(mimetype=chosen.media_type)
    if chosen.media_type.startswith("text/"):
        response.headers["Content-Type"] = f"{chosen.media_type}; charset=utf-8"
    content = chosen.write()
    response.set_data(content)
    digest = hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
    response.set_etag(f"{digest[:_DIGITS]}-{chosen.extension}")
    response.cache_control.public = True
    response.cache_control.max_age = _FRESH
    if location:
        response.headers["Content-Location"] = here(location)
        response.vary.add("Accept")
    if not _CONDITIONS.isdisjoint(request.environ):
        response.make_conditional(request)
    return may_be_kept(response, parameters)


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another format of the page that links it."""

    name: str
    media_type: str
    path: str


@dataclass(frozen=True, slots=True)
class NegotiableDocument:
    """A graph and a page that say the same.

    *address* gives the path of a format by its extension.
    """

    #: Returns the graph in a format.
    graph: Callable[[GraphFormat], bytes]
    page: Callable[[], str]
    address: Callable[[str], str]
    #: Parameters of the address that the document depends on.
    parameters: Collection[str] = ()
    #: What the header says of the resource that the document is about.
    signposts: Signposts | None = None

    def respond(self, extension: str = "", location: str = "") -> Response:
        """Send the format of *extension*, or the one that suits the request.

        *location* is the address of the format where the caller negotiated it.
        """
        if not extension:
            extension = negotiate(request.headers.get("Accept"), offers(self.address)).format
            location = self.address(extension)
        chosen = self._representation(extension)
        response = respond(chosen, location=location, parameters=self.parameters)
        return add_links(response, self._links(extension))

    def _links(self, extension: str) -> Iterator[WebLink]:
        """Yield the links of the format *extension* (RFC 8288), to the other formats first."""
        is_page = extension == "html"
        # The graphs describe what the page shows; of a graph, each is another form.
        relation = "alternate describedby" if is_page else "alternate"
        for row in GRAPH_FORMATS:
            if row.extension != extension:
                yield WebLink(here(self.address(row.extension)), relation, row.media_type)
        if not is_page:
            yield WebLink(here(self.address("html")), "alternate", HTML)
        if self.signposts:
            yield from self.signposts.links(self.address(extension), is_page=is_page)

    def _representation(self, extension: str) -> Representation:
        if extension == "html":
            return Representation(HTML, "html", self.page)
        row = graph_format(extension)
        if row is None:
            raise UnknownResource(f"No document ends in .{extension}; it may be {_endings()}.")
        return Representation(row.media_type, extension, partial(self.graph, row))


def graph_writer(
    triples: Callable[[], Iterable[Triple]], prefixes: Mapping[str, str]
) -> Callable[[GraphFormat], bytes]:
    """Return what writes the graph of *triples* in a format."""
    return lambda row: row.write(triples(), prefixes)


def offers(address: Callable[[str], str]) -> Sequence[Offer[str]]:
    """Return what is offered of a document: every graph format, then the page."""
    graphs = [
        Offer(row.media_type, row.extension, here(address(row.extension))) for row in GRAPH_FORMATS
    ]
    return with_aliases((*graphs, Offer(HTML, "html", here(address("html")))))


def alternates(address: Callable[[str], str]) -> tuple[Alternate, ...]:
    """Return the graph formats of a page."""
    return tuple(
        Alternate(row.name, row.media_type, here(address(row.extension))) for row in GRAPH_FORMATS
    )


def split_ending(path: str) -> tuple[str, str]:
    """Return *path* without its extension, and the extension if it is one of a document.

    >>> split_ending("ensemble/brass-union.ttl")
    ('ensemble/brass-union', 'ttl')
    >>> split_ending("organisation/no.1-party")
    ('organisation/no.1-party', '')
    """
    stem, dot, ending = path.rpartition(".")
    return (stem, ending) if dot and stem and ending in EXTENSIONS else (path, "")


def _endings() -> str:
    return ", ".join(f".{extension}" for extension in EXTENSIONS)
