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
    BandBox,
    BarBox,
    ContextBox,
    Cut,
    Drawing,
    Ends,
    JoinPath,
    Line,
    MarkSign,
)
from partyline.publishing.lineage.legend import legend
from partyline.publishing.lineage.wording import (
    MARK_WORDS,
    bar_dates,
    join_words,
    short_date,
)

SMALL = 10.5
INK, FAINT, STROKE, RULE, PAPER = "#22201b", "#6b6557", "#7d7566", "#e6dfcf", "#fbf8f1"
DISPUTE, PLAIN, SIGN, CONTEXT = "#a4471a", "#d9d0bc", "#57524a", "#e7dfce"
#: Height of the hatched strip where sources differ.
_STRIP = 7
BANDS = ("#cabfa6", "#c0b498")
#: Colours of agents who are met twice, on light and on dark ground alike.
PALETTE = (
    *("#a8c3b0", "#d3a79b", "#b0bddb", "#dfc685", "#c9aecb"),
    *("#9cc4cb", "#c3c98e", "#dcae86", "#b9b3a0", "#a7b7a0"),
)


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
    _gradients: dict[str, str] = field(default_factory=dict)
    _definitions: list[str] = field(default_factory=list)

    def write(self) -> str:
        """Return the SVG element."""
        drawing = self.drawing
        parts = [
            *self._grid(),
            *self._day(),
            *(part for box in drawing.contexts for part in self._context(box)),
            *(self._text(box.label, "note") for box in drawing.contexts if box.label),
            *(part for path in drawing.joins for part in self._join(path)),
            *(part for box in drawing.bars for part in self._bar(box)),
            *(part for cut in drawing.cuts for part in self._cut(cut)),
            *(part for path in drawing.joins for part in self._foot(path)),
            *(part for sign in drawing.marks for part in self._mark(sign)),
            *(part for box in drawing.bars for part in self._label(box)),
            *(self._text(line, "note") for line in drawing.captions),
        ]
        height = drawing.height
        if self.has_legend:
            entries, height = legend(self)
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
            f"<defs>{self._hatch()}{''.join(self._definitions)}</defs>"
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
            yield self._text(Line(str(year), float(x) + 3, top - 4.0, SMALL, faint=True), "year")

    def _day(self) -> Iterator[str]:
        """Draw the day that is marked as a line through everything."""
        axis, day = self.drawing.axis, self.day
        if day is None or not axis.low <= decimal(day) <= axis.high:
            return
        x = number(axis.of(day))
        path = f"M{x} 6V{number(self.drawing.floor)}"
        yield f'<path class="day" d="{path}" stroke="{INK}" stroke-width="1.4"/>'

    def _context(self, box: ContextBox) -> Iterator[str]:
        body = "".join(self._stretch(box.ends, 8, 18, CONTEXT, "context"))
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

    # Bars

    def _bar(self, box: BarBox) -> Iterator[str]:
        body = "".join(self._body(box))
        yield self._linked(box.bar.iri, self._sentence(box.bar.iri), body, css="bar", hidden=True)

    def _body(self, box: BarBox) -> Iterator[str]:
        yield from self._stretch(box.ends, box.top, box.height, PLAIN, "plain")
        for index, band in enumerate(box.bands):
            yield from self._band(box, band, index)
        yield from (self._text(band.label, "band") for band in box.bands if band.label)
        for doubt in box.doubts:
            top, bottom = number(box.top - 2), number(box.top + box.height + 2)
            yield (
                f'<rect class="doubt" x="{number(doubt.left)}" y="{number(box.top)}" '
                f'width="{number(max(doubt.right - doubt.left, 1))}" height="{_STRIP}" '
                f'fill="url(#{self.prefix}-hatch)"/>'
            )
            for tick in doubt.ticks:
                yield (
                    f'<path class="dispute claim" d="M{number(tick)} {top}V{bottom}" '
                    f'stroke="{DISPUTE}" stroke-width="1.4"/>'
                )
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
            yield self._text(Line("?", place, box.middle + 3.8, SMALL, faint=True), "note")

    def _band(self, box: BarBox, band: BandBox, place: int) -> Iterator[str]:
        css, colour = self._colour(band.colour, BANDS[place % 2], f"band{place % 2}")
        begin, end = ("?" if not band.band.date else short_date(band.band.date), "")
        said = f"{self.drawing.name(band.band.agent)}, {begin}{end}"
        title = f"<title>{in_markup(said)}</title>"
        if band.ends is None:
            # A strip along the lower edge: nobody says when.
            yield (
                f'<rect class="{css}" x="{number(box.ends.full)}" '
                f'y="{number(box.top + box.height - 5)}" '
                f'width="{number(max(box.ends.partial - box.ends.full, 2))}" height="5" '
                f'fill="{colour}">{title}</rect>'
            )
            return
        inner = "".join(self._stretch(band.ends, box.top, box.height, colour, css))
        yield f"<g>{title}{inner}</g>"

    def _stretch(
        self, ends: Ends, top: float, height: float, colour: str, css: str
    ) -> Iterator[str]:
        """Draw a stretch: solid where it is certain, and faded over exactly what is not."""
        solid = (ends.full, max(ends.partial, ends.full))
        fades = (("begin", ends.first, ends.full), ("end", max(ends.partial, ends.full), ends.last))
        if solid[1] - solid[0] > 0.01:
            yield self._rectangle(solid, top, height, f'class="{css}" fill="{colour}"')
        for side, left, right in fades:
            if right - left > 0.01:
                fill = self._gradient(side, colour, css)
                attributes = f'class="soft {side}" fill="{fill}"'
                yield self._rectangle((left, right), top, height, attributes)

    def _rectangle(
        self, span: tuple[float, float], top: float, height: float, attributes: str
    ) -> str:
        left, right = span
        return (
            f'<rect {attributes} x="{number(left)}" y="{number(top)}" '
            f'width="{number(right - left)}" height="{number(height)}"/>'
        )

    def _gradient(self, side: str, colour: str, css: str) -> str:
        """Return the fill that fades at *side* of whatever it fills."""
        key = f"{side} {css}"
        if key not in self._gradients:
            name = self._gradients[key] = f"{self.prefix}-g{len(self._gradients)}"
            opacities = (0.1, 1) if side == "begin" else (1, 0.1)
            stops = "".join(
                f'<stop class="{css}" offset="{place}" stop-color="{colour}" '
                f'stop-opacity="{opacity}"/>'
                for place, opacity in enumerate(opacities)
            )
            self._definitions.append(f'<linearGradient id="{name}">{stops}</linearGradient>')
        return f"url(#{self._gradients[key]})"

    def _hatch(self) -> str:
        return (
            f'<pattern id="{self.prefix}-hatch" width="6" height="6" '
            'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect class="paper" width="6" height="6" fill="{PAPER}" fill-opacity=".6"/>'
            f'<path class="dispute" d="M0 0v6" stroke="{DISPUTE}" stroke-width="1.6" '
            'stroke-opacity=".65"/></pattern>'
        )

    def _colour(self, colour: int | None, plain: str, css: str) -> tuple[str, str]:
        return (css, plain) if colour is None else (f"agent{colour}", PALETTE[colour])

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
        yield f'<path {style} d="{_rounded(path.corners)}" fill="none"/>'

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
        css, colour = self._colour(sign.colour, SIGN, "sign")
        mark, names = sign.mark, self.drawing.name
        said = f"{names(mark.agent)} {MARK_WORDS[mark.kind]}, {short_date(mark.date)}"
        if mark.to in self.drawing.names:
            said += f", to {names(mark.to)}"
        shape = _shape(mark.kind, sign.x, sign.y, css, colour)
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
        lines = " ".join(self._text(line, "name" if line.bold else "note") for line in box.label)
        # What is read aloud begins with what is seen (WCAG 2.5.3).
        _, *joins = self._sentence(box.bar.iri).split("; ")
        said = "; ".join((" ".join(line.text for line in box.label), *joins))
        yield self._linked(box.bar.iri, said, lines)

    def _text(self, line: Line, css: str) -> str:
        weight = ' font-weight="600"' if line.bold else ""
        colour = FAINT if line.faint else INK
        halo = (
            f' stroke="{PAPER}" stroke-width="3" stroke-linejoin="round"'
            if css in ("name", "note")
            else ""
        )
        names = f"{css} faint" if line.faint else css
        return (
            f'<text class="{names}" x="{number(line.x)}" y="{number(line.y)}" '
            f'font-size="{number(line.size)}"{weight} fill="{colour}"{halo}>'
            f"{in_markup(line.text)}</text>"
        )

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

    # Samples for the legend, each at x and the middle y

    def text(self, line: Line, css: str) -> str:
        """Return *line* as a text element."""
        return self._text(line, css)

    def soft_sample(self, x: float, y: float) -> str:
        """Return a bar with soft ends."""
        return "".join(self._stretch(Ends(x, x + 12, x + 22, x + 34), y - 7, 14, PLAIN, "plain"))

    def doubt_sample(self, x: float, y: float) -> str:
        """Return a bar whose end is disputed."""
        bar = self._rectangle((x, x + 12), y - 7, 14, f'class="plain" fill="{PLAIN}"')
        hatch = self._rectangle((x + 12, x + 32), y - 7, 14, f'fill="url(#{self.prefix}-hatch)"')
        ticks = f"M{number(x + 12)} {number(y - 9)}v18m20 0v-18"
        return f'{bar}{hatch}<path class="dispute" d="{ticks}" stroke="{DISPUTE}" fill="none"/>'

    def strip_sample(self, x: float, y: float) -> str:
        """Return a bar with a strip along its lower edge."""
        bar = self._rectangle((x, x + 24), y - 7, 14, f'class="plain" fill="{PLAIN}"')
        return bar + self._rectangle((x, x + 24), y + 2, 5, f'class="band0" fill="{BANDS[0]}"')

    def cut_sample(self, kind: str) -> Callable[[float, float], str]:
        """Return a bar with the cut of a join of *kind*."""

        def sample(x: float, y: float) -> str:
            bar = self._rectangle((x, x + 34), y - 7, 14, f'class="plain" fill="{PLAIN}"')
            path = f"M{number(x + 17)} {number(y - 8)}v16"
            if kind != "renamed":
                path = f"M{number(x + 14)} {number(y - 8)}l6 8l-6 8"
            return bar + (
                f'<path class="gap" d="{path}" fill="none" stroke="{PAPER}" stroke-width="2.6"/>'
            )

        return sample

    def join_sample(self, x: float, y: float) -> str:
        """Return the join of something that split off."""
        path = _rounded(((x + 3, y - 8), (x + 3, y + 5), (x + 26, y + 5)))
        line = f'<path class="join" d="{path}" fill="none" stroke="{STROKE}" stroke-width="2"/>'
        place = f'cx="{number(x + 3)}" cy="{number(y - 8)}"'
        return f'{line}<circle class="foot" {place} r="3" fill="{STROKE}"/>'

    def left_sample(self, x: float, y: float) -> str:
        """Return the join of something that was founded by one who left."""
        path = _rounded(((x + 4, y - 6), (x + 4, y + 5), (x + 26, y + 5)))
        line = f'<path class="join" d="{path}" fill="none" stroke="{STROKE}" stroke-width="2"/>'
        return line + _shape("defected", x + 4, y - 6, "sign", SIGN)

    def disputed_sample(self, x: float, y: float) -> str:
        """Return a disputed join."""
        return (
            f'<path class="dispute" d="M{number(x)} {number(y)}h26" stroke="{DISPUTE}" '
            'stroke-width="1.2" stroke-dasharray="1.5 4"/>'
        )

    def wing_sample(self, x: float, y: float) -> str:
        """Return the join of a wing."""
        return (
            f'<path class="wing" d="M{number(x + 4)} {number(y - 8)}v16" stroke="{STROKE}" '
            'stroke-dasharray="1.5 2.5"/>'
        )

    def mark_sample(self, kind: str) -> Callable[[float, float], str]:
        """Return the sign of a departure of *kind*."""
        return lambda x, y: _shape(kind, x + 4, y, "sign", SIGN)

    def colour_sample(self, colour: int) -> Callable[[float, float], str]:
        """Return a piece of a band in *colour*."""
        attributes = f'class="agent{colour}" fill="{PALETTE[colour]}"'
        return lambda x, y: self._rectangle((x, x + 16), y - 6, 12, attributes)


def _shape(kind: str, x: float, y: float, css: str, colour: str) -> str:
    if kind == "surrendered":
        return (
            f'<rect class="{css} edge" x="{number(x - 3.3)}" y="{number(y - 3.3)}" width="6.6" '
            f'height="6.6" fill="{colour}" stroke="{INK}" stroke-width=".7"/>'
        )
    if kind == "left":
        return (
            f'<circle class="hollow {css}-line" cx="{number(x)}" cy="{number(y)}" r="3.3" '
            f'fill="{PAPER}" stroke="{colour}" stroke-width="1.6"/>'
        )
    path = f"M{number(x)} {number(y - 4)}l4 4l-4 4l-4 -4z"
    if kind == "expelled":
        return (
            f'<path class="hollow {css}-line" d="{path}" fill="{PAPER}" stroke="{colour}" '
            'stroke-width="1.6"/>'
        )
    return f'<path class="{css} edge" d="{path}" fill="{colour}" stroke="{INK}" stroke-width=".7"/>'


def _rounded(corners: tuple[tuple[float, float], ...]) -> str:
    """Return the path through *corners*, with a round last bend."""
    (x, y), (_, middle), *rest = corners
    if not rest:
        return f"M{number(x)} {number(y)}V{number(middle)}"
    end = rest[0][0]
    radius = min(8.0, abs(end - x), abs(middle - y))
    down, right = (1 if middle > y else -1), (1 if end > x else -1)
    return (
        f"M{number(x)} {number(y)}V{number(middle - down * radius)}"
        f"q0 {number(down * radius)} {number(right * radius)} {number(down * radius)}H{number(end)}"
    )


def number(value: float) -> str:
    """Return *value* with at most two decimals.

    >>> number(12.0), number(3.456)
    ('12', '3.46')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")
