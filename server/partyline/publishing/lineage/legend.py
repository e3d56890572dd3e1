"""The legend below a picture: what is drawn in it, and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from partyline.publishing.lineage.drawing import Drawing, Line
from partyline.publishing.lineage.text_metrics import text_width, wrapped

if TYPE_CHECKING:
    from partyline.publishing.lineage.svg import SvgWriter

_SIZE, _ROW, _SPACE = 10.5, 20.0, 22.0


@dataclass(frozen=True, slots=True)
class _Entry:
    """A sample, its width in pixels, and what it means."""

    sample: Callable[[float, float], str]
    width: float
    meaning: str


def legend(writer: "SvgWriter") -> tuple[list[str], float]:
    """Return the elements of the legend, and the height of the picture with it."""
    drawing = writer.drawing
    place = _Place(drawing)
    parts: list[str] = []
    groups = [("", list(_signs(writer)))]
    if drawing.colours:
        groups.append(("A person met more than once keeps one colour:", list(_people(writer))))
    for heading, entries in groups:
        place.new_line()
        if heading:
            x, y = place.take(text_width(heading, _SIZE))
            parts.append(writer.text(Line(heading, x, y + 3.8, _SIZE, faint=True), "key"))
        for entry in entries:
            words = text_width(entry.meaning, _SIZE)
            x, y = place.take(entry.width + 5 + words)
            parts.append(entry.sample(x, y))
            text = Line(entry.meaning, x + entry.width + 5, y + 3.8, _SIZE, faint=True)
            parts.append(writer.text(text, "key"))
    if drawing.undated:
        named = ", ".join(drawing.name(bar.iri) for bar in drawing.undated)
        for line in _lines(f"Not drawn, as no date is known: {named}.", place.room):
            place.new_line()
            x, y = place.take(text_width(line, _SIZE))
            parts.append(writer.text(Line(line, x, y + 3.8, _SIZE, faint=True), "key"))
    return parts, place.y + 18


def _lines(text: str, room: float) -> tuple[str, ...]:
    return wrapped(text, room, _SIZE)


class _Place:
    """The place of the next entry."""

    def __init__(self, drawing: Drawing) -> None:
        self._left, self._right = drawing.axis.left, drawing.width - 20
        self.x, self.y = self._left, drawing.floor

    @property
    def room(self) -> float:
        """Return the pixels between the margins."""
        return self._right - self._left

    def new_line(self) -> None:
        """Go to the beginning of the next line."""
        self.x, self.y = self._left, self.y + _ROW

    def take(self, width: float) -> tuple[float, float]:
        """Return the place of an entry of *width*."""
        if self.x > self._left and self.x + width > self._right:
            self.new_line()
        x = self.x
        self.x += width + _SPACE
        return x, self.y


def _signs(writer: "SvgWriter") -> Iterator[_Entry]:
    drawing = writer.drawing
    joins = {path.join.kind for path in drawing.joins if not path.join.disputed}
    marks = {sign.mark.kind for sign in drawing.marks}
    cuts = {cut.join.kind for cut in drawing.cuts}
    yield _Entry(writer.soft_sample, 34, "fades: the date is not known more exactly")
    if any(box.doubts for box in drawing.bars):
        yield _Entry(writer.doubt_sample, 34, "hatched: the sources differ, a line for each date")
    if any(band.ends is None for box in drawing.bars for band in box.bands):
        yield _Entry(writer.strip_sample, 24, "strip: a leader, dates not known")
    if "renamed" in cuts:
        yield _Entry(writer.cut_sample("renamed"), 34, "renamed")
    if cuts - {"renamed"}:
        yield _Entry(writer.cut_sample("succeeded"), 34, "became, succeeded")
    if joins & {"split", "merged", "joint", "divided", "succeeded"}:
        yield _Entry(writer.join_sample, 26, "split off, divided, merged")
    if "left" in joins:
        yield _Entry(writer.left_sample, 26, "founded by one who left (inferred)")
    if any(path.join.disputed for path in drawing.joins) or any(
        box.disputed_end for box in drawing.bars
    ):
        yield _Entry(writer.disputed_sample, 26, "disputed")
    if "wing" in joins:
        yield _Entry(writer.wing_sample, 8, "a wing or front of")
    for kind, words in _MARKS.items():
        if kind in marks:
            yield _Entry(writer.mark_sample(kind), 9, words)


_MARKS = {
    "defected": "defected",
    "left": "left",
    "surrendered": "surrendered",
    "expelled": "was expelled",
}


def _people(writer: "SvgWriter") -> Iterator[_Entry]:
    for agent, colour in sorted(writer.drawing.colours.items(), key=lambda row: row[1]):
        yield _Entry(writer.colour_sample(colour), 16, writer.drawing.name(agent))
