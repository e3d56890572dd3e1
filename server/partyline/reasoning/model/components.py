"""The strongly connected components of a graph, and what its paths reach."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def strongly_connected(after: Mapping[Node, Iterable[Node]]) -> Iterator[tuple[Node, ...]]:
    """Yield the strongly connected components, each after all that it reaches (Tarjan 1972).

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


def reached(after: Mapping[Node, Sequence[Node]]) -> Iterator[tuple[Node, Node]]:
    """Yield each pair that a path connects and no edge does, in work near the number of pairs.

    *after* has the successors of every node. What a node reaches is one number, a bit a node.
    """
    nodes = list(after)
    bits = {node: 1 << place for place, node in enumerate(nodes)}
    found: dict[Node, int] = {}
    for component in strongly_connected(after):
        everything = 0
        for next_ in (next_ for node in component for next_ in after[node]):
            # What is here already is here with all that it reaches, or is of this component.
            if not everything & bits[next_]:
                everything |= bits[next_] | found.get(next_, 0)
        for node in component:
            found[node] = everything
            missing = everything
            for next_ in after[node]:
                missing &= ~bits[next_]
            while missing:
                lowest = missing & -missing
                yield node, nodes[lowest.bit_length() - 1]
                missing ^= lowest
