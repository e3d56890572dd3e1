"""Write everything at a glance as SVG, in few bytes, because it is part of the home page.

The bars are links for a pointer. For all others, the timeline has the same as a list, so that they
are out of the order of the tab key and out of what is read aloud.
"""

from collections.abc import Callable, Iterator
from html import escape

from partyline.display import in_markup
from partyline.publishing.lineage.drawing import BarBox, ContextBox, Drawing, JoinPath, Line
from partyline.publishing.lineage.svg.colours import (
    CONTEXT,
    DISPUTE,
    FAINT,
    INK,
    PAPER,
    RULE,
    STROKE,
)
from partyline.publishing.lineage.wording import bar_dates

_BAR = "#b39366"
#: Strokes of joins, by the class that the style sheet knows.
_JOINS = {
    "join": f'stroke="{STROKE}" stroke-width="1.6"',
    "wing": f'stroke="{STROKE}" stroke-dasharray="1.5 2.5"',
    "dispute": f'stroke="{DISPUTE}" stroke-width="1.2" stroke-dasharray="1.5 3"',
}
_TOP = 44


def overview_svg(
    drawing: Drawing, address: Callable[[str], str], title: str, description: str
) -> str:
    """Return *drawing* as an SVG element; *address* gives the path of the page about an IRI."""
    width, height = _number(drawing.width), _number(drawing.height)
    fades = "".join(
        f'<linearGradient id="{name}"><stop class="soft" offset="0" stop-color="{_BAR}" '
        f'stop-opacity="{begin}"/><stop class="soft" offset="1" stop-color="{_BAR}" '
        f'stop-opacity="{end}"/></linearGradient>'
        for name, begin, end in (("o1", 1, 0.1), ("o2", 0.1, 1))
    )
    parts = (*_ground(drawing), *_joins(drawing), *_bars(drawing, address), *_names(drawing))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lineage" role="group" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'aria-labelledby="o-title o-desc"><title id="o-title">{in_markup(title)}</title>'
        f'<desc id="o-desc">{in_markup(description)}</desc><defs>{fades}</defs>'
        f"{''.join(parts)}</svg>"
    )


def _ground(drawing: Drawing) -> Iterator[str]:
    axis, floor = drawing.axis, _number(drawing.floor)
    lines = "".join(f"M{_number(axis.x(year))} {_TOP}V{floor}" for year in axis.ticks())
    yield f'<path class="grid" d="{lines}" stroke="{RULE}"/>'
    yield f'<g class="context" fill="{CONTEXT}">'
    yield from (_context(box) for box in drawing.contexts)
    yield f'</g><g class="faint" fill="{FAINT}" font-size="10.5">'
    for year in axis.ticks():
        yield f'<text x="{_number(axis.x(year) + 3)}" y="{_TOP - 4}">{year}</text>'
    yield from (_text(box.label) for box in drawing.contexts if box.label)
    yield "</g>"


def _context(box: ContextBox) -> str:
    ends = box.ends
    return _rectangle(ends.first, 8, ends.last - ends.first, 18)


def _joins(drawing: Drawing) -> Iterator[str]:
    for css, style in _JOINS.items():
        lines = [_line(path) for path in drawing.joins if _kind(path) == css]
        if lines:
            yield f'<path class="{css}" fill="none" {style} d="{"".join(lines)}"/>'


def _kind(path: JoinPath) -> str:
    if path.join.disputed:
        return "dispute"
    return "wing" if path.join.kind == "wing" else "join"


def _line(path: JoinPath) -> str:
    points = [f"{_number(x)} {_number(y)}" for x, y in path.corners]
    return f"M{'L'.join(points)}"


def _bars(drawing: Drawing, address: Callable[[str], str]) -> Iterator[str]:
    yield f'<g class="bars" fill="{_BAR}">'
    for box in drawing.bars:
        said = in_markup(f"{drawing.name(box.bar.iri)}, {bar_dates(box.bar)}")
        link = f'href="{escape(address(box.bar.iri))}" tabindex="-1" aria-hidden="true"'
        yield f"<a {link}><title>{said}</title>{''.join(_bar(box))}</a>"
    yield f'</g><g class="gap" fill="none" stroke="{PAPER}" stroke-width="2">'
    for cut in drawing.cuts:
        yield f'<path d="M{_number(cut.x)} {_number(cut.top)}v{_number(cut.height)}"/>'
    yield "</g>"


def _bar(box: BarBox) -> Iterator[str]:
    """Draw a bar: solid where it is certain, and faded over exactly what is not."""
    ends, full = box.ends, max(box.ends.partial, box.ends.full)
    if full - ends.full > 0.05:
        yield _rectangle(ends.full, box.top, full - ends.full, box.height)
    for name, left, right in (("o2", ends.first, ends.full), ("o1", full, ends.last)):
        if right - left > 0.05:
            yield _rectangle(left, box.top, right - left, box.height, f' fill="url(#{name})"')


def _names(drawing: Drawing) -> Iterator[str]:
    yield f'<g class="label" fill="{INK}" font-size="11">'
    yield from map(_text, drawing.captions)
    yield "</g>"


def _text(line: Line) -> str:
    return f'<text x="{_number(line.x)}" y="{_number(line.y)}">{in_markup(line.text)}</text>'


def _rectangle(x: float, y: float, width: float, height: float, more: str = "") -> str:
    return (
        f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" '
        f'height="{_number(height)}"{more}/>'
    )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
