"""The one table of graph formats: negotiation, file names, dumps and documentation all read it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO

from pyoxigraph import RdfFormat, Triple, serialize

from partyline.rdf.jsonld import write_jsonld
from partyline.rdf.turtle import write_turtle

Writer = Callable[[Iterable[Triple], Mapping[str, str]], bytes]


@dataclass(frozen=True, slots=True)
class GraphFormat:
    """A syntax for a graph. *write* takes triples and prefixes and returns UTF-8.

    >>> graph_format("ttl").media_type
    'text/turtle'
    """

    name: str
    media_type: str
    extension: str
    write: Writer


def _turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    return write_turtle(triples, prefixes).encode()


def _n_triples(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    # Sorted lines make two dumps comparable with diff.
    return "".join(sorted(f"{triple} .\n" for triple in set(triples))).encode()


def _rdf_xml(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    ordered = sorted(set(triples), key=str)
    written = BytesIO()
    serialize(ordered, written, format=RdfFormat.RDF_XML, prefixes=dict(prefixes))
    return written.getvalue()


#: In order of preference: the first is what ``*/*`` receives.
GRAPH_FORMATS = (
    GraphFormat("Turtle", "text/turtle", "ttl", _turtle),
    GraphFormat("N-Triples", "application/n-triples", "nt", _n_triples),
    GraphFormat("JSON-LD", "application/ld+json", "jsonld", write_jsonld),
    GraphFormat("RDF/XML", "application/rdf+xml", "rdf", _rdf_xml),
)


def graph_format(extension: str) -> GraphFormat | None:
    """Return the format whose files end in *extension*, or None."""
    return next((row for row in GRAPH_FORMATS if row.extension == extension), None)
