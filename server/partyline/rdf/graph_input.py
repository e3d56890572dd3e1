"""A graph as a caller has it: triples or quads of pyoxigraph, or a graph or dataset of rdflib."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeGuard

from pyoxigraph import Quad, Triple

from partyline.errors import SourceError

if TYPE_CHECKING:
    import rdflib


def graph_quads(source: "Iterable[Triple | Quad] | rdflib.Graph") -> Iterator[Quad]:
    """Yield the statements of *source*; a triple is in the default graph.

    Raises SourceError where *source* is not a graph.

    >>> list(graph_quads([1]))
    Traceback (most recent call last):
    partyline.errors.SourceError: the source is not a graph: 1 is neither a triple nor a quad ...
    """
    try:
        yield from map(_quad, _rows(source))
    except (TypeError, ValueError) as error:
        raise SourceError(f"the source is not a graph: {error}") from error


def graph_prefixes(source: object) -> dict[str, str]:
    """Return the prefixes of a graph of rdflib; other graphs have none."""
    if not _is_rdflib(source):
        return {}
    return {prefix: str(iri) for prefix, iri in source.namespaces() if prefix}


def _rows(source: "Iterable[Triple | Quad] | rdflib.Graph") -> Iterable[object]:
    if not _is_rdflib(source):
        return source
    from partyline.rdf.rdflib_bridge import quads_from_rdflib

    return quads_from_rdflib(source)


def _quad(row: object) -> Quad:
    if isinstance(row, Quad):
        return row
    if not isinstance(row, Triple):
        raise TypeError(f"{row!r} is neither a triple nor a quad of pyoxigraph")
    return Quad(row.subject, row.predicate, row.object)


def _is_rdflib(source: object) -> "TypeGuard[rdflib.Graph]":
    # What was never imported is not in use, and importing it takes a tenth of a second.
    rdflib = sys.modules.get("rdflib")
    return rdflib is not None and isinstance(source, rdflib.Graph)
