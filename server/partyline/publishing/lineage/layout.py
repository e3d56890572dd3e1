"""Place a lineage on a time axis: rows from kinship, labels and captions where they are free."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from partyline.publishing.lineage.arrangement import (
    Parent,
    Track,
    arranged,
    recurring,
    tracks_of,
)
from partyline.publishing.lineage.axis import Axis, decimal
from partyline.publishing.lineage.captions import Hanging, span_places
from partyline.publishing.lineage.drawing import (
    BandBox,
    BarBox,
    Box,
    ContextBox,
    Cut,
    Drawing,
    Ends,
    JoinPath,
    Line,
    MarkSign,
)
from partyline.publishing.lineage.model import Band, Bar, Join, Lineage, Mark, Selection
from partyline.publishing.lineage.outline import Outline
from partyline.publishing.lineage.scale import UNKNOWN, Options, Scale
from partyline.publishing.lineage.text_metrics import text_width, wrapped
from partyline.publishing.lineage.wording import bar_dates, join_words

NAME, SMALL = 12.5, 10.5
_LEADING, _SMALL_LEADING = 15.0, 13.0
_THICK, _THIN = 22.0, 9.0
_RIGHT, _TOP = 34.0, 62.0
#: Room for a "?".
_QUESTION = 12.0
_GAP = 8.0
_LABEL = 170.0
COLOURS = 10


def layout(
    lineage: Lineage,
    names: Callable[[str], str],
    options: Options,
    selection: Selection | None = None,
) -> Drawing:
    """Place the bars of *selection*, or all of *lineage*; wings are drawn thin.

    Returns an empty drawing where no bar has a date within the years that are asked for.
    """
    chosen = selection or Selection(frozenset(lineage.bars))
    return _Layout(lineage, names, options, chosen).drawing()


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


@dataclass(slots=True)
class _Row:
    """One row in the making: its bars, and the texts around them, relative to the bar's top."""

    tracks: tuple[Track, ...]
    top: float = 0.0
    thickness: float = _THICK
    above: float = 0.0
    labels: dict[str, tuple[tuple[Line, ...], float | None]] = field(default_factory=dict)
    marks: list[MarkSign] = field(default_factory=list)
    captions: list[Line] = field(default_factory=list)


class _Layout:
    def __init__(
        self,
        lineage: Lineage,
        names: Callable[[str], str],
        options: Options,
        selection: Selection,
    ) -> None:
        lineage = lineage.restricted(selection.all | lineage.contexts)
        self._options = options
        self._known: dict[str, str] = {}
        self._naming = names
        dated = {name for name, bar in lineage.bars.items() if bar.is_dated}
        contexts = lineage.contexts
        self._undated = tuple(
            lineage.bars[name] for name in sorted(lineage.bars.keys() - dated - contexts)
        )
        self._contexts = [lineage.bars[name] for name in sorted(contexts & dated)]
        self._lineage = lineage.restricted(dated - contexts)
        self._scale = Scale(self._lineage, options, _RIGHT)
        if options.years:
            bars = self._lineage.bars.items()
            seen = [name for name, bar in bars if self._scale.is_seen(bar)]
            self._lineage = self._lineage.restricted(seen)
        self._minor = selection.wings & self._lineage.bars.keys()
        self._colours = recurring(self._lineage, self._leading(), COLOURS)
        self._make_room()
        tracks, _ = tracks_of(self._lineage)
        extents = {track: self._extent(track) for track in tracks}
        self._arrangement = arranged(self._lineage, extents, selection.beside)

    @property
    def _axis(self) -> Axis:
        return self._scale.axis

    def _ends(self, bar: Bar) -> Ends:
        return self._scale.ends(bar)[0]

    def _make_room(self) -> None:
        """Leave room on the right for the labels that begin near the end of the axis."""
        right = _RIGHT
        for _ in range(4):
            self._scale = Scale(self._lineage, self._options, right)
            ends = [
                self._label_start(bar) + self._label_width(bar)
                for bar in self._lineage.bars.values()
            ]
            missing = max(ends, default=0.0) + 4 - self._options.width
            if missing <= 0:
                return
            right += missing + 1

    # Labels

    def name(self, iri: str) -> str:
        """Return the name of *iri*, looked up once."""
        if iri not in self._known:
            self._known[iri] = self._naming(iri)
        return self._known[iri]

    def _label_start(self, bar: Bar) -> float:
        ends = self._ends(bar)
        return max(ends.first, self._axis.left)

    def _label_room(self, bar: Bar) -> float:
        ends = self._ends(bar)
        return min(max(ends.last - max(ends.first, self._axis.left), 120.0), _LABEL)

    def _label_lines(self, bar: Bar, notes: Sequence[str] = ()) -> list[_Words]:
        """Return the lines above *bar*."""
        small = bar.iri in self._minor
        size = SMALL if small else NAME
        room = self._label_room(bar)
        names = wrapped(self.name(bar.iri), room, size, bold=not small)
        lines = [_Words(text, size, bold=not small) for text in names]
        for text in (bar_dates(bar), *notes):
            parts = wrapped(text, max(room, 150.0), SMALL)
            lines += [_Words(part, SMALL, faint=True) for part in parts]
        return lines

    def _label_width(self, bar: Bar) -> float:
        return max(line.width for line in self._label_lines(bar)) + _GAP

    def _extent(self, track: Track) -> tuple[float, float]:
        """Return from the first stroke of *track* to the end of its last label."""
        bars = [self._lineage.bars[name] for name in track]
        right = 0.0
        for bar in bars:
            ends, _, open_end = self._scale.ends(bar)
            right = max(right, ends.last + (_QUESTION if open_end else 0) + _GAP)
            right = max(right, self._label_start(bar) + self._label_width(bar))
            if bar.marks and not self._options.is_small:
                last = self._scale.middle(bar.marks[-1].span)
                right = max(right, last + 170)
        first, _, open_begin = self._scale.ends(bars[0])
        return first.first - (_QUESTION if open_begin else 0), right

    # Rows

    def drawing(self) -> Drawing:
        """Return the picture."""
        notes = self._notes()
        rows = [self._row(tracks) for tracks in self._arrangement.rows]
        y = 30.0 if self._options.is_small else _TOP
        passing = self._passing()
        for number, row in enumerate(rows):
            self._place_labels(row, notes, passing.get(number, ()))
            y += row.above + 4
            row.top = y
            y += row.thickness + self._place_marks(row, passing.get(number + 1, ())) + 12
        boxes = {box.bar.iri: box for row in rows for box in self._bar_boxes(row)}
        joins = tuple(self._join_paths(boxes))
        roots = tuple(self._roots(boxes, joins))
        return Drawing(
            axis=self._axis,
            width=self._options.width,
            height=y + 6,
            floor=y,
            contexts=() if self._options.is_small else tuple(self._context_boxes()),
            bars=tuple(boxes.values()),
            cuts=tuple(self._cuts(boxes)),
            joins=joins,
            marks=(
                *roots,
                *(_lowered(sign, row.top) for row in rows for sign in row.marks),
            ),
            captions=tuple(
                Line(text.text, text.x, text.y + row.top, text.size, text.bold, text.faint)
                for row in rows
                for text in row.captions
            ),
            colours=self._colours,
            undated=self._undated,
            names={**self._known, **{bar.iri: self.name(bar.iri) for bar in self._undated}},
            outline=tuple(
                Outline(
                    self._lineage, self._arrangement, self._scale, self.name, self._moment
                ).entries()
            ),
        )

    def _row(self, tracks: tuple[Track, ...]) -> _Row:
        thin = all(name in self._minor for track in tracks for name in track)
        return _Row(tracks, thickness=_THIN if thin else _THICK)

    def _thickness(self, name: str) -> float:
        return _THIN if name in self._minor else _THICK

    def _notes(self) -> dict[str, list[str]]:
        """Return what the label of a bar says of joins that are not drawn as lines."""
        drawn = {
            frozenset((track, parent.track)) for track, parent in self._arrangement.parents.items()
        }
        home = self._arrangement.home()
        notes: dict[str, list[str]] = {}
        for join in self._lineage.joins:
            for source in join.sources:
                for target in join.targets:
                    pair = frozenset((home[source], home[target]))
                    if len(pair) == 1 or pair in drawn:
                        continue
                    text = join_words(join, self.name(source), backwards=True)
                    notes.setdefault(target, []).append(text)
        return notes

    def _moment(self, child: Track, parent: Parent) -> float:
        """Return the x at which the join of *child* leaves the row of its parent."""
        join = parent.join
        ends, _, _ = self._scale.ends(self._lineage.bars[child[-1 if parent.reverse else 0]])
        if parent.reverse and join.kind == "merged":
            return ends.partial
        mark = self._founding_mark(join)
        if mark is not None:
            return self._scale.middle(mark.span)
        if join.span.is_known and join.kind != "wing":
            return self._scale.middle(join.span)
        other, _, _ = self._scale.ends(self._lineage.bars[parent.track[0]])
        return max(ends.full, other.full) if join.kind == "wing" else ends.full

    def _founding_mark(self, join: Join) -> Mark | None:
        if join.kind not in ("left", "split"):
            return None
        for source in join.sources:
            for mark in self._lineage.bars[source].marks:
                if mark.founded in join.targets:
                    return mark
        return None

    def _passing(self) -> dict[int, list[float]]:
        """Return the x of the joins that cross the space above each row."""
        number = {track: index for index, row in enumerate(self._arrangement.rows) for track in row}
        found: dict[int, list[float]] = {}
        for child, parent in self._arrangement.parents.items():
            if parent.join.kind == "wing":
                continue  # dotted and thin: a halo keeps a text readable
            first, last = sorted((number[child], number[parent.track]))
            for index in range(first + 1, last + 1):
                found.setdefault(index, []).append(self._moment(child, parent))
        return found

    def _place_labels(
        self, row: _Row, notes: Mapping[str, Sequence[str]], passing: Sequence[float]
    ) -> None:
        """Set the labels from right to left; one that collides rises.

        A tick then passes only through places where an earlier label cannot be.
        """
        placed: list[tuple[Box, float]] = []
        members = sorted(
            (name for track in row.tracks for name in track),
            key=lambda name: (-self._label_start(self._lineage.bars[name]), name),
        )
        for name in members:
            bar = self._lineage.bars[name]
            lines = self._label_lines(bar, notes.get(name, ()))
            anchor = self._label_start(bar)
            wide = max(line.width for line in lines)
            tall = sum(line.leading for line in lines) + 3
            start = self._beside(anchor, wide, passing)
            level = 0.0
            box = Box(start, -level - tall, start + wide + _GAP, -level)
            while _collides(box, anchor, level, placed):
                level += _SMALL_LEADING / 2
                box = Box(start, -level - tall, box.right, -level)
            placed.append((box, anchor))
            row.labels[name] = (
                tuple(_set(lines, start + (4 if level else 0), box.top)),
                level or None,
            )
            row.above = max(row.above, tall + level)

    def _beside(self, anchor: float, width: float, passing: Sequence[float]) -> float:
        """Return where a label of *width* begins, so that no passing join crosses it if it can."""
        start = anchor
        for x in sorted(passing):
            if start - 4 < x < start + width and x - anchor < 40:
                start = x + 5
        return min(start, self._options.width - width - 2)

    def _place_marks(self, row: _Row, passing: Sequence[float]) -> float:
        """Hang who left below the bars of *row*; return how far that reaches below them."""
        bars = [self._lineage.bars[name] for track in row.tracks for name in track]
        drawn = self._lineage.bars.keys()
        hanging = Hanging(self._scale, row.thickness, self._colours, self.name, drawn)
        hanging.hang(bars)
        if not self._options.is_small:
            hanging.caption(passing)
        row.marks, row.captions = hanging.signs, hanging.captions
        return hanging.depth

    # Everything at its place

    def _bar_boxes(self, row: _Row) -> Iterator[BarBox]:
        crossing = self._crossing(row)
        for track in row.tracks:
            for name in track:
                bar = self._lineage.bars[name]
                ends, open_begin, open_end = self._scale.ends(bar)
                ends = ends.limited(self._axis.left - UNKNOWN, self._axis.right + UNKNOWN)
                height = self._thickness(name)
                top = row.top + row.thickness - height
                lines, raised = row.labels[name]
                placed = tuple(
                    Line(line.text, line.x, line.y + row.top, line.size, line.bold, line.faint)
                    for line in lines
                )
                anchor = self._label_start(bar)
                tick = (anchor + 0.5, placed[0].y - 9, top) if raised else None
                yield BarBox(
                    bar=bar,
                    top=top,
                    height=height,
                    ends=ends,
                    open_begin=open_begin,
                    open_end=open_end,
                    doubts=tuple(self._scale.doubts(bar)),
                    disputed_end=self._disputed_end(bar, ends),
                    bands=tuple(self._bands(bar, ends, top, height, crossing)),
                    label=placed,
                    tick=tick,
                )

    def _disputed_end(self, bar: Bar, ends: Ends) -> float | None:
        if bar.ongoing or bar.end is None or not bar.end.disputed:
            return None
        here = self._scale.middle(bar.end.span)
        return here if here > ends.last else None

    def _bands(
        self, bar: Bar, ends: Ends, top: float, height: float, crossing: Sequence[float]
    ) -> Iterator[BandBox]:
        placed = [(band, self._band_ends(band, ends)) for band in bar.bands]
        for index, (band, shown) in enumerate(placed):
            label = None
            if shown is not None and height == _THICK:
                # What is drawn later covers it, where it begins at the same place as well.
                later = [row.first for _, row in placed[index + 1 :] if row]
                covered = [x for x in later if x >= shown.first]
                room = (shown.first, min((*covered, shown.last)))
                label = self._band_label(band, room, top + height / 2 + 3.8, crossing)
            yield BandBox(band, shown, label, self._colours.get(band.agent))

    def _crossing(self, row: _Row) -> tuple[float, ...]:
        """Return where lines cross the bars of *row*: claimed dates, and cuts between bars."""
        found: list[float] = []
        for track in row.tracks:
            for name in track:
                bar = self._lineage.bars[name]
                found += [x for doubt in self._scale.doubts(bar) for x in doubt.ticks]
            found += [self._scale.ends(self._lineage.bars[name])[0].full for name in track[1:]]
        return tuple(sorted(found))

    def _band_label(
        self, band: Band, room: tuple[float, float], y: float, crossing: Sequence[float]
    ) -> Line | None:
        """Return the name of who led, in full or not at all, where no line crosses it."""
        name = self.name(band.agent)
        width = text_width(name, SMALL)
        left, right = room
        for start in (left + 4, *(x + 6 for x in crossing if x + 6 > left + 4)):
            crossed = any(start - 3 < x < start + width + 3 for x in crossing)
            if start + width + 4 <= right and not crossed:
                return Line(name, start, y, SMALL)
        return None

    def _band_ends(self, band: Band, ends: Ends) -> Ends | None:
        """Return where *band* is drawn within *ends* of its bar, or None where no date is known."""
        if band.begin is None and band.end is None:
            return None
        first = full = ends.first
        if band.begin and band.begin.latest:
            full = self._axis.of(band.begin.latest, end=True)
            first = self._axis.of(band.begin.earliest) if band.begin.earliest else full
            if band.begin.earliest == band.begin.latest:
                full = first
        if band.ongoing:
            partial = last = self._axis.x(self._scale.today)
        elif band.end and band.end.earliest:
            partial = self._axis.of(band.end.earliest)
            last = self._axis.of(band.end.latest, end=True) if band.end.latest else partial
        else:
            partial, last = full, min(full + UNKNOWN, ends.last)
        found = Ends(first, full, max(partial, full), max(last, full)).limited(
            max(ends.first, self._axis.left), min(ends.last, self._axis.right)
        )
        return found if found.last - found.first > 0.5 else None

    def _cuts(self, boxes: Mapping[str, BarBox]) -> Iterator[Cut]:
        for (source, target), join in self._arrangement.continued.items():
            box = boxes[target]
            x = max(box.ends.full, boxes[source].ends.first)
            if self._axis.left < x < self._axis.right:
                yield Cut(join, x, box.top, box.height)

    def _join_paths(self, boxes: Mapping[str, BarBox]) -> Iterator[JoinPath]:
        for child, parent in self._arrangement.parents.items():
            x = self._moment(child, parent)
            if not self._axis.left <= x <= self._axis.right:
                continue
            near = self._nearest(parent.track, x, boxes)
            far = boxes[child[-1] if parent.reverse and parent.join.kind == "merged" else child[0]]
            down = far.top > near.top
            start = near.top + near.height if down else near.top
            end = (
                far.ends.last if parent.reverse and parent.join.kind == "merged" else far.ends.first
            )
            corners: list[tuple[float, float]] = [(x, start), (x, far.middle)]
            if far.ends.first - 1 <= x <= far.ends.last + 1 or parent.join.kind == "wing":
                corners[1] = (x, far.top if down else far.top + far.height)
            else:
                corners.append((end, far.middle))
            names = (near.bar.iri, far.bar.iri)
            source, target = names[::-1] if parent.reverse else names
            yield JoinPath(parent.join, source, target, tuple(corners))

    def _nearest(self, track: Track, x: float, boxes: Mapping[str, BarBox]) -> BarBox:
        """Return the bar of *track* that is drawn at *x*, or else the one that is nearest."""

        def distance(box: BarBox) -> float:
            return max(box.ends.first - x, x - box.ends.last, 0.0)

        return min((boxes[name] for name in reversed(track)), key=distance)

    def _roots(self, boxes: Mapping[str, BarBox], joins: Iterable[JoinPath]) -> Iterator[MarkSign]:
        """Yield the departures from which something was founded, each at the root of its join."""
        drawn: set[str] = set()
        for path in joins:
            mark = self._founding_mark(path.join)
            if mark is None or mark.iri in drawn:
                continue
            drawn.add(mark.iri)
            x, y = path.corners[0]
            left, right = span_places(self._scale, mark.span)
            yield MarkSign(mark, x, y, left, right, self._colours.get(mark.agent), is_root=True)

    def _context_boxes(self) -> Iterator[ContextBox]:
        taken = 0.0
        for bar in sorted(self._contexts, key=lambda bar: (self._ends(bar).first, bar.iri)):
            ends = self._ends(bar)
            if ends.last <= self._axis.left or ends.first >= self._axis.right:
                continue
            ends = ends.limited(self._axis.left, self._axis.right)
            start = max(ends.first, taken) + 4
            fitting = (
                name
                for name in (self.name(bar.iri), bar.short)
                if name and start + text_width(name, SMALL) < ends.last - 4
            )
            label = None
            if name := next(fitting, ""):
                label = Line(name, start, 21.0, SMALL, faint=True)
                taken = start + text_width(name, SMALL)
            yield ContextBox(bar, ends, label)

    def _leading(self) -> dict[str, float]:
        """Return for how many years each agent leads; who never does is not in it."""
        found: dict[str, float] = {}
        for bar in self._lineage.bars.values():
            for band in bar.bands:
                begin = band.begin.latest if band.begin else None
                end = band.end.earliest if band.end else None
                last = self._scale.today if band.ongoing else decimal(end) if end else None
                years = last - decimal(begin) if begin and last else 0.0
                found[band.agent] = found.get(band.agent, 0.0) + max(years, 0.0)
        return found


def _collides(box: Box, anchor: float, level: float, placed: Sequence[tuple[Box, float]]) -> bool:
    for other, tick in placed:
        if box.overlaps(other):
            return True
        # The tick of a raised label passes through all that is below it.
        if other.bottom < box.bottom and box.left < tick < box.right:
            return True
        if level and other.bottom > box.bottom and other.left < anchor < other.right:
            return True
    return False


def _set(lines: Sequence[_Words], x: float, top: float) -> Iterator[Line]:
    y = top
    for line in lines:
        y += line.leading
        yield Line(line.text, x, y - 3, line.size, line.bold, line.faint)


def _lowered(sign: MarkSign, top: float) -> MarkSign:
    return MarkSign(
        sign.mark, sign.x, sign.y + top, sign.left, sign.right, sign.colour, sign.is_root
    )
