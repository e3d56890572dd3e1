"""The strongly connected components of a graph."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def strongly_connected(after: Mapping[Node, Iterable[Node]]) -> Iterator[tuple[Node, ...]]:
    """Yield the strongly connected components, each after all that it leads to (Tarjan 1972).

    *after* has the successors of every node.

    Without recursion: a chain of a thousand sub-properties must not end the process.
    """
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_: dict[Node, None] = {}
    for root in after:
        if root in index:
            continue
        path = [(root, iter(after[root]))]
        index[root] = low[root] = len(index)
        open_[root] = None
        while path:
            node, rest = path[-1]
            for next_ in rest:
                if next_ not in index:
                    index[next_] = low[next_] = len(index)
                    open_[next_] = None
                    path.append((next_, iter(after[next_])))
                    break
                if next_ in open_:
                    low[node] = min(low[node], index[next_])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == index[node]:
                    yield _close(open_, node)


def _close(open_: dict[Node, None], root: Node) -> tuple[Node, ...]:
    component = []
    while True:
        node, _ = open_.popitem()
        component.append(node)
        if node == root:
            return tuple(reversed(component))
