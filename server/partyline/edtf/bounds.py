"""The days between which something began and ended, and whether it held on a day.

Nothing is padded and nothing guessed, except that "about" widens. A qualified date (``~``
approximate, ``?`` uncertain) may be one unit of its precision earlier or later, one qualified with
``%`` two units: ``1997~`` lies in 1996 to 1998, ``1998-08~`` in July to September, ``1998-12-28?``
within a day of it. The unit is that of the component at which the sign stands; where a digit of it
is not specified, it is the next greater one (``199X~``: ten years). The specification gives no
figures; these are the ones that python-edtf documents (``1979-08~`` is July to September 1979; its
release 5 adds a year to that). It follows that a qualified date by itself makes no day certain.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from functools import lru_cache

from partyline.edtf.grammar import SEASONS, Date, Interval, Limit, Qualifier, Range, Set, parse

Span = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The days between which something began and ended; None where the source does not say."""

    begin_earliest: date | None = None
    begin_latest: date | None = None
    end_earliest: date | None = None
    end_latest: date | None = None
    #: Still so as far as the source knew: an interval that ends with ``..``.
    ongoing: bool = False


class Certainty(StrEnum):
    """Whether something held on a day, as far as its bounds tell."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NO = "no"


def as_of(known: Bounds | str, day: date) -> Certainty:
    """Tell whether what lies within *known*, bounds or an EDTF expression, held on *day*.

    It is certain between the latest begin and the earliest end, and impossible before the
    earliest begin and after the latest end. A bound that the source does not give excludes
    nothing; an end that is open (``..``) counts as not having come.

    Raises ValueError where the expression is not valid.

    >>> as_of("1985/1992", date(1990, 1, 1))
    <Certainty.CERTAIN: 'certain'>
    >>> as_of(bounds("1985/"), date(1990, 1, 1))
    <Certainty.POSSIBLE: 'possible'>
    """
    if isinstance(known, str):
        known = bounds(known)
    too_early = known.begin_earliest is not None and day < known.begin_earliest
    too_late = known.end_latest is not None and day > known.end_latest
    if too_early or too_late:
        return Certainty.NO
    begun = known.begin_latest is not None and known.begin_latest <= day
    lasting = known.ongoing or (known.end_earliest is not None and day <= known.end_earliest)
    return Certainty.CERTAIN if begun and lasting else Certainty.POSSIBLE


@lru_cache(1 << 12)
def bounds(text: str) -> Bounds:
    """Return the bounds of the EDTF expression *text*.

    A date is one stretch: it began and ended within it. An interval has a begin and an end of
    its own; ``..`` or nothing on one side leaves that side without bounds.

    >>> bounds("1985/1992-11").begin_latest
    datetime.date(1985, 12, 31)
    >>> bounds("[..1985]").end_latest
    datetime.date(1985, 12, 31)

    Raises ValueError, saying what is wrong.
    """
    value = parse(text)
    if not isinstance(value, Interval):
        earliest, latest = _span(value)
        return Bounds(earliest, latest, earliest, latest)
    begin_earliest, begin_latest = _span(value.begin)
    end_earliest, end_latest = _span(value.end)
    if begin_earliest and end_latest and end_latest < begin_earliest:
        raise ValueError(f"{text!r}: it ends before it begins")
    ongoing = value.end is Limit.OPEN
    return Bounds(begin_earliest, begin_latest, end_earliest, end_latest, ongoing)


def _span(value: Date | Range | Set | Limit) -> Span:
    """Return the first and the last day that *value* may mean; None for no limit."""
    if isinstance(value, Limit):
        return None, None
    if isinstance(value, Date):
        return _widened(value)
    if isinstance(value, Range):
        first = _widened(value.first)[0] if value.first else None
        return first, _widened(value.last)[1] if value.last else None
    spans = [_span(member) for member in value.members]
    first_days = [first for first, _ in spans if first is not None]
    last_days = [last for _, last in spans if last is not None]
    # One member without a limit leaves the whole set without it.
    return (
        min(first_days) if len(first_days) == len(spans) else None,
        max(last_days) if len(last_days) == len(spans) else None,
    )


def _widened(value: Date) -> tuple[date, date]:
    """Return the first and last day of *value*, moved apart by its qualifiers."""
    first, last = value.first, value.last
    for qualifier in value.qualifiers:
        months, days = _margin(value, qualifier)
        first = _moved(first, -months, -days, whole_months=False)
        last = _moved(last, months, days, whole_months=value.day in ("", "XX"))
    return first, last


def _margin(value: Date, qualifier: Qualifier) -> tuple[int, int]:
    """Return the months and the days that *qualifier* moves each bound of *value* by."""
    times = 2 if qualifier.sign == "%" else 1
    if qualifier.part == 0:
        unspecified = len(value.year) - value.year.find("X") if "X" in value.year else 0
        return times * 12 * 10**unspecified, 0
    if qualifier.part == 1:
        if value.month in SEASONS:
            return times * 3, 0
        return times * (12 if "X" in value.month else 1), 0
    return (times, 0) if "X" in value.day else (0, times)


def _moved(day: date, months: int, days: int, *, whole_months: bool) -> date:
    """Return *day* so many months and days later, within the calendar of Python.

    With *whole_months*, the last day of a month stays the last day of one.
    """
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    if not MINYEAR <= year <= MAXYEAR:
        return date.min if year < MINYEAR else date.max
    longest = monthrange(year, month)[1]
    at_end = whole_months and day.day == monthrange(day.year, day.month)[1]
    moved = date(year, month, longest if at_end else min(day.day, longest))
    try:
        return moved + timedelta(days)
    except OverflowError:
        return date.min if days < 0 else date.max
