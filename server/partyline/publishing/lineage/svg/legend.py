"""The legend below a picture: what is drawn in it, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

from partyline.publishing.lineage.drawing import Drawing, Line
from partyline.publishing.lineage.svg import samples
from partyline.publishing.lineage.svg.elements import text
from partyline.publishing.lineage.svg.fills import Fills
from partyline.publishing.lineage.text_metrics import text_width, wrapped

_SIZE, _ROW, _SPACE = 10.5, 20.0, 22.0


@dataclass(frozen=True, slots=True)
class _Entry:
    """A sample, its width in pixels, and what it means."""

    sample: samples.Sample
    width: float
    meaning: str


def legend(drawing: Drawing, fills: Fills) -> tuple[list[str], float]:
    """Return the elements of the legend, and the height of the picture with it."""
    place = _Place(drawing)
    parts: list[str] = []
    groups = [("", list(_signs(drawing, fills)))]
    if drawing.colours:
        groups.append(("A person met more than once keeps one colour:", list(_people(drawing))))
    for heading, entries in groups:
        place.new_line()
        if heading:
            parts.append(_words(heading, *place.take(text_width(heading, _SIZE))))
        for entry in entries:
            x, y = place.take(entry.width + 5 + text_width(entry.meaning, _SIZE))
            parts += (entry.sample(x, y), _words(entry.meaning, x + entry.width + 5, y))
    if drawing.undated:
        named = ", ".join(drawing.name(bar.iri) for bar in drawing.undated)
        for line in wrapped(f"Not drawn, as no date is known: {named}.", place.room, _SIZE):
            place.new_line()
            parts.append(_words(line, *place.take(text_width(line, _SIZE))))
    return parts, place.y + 18


def _words(words: str, x: float, y: float) -> str:
    return text(Line(words, x, y + 3.8, _SIZE, faint=True), "key")


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


def _signs(drawing: Drawing, fills: Fills) -> Iterator[_Entry]:
    joins = {path.join.kind for path in drawing.joins if not path.join.disputed}
    marks = {sign.mark.kind for sign in drawing.marks}
    cuts = {cut.join.kind for cut in drawing.cuts}
    yield _Entry(samples.soft_ends(fills), 34, "fades: the date is not known more exactly")
    if any(box.doubts for box in drawing.bars):
        yield _Entry(
            samples.disputed_end(fills), 34, "hatched: the sources differ, a line for each date"
        )
    if any(band.ends is None for box in drawing.bars for band in box.bands):
        yield _Entry(samples.strip, 24, "strip: a leader, dates not known")
    if "renamed" in cuts:
        yield _Entry(samples.cut("renamed"), 34, "renamed")
    if cuts - {"renamed"}:
        yield _Entry(samples.cut("succeeded"), 34, "became, succeeded")
    if joins & {"split", "merged", "joint", "divided", "succeeded"}:
        yield _Entry(samples.join, 26, "split off, divided, merged")
    if "left" in joins:
        yield _Entry(samples.departed_join, 26, "founded by one who left (inferred)")
    if any(path.join.disputed for path in drawing.joins) or any(
        box.disputed_end for box in drawing.bars
    ):
        yield _Entry(samples.disputed_join, 26, "disputed")
    if "wing" in joins:
        yield _Entry(samples.wing, 8, "a wing or front of")
    for kind, words in _MARKS.items():
        if kind in marks:
            yield _Entry(samples.mark(kind), 9, words)


_MARKS = {
    "defected": "defected",
    "left": "left",
    "surrendered": "surrendered",
    "expelled": "was expelled",
}


def _people(drawing: Drawing) -> Iterator[_Entry]:
    for agent, colour in sorted(drawing.colours.items(), key=lambda row: row[1]):
        yield _Entry(samples.colour(colour), 16, drawing.name(agent))
