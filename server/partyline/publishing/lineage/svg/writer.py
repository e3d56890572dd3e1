"""Write a drawing as SVG.

Light colours are attributes, so that the file is complete without its style sheet; the sheet adds
dark colours, the fonts and what happens on hover. The picture is a ``group`` and not an ``img``:
its links would be lost for a screen reader (SVG Accessibility API Mappings).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from html import escape

from partyline.display import in_markup
from partyline.publishing.lineage.axis import decimal
from partyline.publishing.lineage.drawing import (
    BarBox,
    ContextBox,
    Cut,
    Drawing,
    JoinPath,
    Line,
    MarkSign,
)
from partyline.publishing.lineage.labels import SMALL
from partyline.publishing.lineage.svg.bars import bar_elements
from partyline.publishing.lineage.svg.colours import (
    CONTEXT,
    DISPUTE,
    INK,
    PAPER,
    RULE,
    SIGN,
    STROKE,
    agent_colour,
)
from partyline.publishing.lineage.svg.elements import departure, number, rounded, text
from partyline.publishing.lineage.svg.fills import Fills
from partyline.publishing.lineage.svg.legend import legend
from partyline.publishing.lineage.wording import MARK_WORDS, bar_dates, join_words, short_date


@dataclass(slots=True)
class SvgWriter:
    """Writes one drawing. *prefix* makes the ids unique on a page with several pictures."""

    drawing: Drawing
    #: The address of the page about an IRI.
    address: Callable[[str], str]
    title: str
    description: str
    prefix: str = "l"
    #: Style sheet to embed; empty where the page has it.
    style: str = ""
    has_legend: bool = True
    #: A day that is marked, and the bars that did not hold on it.
    day: date | None = None
    absent: frozenset[str] = frozenset()
    _fills: Fills = field(init=False)

    def __post_init__(self) -> None:
        self._fills = Fills(self.prefix)

    def write(self) -> str:
        """Return the SVG element."""
        drawing = self.drawing
        parts = [
            *self._grid(),
            *self._day(),
            *(part for box in drawing.contexts for part in self._context(box)),
            *(text(box.label, "note") for box in drawing.contexts if box.label),
            *(part for path in drawing.joins for part in self._join(path)),
            *(part for box in drawing.bars for part in self._bar(box)),
            *(part for cut in drawing.cuts for part in self._cut(cut)),
            *(part for path in drawing.joins for part in self._foot(path)),
            *(part for sign in drawing.marks for part in self._mark(sign)),
            *(part for box in drawing.bars for part in self._label(box)),
            *(text(line, "note") for line in drawing.captions),
        ]
        height = drawing.height
        if self.has_legend:
            entries, height = legend(drawing, self._fills)
            parts += entries
        ids = f"{self.prefix}-title {self.prefix}-desc"
        width = number(drawing.width)
        style = f"<style>{self.style}</style>" if self.style else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="lineage" role="group" '
            f'viewBox="0 0 {width} {number(height)}" width="{width}" height="{number(height)}" '
            f'aria-labelledby="{ids}">{style}'
            f'<title id="{self.prefix}-title">{in_markup(self.title)}</title>'
            f'<desc id="{self.prefix}-desc">{in_markup(self.description)}</desc>'
            f"{self._fills.definitions()}"
            f'<rect class="paper" width="100%" height="100%" fill="{PAPER}"/>'
            f"{''.join(parts)}</svg>"
        )

    # The ground

    def _grid(self) -> Iterator[str]:
        top = 44 if self.drawing.contexts or self.has_legend else 26
        for year in self.drawing.axis.ticks():
            x = number(self.drawing.axis.x(year))
            path = f"M{x} {top}V{number(self.drawing.floor)}"
            yield f'<path class="grid" d="{path}" stroke="{RULE}"/>'
            yield text(Line(str(year), float(x) + 3, top - 4.0, SMALL, faint=True), "year")

    def _day(self) -> Iterator[str]:
        """Draw the day that is marked as a line through everything."""
        axis, day = self.drawing.axis, self.day
        if day is None or not axis.low <= decimal(day) <= axis.high:
            return
        x = number(axis.of(day))
        path = f"M{x} 6V{number(self.drawing.floor)}"
        yield f'<path class="day" d="{path}" stroke="{INK}" stroke-width="1.4"/>'

    def _context(self, box: ContextBox) -> Iterator[str]:
        body = "".join(self._fills.stretch(box.ends, 8, 18, CONTEXT, "context"))
        yield self._linked(box.bar.iri, self._sentence(box.bar.iri), body)

    def _sentence(self, iri: str) -> str:
        """Return the sentence that stands for a bar where the picture is not seen."""
        bars = [box.bar for box in self.drawing.bars]
        bars += [box.bar for box in self.drawing.contexts]
        bar = next(bar for bar in bars if bar.iri == iri)
        parts = [f"{self.drawing.name(iri)}, {bar_dates(bar)}"]
        for path in self.drawing.joins:
            if path.source == iri:
                parts.append(join_words(path.join, self.drawing.name(path.target), backwards=False))
        for cut in self.drawing.cuts:
            if iri in cut.join.sources:
                heirs = [name for name in cut.join.targets if name in self.drawing.names]
                parts += [
                    join_words(cut.join, self.drawing.name(name), backwards=False) for name in heirs
                ]
        return "; ".join(parts)

    def _bar(self, box: BarBox) -> Iterator[str]:
        body = "".join(bar_elements(box, self._fills, self.drawing.name))
        yield self._linked(box.bar.iri, self._sentence(box.bar.iri), body, css="bar", hidden=True)

    # Joins and marks

    def _cut(self, cut: Cut) -> Iterator[str]:
        x, top, height = cut.x, cut.top - 1, cut.height + 2
        if cut.join.kind == "renamed":
            path = f"M{number(x)} {number(top)}v{number(height)}"
        else:
            half = number(height / 2)
            path = f"M{number(x - 3)} {number(top)}l6 {half}l-6 {half}"
        yield (f'<path class="gap" d="{path}" fill="none" stroke="{PAPER}" stroke-width="2.6"/>')

    def _join(self, path: JoinPath) -> Iterator[str]:
        style = self._join_style(path)
        yield f'<path {style} d="{rounded(path.corners)}" fill="none"/>'

    def _join_style(self, path: JoinPath) -> str:
        if path.join.disputed:
            return f'class="dispute" stroke="{DISPUTE}" stroke-width="1.2" stroke-dasharray="1.5 4"'
        if path.join.kind == "wing":
            return f'class="wing" stroke="{STROKE}" stroke-dasharray="1.5 2.5"'
        return f'class="join" stroke="{STROKE}" stroke-width="2"'

    def _foot(self, path: JoinPath) -> Iterator[str]:
        """Draw a dot where a join leaves the bar, unless a departure marks the place."""
        if path.join.kind in ("wing", "left") or path.join.disputed:
            return
        x, y = path.corners[0]
        yield f'<circle class="foot" cx="{number(x)}" cy="{number(y)}" r="3" fill="{STROKE}"/>'

    def _mark(self, sign: MarkSign) -> Iterator[str]:
        css, colour = agent_colour(sign.colour, SIGN, "sign")
        mark, names = sign.mark, self.drawing.name
        said = f"{names(mark.agent)} {MARK_WORDS[mark.kind]}, {short_date(mark.date)}"
        if mark.to in self.drawing.names:
            said += f", to {names(mark.to)}"
        shape = departure(mark.kind, sign.x, sign.y, css, colour)
        whisker = ""
        if sign.right - sign.left > 9:
            path = f"M{number(sign.left)} {number(sign.y)}H{number(sign.right)}"
            whisker = f'<path class="whisker" d="{path}" stroke="{STROKE}" stroke-dasharray="1 2"/>'
        yield self._linked(mark.iri, said, whisker + shape)

    # Texts

    def _label(self, box: BarBox) -> Iterator[str]:
        if box.tick:
            x, top, bottom = map(number, box.tick)
            yield (
                f'<path class="tick" d="M{x} {top}V{bottom}" stroke="{STROKE}" stroke-width=".7"/>'
            )
        lines = " ".join(text(line, "name" if line.bold else "note") for line in box.label)
        # What is read aloud begins with what is seen (WCAG 2.5.3).
        _, *joins = self._sentence(box.bar.iri).split("; ")
        said = "; ".join((" ".join(line.text for line in box.label), *joins))
        yield self._linked(box.bar.iri, said, lines)

    def _linked(
        self, iri: str, said: str, body: str, css: str = "", *, hidden: bool = False
    ) -> str:
        # Names stay as they are: they must be read.
        faded = ' opacity=".3"' if css == "bar" and iri in self.absent else ""
        names = (f' class="{css}"' if css else "") + faded
        # The label of a bar is its link; the bar itself need not be reached twice.
        access = (
            ' tabindex="-1" aria-hidden="true"' if hidden else f' aria-label="{in_markup(said)}"'
        )
        title = "" if hidden else f"<title>{in_markup(said)}</title>"
        return f'<a{names} href="{escape(self.address(iri))}"{access}>{title}{body}</a>'
