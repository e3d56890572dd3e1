"""N-Triples and N-Quads (RDF 1.1), sorted: two dumps can be compared with diff."""

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from partyline.rdf.serialisable import check_rdf11, n_triples

#: White space beyond ASCII is allowed in IRIs, but rdflib and readers of lines stop at it.
_SPACES = re.compile(r"[^\S\x00-\x7f]")
_DEFAULT = DefaultGraph()


def write_ntriples(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Return *triples* as sorted N-Triples; *prefixes* are not used.

    Raises NotSerialisable where RDF 1.1 cannot represent them.
    """
    rows = set(triples)
    check_rdf11(rows)
    return "".join(sorted(map(_line, rows))).encode()


def write_nquads(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> bytes:
    """Return *quads* as sorted N-Quads; *prefixes* are not used.

    Raises NotSerialisable where RDF 1.1 cannot represent them.
    """
    rows = set(quads)
    check_rdf11(row.triple for row in rows)
    return "".join(sorted(_line(row.triple, row.graph_name) for row in rows)).encode()


def _line(row: Triple, graph: NamedNode | BlankNode | DefaultGraph = _DEFAULT) -> str:
    line = f"{n_triples(row.subject)} {row.predicate} {n_triples(row.object)}"
    if not isinstance(graph, DefaultGraph):
        line += f" {n_triples(graph)}"
    return escape_spaces(line) + " .\n"


def has_spaces(text: str) -> bool:
    """Tell whether `escape_spaces` changes *text*."""
    return _SPACES.search(text) is not None


def escape_spaces(text: str) -> str:
    """Return *text* of N-Triples with its white space beyond ASCII escaped."""
    return _SPACES.sub(lambda match: f"\\u{ord(match[0]):04X}", text)
