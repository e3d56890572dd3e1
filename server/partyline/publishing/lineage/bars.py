"""The bars of a row at their places, and within each who led."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from partyline.publishing.lineage.arrangement import Track
from partyline.publishing.lineage.drawing import BandBox, BarBox, Ends, Line
from partyline.publishing.lineage.labels import SMALL, Label
from partyline.publishing.lineage.model import Band, Bar
from partyline.publishing.lineage.scale import UNKNOWN
from partyline.publishing.lineage.scene import Scene
from partyline.publishing.lineage.text_metrics import text_width

_THICK, _THIN = 22.0, 9.0
#: The height of the bars of a small picture.
_SMALL = 13.0
#: From the middle of a bar to the baseline of a name in it.
_BASELINE = 3.8
#: A band that is narrower is not drawn.
_NARROW = 0.5


def thickness(scene: Scene, names: Sequence[str]) -> float:
    """Return the height of the bars *names* together, in pixels."""
    if all(name in scene.labels.thin for name in names):
        return _THIN
    return _SMALL if scene.options.is_small else _THICK


@dataclass(frozen=True, slots=True)
class BarRow:
    """The bars of one row; *bottom* is that of all of them, in pixels."""

    scene: Scene
    tracks: tuple[Track, ...]
    #: By bar, relative to *top*.
    labels: Mapping[str, Label]
    top: float
    bottom: float

    def boxes(self) -> Iterator[BarBox]:
        """Yield the bars at their places."""
        crossing = self._crossing()
        for track in self.tracks:
            for name in track:
                yield self._box(self.scene.lineage.bars[name], crossing)

    def _box(self, bar: Bar, crossing: Sequence[float]) -> BarBox:
        scale, axis = self.scene.scale, self.scene.scale.axis
        ends, open_begin, open_end = scale.ends(bar)
        ends = ends.limited(axis.left - UNKNOWN, axis.right + UNKNOWN)
        height = thickness(self.scene, [bar.iri])
        top = self.bottom - height
        label = self.labels[bar.iri]
        lines = tuple(line.lowered(self.top) for line in label.lines)
        anchor = self.scene.labels.start(bar)
        return BarBox(
            bar=bar,
            top=top,
            height=height,
            ends=ends,
            open_begin=open_begin,
            open_end=open_end,
            doubts=tuple(scale.doubts(bar)),
            disputed_end=self._disputed_end(bar, ends),
            bands=tuple(self._bands(bar, ends, top, height, crossing)),
            label=lines,
            tick=(anchor + 0.5, lines[0].y - 9, top) if label.is_raised else None,
        )

    def _crossing(self) -> tuple[float, ...]:
        """Return where lines cross the bars: claimed dates, and cuts between bars."""
        scale, bars = self.scene.scale, self.scene.lineage.bars
        found: list[float] = []
        for track in self.tracks:
            for name in track:
                found += [x for doubt in scale.doubts(bars[name]) for x in doubt.ticks]
            found += [scale.ends(bars[name])[0].full for name in track[1:]]
        return tuple(sorted(found))

    def _disputed_end(self, bar: Bar, ends: Ends) -> float | None:
        if bar.ongoing or bar.end is None or not bar.end.disputed:
            return None
        here = self.scene.scale.middle(bar.end.span)
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
                label = self._band_label(band, room, top + height / 2 + _BASELINE, crossing)
            yield BandBox(band, shown, label, self.scene.colours.get(band.agent))

    def _band_label(
        self, band: Band, room: tuple[float, float], y: float, crossing: Sequence[float]
    ) -> Line | None:
        """Return the name of who led, in full or not at all, where no line crosses it."""
        name = self.scene.names(band.agent)
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
        axis = self.scene.scale.axis
        first, full = self._band_begin(band, ends)
        if band.ongoing:
            partial = last = axis.x(self.scene.scale.today)
        elif band.end and band.end.earliest:
            partial = axis.of(band.end.earliest)
            last = axis.of(band.end.latest, end=True) if band.end.latest else partial
        else:
            partial, last = full, min(full + UNKNOWN, ends.last)
        found = Ends(first, full, max(partial, full), max(last, full)).limited(
            max(ends.first, axis.left), min(ends.last, axis.right)
        )
        return found if found.last - found.first > _NARROW else None

    def _band_begin(self, band: Band, ends: Ends) -> tuple[float, float]:
        """Return where *band* begins to show, and from where it is solid."""
        begin, axis = band.begin, self.scene.scale.axis
        if begin is None or begin.latest is None:
            return ends.first, ends.first
        full = axis.of(begin.latest, end=True)
        first = axis.of(begin.earliest) if begin.earliest else full
        return first, first if begin.earliest == begin.latest else full
