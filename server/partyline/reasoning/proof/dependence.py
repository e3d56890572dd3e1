"""What the facts of a closure depend on: the groups of asserted facts without which each falls.

For every fact a row of bits says without which group it still holds. A fact that is asserted holds
without the groups that it is in none of; a conclusion holds without a group if one application of
a rule has premises that all do. So the rows of the premises are joined by *and*, those of the
applications by *or*, until nothing changes: for all facts and all groups at once, and exactly what
withdrawing one group and reasoning again would give.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from partyline.reasoning.evaluate.pairs.packed_pairs import Column
from partyline.reasoning.proof.applications import Applications

#: A row of bits for each of several facts: bit g of a row says something about group g.
Bits = NDArray[np.uint64]
_WORD = 64


def empty_bits(rows: int, groups: int) -> Bits:
    """Return *rows* rows of bits for *groups* groups, none of them set."""
    return np.zeros((rows, max(1, -(-groups // _WORD))), np.uint64)


def set_bits(bits: Bits, rows: Column, groups: Column) -> None:
    """Set the bits of *groups* in *rows*, pair by pair."""
    masks = np.uint64(1) << (groups % _WORD).astype(np.uint64)
    np.bitwise_or.at(bits, (rows, groups // _WORD), masks)


def groups_in(row: NDArray[np.uint64], groups: int) -> Column:
    """Return the groups whose bits are set in one *row*."""
    shifts = np.arange(_WORD, dtype=np.uint64)
    found = ((row[:, None] >> shifts) & np.uint64(1)).astype(bool).ravel()[:groups]
    return np.flatnonzero(found)


def holds_without(held: Bits, applications: Sequence[Applications]) -> Bits:
    """Return for every fact the groups without which it holds.

    Args:
        held: the groups without which each fact is asserted; no bit where it is not asserted.
        applications: all applications of rules, see `all_applications`.

    Returns:
        The same for the entailed facts. A fact without any bit is neither asserted nor concluded.

    """
    held = held.copy()
    if not applications:
        return held
    conclusions, premises = _joined(applications, len(held))
    # A premise that is always there, for rules with fewer premises than others.
    held = np.concatenate((held, np.full((1, held.shape[1]), ~np.uint64(0))))
    order = np.argsort(conclusions, kind="stable")
    conclusions, premises = conclusions[order], premises[:, order]
    heads, begins = np.unique(conclusions, return_index=True)
    while True:
        both = held[premises[0]]
        for row in premises[1:]:
            both &= held[row]
        found = held[heads] | np.bitwise_or.reduceat(both, begins)
        if np.array_equal(found, held[heads]):
            return held[:-1]
        held[heads] = found


def _joined(applications: Sequence[Applications], always: int) -> tuple[Column, Column]:
    """Return all conclusions, and a row for each place of a premise; *always* fills the gaps."""
    conclusions = np.concatenate([row.conclusions for row in applications])
    width = max(1, *(len(row.premises) for row in applications))
    premises = np.full((width, conclusions.size), always, np.int64)
    begin = 0
    for row in applications:
        end = begin + row.conclusions.size
        for place, column in enumerate(row.premises):
            premises[place, begin:end] = column
        begin = end
    return conclusions, premises
