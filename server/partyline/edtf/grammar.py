"""The grammar of EDTF as values: dates, ranges, sets and intervals.

The Extended Date/Time Format (Library of Congress, 2019; ISO 8601-2:2019, annex A): level 0
without times of day, level 1 without years of more than four digits, and of level 2 the sets, the
qualification of single components and unspecified digits anywhere. A set may also be the begin or
end of an interval, which EDTF itself does not allow: sources differ on ends, too. Whatever else is
written is refused with the reason.

Why not the package ``edtf`` (python-edtf 5, which the tests compare with): it takes 20 ms for a
date, half a minute for a knowledge base of 1,300; it gives no bounds for ``1992-0X-31``; it reads
the unknown end of ``1985/`` as "within ten years"; and it takes seasons to be northern.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

#: Level 1, season: 21 spring to 24 winter, on either hemisphere.
SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}

_PARTS = ("year", "month", "day")
_PART = r"(?P<{0}_before>[?~%]?)(?P<{0}>[0-9X]{{{1}}})(?P<{0}_after>[?~%]?)"
_DATE = re.compile(
    f"{_PART.format('year', 4)}(?:-{_PART.format('month', 2)}(?:-{_PART.format('day', 2)})?)?"
)
_BRACKETS = {"[": "]", "{": "}"}


class Qualifier(NamedTuple):
    """A sign: ``?`` uncertain, ``~`` approximate, ``%`` both.

    *part* is the component that it stands at (0 year, 1 month, 2 day). In a *group*, a sign behind
    a component, it qualifies those to the left as well.
    """

    sign: str
    part: int
    group: bool


@dataclass(frozen=True, slots=True)
class Date:
    """One date. Components are as written, ``X`` for a digit that is not specified.

    *first* and *last* are the first and the last day that fit the digits; qualifiers do not count.
    """

    text: str
    year: str
    month: str
    day: str
    qualifiers: tuple[Qualifier, ...]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Range:
    """A member ``a..b``, ``..b`` or ``a..`` of a set; at least one of the two is there."""

    first: Date | None
    last: Date | None


@dataclass(frozen=True, slots=True)
class Set:
    """One of the members (``[a,b]``), or all of them (``{a,b}``)."""

    members: tuple[Date | Range, ...]
    all: bool


class Limit(StrEnum):
    """What an end of an interval may be instead of a date."""

    #: There is no end: it is still so, or always was.
    OPEN = ".."
    #: There is one, and the source does not give it.
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """From a begin to an end; at least one of the two has a date."""

    begin: Date | Set | Limit
    end: Date | Set | Limit


Expression = Date | Set | Interval


@lru_cache(1 << 12)
def parse(text: str) -> Expression:
    """Return the value of the EDTF expression *text*.

    Raises ValueError, saying what is wrong.

    >>> parse("1985/..").end
    <Limit.OPEN: '..'>
    """
    if not text.strip():
        raise ValueError("an empty date")
    try:
        begin, slash, end = text.partition("/")
        if not slash:
            return _date_or_set(text)
        ends = Interval(_end(begin), _end(end))
        if isinstance(ends.begin, Limit) and isinstance(ends.end, Limit):
            raise ValueError("has neither a begin nor an end")
        return ends
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}") from None


def _end(text: str) -> Date | Set | Limit:
    return Limit(text) if text in (Limit.OPEN, Limit.UNKNOWN) else _date_or_set(text)


def _date_or_set(text: str) -> Date | Set:
    closing = _BRACKETS.get(text[0])
    if closing is None and text[-1] not in _BRACKETS.values():
        return _date(text)
    if text[-1] != closing:
        raise ValueError("a set is written [a,b] or {a,b}")
    members = tuple(_member(item.strip()) for item in text[1:-1].split(","))
    return Set(members, all=text[0] == "{")


def _member(text: str) -> Date | Range:
    begin, dots, end = text.partition("..")
    if not dots:
        return _date(text)
    if not begin and not end:
        raise ValueError("'..' needs a date on one side")
    found = Range(_date(begin) if begin else None, _date(end) if end else None)
    if found.first and found.last and found.last.last < found.first.first:
        raise ValueError(f"{text!r} ends before it begins")
    return found


@lru_cache(maxsize=8192)
def _date(text: str) -> Date:
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(
            "not EDTF; write 1992, 1992-11, 1992-11-30, 1985/1992 or [..1985],"
            " with ~ or ? after what is approximate or uncertain"
        )
    year, month, day = (match[part] or "" for part in _PARTS)
    days = _Days(year, month, day)
    return Date(text, year, month, day, tuple(_qualifiers(match)), days.first(), days.last())


def _qualifiers(match: re.Match[str]) -> Iterator[Qualifier]:
    for number, part in enumerate(_PARTS):
        before, after = match[f"{part}_before"], match[f"{part}_after"]
        if before and after:
            raise ValueError(f"the {part} has a qualifier on both sides; write one")
        if before or after:
            # Nothing is to the left of the year.
            yield Qualifier(before or after, number, group=bool(after) or number == 0)


class _Days:
    """The days that fit three components."""

    def __init__(self, year: str, month: str, day: str) -> None:
        if year == "0000":
            raise ValueError("there is no year 0; the first is 0001")
        if month in SEASONS:
            if day:
                raise ValueError(f"a season ({month}) has no days")
            month = ""
        self._day = f"{year}-{month}-{day}"
        self._years = _fitting(year, 1, 9999)
        self._months = _fitting(month, 1, 12) if month else range(1, 13)
        if not self._months:
            raise ValueError(f"there is no month {month}; it is 01 to 12, or 21 to 24 for seasons")
        self._days = _fitting(day, 1, 31) if day else range(1, 32)

    def first(self) -> date:
        """Return the first day. Raises ValueError if there is none."""
        return self._next(self._years, self._months, self._days)

    def last(self) -> date:
        """Return the last day."""
        return self._next(self._years[::-1], self._months[::-1], self._days[::-1])

    def _next(self, years: Iterable[int], months: Iterable[int], days: Iterable[int]) -> date:
        for year in years:
            for month in months:
                longest = monthrange(year, month)[1]
                for day in days:
                    if day <= longest:
                        return date(year, month, day)
        raise ValueError(f"there is no day {self._day}")


def _fitting(pattern: str, low: int, high: int) -> range | list[int]:
    """Return the numbers from *low* to *high* whose digits fit *pattern*."""
    if "X" not in pattern:
        number = int(pattern)
        return range(number, number + 1) if low <= number <= high else []
    first, last = int(pattern.replace("X", "0")), int(pattern.replace("X", "9"))
    return [
        number
        for number in range(max(first, low), min(last, high) + 1)
        if all(
            sign in ("X", digit)
            for sign, digit in zip(pattern, f"{number:0{len(pattern)}}", strict=True)
        )
    ]
