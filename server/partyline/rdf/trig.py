"""TriG (RDF 1.1 TriG): the graphs of a dataset, each in the canonical form of Turtle."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from partyline.rdf.nesting import Nesting
from partyline.rdf.serialisable import check_rdf11, n_triples
from partyline.rdf.turtle import TurtleWriter

GRAPH_END = "}"
_GraphName = NamedNode | BlankNode | DefaultGraph


def write_trig(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> bytes:
    """Return *quads* as TriG: the default graph first, the others by their names.

    Raises NotSerialisable where RDF 1.1 cannot represent them.

    >>> moby, ahab = NamedNode("https://example.org/moby"), NamedNode("https://example.org/ahab")
    >>> quad = Quad(ahab, NamedNode("https://example.org/hunts"), moby, moby)
    >>> print(write_trig([quad], {"ex": "https://example.org/"}).decode(), end="")
    @prefix ex: <https://example.org/> .
    <BLANKLINE>
    GRAPH ex:moby {
    <BLANKLINE>
    ex:ahab
        ex:hunts ex:moby ;
    .
    <BLANKLINE>
    }
    """
    graphs: dict[_GraphName, set[Triple]] = defaultdict(set)
    for quad in quads:
        graphs[quad.graph_name].add(quad.triple)
    for triples in graphs.values():
        check_rdf11(triples)
    shared = _shared(graphs)
    writer = TurtleWriter(prefixes)
    parts: list[str] = []
    for name in sorted(graphs, key=_order):
        blocks = writer.blocks(Nesting(graphs[name], shared))
        if isinstance(name, DefaultGraph):
            parts += blocks
        else:
            # Nothing is indented: a line of a long string would change.
            parts += [graph_start(writer.name(name)), *blocks, GRAPH_END]
    return ("\n\n".join([*writer.head(), *parts]) + "\n").encode() if parts else b""


def graph_start(name: str) -> str:
    """Return the line in front of the blocks of the graph *name*."""
    return f"GRAPH {name} {{"


def _shared(graphs: Mapping[_GraphName, Iterable[Triple]]) -> list[BlankNode]:
    """Return the blank nodes that occur in more than one graph, or name one."""
    found = Counter(name for name in graphs if isinstance(name, BlankNode))
    for triples in graphs.values():
        terms = {term for row in triples for term in (row.subject, row.object)}
        found.update(term for term in terms if isinstance(term, BlankNode))
    return [node for node, count in found.items() if count > 1]


def _order(name: _GraphName) -> tuple[int, str]:
    if isinstance(name, DefaultGraph):
        return 0, ""
    return 1 + isinstance(name, BlankNode), n_triples(name)
