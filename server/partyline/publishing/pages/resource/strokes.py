"""Small bars on a time scale, for lists: soft where a date is not known more exactly."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from partyline.edtf import Bounds, bounds

#: Years that fit below a scale of 8 rem.
_MOST_TICKS = 4
#: A scale reaches at least over so many days.
_SHORTEST = 60


@dataclass(frozen=True, slots=True)
class Stroke:
    """Where a bar begins to show, is certain, ceases to be certain, and ends: per mille."""

    first: int
    full: int
    partial: int
    last: int


@dataclass(frozen=True, slots=True)
class TimeScale:
    """The days between which the dates of one list lie."""

    first: int
    last: int

    @classmethod
    def of(cls, dates: Iterable[str]) -> "TimeScale | None":
        """Return the scale of the EDTF expressions *dates*; None where none of them has a day."""
        days = [day.toordinal() for text in dates for day in _days(_bounds(text)) if day]
        if not days:
            return None
        first, last = min(days), max(days)
        margin = max((last - first) // 25, (_SHORTEST - (last - first)) // 2, 1)
        return cls(first - margin, last + margin)

    def stroke(self, text: str) -> Stroke | None:
        """Return the bar of the EDTF expression *text*; None where it has no day."""
        known = _bounds(text)
        begin = known.begin_earliest or known.begin_latest
        end = known.end_latest or known.end_earliest
        if begin is None and end is None:
            return None
        first = self._place(begin) if begin else 0
        full = self._place(known.begin_latest or begin) if begin else first
        last = self._place(end, after=1) if end else 1000 if known.ongoing else full + 12
        partial = self._place(known.end_earliest or end, after=1) if end else last
        if end is None and not known.ongoing:
            partial = full
        if partial < full:  # it lasted for less than the doubt about its date
            full = partial = (first + last) // 2
        return Stroke(first, full, partial, max(last, first + 6))

    def _place(self, day: date | None, after: int = 0) -> int:
        here = (day.toordinal() if day else self.first) + after
        return round(1000 * (here - self.first) / (self.last - self.first))

    def ticks(self) -> tuple[tuple[int, int], ...]:
        """Return years to mark, with their places: so few that they stand apart."""
        low, high = date.fromordinal(max(self.first, 1)).year + 1, date.fromordinal(self.last).year
        steps = (1, 2, 5, 10, 20, 50, 100)
        step = next((row for row in steps if (high - low) // row < _MOST_TICKS), 500)
        years = range(-(-low // step) * step, high + 1, step)
        return tuple((year, self._place(date(year, 1, 1))) for year in years)


def earliest(text: str) -> date:
    """Return the first day of the EDTF expression *text*, to sort by; the last of all if none."""
    known = _bounds(text)
    return known.begin_earliest or known.begin_latest or known.end_earliest or date.max


def _bounds(text: str) -> Bounds:
    try:
        return bounds(text)
    except ValueError:
        return Bounds()


def _days(known: Bounds) -> tuple[date | None, ...]:
    return known.begin_earliest, known.begin_latest, known.end_earliest, known.end_latest
