"""The numbers of the terms of one dictionary in another one.

Dictionaries of successive releases hold nearly the same terms in the same order. So blocks of terms
are compared as bytes, and only where those differ, term by term.
"""

import numpy as np

from partyline.dataset.arrays import NUMBER, Numbers
from partyline.dataset.dictionary import Dictionary

#: Stands for a term that the other dictionary does not have.
ABSENT = -1
_SMALLEST, _LARGEST = 32, 1 << 16


def aligned(terms: Dictionary, others: Dictionary) -> Numbers:
    """Return for each of *terms* its number in *others*, or `ABSENT`.

    Blank nodes are compared by their labels, which mean nothing outside of one table.

    >>> one, two = (Dictionary.of(row) for row in ([b"<a>", b"<b>", b"<d>"], [b"<b>", b"<c>"]))
    >>> aligned(one, two).tolist()
    [-1, 0, -1]
    """
    found = np.full(len(terms), ABSENT, NUMBER)
    one = two = 0
    size = _SMALLEST
    while one < len(terms) and two < len(others):
        size = min(size, len(terms) - one, len(others) - two)
        if _are_equal(terms, one, others, two, size):
            found[one : one + size] = np.arange(two, two + size)
            one, two, size = one + size, two + size, min(size * 2, _LARGEST)
        elif size > _SMALLEST:
            size //= 4
        else:
            one, two = _merge(terms, one, others, two, found)
            size = _SMALLEST
        size = max(size, 1)
    return found


def _are_equal(terms: Dictionary, one: int, others: Dictionary, two: int, size: int) -> bool:
    """Tell whether *size* terms from *one* on are those of *others* from *two* on."""
    ends, other_ends = terms.ends, others.ends
    begin, other_begin = int(ends[one]), int(other_ends[two])
    end, other_end = int(ends[one + size]), int(other_ends[two + size])
    if end - begin != other_end - other_begin:
        return False
    if not np.array_equal(terms.terms[begin:end], others.terms[other_begin:other_end]):
        return False
    lengths = ends[one : one + size].astype(np.int64) - begin
    return np.array_equal(lengths, other_ends[two : two + size].astype(np.int64) - other_begin)


def _merge(
    terms: Dictionary, one: int, others: Dictionary, two: int, found: Numbers
) -> tuple[int, int]:
    """Go on term by term until several in a row are equal; return where both stand then."""
    equal = 0
    text, other = terms.encoded(one), others.encoded(two)
    while True:
        if text == other:
            found[one] = two
            one, two, equal = one + 1, two + 1, equal + 1
            if equal == _SMALLEST or one == len(terms) or two == len(others):
                return one, two
            text, other = terms.encoded(one), others.encoded(two)
        elif text < other:
            one, equal = one + 1, 0
            if one == len(terms):
                return one, two
            text = terms.encoded(one)
        else:
            two, equal = two + 1, 0
            if two == len(others):
                return one, two
            other = others.encoded(two)
