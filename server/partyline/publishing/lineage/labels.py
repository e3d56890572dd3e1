"""Names and dates above the bars of a row: each is placed clear of the others and of joins."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from partyline.publishing.lineage.drawing import Box, Line
from partyline.publishing.lineage.model import Bar
from partyline.publishing.lineage.scale import Scale
from partyline.publishing.lineage.text_metrics import text_width, wrapped
from partyline.publishing.lineage.wording import bar_dates

NAME, SMALL = 12.5, 10.5
_LEADING, _SMALL_LEADING = 15.0, 13.0
_GAP = 8.0
#: Widths of the lines of a name: from the least, as wide as the bar, to the most.
_NARROW, _WIDE = 120.0, 170.0
#: The width in a small picture.
_SMALL_WIDE = 340.0
#: The least width of the lines below a name.
_NOTE = 150.0
#: How far a label may move to the right of its bar's begin, out of the way of joins.
_FAR = 40.0


@dataclass(frozen=True, slots=True)
class Label:
    """A label at its place, relative to the top of its bar."""

    lines: tuple[Line, ...]
    #: Whether it is above other labels, and a tick leads from it to its bar.
    is_raised: bool


@dataclass(frozen=True, slots=True)
class _Words:
    """A line of a label before it has a place."""

    text: str
    size: float
    bold: bool = False
    faint: bool = False

    @property
    def width(self) -> float:
        return text_width(self.text, self.size, bold=self.bold)

    @property
    def leading(self) -> float:
        return _LEADING if self.size == NAME else _SMALL_LEADING


@dataclass(frozen=True, slots=True)
class BarLabels:
    """What the labels of bars say, and where they begin."""

    scale: Scale
    names: Callable[[str], str]
    #: The bars that are drawn thin, with a small name.
    thin: frozenset[str]

    def start(self, bar: Bar) -> float:
        """Return where the label of *bar* begins, if nothing is in its way."""
        return max(self.scale.ends(bar)[0].first, self.scale.axis.left)

    def end(self, bar: Bar) -> float:
        """Return where the label ends, with a gap behind it."""
        return self.start(bar) + max(line.width for line in self._lines(bar)) + _GAP

    def _lines(self, bar: Bar, notes: Sequence[str] = ()) -> list[_Words]:
        small = bar.iri in self.thin
        size = SMALL if small else NAME
        room = min(max(self.scale.ends(bar)[0].last - self.start(bar), _NARROW), _WIDE)
        if self.scale.options.is_small:  # it is to be low
            room = _SMALL_WIDE
        names = wrapped(self.names(bar.iri), room, size, bold=not small)
        lines = [_Words(text, size, bold=not small) for text in names]
        for text in (bar_dates(bar), *notes):
            parts = wrapped(text, max(room, _NOTE), SMALL)
            lines += [_Words(part, SMALL, faint=True) for part in parts]
        return lines

    def placed(
        self, bars: Iterable[Bar], notes: Mapping[str, Sequence[str]], passing: Sequence[float]
    ) -> tuple[dict[str, Label], float]:
        """Return the labels of the *bars* of a row, and how far they reach above the bars.

        *notes* are further lines of labels, *passing* the joins that cross the space. Labels are
        set from right to left; one that collides rises. A tick then passes only through places
        where an earlier label cannot be.
        """
        found: dict[str, Label] = {}
        set_before: list[tuple[Box, float]] = []
        above = 0.0
        for bar in sorted(bars, key=lambda bar: (-self.start(bar), bar.iri)):
            lines, anchor = self._lines(bar, notes.get(bar.iri, ())), self.start(bar)
            box = self._free(lines, anchor, passing, set_before)
            set_before.append((box, anchor))
            is_raised = box.bottom < 0
            left = box.left + (4 if is_raised else 0)
            found[bar.iri] = Label(tuple(_set(lines, left, box.top)), is_raised)
            above = max(above, -box.top)
        return found, above

    def _free(
        self,
        lines: Sequence[_Words],
        anchor: float,
        passing: Sequence[float],
        set_before: Sequence[tuple[Box, float]],
    ) -> Box:
        """Return the lowest place above *anchor* where a label collides with no earlier one."""
        wide = max(line.width for line in lines)
        tall = sum(line.leading for line in lines) + 3
        start = self._beside(anchor, wide, passing)
        level = 0.0
        while True:
            box = Box(start, -level - tall, start + wide + _GAP, -level)
            if not _collides(box, anchor, set_before):
                return box
            level += _SMALL_LEADING / 2

    def _beside(self, anchor: float, width: float, passing: Sequence[float]) -> float:
        """Return where a label of *width* begins, so that no passing join crosses it if it can."""
        start = anchor
        for x in sorted(passing):
            if start - 4 < x < start + width and x - anchor < _FAR:
                start = x + 5
        return min(start, self.scale.options.width - width - 2)


def _collides(box: Box, anchor: float, set_before: Sequence[tuple[Box, float]]) -> bool:
    is_raised = box.bottom < 0
    for other, tick in set_before:
        if box.overlaps(other):
            return True
        # The tick of a raised label passes through all that is below it.
        if other.bottom < box.bottom and box.left < tick < box.right:
            return True
        if is_raised and other.bottom > box.bottom and other.left < anchor < other.right:
            return True
    return False


def _set(lines: Sequence[_Words], x: float, top: float) -> Iterator[Line]:
    y = top
    for line in lines:
        y += line.leading
        yield Line(line.text, x, y - 3, line.size, line.bold, line.faint)
