"""Few pairs from which, with others that are given, a transitive relation follows."""

from collections.abc import Iterator

import numpy as np

from partyline.reasoning.evaluate.pairs.packed_pairs import (
    Column,
    distinct,
    isin,
    pack,
    swapped,
    unpack,
)


def generating(closed: Column, given: Column) -> Column:
    """Return pairs of *closed* that generate it together with *given*.

    Of nodes that reach each other, the one with the least number is linked with each of the
    others; between such groups there is a pair where no path leads through a third one.

    Args:
        closed: the sorted pairs of a transitive relation, without those of a node with itself.
        given: sorted pairs, a transitive relation too, with pairs of *closed* alone.

    """
    if closed.size == given.size:
        return closed[:0]
    size = int(max(column.max() for column in unpack(closed))) + 1
    group, given_group = _groups(closed, size), _groups(given, size)
    apart = np.flatnonzero((group != np.arange(size)) & (given_group == np.arange(size)))
    star = np.concatenate((pack(apart, group[apart]), pack(group[apart], apart)))
    one, two = unpack(closed)
    chosen = (group[one] == one) & (group[two] == two)
    between = closed[chosen]
    one, two = (group[column] for column in unpack(given))
    known = distinct(pack(one, two))
    pairs = np.array(list(_irreducible(between, known)), np.int64)
    pairs = pairs[~isin(pairs, known)]
    found = distinct(np.concatenate((star, pairs)))
    return found[~isin(found, given)]


def _groups(pairs: Column, size: int) -> Column:
    """Return for each node the least of those that reach it and are reached by it."""
    group = np.arange(size)
    one, two = unpack(pairs[isin(pairs, swapped(pairs))])
    np.minimum.at(group, one, two)
    return group


def _irreducible(pairs: Column, given: Column) -> Iterator[int]:
    """Yield the pairs of a transitive relation without circles that no two others make.

    Of the nodes whose pairs are all among *given*, none is looked at.
    """
    one, two = unpack(pairs)
    after: dict[int, list[int]] = {}
    for node, next_ in zip(one.tolist(), two.tolist(), strict=True):
        after.setdefault(node, []).append(next_)
    further = distinct(one[~isin(pairs, given)]).tolist()
    for node in further:
        reached: set[int] = set()
        # What reaches another one reaches more than that.
        for next_ in sorted(after[node], key=lambda node: len(after.get(node, ())), reverse=True):
            if next_ not in reached:
                reached.update(after.get(next_, ()))
                yield (node << 32) | next_
