"""A hash of each blank node that says the same in every release that states the same of it.

First each blank node is hashed with what it says, from the innermost outwards; then with what leads
to it, from the outermost inwards. So a node keeps its hash as long as neither what is stated of it
changes, nor the resource that it belongs to. Nodes on a cycle are told apart by a few rounds of
refinement. Nodes with equal hashes are for the caller to count.
"""

import hashlib

import numpy as np

from partyline.dataset import Numbers, Table

#: The graphs that are looked at: what is inferred must not change a hash.
_ASSERTED = ("ontology", "accepted", "withheld")
_ROUNDS = 16
_OUTWARDS, _INWARDS = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


def blank_node_hashes(table: Table) -> Numbers:
    """Return a hash of 64 bits for each blank node of *table*, in the order of their numbers."""
    first = table.terms.blank_nodes.start
    if first == len(table.terms):
        return np.empty(0, np.uint64)
    columns = table.columns
    rows = table.rows(graphs=[name for name in _ASSERTED if name in table.graphs])
    has_blank = (columns["subject"][rows] >= first) | (columns["object"][rows] >= first)
    rows = rows[has_blank]
    subjects, predicates, objects = (
        columns[name][rows].astype(np.int64) for name in ("subject", "predicate", "object")
    )
    hashes = np.zeros(len(table.terms), np.uint64)
    named = np.unique(np.concatenate([subjects, predicates, objects]))
    for number in named[named < first].tolist():
        digest = hashlib.blake2b(table.terms.encoded(number), digest_size=8).digest()
        hashes[number] = int.from_bytes(digest, "little")
    of_predicates = hashes[predicates]
    says = subjects >= first
    _spread(hashes, first, subjects[says], of_predicates[says], objects[says], _OUTWARDS)
    told = objects >= first
    _spread(hashes, first, objects[told], of_predicates[told], subjects[told], _INWARDS)
    return hashes[first:]


def _spread(
    hashes: Numbers,
    first: int,
    nodes: Numbers,
    predicates: Numbers,
    others: Numbers,
    direction: np.uint64,
) -> None:
    """Hash each of the blank *nodes* with its *others*, after those of them that are blank nodes.

    *hashes* is changed in place, from number *first* on.
    """
    size = len(hashes) - first
    sums = np.zeros(size, np.uint64)
    is_blank, nodes = others >= first, nodes - first
    named = others[~is_blank]
    _add(sums, nodes[~is_blank], predicates[~is_blank], hashes[named], direction)
    nodes, predicates, others = (column[is_blank] for column in (nodes, predicates, others - first))
    order = np.argsort(others, kind="stable")
    nodes, predicates, others = nodes[order], predicates[order], others[order]
    waits = np.bincount(nodes, minlength=size)
    begin = np.searchsorted(others, np.arange(size + 1))
    ready, blank = np.flatnonzero(waits == 0), hashes[first:]
    while len(ready):
        blank[ready] = _mixed(blank[ready] ^ direction) + _mixed(sums[ready])
        places = _ranges(begin[ready], begin[ready + 1])
        _add(sums, nodes[places], predicates[places], blank[others[places]], direction)
        np.subtract.at(waits, nodes[places], 1)
        waits[ready] = -1
        reached = np.unique(nodes[places])
        ready = reached[waits[reached] == 0]
    left = np.flatnonzero(waits > 0)
    if len(left):
        _refine(blank, left, sums, (nodes, predicates, others), direction)


def _refine(
    blank: Numbers,
    left: Numbers,
    sums: Numbers,
    rows: tuple[Numbers, Numbers, Numbers],
    direction: np.uint64,
) -> None:
    """Hash the nodes on cycles, and those behind them, a few times."""
    on_cycle = np.zeros(len(blank), bool)
    on_cycle[left] = True
    chosen = on_cycle[rows[0]] & on_cycle[rows[2]]
    nodes, predicates, others = (column[chosen] for column in rows)
    base = _mixed(blank[left] ^ direction) + _mixed(sums[left])
    blank[left] = base
    for _ in range(_ROUNDS):
        more = np.zeros(len(blank), np.uint64)
        _add(more, nodes, predicates, blank[others], direction)
        blank[left] = _mixed(base) + _mixed(more[left])


def _add(
    sums: Numbers, nodes: Numbers, predicates: Numbers, others: Numbers, direction: np.uint64
) -> None:
    """Add to the sum of each of *nodes* a number for its predicate and its other, in any order."""
    np.add.at(sums, nodes, _mixed(_mixed(predicates ^ direction) + others))


def _mixed(values: Numbers) -> Numbers:
    """Return *values* so that each of their bits changes half of the bits (the SplitMix64 step)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Numbers = values ^ (values >> np.uint64(31))
    return mixed


def _ranges(begins: Numbers, ends: Numbers) -> Numbers:
    """Return all numbers from each of *begins* to the end beside it."""
    sizes = ends - begins
    offsets = np.repeat(begins - (np.cumsum(sizes) - sizes), sizes)
    places: Numbers = np.arange(len(offsets)) + offsets
    return places
