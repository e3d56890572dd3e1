"""Documents in several formats: a table of representations, chosen by ending or by Accept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request
from pyoxigraph import Triple

from partyline.errors import UnknownResource
from partyline.rdf import GRAPH_FORMATS, graph_format
from partyline.web.negotiation import HTML, Offer, negotiate
from partyline.web.representation import Representation, respond

#: Endings of documents, in the order of the table: the first is what ``*/*`` receives.
EXTENSIONS = (*(row.extension for row in GRAPH_FORMATS), "html")


@dataclass(frozen=True, slots=True)
class Alternate:
    """Another format of the page that links it."""

    name: str
    media_type: str
    path: str


@dataclass(frozen=True, slots=True)
class NegotiableDocument:
    """A graph and a page that say the same. *address* gives the path of a format by its ending."""

    triples: Callable[[], Iterable[Triple]]
    page: Callable[[], str]
    address: Callable[[str], str]
    prefixes: Mapping[str, str]
    version: str

    def respond(self, extension: str = "") -> Response:
        """Send the format of *extension*, or the one that suits the request."""
        if extension:
            return respond(self._representation(extension), self.version)
        chosen = negotiate(request.headers.get("Accept"), offers(self.address)).format
        return respond(self._representation(chosen), self.version, location=self.address(chosen))

    def _representation(self, extension: str) -> Representation:
        if extension == "html":
            return Representation(HTML, "html", self.page)
        row = graph_format(extension)
        if row is None:
            raise UnknownResource(f"No document ends in .{extension}; it may be {_endings()}.")
        return Representation(
            row.media_type, extension, lambda: row.write(self.triples(), self.prefixes)
        )


def offers(address: Callable[[str], str]) -> Sequence[Offer[str]]:
    """Return what is offered of a document: every graph format, then the page."""
    graphs = [Offer(row.media_type, row.extension, address(row.extension)) for row in GRAPH_FORMATS]
    return (*graphs, Offer(HTML, "html", address("html")))


def alternates(address: Callable[[str], str]) -> tuple[Alternate, ...]:
    """Return the graph formats of a page."""
    return tuple(
        Alternate(row.name, row.media_type, address(row.extension)) for row in GRAPH_FORMATS
    )


def split_ending(path: str) -> tuple[str, str]:
    """Return *path* without its ending, and the ending if it is one of a document.

    >>> split_ending("organisation/khmer-rouge.ttl")
    ('organisation/khmer-rouge', 'ttl')
    >>> split_ending("organisation/no.1-party")
    ('organisation/no.1-party', '')
    """
    stem, dot, ending = path.rpartition(".")
    return (stem, ending) if dot and stem and ending in EXTENSIONS else (path, "")


def _endings() -> str:
    return ", ".join(f".{extension}" for extension in EXTENSIONS)
