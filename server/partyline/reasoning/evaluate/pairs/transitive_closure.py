"""The transitive closure of a relation, near the size of what it gives.

A join of the relation with itself finds each pair of a chain of *n* links as often as there are
nodes between: *n*³. Here the strongly connected components are contracted first (in one of them,
everything reaches everything), and the rest, which has no circles, is worked off from its ends:
a node reaches its successors and what these reach. A successor that another one reaches is
skipped (Goralčíková and Koubek 1979), so that what is closed already costs no more than reading.
"""

from dataclasses import dataclass

import numpy as np

from partyline.reasoning.evaluate.pairs.packed_pairs import (
    NOTHING,
    Column,
    Mask,
    distinct,
    isin,
    ordered,
    pack,
    runs,
    unpack,
)
from partyline.reasoning.model.components import strongly_connected


class TooManyPairs(Exception):
    """The closure has more pairs than are allowed."""


def transitive_closure(pairs: Column, most: int) -> Column:
    """Return *pairs*, sorted and distinct, with all that follows by transitivity.

    Args:
        pairs: the packed pairs of a relation.
        most: pairs that the closure may have.

    Raises:
        TooManyPairs: there are more, which is found before they are made.

    >>> steps = pack(np.array([1, 2]), np.array([2, 3]))
    >>> [column.tolist() for column in unpack(transitive_closure(steps, most=3))]
    [[1, 1, 2], [2, 3, 3]]

    """
    if not pairs.size:
        return pairs
    nodes, ends = np.unique(np.concatenate(unpack(pairs)), return_inverse=True)
    one, two = ends[: pairs.size], ends[pairs.size :]
    component = _components(one, two, nodes.size, most)
    members = _Groups.of(component)
    inner = np.zeros(members.size, np.bool_)
    inner[component[one[component[one] == component[two]]]] = True
    linked = component[one] != component[two]
    links = distinct(pack(component[one[linked]], component[two[linked]]))
    reach = _reach(links, members, inner, most)
    circles = np.flatnonzero(inner)
    found = np.concatenate((reach, pack(circles, circles)))
    above, below = members.products(*unpack(found))
    return distinct(pack(nodes[above], nodes[below]))


@dataclass(frozen=True, slots=True)
class _Groups:
    """The nodes of each component: those of component *c* begin at ``starts[c]``."""

    nodes: Column
    starts: Column
    counts: Column

    @classmethod
    def of(cls, component: Column) -> "_Groups":
        counts = np.bincount(component)
        return cls(np.argsort(component, kind="stable"), np.cumsum(counts) - counts, counts)

    @property
    def size(self) -> int:
        return self.counts.size

    def products(self, above: Column, below: Column) -> tuple[Column, Column]:
        """Return each node of one component with each of another, for pairs of components."""
        if self.nodes.size == self.size:  # one node in each
            return self.nodes[above], self.nodes[below]
        counts = self.counts[above] * self.counts[below]
        row = np.repeat(np.arange(above.size), counts)
        place = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts)
        width = self.counts[below][row]
        one = self.nodes[self.starts[above][row] + place // width]
        return one, self.nodes[self.starts[below][row] + place % width]


def _components(one: Column, two: Column, size: int, most: int) -> Column:
    """Return the number of the strongly connected component of each node."""
    label = _mutual(one, two, size)
    one, two = label[one], label[two]
    core = _core(one[one != two], two[one != two], size, most)
    after: dict[int, list[int]] = {}
    for above, below in zip(*(column.tolist() for column in core), strict=True):
        after.setdefault(above, []).append(below)
        after.setdefault(below, [])
    for members in strongly_connected(after):
        if len(members) > 1:
            merged = np.array(members)
            mapping = np.arange(size)
            mapping[merged] = merged.min()
            label = mapping[label]
    return np.unique(label, return_inverse=True)[1]


def _mutual(one: Column, two: Column, size: int) -> Column:
    """Return a label for each node, the same for nodes that pairs in both directions connect."""
    label = np.arange(size)
    pairs = pack(one, two)
    both = isin(pack(two, one), pairs) & (one < two)
    one, two = one[both], two[both]
    while True:
        low = np.minimum(label[one], label[two])
        hooked = label.copy()
        np.minimum.at(hooked, label[one], low)
        np.minimum.at(hooked, label[two], low)
        while not np.array_equal(hooked, jumped := hooked[hooked]):
            hooked = jumped
        if np.array_equal(hooked, label):
            return label
        label = hooked


def _core(one: Column, two: Column, size: int, most: int) -> tuple[Column, Column]:
    """Return the pairs that may be on a circle: neither end is a source or a sink of the rest."""
    for above, below in ((one, two), (two, one)):
        kept = _levels(above, below, size, most) < 0
        chosen = kept[one] & kept[two]
        one, two = one[chosen], two[chosen]
        if not one.size:
            break
    return one, two


def _levels(one: Column, two: Column, size: int, most: int) -> Column:
    """Return the length of the longest path from each node along pairs; -1 leads to a circle."""
    level = np.full(size, -1)
    left = np.bincount(one, minlength=size)
    back = ordered(pack(two, one))
    frontier = np.flatnonzero(left == 0)
    depth = 0
    while frontier.size:
        level[frontier] = depth
        _, above = runs(back, frontier)
        touched, counts = np.unique(above, return_counts=True)
        left[touched] -= counts
        frontier = touched[left[touched] == 0]
        depth += 1
        if depth * (depth - 1) // 2 > most:  # pairs on the longest path alone
            raise TooManyPairs
    return level


def _reach(links: Column, members: _Groups, inner: Mask, most: int) -> Column:
    """Return the pairs of components of which one reaches the other, without circles."""
    size = members.size
    above, below = unpack(links)
    level = _levels(above, below, size, most)
    room = most - int((members.counts[inner] ** 2).sum())
    # Numbered by level: what a node reaches has lower numbers, and is done before it.
    order = np.lexsort((np.arange(size), level))
    rank = np.empty(size, np.int64)
    rank[order] = np.arange(size)
    edges = ordered(pack(rank[above], size - 1 - rank[below]))  # the highest first
    level, weights = level[order], members.counts[order]
    reached = _Reached(size)
    bounds = np.searchsorted(level, np.arange(1, int(level.max(initial=0)) + 2))
    low = bounds[0]
    for high in bounds[1:]:
        chosen = edges[slice(*np.searchsorted(edges, np.array((low, high)) << 32))]
        source, target = unpack(chosen)
        found = _reach_of_level(source, size - 1 - target, level, reached)
        one, two = unpack(found)
        room -= int((weights[one] * weights[two]).sum())
        if room < 0:
            raise TooManyPairs
        reached.add(found, int(low), int(high))
        low = high
    if room < 0:
        raise TooManyPairs
    one, two = unpack(reached.pairs())
    return pack(order[one], order[two])


def _reach_of_level(one: Column, two: Column, level: Column, reached: "_Reached") -> Column:
    """Return what the nodes *one* reach by their links to *two*, the highest first."""
    found = NOTHING
    while one.size:
        # Of each node, the successors of the highest level: none of them reaches another.
        first = np.concatenate(([True], one[1:] != one[:-1]))
        highest = level[two[first]][np.cumsum(first) - 1]
        now = level[two] == highest
        place, further = reached.of(two[now])
        direct = pack(one[now], two[now])
        found = distinct(np.concatenate((found, direct, pack(one[now][place], further))))
        left = ~now
        left[left] = ~isin(pack(one[left], two[left]), found)
        one, two = one[left], two[left]
    return found


class _Reached:
    """What each node reaches, level by level."""

    def __init__(self, size: int) -> None:
        self._pairs = np.empty(1024, np.int64)
        #: Where the pairs of each node end, and those of the next one begin.
        self._ends = np.zeros(size + 1, np.int64)
        self._used = 0

    def add(self, found: Column, low: int, high: int) -> None:
        """Add the sorted pairs of the nodes from *low* to *high*, which come after all others."""
        used = self._used + found.size
        if used > self._pairs.size:
            grown = np.empty(2 * used, np.int64)
            grown[: self._used] = self.pairs()
            self._pairs = grown
        self._pairs[self._used : used] = found
        ends = np.searchsorted(found, np.arange(low + 1, high + 1) << 32)
        self._ends[low + 1 : high + 1] = self._used + ends
        self._used = used

    def of(self, nodes: Column) -> tuple[Column, Column]:
        """Return, for each pair that begins with one of *nodes*, its place there and its end."""
        starts, ends = self._ends[nodes], self._ends[nodes + 1]
        counts = ends - starts
        place = np.repeat(np.arange(nodes.size), counts)
        within = np.arange(place.size) - np.repeat(np.cumsum(counts) - counts, counts)
        return place, unpack(self._pairs[within + np.repeat(starts, counts)])[1]

    def pairs(self) -> Column:
        """Return all pairs."""
        return self._pairs[: self._used]
