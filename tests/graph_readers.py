"""What reads a written graph back: three libraries, each for the formats that it knows."""

import subprocess
import warnings
from collections.abc import Callable
from contextlib import suppress

import rdflib
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse, serialize
from rdflib.parser import Parser
from rdflib.plugin import PluginException

from foreign_tools import tool
from partyline.rdf import GraphFormat
from partyline.rdf.rdflib_bridge import from_rdflib, graph_to_rdflib

Reader = Callable[[bytes, GraphFormat], set[Triple]]
#: What rapper calls the formats that it reads.
_RAPPER = {"ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml"}


def by_pyoxigraph(content: bytes, row: GraphFormat) -> set[Triple]:
    syntax = RdfFormat.from_media_type(row.media_type)
    assert syntax is not None
    return {quad.triple for quad in parse(content, format=syntax)}


def by_rdflib(content: bytes, row: GraphFormat) -> set[Triple]:
    with warnings.catch_warnings():
        # Some parsers of rdflib call what rdflib has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        graph = rdflib.Graph().parse(data=content, format=_rdflib_name(row))
    return {Triple(*map(from_rdflib, triple)) for triple in graph}  # type: ignore[arg-type]


def by_rapper(content: bytes, row: GraphFormat) -> set[Triple]:
    name = _RAPPER[row.extension]
    command = [tool("rapper"), "-q", "-i", name, "-o", "ntriples", "-", "urn:base"]
    answer = subprocess.run(command, input=content, capture_output=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr.decode() + content.decode()
    return {quad.triple for quad in parse(answer.stdout, format=RdfFormat.N_TRIPLES)}


def matched(
    store: Store,
    subject: rdflib.URIRef | None = None,
    predicate: rdflib.URIRef | None = None,
    object_: rdflib.URIRef | None = None,
) -> rdflib.Graph:
    """Return the triples of a pattern for rdflib, which takes two seconds for a whole release."""
    pattern = [term and NamedNode(term) for term in (subject, predicate, object_)]
    quads = store.quads_for_pattern(*pattern)  # type: ignore[arg-type]  # "" is no term of ours
    triples = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES)
    assert triples is not None
    return rdflib.Graph().parse(data=triples, format="nt")


def readers_of(row: GraphFormat) -> list[Reader]:
    """Return what reads *row*, the quickest first. Raises LookupError where nothing does."""
    found: list[Reader] = []
    if RdfFormat.from_media_type(row.media_type) is not None:
        found.append(by_pyoxigraph)
    if _rdflib_name(row):
        found.append(by_rdflib)
    if row.extension in _RAPPER:
        found.append(by_rapper)
    if not found:
        raise LookupError(f"no library reads {row.name}: add what does to {__file__}")
    return found


def read_back(content: bytes, row: GraphFormat) -> set[Triple]:
    """Return the triples of *content*, by the quickest reader of its format."""
    return readers_of(row)[0](content, row)


def as_rdflib_graph(content: bytes, row: GraphFormat) -> rdflib.Graph:
    """Return *content* as a graph of rdflib, by the quickest reader of its format."""
    return graph_to_rdflib(read_back(content, row))


def _rdflib_name(row: GraphFormat) -> str:
    """Return what rdflib calls the format, or nothing where it does not read it."""
    for name in (row.media_type, row.extension):
        with suppress(PluginException):
            rdflib.plugin.get(name, Parser)
            return name
    return ""
