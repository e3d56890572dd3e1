"""The one table of graph formats: negotiation, file names, dumps and documentation all read it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Quad, Triple

from partyline.rdf.jsonld import write_jsonld, write_jsonld_dataset
from partyline.rdf.ntriples import write_nquads, write_ntriples
from partyline.rdf.rdfxml import write_rdfxml
from partyline.rdf.trig import write_trig
from partyline.rdf.turtle import write_turtle

Writer = Callable[[Iterable[Triple], Mapping[str, str]], bytes]


@dataclass(frozen=True, slots=True)
class GraphFormat:
    """A syntax for a graph. *write* takes triples and prefixes and returns UTF-8.

    What is written is read back as the same graph; where the syntax cannot represent a graph,
    *write* raises NotSerialisable before it has written anything.

    >>> graph_format("ttl").media_type
    'text/turtle'
    """

    name: str
    media_type: str
    extension: str
    write: Writer


@dataclass(frozen=True, slots=True)
class DatasetFormat:
    """A syntax for a dataset: triples with the names of their graphs. See `GraphFormat`."""

    name: str
    media_type: str
    extension: str
    write: Callable[[Iterable[Quad], Mapping[str, str]], bytes]
    #: The syntax of a graph that is a dataset in this one, too.
    of_graphs: GraphFormat


def _turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    return write_turtle(triples, prefixes).encode()


_TURTLE = GraphFormat("Turtle", "text/turtle", "ttl", _turtle)
_NTRIPLES = GraphFormat("N-Triples", "application/n-triples", "nt", write_ntriples)

_JSONLD = GraphFormat("JSON-LD", "application/ld+json", "jsonld", write_jsonld)

#: In order of preference: the first is what ``*/*`` receives.
GRAPH_FORMATS = (
    _TURTLE,
    _NTRIPLES,
    _JSONLD,
    GraphFormat("RDF/XML", "application/rdf+xml", "rdf", write_rdfxml),
)

#: For the whole dataset.
DATASET_FORMATS = (
    DatasetFormat("TriG", "application/trig", "trig", write_trig, _TURTLE),
    DatasetFormat("N-Quads", "application/n-quads", "nq", write_nquads, _NTRIPLES),
    DatasetFormat("JSON-LD", "application/ld+json", "jsonld", write_jsonld_dataset, _JSONLD),
)


def graph_format(extension: str) -> GraphFormat | None:
    """Return the format whose files end in *extension*, or None."""
    return next((row for row in GRAPH_FORMATS if row.extension == extension), None)
