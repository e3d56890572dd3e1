"""The RDF merge of graphs (SPARQL 1.1, section 13.2.1): each triple once, in however many it is.

The engine reads the graphs of a dataset one after another and counts a triple in each of them. So
graphs inside another one are left out, and graphs that share only a part are merged in memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store

#: The time to look a triple up, beside that to read one and keep it in a set: 8 and 1 µs.
_LOOK_UP = 8


@dataclass(frozen=True, slots=True)
class Dataset:
    """A store, and the graphs of it that are the dataset of a query."""

    store: Store
    default: list[NamedNode | DefaultGraph]
    named: list[NamedNode]


@dataclass(slots=True)
class GraphMerge:
    """Datasets of a store that does not change; their sizes are remembered."""

    store: Store
    _sizes: dict[NamedNode, int] = field(default_factory=dict)

    def dataset(self, default: Sequence[NamedNode], named: Sequence[NamedNode]) -> Dataset:
        """Return the dataset whose default graph is the merge of the graphs *default*."""
        if len(set(default)) < 2:
            return Dataset(self.store, [*dict.fromkeys(default)], list(named))
        #: Graphs that share nothing, and have every triple of those before the one at hand.
        kept: list[NamedNode] = []
        for graph in sorted(dict.fromkeys(default), key=self._size, reverse=True):
            shared = self._count_shared(graph, kept)
            if shared == 0:
                kept.append(graph)
            elif shared < self._size(graph):
                return self._merged(default, named)
        return Dataset(self.store, [*kept], list(named))

    def _merged(self, default: Sequence[NamedNode], named: Sequence[NamedNode]) -> Dataset:
        store = Store()
        for graph in default:
            store.extend(self._quads(graph, DefaultGraph()))
        for graph in named:
            store.extend(self._quads(graph, graph))
        return Dataset(store, [DefaultGraph()], list(named))

    def _quads(self, graph: NamedNode, target: NamedNode | DefaultGraph) -> Iterator[Quad]:
        for quad in self.store.quads_for_pattern(None, None, None, graph):
            yield Quad(quad.subject, quad.predicate, quad.object, target)

    def _size(self, graph: NamedNode) -> int:
        if graph not in self._sizes:
            self._sizes[graph] = self._count(f"GRAPH {graph} {{ ?s ?p ?o }}", [])
        return self._sizes[graph]

    def _count_shared(self, graph: NamedNode, kept: Sequence[NamedNode]) -> int:
        """Count the triples of *graph* in the graphs *kept*, which share none with each other."""
        total = sum(map(self._size, kept))
        if self._size(graph) * _LOOK_UP < total:
            inside = f"GRAPH {graph} {{ ?s ?p ?o }}"
            return sum(self._count(f"{inside} GRAPH {row} {{ ?s ?p ?o }}", []) for row in kept)
        distinct = self._count("{ SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }", [graph, *kept])
        return total + self._size(graph) - distinct

    def _count(self, pattern: str, default: Sequence[NamedNode]) -> int:
        text = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        results = self.store.query(text, default_graph=list(default) or None)
        if not isinstance(results, QuerySolutions):
            raise TypeError(results)
        number = next(results)["n"]
        return int(number.value) if isinstance(number, Literal) else 0
