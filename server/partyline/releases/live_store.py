"""A store that is changed from one preview to the next, where a build writes one anew."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

Graph = NamedNode | DefaultGraph

#: Statements from which on they are sorted before they are written, in files of their own.
_MANY = 10_000


class LiveStore:
    """Follows the graphs of one release after another; each release receives a copy.

    A copy takes no time: it shares the files, which never change, with the store itself.
    """

    def __init__(self, folder: Path) -> None:
        """Begin with an empty store in the new *folder*."""
        self._store = Store(str(folder))
        self._graphs: dict[Graph, frozenset[Triple]] = {}

    def write(self, path: Path, graphs: Mapping[Graph, frozenset[Triple]]) -> None:
        """Write a store that holds *graphs* into the new folder *path*. Raises OSError."""
        for graph in self._graphs.keys() - graphs.keys():
            self._store.remove_graph(graph)
        added: list[Quad] = []
        for graph, triples in graphs.items():
            before = self._graphs.get(graph, frozenset())
            removed = before - triples
            for triple in removed:
                self._store.remove(_quad(triple, graph))
            added += (_quad(triple, graph) for triple in triples - before)
            added += (_quad(triple, graph) for triple in _of_one_value(removed, triples))
        if len(added) < _MANY:
            self._store.extend(added)
        else:
            self._store.bulk_extend(added)
        self._graphs = dict(graphs)
        self._store.flush()
        self._store.backup(str(path))


def _quad(triple: Triple, graph: Graph) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def _of_one_value(removed: frozenset[Triple], triples: frozenset[Triple]) -> Iterator[Triple]:
    """Yield the *triples* that may have been removed with others: the store writes 01 as 1."""
    slots = {(row.subject, row.predicate) for row in removed if isinstance(row.object, Literal)}
    if slots:
        yield from (row for row in triples if (row.subject, row.predicate) in slots)
