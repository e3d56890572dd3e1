"""The answer to a question as a bar chart in SVG: names on the left, one bar for each row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from partyline.display import in_markup
from partyline.publishing.pages.query_results import Cell, TableView
from partyline.releases import BarChart

#: Lengths in units of the picture: all of it, a row, the names, the numbers behind bars.
_WIDTH, _ROW, _NAMES, _NUMBERS = 720, 24, 260, 60
#: Letters of a name that are shown.
_LETTERS = 34
#: About how many steps the axis has.
_STEPS = 5
#: What stands for a number that there is not.
_UNKNOWN = "—"


@dataclass(frozen=True, slots=True)
class _Bar:
    name: str
    #: As it is written; empty where there is none.
    text: str
    value: float | None


def bar_chart(chart: BarChart, table: TableView) -> str:
    """Return the rows of *table* as *chart* says, as SVG; empty where there is nothing to draw."""
    if not {chart.name, chart.value} <= set(table.variables):
        return ""
    places = table.variables.index(chart.name), table.variables.index(chart.value)
    bars = [_bar(row[places[0]], row[places[1]]) for row in table.rows]
    values = [row.value for row in bars if row.value is not None]
    if not values:
        return ""
    return "".join(_picture(chart, bars, axis_ticks(min(0, *values), max(0, *values))))


def axis_ticks(low: float, high: float) -> Sequence[float]:
    """Return the numbers at an axis from *low* to *high*, at round steps, and both ends covered.

    >>> axis_ticks(0, 117), axis_ticks(-3, 4), axis_ticks(0, 0)
    ([0, 50, 100, 150], [-4, -2, 0, 2, 4], [0, 1])
    """
    if low == high:
        return [0, 1]
    rough = (high - low) / _STEPS
    power = 10.0 ** floor(log10(rough))
    step = next(row * power for row in (1, 2, 5, 10) if row * power >= rough)
    numbers = range(floor(low / step), ceil(high / step) + 1)
    return [_plain(round(number * step, 10)) for number in numbers]


def _picture(chart: BarChart, bars: Sequence[_Bar], ticks: Sequence[float]) -> Iterator[str]:
    bottom = len(bars) * _ROW
    yield (
        f'<svg class="bars" viewBox="0 0 {_WIDTH} {bottom + 24}" role="img"'
        f' aria-label="{in_markup(f"{chart.value}: {chart.name}")}">'
    )
    for tick in ticks:
        x = _x(tick, ticks)
        yield f'<line x1="{x}" y1="0" x2="{x}" y2="{bottom}" stroke-opacity=".2"/>'
        yield f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{tick}</text>'
    for number, bar in enumerate(bars):
        yield from _row(bar, number * _ROW, ticks)
    zero = _x(0, ticks)
    yield f'<line x1="{zero}" y1="0" x2="{zero}" y2="{bottom}"/></svg>'


def _row(bar: _Bar, y: int, ticks: Sequence[float]) -> Iterator[str]:
    name = bar.name if len(bar.name) <= _LETTERS else f"{bar.name[: _LETTERS - 1]}…"
    yield (
        f'<text x="{_NAMES - 10}" y="{y + 17}" text-anchor="end">{in_markup(name)}'
        f"<title>{in_markup(bar.name)}</title></text>"
    )
    zero = _x(0, ticks)
    end = zero if bar.value is None else _x(bar.value, ticks)
    if bar.value is not None:
        left, width = min(zero, end), round(abs(end - zero), 2)
        yield f'<rect x="{left}" y="{y + 4}" width="{width}" height="{_ROW - 8}"/>'
    yield f'<text x="{max(zero, end) + 6}" y="{y + 17}">{in_markup(bar.text or _UNKNOWN)}</text>'


def _x(value: float, ticks: Sequence[float]) -> float:
    share = (value - ticks[0]) / (ticks[-1] - ticks[0])
    return round(_NAMES + share * (_WIDTH - _NAMES - _NUMBERS), 2)


def _bar(name: Cell, value: Cell) -> _Bar:
    text = value.words.literal if value.words else ""
    try:
        number = float(text)
    except ValueError:
        return _Bar(_name(name), "", None)
    is_drawn = abs(number) < float("inf")
    return _Bar(_name(name), text if is_drawn else "", number if is_drawn else None)


def _name(cell: Cell) -> str:
    if cell.link is not None:
        return cell.link.name.text
    return cell.words.words if cell.words else ""


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number
