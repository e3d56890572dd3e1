"""Plots as SVG: lines of growth, and dots that compare; both axes of figures are logarithmic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, LEFT, TOP, BOTTOM = 720, 64, 44, 44
#: Where names of series stand.
_LEGEND = 170
#: Colours that people with any sight can tell apart (Okabe and Ito), each with a shape of its own.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#f0e442")
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
    ' font-family="sans-serif" font-size="12"><title>{title}</title>'
    '<rect width="100%" height="100%" fill="#fff"/>'
    '<text x="{left}" y="20" font-size="14" font-weight="bold">{title}</text>'
)

Series = Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis: whole powers of ten from *low* to *high*, between two places."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def of(cls, values: Sequence[float], start: float, end: float) -> "Axis":
        low, high = floor(log10(min(values))), ceil(log10(max(values)))
        return cls(low, max(high, low + 1), start, end)

    def place(self, value: float) -> float:
        part = (log10(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self) -> Iterator[tuple[float, str]]:
        for power in range(self.low, self.high + 1):
            yield self.place(10.0**power), f"{10.0**power:,.10g}"


def lines(title: str, across: str, up: str, series: Series, height: int = 360) -> str:
    """Return a plot of one line for each of *series*."""
    points = [point for row in series.values() for point in row]
    x = Axis.of([point[0] for point in points], LEFT, WIDTH - _LEGEND)
    y = Axis.of([point[1] for point in points], height - BOTTOM, TOP)
    parts = [_HEAD.format(width=WIDTH, height=height, title=escape(title), left=LEFT)]
    for place, text in x.ticks():
        parts.append(_line(place, y.start, place, y.end))
        parts.append(_text(place, y.start + 16, text, "middle"))
    for place, text in y.ticks():
        parts.append(_line(x.start, place, x.end, place))
        parts.append(_text(x.start - 6, place + 4, text, "end"))
    parts.append(_text((x.start + x.end) / 2, height - 8, across, "middle"))
    parts.append(_text(8, TOP - 8, up))
    for number, (name, row) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [(x.place(one), y.place(two)) for one, two in row]
        drawn = " ".join(f"{one:.1f},{two:.1f}" for one, two in places)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_mark(number, *place) for place in places]
        parts += _named(number, name)
    return "".join([*parts, "</svg>\n"])


def dots(title: str, across: str, rows: Mapping[str, Mapping[str, float]]) -> str:
    """Return a plot of one line of dots for each of *rows*, a dot for each series."""
    left, step = 210, 24
    height = TOP + step * len(rows) + BOTTOM
    values = [value for row in rows.values() for value in row.values()]
    x = Axis.of(values, left, WIDTH - _LEGEND)
    parts = [_HEAD.format(width=WIDTH, height=height, title=escape(title), left=16)]
    for place, text in x.ticks():
        parts.append(_line(place, TOP, place, height - BOTTOM))
        parts.append(_text(place, height - BOTTOM + 16, text, "middle"))
    parts.append(_text((x.start + x.end) / 2, height - 8, across, "middle"))
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    for line, (label, row) in enumerate(rows.items()):
        y = TOP + step * line + step / 2
        parts.append(_line(x.start, y, x.end, y))
        parts.append(_text(x.start - 8, y + 4, label, "end"))
        parts += [_mark(names.index(name), x.place(value), y) for name, value in row.items()]
    for number, name in enumerate(names):
        parts += _named(number, name)
    return "".join([*parts, "</svg>\n"])


def _named(number: int, name: str) -> Iterator[str]:
    y = TOP + 10 + 20 * number
    yield _mark(number, WIDTH - _LEGEND + 20, y)
    yield _text(WIDTH - _LEGEND + 32, y + 4, name)


def _mark(number: int, x: float, y: float) -> str:
    """Return the mark of a series: a circle, a square, a diamond or a triangle of its colour."""
    colour = COLOURS[number % len(COLOURS)]
    if number % 4 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    shapes = ((-4, -4, 4, -4, 4, 4, -4, 4), (0, -5, 5, 0, 0, 5, -5, 0), (0, -5, 5, 4, -5, 4))
    shape = shapes[number % 4 - 1]
    corners = zip(shape[::2], shape[1::2], strict=True)
    points = " ".join(f"{x + one:.1f},{y + two:.1f}" for one, two in corners)
    return f'<polygon points="{points}" fill="{colour}"/>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#ddd"/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
