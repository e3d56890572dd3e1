"""Sets of pairs of numbers as sorted arrays: a fact ``(s, o)`` is one integer of 64 bits.

The high half is the first number, the low half the second, both with their sign: literals are
negative. All arrays are one-dimensional and of ``int64``.
"""

import numpy as np
from numpy.typing import NDArray

from partyline.errors import EngineError

Column = NDArray[np.int64]
Narrow = NDArray[np.int32]
Mask = NDArray[np.bool_]

_LOW = 0xFFFFFFFF
NOTHING: Column = np.zeros(0, np.int64)
#: Rows of a join, of 8 bytes for each variable, that are too many for most machines.
MANY = 250_000_000


def pack(one: Column, two: Column) -> Column:
    """Return the pairs of two columns of equal length.

    >>> unpack(pack(np.array([7]), np.array([-2])))
    (array([7]), array([-2]))
    """
    return (one << 32) | (two & _LOW)


def unpack(pairs: Column) -> tuple[Column, Column]:
    """Return the two columns of *pairs*."""
    return pairs >> 32, second(pairs)


def second(pairs: Column) -> Column:
    """Return the second numbers of *pairs*."""
    return (pairs << 32) >> 32


def swapped(pairs: Column) -> Column:
    """Return the pairs with their columns swapped, sorted."""
    one, two = unpack(pairs)
    return ordered(pack(two, one))


def ordered(values: Column) -> Column:
    """Return *values* sorted; what is made of a few sorted parts takes little more than a copy."""
    return np.sort(values, kind="stable")


def distinct(values: Column) -> Column:
    """Return *values* sorted, each once."""
    if values.size < 2:
        return values
    values = ordered(values)
    return values[np.concatenate(([True], values[1:] != values[:-1]))]


def isin(values: Column, among: Column) -> Mask:
    """Tell of each of *values* whether it is in the sorted array *among*."""
    if not among.size:
        return np.zeros(values.size, np.bool_)
    places = np.searchsorted(among, values)
    places[places == among.size] = 0
    found: Mask = among[places] == values
    return found


def runs(pairs: Column, firsts: Column, most: int = MANY) -> tuple[Column, Column]:
    """Return all pairs of the sorted *pairs* that begin with one of *firsts*.

    Two columns: for each such pair the place in *firsts* that it belongs to, and its second
    number. Raises EngineError where there are more than *most*.
    """
    low = np.searchsorted(pairs, firsts << 32)
    counts = np.searchsorted(pairs, (firsts << 32) | _LOW, side="right") - low
    check_room(int(counts.sum()), most)
    places = np.repeat(np.arange(firsts.size), counts)
    within = np.arange(places.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return places, second(pairs[within + np.repeat(low, counts)])


def check_room(rows: int, most: int = MANY) -> None:
    """Raise EngineError where a join would have so many rows that memory may end."""
    if rows > most:
        raise EngineError(
            f"a join of {rows} rows is too large for arrays in memory; --engine duckdb spills"
            " to disk"
        )
