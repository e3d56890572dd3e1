"""Where the bars of a picture begin and end on its time axis."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from partyline.publishing.lineage.axis import Axis, decimal
from partyline.publishing.lineage.drawing import Doubt, Ends
from partyline.publishing.lineage.model import Bar, Lineage, Span

_LEFT = 26.0
#: Pixels over which a bar fades where the date is not known at all.
UNKNOWN = 14.0


@dataclass(frozen=True, slots=True)
class Options:
    """What of a lineage is drawn, and how wide."""

    today: date
    width: float = 1180.0
    #: The years of a lens, or None for all.
    years: tuple[float, float] | None = None
    #: Whether the legend, the captions and the context are left out.
    is_small: bool = False


class Scale:
    """Places bars on an axis that reaches over all of them, or over the years of a lens."""

    def __init__(self, lineage: Lineage, options: Options, right: float) -> None:
        """Leave a margin of *right* pixels at the right."""
        self.options = options
        self.today = decimal(options.today, end=True)
        low, high = options.years or self._years(lineage.bars)
        self.axis = Axis(low, max(high, low + 1), _LEFT, options.width - right)

    def _years(self, bars: Mapping[str, Bar]) -> tuple[float, float]:
        """Return a round year before all *bars*, and today.

        A small picture of what has ended reaches a few years beyond that end instead.
        """
        found = [decimal(day) for bar in bars.values() for day in _days(bar)]
        low = min(found, default=self.today - 10) // 5 * 5
        if not self.options.is_small or any(bar.ongoing for bar in bars.values()):
            return low, self.today
        return low, min(max(found, default=self.today) + 4, self.today)

    def is_seen(self, bar: Bar) -> bool:
        """Tell whether *bar*, which has a date, is within the axis."""
        days = [decimal(day) for day in _days(bar)]
        last = self.today if bar.ongoing else max(days)
        return last >= self.axis.low and min(days) <= self.axis.high

    def middle(self, span: Span) -> float:
        """Return the place in the middle of *span*, or at its one end that is known."""
        first, last = span.earliest or span.latest, span.latest or span.earliest
        if first is None or last is None:
            return self.axis.left
        return self.axis.middle(first, last)

    def ends(self, bar: Bar) -> tuple[Ends, bool, bool]:
        """Return from where to where *bar* is drawn, and whether its ends are unknown."""
        first, full, open_begin = self._begin(bar)
        partial, last, open_end = self._end(bar, full)
        if self.options.years:  # what lies outside of a lens is cut off sharply
            if full <= self.axis.left:
                first, open_begin = full, False
            if partial >= self.axis.right:
                last, open_end = partial, False
        # Something that lasted for less than the doubt about its dates is nowhere solid.
        return Ends(first, full, partial, last), open_begin, open_end

    def _begin(self, bar: Bar) -> tuple[float, float, bool]:
        edge = bar.begin
        if edge and not edge.disputed and edge.span.latest:
            full = self.axis.of(edge.span.latest, end=True)
            if edge.span.earliest is None:
                return full - UNKNOWN, full, True
            return self.axis.of(edge.span.earliest), full, False
        known = bar.attested.earliest or (bar.end.span.earliest if bar.end else None)
        full = self.axis.of(known) if known else self.axis.left
        return full - UNKNOWN, full, True

    def _end(self, bar: Bar, full: float) -> tuple[float, float, bool]:
        if bar.ongoing:
            here = self.axis.x(self.today)
            return here, here, False
        edge = bar.end
        if edge and not edge.disputed and edge.span.earliest:
            partial = self.axis.of(edge.span.earliest)
            if edge.span.latest is None:
                return partial, partial + UNKNOWN, True
            return partial, self.axis.of(edge.span.latest, end=True), False
        known = bar.attested.latest
        partial = max(self.axis.of(known, end=True) if known else full, full)
        return partial, partial + UNKNOWN, True

    def doubts(self, bar: Bar) -> Iterator[Doubt]:
        """Yield the stretches in which sources claim different dates for an edge of *bar*."""
        for edge in (bar.begin, bar.end):
            if edge and edge.is_contested and not edge.disputed:
                ticks = sorted({self.middle(span) for _, span in edge.claims})
                yield Doubt(ticks[0], ticks[-1], tuple(ticks))


def _days(bar: Bar) -> Iterator[date]:
    spans = [edge.span for edge in (bar.begin, bar.end) if edge is not None]
    for span in (*spans, bar.attested):
        yield from (day for day in (span.earliest, span.latest) if day is not None)
