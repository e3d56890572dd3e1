"""Columns of numbers: sorting by several of them, and the places where each number begins."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]
#: Numbers of terms, of rows, of files and of lines.
NUMBER = np.dtype(np.int32)
MOST = np.iinfo(NUMBER).max
_PACKED_BITS = 63
#: Numbers of which each is compared with a whole column.
_FEW = 8


def row_order(columns: Sequence[Numbers], limits: Sequence[int]) -> Numbers:
    """Return the order of the rows by *columns*, the first one first; equal rows stay in order.

    *limits* are above every number of the column. Columns that fit into 63 bits are sorted as one
    integer, with the row in it where that fits, too: several times as fast as one column after the
    other.
    """
    row_width = _width(len(columns[0]))
    widths = list(map(_width, limits))
    if sum(widths) + row_width > _PACKED_BITS:
        columns, widths = _narrowed(columns, limits, row_width)
    if sum(widths) > _PACKED_BITS:
        return np.lexsort(tuple(reversed(columns)))
    if sum(widths) + row_width > _PACKED_BITS:
        return np.argsort(_packed(columns, widths), kind="stable")
    rows = np.arange(len(columns[0]), dtype=NUMBER)
    packed = _packed((*columns, rows), (*widths, row_width))
    packed.sort()
    packed &= (1 << row_width) - 1
    return packed


def _width(limit: int) -> int:
    """Return the number of bits of the numbers below *limit*."""
    return max(limit - 1, 0).bit_length()


def _narrowed(
    columns: Sequence[Numbers], limits: Sequence[int], row_width: int
) -> tuple[list[Numbers], list[int]]:
    """Return *columns* and their widths so that they fit into one integer, with the row if it can.

    As few of them as possible have their numbers replaced by the places of these among those that
    occur; none where that does not help.
    """
    found, widths = list(columns), list(map(_width, limits))
    used = [_used(column, limit) for column, limit in zip(columns, limits, strict=True)]
    narrow = [_width(int(np.count_nonzero(row))) for row in used]
    least = sum(narrow)
    most = _PACKED_BITS if least + row_width > _PACKED_BITS else _PACKED_BITS - row_width
    for place in sorted(range(len(found)), key=lambda place: narrow[place] - widths[place]):
        if least <= most < sum(widths):
            ranks = np.cumsum(used[place], dtype=NUMBER) - 1
            found[place], widths[place] = ranks[found[place]], narrow[place]
    return found, widths


def _used(column: Numbers, limit: int) -> Numbers:
    """Tell of each number below *limit* whether it is in *column*."""
    found = np.zeros(limit, dtype=bool)
    found[column] = True
    return found


def _packed(columns: Sequence[Numbers], widths: Sequence[int]) -> Numbers:
    """Return one integer for each row: the numbers of *columns*, the first in the highest bits."""
    packed = columns[0].astype(np.int64)
    for column, width in zip(columns[1:], widths[1:], strict=True):
        packed <<= width
        packed |= column
    return packed


def distinct(numbers: Numbers) -> Numbers:
    """Return each of *numbers* once, in order: what `numpy.unique` does.

    Where most differ, that takes several times as long, because it puts them into a hash table.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def are_among(column: Numbers, numbers: Sequence[int]) -> Numbers:
    """Tell of each number in *column* whether it is one of *numbers*: what `numpy.isin` does.

    Of a few, that takes many times as long.

    >>> are_among(np.array([3, 1, 2]), [2, 3]).tolist()
    [True, False, True]
    """
    if len(numbers) > _FEW:
        return np.isin(column, np.array(numbers))
    found = np.zeros(len(column), dtype=bool)
    for number in numbers:
        found |= column == number
    return found


def starts(column: Numbers, limit: int) -> Numbers:
    """Return for each number below *limit*, and for *limit*, its first place in sorted *column*.

    >>> starts(np.array([1, 1, 3]), 4).tolist()
    [0, 0, 2, 2, 3]
    """
    found = np.zeros(limit + 1, dtype=NUMBER)
    np.cumsum(np.bincount(column, minlength=limit), out=found[1:])
    return found


def smallest(numbers: Numbers) -> Numbers:
    """Return *numbers* in the smallest unsigned type that holds them."""
    largest = int(numbers.max(initial=0))
    return numbers.astype(np.min_scalar_type(largest), copy=False)
