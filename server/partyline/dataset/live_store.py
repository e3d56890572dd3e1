"""A store that follows sets of triples: only what differs is written."""

from collections.abc import Iterable, Mapping
from itertools import starmap
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from partyline.dataset.triple_set import TripleSet

Graph = NamedNode | DefaultGraph

#: Statements from which on they are sorted before they are written, in files of their own.
_MANY = 10_000


class LiveStore:
    """Follows graphs as they change, on disk or in memory.

    A copy of one on disk takes no time: it shares the files, which never change, with the store
    itself.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Begin with an empty store in the new *folder*, or in memory."""
        self.store = Store() if folder is None else Store(str(folder))
        self._graphs: dict[Graph, TripleSet] = {}

    def follow(self, graphs: Mapping[Graph, TripleSet]) -> None:
        """Hold *graphs* from now on. Raises OSError."""
        for graph in self._graphs.keys() - graphs.keys():
            self.store.remove_graph(graph)
        added: list[Quad] = []
        for graph, triples in graphs.items():
            before = self._graphs.get(graph)
            if before is None:
                added += _quads(triples, graph)
            elif before != triples:
                removed = before - triples
                for quad in _quads(removed, graph):
                    self.store.remove(quad)
                added += _quads(triples - before, graph)
                added += _quads(_of_one_value(removed, triples), graph)
        if len(added) < _MANY:
            self.store.extend(added)
        else:
            self.store.bulk_extend(added)
        self._graphs = dict(graphs)

    def copy(self, path: Path) -> None:
        """Write a store that holds the same into the new folder *path*. Raises OSError."""
        self.store.flush()
        self.store.backup(str(path))


def _quads(triples: Iterable[Triple], graph: Graph) -> Iterable[Quad]:
    return starmap(Quad, ((*row, graph) for row in triples))


def _of_one_value(removed: TripleSet, triples: TripleSet) -> TripleSet:
    """Return *triples* that may have been removed with others: the store writes 01 as 1."""
    literals = [row for row in removed if isinstance(row.object, Literal)]
    subjects = {row.subject for row in literals}
    return triples.of_subjects(subjects).of_predicates({row.predicate for row in literals})
