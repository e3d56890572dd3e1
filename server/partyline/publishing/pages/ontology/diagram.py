"""A class and its neighbours as a picture in SVG: above and below, and properties at the sides."""

from collections.abc import Iterator

from partyline.display import in_markup
from partyline.publishing.lineage.text_metrics import fitting
from partyline.publishing.pages.ontology.neighbourhood import ClassRelation, Neighbourhood, Place
from partyline.publishing.pages.view_models import Link

#: Lengths in pixels: a box at the side, the line with the name of a property, the boxes between.
_SIDE, _LINE, _MIDDLE = 150.0, 180.0, 230.0
_HEIGHT, _ROW, _GAP, _SIZE = 30.0, 42.0, 26.0, 13.0
_MARGIN = 8.0


def class_diagram(shown: Neighbourhood) -> str:
    """Return the picture of a class; empty where nothing is next to it."""
    if not shown:
        return ""
    return "".join(_Diagram(shown).parts())


class _Diagram:
    def __init__(self, shown: Neighbourhood) -> None:
        self._shown = shown
        self._left = _SIDE + _LINE if shown.incoming else _MARGIN
        self._right = self._left + _MIDDLE
        width = self._right + (_LINE + _SIDE if shown.outgoing else _MARGIN)
        above, below = (_stack(_rows(place)) for place in (shown.above, shown.below))
        sides = max(_rows(shown.incoming), _rows(shown.outgoing)) * _ROW
        #: Where the box of the class begins.
        self._top = max(above, (sides - _HEIGHT) / 2) + _MARGIN
        ends = max(below, (sides - _HEIGHT) / 2)
        self._size = width, self._top + _HEIGHT + ends + _MARGIN

    def parts(self) -> Iterator[str]:
        width, height = self._size
        name = in_markup(self._shown.centre.name.text)
        yield (
            f'<svg class="neighbourhood" viewBox="0 0 {_n(width)} {_n(height)}"'
            f' width="{_n(width)}" height="{_n(height)}" role="img" aria-label="{name}">'
        )
        yield from self._above()
        yield from self._below()
        yield from self._relations(self._shown.incoming, is_left=True)
        yield from self._relations(self._shown.outgoing, is_left=False)
        yield _box(self._left, self._top, _MIDDLE, self._shown.centre, "centre")
        yield "</svg>"

    @property
    def _axis(self) -> float:
        return (self._left + self._right) / 2

    def _above(self) -> Iterator[str]:
        place = self._shown.above
        if place:
            top = self._top - _stack(_rows(place))
            end = top + _rows(place) * (_HEIGHT + 6) - 6
            yield _path(f"M{_n(self._axis)} {_n(self._top)}V{_n(end + 9)}")
            yield _triangle(self._axis, end)
            yield from self._boxes(place, top)

    def _below(self) -> Iterator[str]:
        place = self._shown.below
        if place:
            bottom = self._top + _HEIGHT
            yield _path(f"M{_n(self._axis)} {_n(bottom + _GAP)}V{_n(bottom + 9)}")
            yield _triangle(self._axis, bottom)
            yield from self._boxes(place, bottom + _GAP)

    def _boxes(self, place: Place, top: float) -> Iterator[str]:
        for number, link in enumerate(place.classes):
            yield _box(self._left, top + number * (_HEIGHT + 6), _MIDDLE, link)
        if place.more:
            y = top + len(place.classes) * (_HEIGHT + 6)
            yield _text(f"+ {place.more}", self._axis, y + 20, _MIDDLE)

    def _relations(self, place: Place, *, is_left: bool) -> Iterator[str]:
        middle = self._top + _HEIGHT / 2
        first = middle - (_rows(place) - 1) * _ROW / 2
        near, far = (self._left, _SIDE) if is_left else (self._right, self._right + _LINE)
        for number, row in enumerate(place.relations):
            y = first + number * _ROW
            yield from self._relation(row, (near, far), (middle, y), is_left=is_left)
        if place.more:
            y = first + len(place.relations) * _ROW
            yield _text(f"+ {place.more}", (near + far) / 2, y, _LINE)

    def _relation(
        self,
        row: ClassRelation,
        ends: tuple[float, float],
        heights: tuple[float, float],
        *,
        is_left: bool,
    ) -> Iterator[str]:
        """Yield a property: a line from the class to what is at its other end, with an arrow."""
        (near, far), (middle, y) = ends, heights
        bend = near + (-14 if is_left else 14)
        yield _path(f"M{_n(near)} {_n(middle)}H{_n(bend)}V{_n(y)}H{_n(far)}")
        tip, back = (near, -6) if is_left else (far, -6)
        height = middle if is_left else y
        yield (f'<path class="tip" d="M{_n(tip)} {_n(height)}l{back} -4v8z"/>')
        width = abs(far - bend) - 12
        yield _text(row.property.name.text, (bend + far) / 2, y - 5, width, "property")
        left = 0.0 if is_left else far
        yield _box(left, y - _HEIGHT / 2, _SIDE, row.other, "side")


def _rows(place: Place) -> int:
    return len(place.classes) + len(place.relations) + bool(place.more)


def _stack(rows: int) -> float:
    """Return the height of boxes one below the other, with what joins them to the class."""
    return rows * (_HEIGHT + 6) - 6 + _GAP if rows else 0.0


def _box(left: float, top: float, width: float, link: Link | None, css: str = "") -> str:
    name = link.name.text if link else "?"
    return (
        f'<rect class="{css}" x="{_n(left + 0.5)}" y="{_n(top)}" width="{_n(width - 1)}"'
        f' height="{_n(_HEIGHT)}" rx="4"/>'
        + _text(name, left + width / 2, top + _HEIGHT / 2 + 4.5, width - 12)
    )


def _text(text: str, x: float, y: float, width: float, css: str = "") -> str:
    """Return *text* around *x*, as much of it as fits into *width*, and all of it as its title."""
    shown = fitting(text, width, _SIZE)
    title = f"<title>{in_markup(text)}</title>" if shown != text else ""
    return (
        f'<text class="{css}" x="{_n(x)}" y="{_n(y)}" text-anchor="middle">{in_markup(shown)}'
        f"{title}</text>"
    )


def _path(d: str) -> str:
    return f'<path class="line" d="{d}"/>'


def _triangle(x: float, top: float) -> str:
    """Return the hollow arrowhead of a generalisation, its tip at *top* (UML 2.5, 9.2.4)."""
    return f'<path class="hollow" d="M{_n(x)} {_n(top)}l-6 9h12z"/>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
