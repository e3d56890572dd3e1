"""Dates as sources give them: EDTF in, four bounds out, nothing padded and nothing guessed.

The grammar is that of the Extended Date/Time Format (Library of Congress, 2019; ISO 8601-2),
level 1, with the sets of level 2. Times of day, years beyond four digits and exponents are not
dates that a history of parties needs; they are refused by name.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pyoxigraph import Literal, NamedNode, Triple

from partyline.vocabulary import EDTF, PL, XSD

#: ``?`` uncertain, ``~`` approximate, ``%`` both: they qualify a date and move no bound.
_QUALIFIERS = str.maketrans("", "", "?~%")
_DATE = re.compile(r"(?P<year>[0-9X]{4})(?:-(?P<month>[0-9X]{2})(?:-(?P<day>[0-9X]{2}))?)?\Z")
#: EDTF 2019, level 1, season: 21 spring to 24 winter. Which months these are depends on the
#: hemisphere, so the whole year is all that they say for certain.
_SEASONS = {"21", "22", "23", "24"}


#: What the build computes from dates, and therefore nobody writes.
COMPUTED = (PL.beginEarliest, PL.beginLatest, PL.endEarliest, PL.endLatest, PL.ongoing)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The days between which something began and ended; None where the source does not say."""

    begin_earliest: date | None = None
    begin_latest: date | None = None
    end_earliest: date | None = None
    end_latest: date | None = None
    #: The source knew it as still so: an interval that ends with ``..``.
    ongoing: bool = False

    def __iter__(self) -> Iterator[tuple[NamedNode, date]]:
        """Yield the property and the day of each bound that is known."""
        named = {
            PL.beginEarliest: self.begin_earliest,
            PL.beginLatest: self.begin_latest,
            PL.endEarliest: self.end_earliest,
            PL.endLatest: self.end_latest,
        }
        return ((name, day) for name, day in named.items() if day is not None)


class Certainty(StrEnum):
    """Whether something held on a day, as far as its bounds tell."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NO = "no"


def as_of(known: Bounds, day: date) -> Certainty:
    """Tell whether what lies within *known* held on *day*.

    It is certain between the latest begin and the earliest end, and impossible before the
    earliest begin and after the latest end. A bound that the source does not give excludes
    nothing; an end that is open (``..``) counts as not having come.

    >>> as_of(bounds("1985/1992"), date(1990, 1, 1))
    <Certainty.CERTAIN: 'certain'>
    >>> as_of(bounds("1985/"), date(1990, 1, 1))
    <Certainty.POSSIBLE: 'possible'>
    """
    too_early = known.begin_earliest is not None and day < known.begin_earliest
    too_late = known.end_latest is not None and day > known.end_latest
    if too_early or too_late:
        return Certainty.NO
    begun = known.begin_latest is not None and known.begin_latest <= day
    lasting = known.ongoing or (known.end_earliest is not None and day <= known.end_earliest)
    return Certainty.CERTAIN if begun and lasting else Certainty.POSSIBLE


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
    if not text.strip():
        raise ValueError("an empty date")
    begin, slash, end = text.partition("/")
    if not slash:
        earliest, latest = _span(text, text)
        return Bounds(earliest, latest, earliest, latest)
    if begin in ("", "..") and end in ("", ".."):
        raise ValueError(f"{text!r} has neither a begin nor an end")
    begin_earliest, begin_latest = _end_of_interval(begin, text)
    end_earliest, end_latest = _end_of_interval(end, text)
    if begin_earliest and end_latest and end_latest < begin_earliest:
        raise ValueError(f"{text!r} ends before it begins")
    return Bounds(begin_earliest, begin_latest, end_earliest, end_latest, ongoing=end == "..")


def date_bounds(triples: Iterable[Triple]) -> set[Triple]:
    """Return the bound triples that the ``pl:date`` literals in *triples* imply.

    A literal that is no EDTF implies nothing; validation reports it.
    """
    computed = set()
    for triple in triples:
        literal = triple.object
        if triple.predicate != PL.date or not isinstance(literal, Literal):
            continue
        if literal.datatype != EDTF:
            continue
        try:
            found = bounds(literal.value)
        except ValueError:
            continue
        for name, day in found:
            value = Literal(day.isoformat(), datatype=XSD.date)
            computed.add(Triple(triple.subject, name, value))
        if found.ongoing:
            computed.add(Triple(triple.subject, PL.ongoing, Literal(True)))
    return computed


def _end_of_interval(text: str, whole: str) -> tuple[date | None, date | None]:
    return (None, None) if text in ("", "..") else _span(text, whole)


def _span(text: str, whole: str) -> tuple[date | None, date | None]:
    """Return the first and the last day that *text*, a date or a set, may mean."""
    if text[0] in "[{" or text[-1] in "]}":
        if text[0] + text[-1] not in ("[]", "{}"):
            raise ValueError(f"{whole!r}: a set is written [a,b] or {{a,b}}")
        spans = [_range(item.strip(), whole) for item in text[1:-1].split(",")]
        first = [begin for begin, _ in spans]
        last = [end for _, end in spans]
        # One member without a limit leaves the whole set without it.
        known_first = [day for day in first if day is not None]
        known_last = [day for day in last if day is not None]
        return (
            min(known_first) if len(known_first) == len(first) else None,
            max(known_last) if len(known_last) == len(last) else None,
        )
    return _date(text, whole)


def _range(text: str, whole: str) -> tuple[date | None, date | None]:
    """Return the first and last day of a member of a set: ``a``, ``a..b``, ``..b`` or ``a..``."""
    begin, dots, end = text.partition("..")
    if not dots:
        return _date(text, whole)
    if not begin and not end:
        raise ValueError(f"{whole!r}: '..' needs a date on one side")
    first = _date(begin, whole)[0] if begin else None
    last = _date(end, whole)[1] if end else None
    if first and last and last < first:
        raise ValueError(f"{whole!r}: {text!r} ends before it begins")
    return first, last


def _date(text: str, whole: str) -> tuple[date, date]:
    """Return the first and the last day of one date, ``X`` standing for any digit."""
    match = _DATE.match(text.translate(_QUALIFIERS))
    if not match:
        raise ValueError(
            f"{whole!r} is not EDTF; write 1992, 1992-11, 1992-11-30, 1985/1992 or [..1985],"
            " with ~ or ? behind what is not certain"
        )
    year, month, day = match["year"], match["month"], match["day"]
    first_year, last_year = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if first_year == 0:
        raise ValueError(f"{whole!r}: no year 0 here; the first is 0001")
    if month in _SEASONS and day is None:
        month = None
    first_month, last_month = _digits(month, 1, 12, whole, "month")
    longest = monthrange(last_year, last_month)[1]
    if month is not None and "X" in month:
        longest = 31  # one of the months meant may have them all
    first_day, last_day = _digits(day, 1, longest, whole, "day")
    shortest = monthrange(first_year, first_month)[1]
    return (
        date(first_year, first_month, min(first_day, shortest)),
        date(last_year, last_month, min(last_day, monthrange(last_year, last_month)[1])),
    )


def _digits(part: str | None, low: int, high: int, whole: str, name: str) -> tuple[int, int]:
    if part is None:
        return low, high
    first, last = int(part.replace("X", "0")), int(part.replace("X", "9"))
    if "X" in part:
        first, last = max(first, low), min(last, high)
    if not low <= first <= last <= high:
        raise ValueError(f"{whole!r}: there is no {name} {part}; it is {low:02} to {high:02}")
    return first, last
