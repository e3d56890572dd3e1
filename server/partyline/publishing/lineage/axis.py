"""The time axis: days and their places on a linear scale."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date


def decimal(day: date, *, end: bool = False) -> float:
    """Return *day* as a decimal year: its beginning, or its end.

    >>> decimal(date(1975, 1, 1)), decimal(date(1975, 12, 31), end=True)
    (1975.0, 1976.0)
    """
    length = 366 if isleap(day.year) else 365
    return day.year + (day.timetuple().tm_yday - (0 if end else 1)) / length


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale from the years *low* to *high* onto the pixels *left* to *right*."""

    low: float
    high: float
    left: float
    right: float

    @property
    def scale(self) -> float:
        """Return the pixels of one year."""
        return (self.right - self.left) / (self.high - self.low)

    def x(self, year: float) -> float:
        """Return the place of a decimal *year*, within the axis."""
        inside = min(max(year, self.low), self.high)
        return round(self.left + (inside - self.low) * self.scale, 2)

    def of(self, day: date, *, end: bool = False) -> float:
        """Return the place of the beginning, or the end, of *day*."""
        return self.x(decimal(day, end=end))

    def middle(self, first: date, last: date) -> float:
        """Return the place in the middle of two days."""
        return self.x((decimal(first) + decimal(last, end=True)) / 2)

    def ticks(self) -> tuple[int, ...]:
        """Return the years that are marked: each tenth, fifth or single one, as there is room."""
        step = next((step for step in (1, 2, 5, 10, 20, 50) if step * self.scale >= 48), 100)
        first = int(-(-self.low // step) * step)
        return tuple(range(first, int(self.high) + 1, step))
