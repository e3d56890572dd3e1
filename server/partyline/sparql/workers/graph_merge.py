"""The RDF merge of graphs (SPARQL 1.1, section 13.2.1): each triple once, in however many it is.

The engine reads the graphs of a dataset one after another and counts a triple in each of them. So
graphs inside another one are left out, and graphs that share only a part are merged in memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store


@dataclass(frozen=True, slots=True)
class Dataset:
    """A store, and the graphs of it that are the dataset of a query."""

    store: Store
    default: list[NamedNode | DefaultGraph]
    named: list[NamedNode]


@dataclass(slots=True)
class GraphMerge:
    """Datasets of a store that does not change; what was counted once is remembered."""

    store: Store
    _sizes: dict[NamedNode, int] = field(default_factory=dict)
    _shared: dict[tuple[NamedNode, NamedNode], int] = field(default_factory=dict)

    def dataset(self, default: Sequence[NamedNode], named: Sequence[NamedNode]) -> Dataset:
        """Return the dataset whose default graph is the merge of the graphs *default*."""
        kept: list[NamedNode] = []
        graphs = sorted(dict.fromkeys(default), key=self._size, reverse=True)
        for graph in graphs if len(graphs) > 1 else []:
            shared = [self._count_shared(graph, other) for other in kept]
            if self._size(graph) in (0, *shared):
                continue  # all of it is in another
            if any(shared):
                return self._merged(graphs, named)
            kept.append(graph)
        return Dataset(self.store, [*(kept or graphs)], list(named))

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
            self._sizes[graph] = self._count(f"GRAPH {graph} {{ ?s ?p ?o }}")
        return self._sizes[graph]

    def _count_shared(self, smaller: NamedNode, larger: NamedNode) -> int:
        pair = (smaller, larger)
        if pair not in self._shared:
            pattern = f"GRAPH {smaller} {{ ?s ?p ?o }} GRAPH {larger} {{ ?s ?p ?o }}"
            self._shared[pair] = self._count(pattern)
        return self._shared[pair]

    def _count(self, pattern: str) -> int:
        results = self.store.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
        if not isinstance(results, QuerySolutions):
            raise TypeError(results)
        number = next(results)["n"]
        return int(number.value) if isinstance(number, Literal) else 0
