"""Bars as SVG: with their bands, and with what is not certain about them."""

from collections.abc import Callable, Iterator

from partyline.display import in_markup
from partyline.publishing.lineage.drawing import BandBox, BarBox, Doubt, Line
from partyline.publishing.lineage.labels import SMALL
from partyline.publishing.lineage.svg.colours import BANDS, DISPUTE, PLAIN, agent_colour
from partyline.publishing.lineage.svg.elements import number, text
from partyline.publishing.lineage.svg.fills import Fills
from partyline.publishing.lineage.wording import short_date

#: Height of the hatched strip where sources differ.
_STRIP = 7


def bar_elements(box: BarBox, fills: Fills, name: Callable[[str], str]) -> Iterator[str]:
    """Draw a bar, with its bands; *name* gives the names of agents."""
    yield from fills.stretch(box.ends, box.top, box.height, PLAIN, "plain")
    for index, band in enumerate(box.bands):
        yield from _band(box, band, index, fills, name)
    yield from (text(band.label, "band") for band in box.bands if band.label)
    for doubt in box.doubts:
        yield from _doubt(box, doubt, fills)
    if box.disputed_end is not None:
        x, y = number(box.disputed_end), number(box.middle)
        yield (
            f'<path class="dispute" d="M{number(box.ends.last + 10)} {y}H{x}'
            f'M{x} {number(box.top)}v{number(box.height)}" fill="none" stroke="{DISPUTE}" '
            f'stroke-width="1.2" stroke-dasharray="1.5 4"/>'
        )
    unknown = [box.ends.first - 8] if box.open_begin else []
    unknown += [box.ends.last + 2] if box.open_end else []
    for place in unknown:
        yield text(Line("?", place, box.middle + 3.8, SMALL, faint=True), "note")


def _band(
    box: BarBox, band: BandBox, place: int, fills: Fills, name: Callable[[str], str]
) -> Iterator[str]:
    css, colour = agent_colour(band.colour, BANDS[place % 2], f"band{place % 2}")
    date = short_date(band.band.date) if band.band.date else "?"
    title = f"<title>{in_markup(f'{name(band.band.agent)}, {date}')}</title>"
    if band.ends is None:
        # A strip along the lower edge: nobody says when.
        yield (
            f'<rect class="{css}" x="{number(box.ends.full)}" '
            f'y="{number(box.top + box.height - 5)}" '
            f'width="{number(max(box.ends.partial - box.ends.full, 2))}" height="5" '
            f'fill="{colour}">{title}</rect>'
        )
        return
    inner = "".join(fills.stretch(band.ends, box.top, box.height, colour, css))
    yield f"<g>{title}{inner}</g>"


def _doubt(box: BarBox, doubt: Doubt, fills: Fills) -> Iterator[str]:
    """Hatch the days between the dates that sources claim, with a line for each."""
    top, bottom = number(box.top - 2), number(box.top + box.height + 2)
    yield (
        f'<rect class="doubt" x="{number(doubt.left)}" y="{number(box.top)}" '
        f'width="{number(max(doubt.right - doubt.left, 1))}" height="{_STRIP}" '
        f'fill="{fills.hatching}"/>'
    )
    for tick in doubt.ticks:
        yield (
            f'<path class="dispute claim" d="M{number(tick)} {top}V{bottom}" '
            f'stroke="{DISPUTE}" stroke-width="1.4"/>'
        )
