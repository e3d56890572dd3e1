"""The three ways in which rows are sorted: each pattern begins with the terms of one of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from partyline.dataset.arrays import Numbers

#: A term by its number, several with consecutive numbers, or any.
Slot = int | range | None


@dataclass(frozen=True, slots=True)
class AccessPath:
    """Rows sorted by one of their terms, then by a second, then by the third."""

    #: The columns that the rows are sorted by.
    order: tuple[str, str, str]
    #: For each term, the place of its first row; one more at the end.
    start: memoryview
    #: The second term of the row at each place.
    second: memoryview
    #: The third; None where it is only found in the row.
    third: memoryview | None
    #: The row at each place; None where rows are numbered in this order.
    row: Numbers | None

    @classmethod
    def by_subject(cls, columns: Mapping[str, Numbers]) -> "AccessPath":
        """Return the order of the rows themselves."""
        return cls(
            ("subject", "predicate", "object"),
            columns["subject_start"].data,
            columns["predicate"].data,
            columns["object"].data,
            None,
        )

    @classmethod
    def by(
        cls, first: str, second: str, third: str, columns: Mapping[str, Numbers]
    ) -> "AccessPath":
        """Return one of the other orders."""
        return cls(
            (first, second, third),
            columns[f"{first}_start"].data,
            columns[f"{first}_{second}"].data,
            None,
            columns[f"{first}_row"],
        )

    def find_pair(self, first: int, second: int) -> tuple[int, int]:
        """Return the places of the rows that have the terms *first* and *second*."""
        column, last = self.second, self.start[first + 1]
        begin = bisect_left(column, second, self.start[first], last)
        if begin == last or column[begin] != second:
            return begin, begin
        return begin, bisect_right(column, second, begin, last)

    def find(self, first: Slot, second: Slot, third: Slot) -> tuple[int, int, int]:
        """Return the places of the rows that agree with slots, and with how many of the slots."""
        if first is None:
            return 0, len(self.second), 0
        if isinstance(first, range):
            return self.start[first.start], self.start[first.stop], 1
        begin, end = self.start[first], self.start[first + 1]
        if second is None:
            return begin, end, 1
        begin, end = narrow(self.second, begin, end, second)
        if third is None or self.third is None or isinstance(second, range):
            return begin, end, 2
        return *narrow(self.third, begin, end, third), 3


def narrow(column: memoryview, first: int, last: int, wanted: int | range) -> tuple[int, int]:
    """Return where *wanted* begins and ends between *first* and *last* of *column*, sorted there.

    >>> from array import array
    >>> narrow(memoryview(array("i", [5, 1, 2, 2, 9])), 1, 4, 2)
    (2, 4)
    """
    low, high = (wanted.start, wanted.stop) if isinstance(wanted, range) else (wanted, wanted + 1)
    begin = bisect_left(column, low, first, last)
    return begin, bisect_left(column, high, begin, last)
