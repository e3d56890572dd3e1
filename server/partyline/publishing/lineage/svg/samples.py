"""Samples for the legend: what a picture draws, in small. Each is at x and at the middle y."""

from collections.abc import Callable

from partyline.publishing.lineage.drawing import Ends
from partyline.publishing.lineage.svg.colours import (
    BANDS,
    DISPUTE,
    PALETTE,
    PAPER,
    PLAIN,
    SIGN,
    STROKE,
)
from partyline.publishing.lineage.svg.elements import departure, number, rectangle, rounded
from partyline.publishing.lineage.svg.fills import Fills

Sample = Callable[[float, float], str]


def soft_ends(fills: Fills) -> Sample:
    """Return a bar with soft ends."""

    def sample(x: float, y: float) -> str:
        ends = Ends(x, x + 12, x + 22, x + 34)
        return "".join(fills.stretch(ends, y - 7, 14, PLAIN, "plain"))

    return sample


def disputed_end(fills: Fills) -> Sample:
    """Return a bar whose end is disputed."""

    def sample(x: float, y: float) -> str:
        hatch = rectangle((x + 12, x + 32), y - 7, 14, f'fill="{fills.hatching}"')
        ticks = f"M{number(x + 12)} {number(y - 9)}v18m20 0v-18"
        line = f'<path class="dispute" d="{ticks}" stroke="{DISPUTE}" fill="none"/>'
        return f"{_bar(x, y, 12)}{hatch}{line}"

    return sample


def strip(x: float, y: float) -> str:
    """Return a bar with a strip along its lower edge."""
    edge = rectangle((x, x + 24), y + 2, 5, f'class="band0" fill="{BANDS[0]}"')
    return _bar(x, y, 24) + edge


def cut(kind: str) -> Sample:
    """Return a bar with the cut of a join of *kind*."""

    def sample(x: float, y: float) -> str:
        path = f"M{number(x + 17)} {number(y - 8)}v16"
        if kind != "renamed":
            path = f"M{number(x + 14)} {number(y - 8)}l6 8l-6 8"
        gap = f'<path class="gap" d="{path}" fill="none" stroke="{PAPER}" stroke-width="2.6"/>'
        return _bar(x, y, 34) + gap

    return sample


def _bar(x: float, y: float, width: float) -> str:
    return rectangle((x, x + width), y - 7, 14, f'class="plain" fill="{PLAIN}"')


def join(x: float, y: float) -> str:
    """Return the join of something that split off."""
    place = f'cx="{number(x + 3)}" cy="{number(y - 8)}"'
    foot = f'<circle class="foot" {place} r="3" fill="{STROKE}"/>'
    return _join_line(((x + 3, y - 8), (x + 3, y + 5), (x + 26, y + 5))) + foot


def departed_join(x: float, y: float) -> str:
    """Return the join of something that was founded by one who left."""
    line = _join_line(((x + 4, y - 6), (x + 4, y + 5), (x + 26, y + 5)))
    return line + departure("defected", x + 4, y - 6, "sign", SIGN)


def _join_line(corners: tuple[tuple[float, float], ...]) -> str:
    path = rounded(corners)
    return f'<path class="join" d="{path}" fill="none" stroke="{STROKE}" stroke-width="2"/>'


def disputed_join(x: float, y: float) -> str:
    """Return a disputed join."""
    return (
        f'<path class="dispute" d="M{number(x)} {number(y)}h26" stroke="{DISPUTE}" '
        'stroke-width="1.2" stroke-dasharray="1.5 4"/>'
    )


def wing(x: float, y: float) -> str:
    """Return the join of a wing."""
    return (
        f'<path class="wing" d="M{number(x + 4)} {number(y - 8)}v16" stroke="{STROKE}" '
        'stroke-dasharray="1.5 2.5"/>'
    )


def mark(kind: str) -> Sample:
    """Return the sign of a departure of *kind*."""
    return lambda x, y: departure(kind, x + 4, y, "sign", SIGN)


def colour(place: int) -> Sample:
    """Return a piece of a band in the colour at *place* of the palette."""
    attributes = f'class="agent{place}" fill="{PALETTE[place]}"'
    return lambda x, y: rectangle((x, x + 16), y - 6, 12, attributes)
