"""What a picture shows, before it has rows of pixels: the bars with dates, and their scale."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from partyline.publishing.lineage.arrangement import (
    Arrangement,
    Track,
    arranged,
    recurring,
    tracks_of,
)
from partyline.publishing.lineage.axis import decimal
from partyline.publishing.lineage.labels import BarLabels
from partyline.publishing.lineage.model import Band, Bar, Lineage, Selection
from partyline.publishing.lineage.scale import Options, Scale

COLOURS = 10
_RIGHT = 34.0
#: The width of a "?" where an end is not known, of the captions of departures, and of a gap.
_QUESTION, _CAPTION, _GAP = 12.0, 170.0, 8.0
#: How often the scale gives way to labels that would stand out on the right.
_ATTEMPTS = 4


class KnownNames:
    """Looks up the name of each IRI once."""

    def __init__(self, look_up: Callable[[str], str]) -> None:
        self._look_up = look_up
        self.known: dict[str, str] = {}

    def __call__(self, iri: str) -> str:
        """Return the name of *iri*."""
        if iri not in self.known:
            self.known[iri] = self._look_up(iri)
        return self.known[iri]


@dataclass(frozen=True, slots=True)
class Scene:
    """The bars of a picture, their labels, and the rows that kinship gives them."""

    lineage: Lineage
    labels: BarLabels
    names: KnownNames
    arrangement: Arrangement
    #: Numbers of the colours of agents.
    colours: Mapping[str, int]
    #: States above the axis.
    contexts: tuple[Bar, ...]
    #: Bars without any date.
    undated: tuple[Bar, ...]

    @classmethod
    def of(
        cls,
        lineage: Lineage,
        look_up: Callable[[str], str],
        options: Options,
        selection: Selection,
    ) -> "Scene":
        """Return what *selection* and *options* choose of *lineage*."""
        lineage, names = lineage.restricted(selection.all | lineage.contexts), KnownNames(look_up)
        dated = {name for name, bar in lineage.bars.items() if bar.is_dated}
        contexts = lineage.contexts
        shown = _within_years(lineage.restricted(dated - contexts), options)
        labels = _labels(shown, names, options, selection.wings & shown.bars.keys())
        tracks, _ = tracks_of(shown)
        extents = {track: _extent(track, shown, labels) for track in tracks}
        return cls(
            lineage=shown,
            labels=labels,
            names=names,
            arrangement=arranged(shown, extents, selection.beside),
            colours=recurring(shown, _years_of_leading(shown, labels.scale.today), COLOURS),
            contexts=tuple(lineage.bars[name] for name in sorted(contexts & dated)),
            undated=tuple(
                lineage.bars[name] for name in sorted(lineage.bars.keys() - dated - contexts)
            ),
        )

    @property
    def scale(self) -> Scale:
        """Return the scale, which leaves room for the labels."""
        return self.labels.scale

    @property
    def options(self) -> Options:
        """Return what was asked for."""
        return self.scale.options


def _within_years(lineage: Lineage, options: Options) -> Lineage:
    """Return the bars of *lineage* that the years of the options have a part of."""
    if not options.years:
        return lineage
    scale = Scale(lineage, options, _RIGHT)
    return lineage.restricted([name for name, bar in lineage.bars.items() if scale.is_seen(bar)])


def _labels(
    lineage: Lineage, names: KnownNames, options: Options, thin: frozenset[str]
) -> BarLabels:
    """Return the labels, on a scale with room on the right for those that begin near its end."""
    right = _RIGHT
    labels = BarLabels(Scale(lineage, options, right), names, thin)
    for _ in range(_ATTEMPTS - 1):
        ends = [labels.end(bar) for bar in lineage.bars.values()]
        missing = max(ends, default=0.0) + 4 - options.width
        if missing <= 0:
            break
        right += missing + 1
        labels = BarLabels(Scale(lineage, options, right), names, thin)
    return labels


def _extent(track: Track, lineage: Lineage, labels: BarLabels) -> tuple[float, float]:
    """Return from the first stroke of *track* to the end of its last label."""
    scale = labels.scale
    bars = [lineage.bars[name] for name in track]
    right = 0.0
    for bar in bars:
        ends, _, open_end = scale.ends(bar)
        right = max(right, ends.last + (_QUESTION if open_end else 0) + _GAP, labels.end(bar))
        if bar.marks and not scale.options.is_small:
            right = max(right, scale.middle(bar.marks[-1].span) + _CAPTION)
    first, _, open_begin = scale.ends(bars[0])
    return first.first - (_QUESTION if open_begin else 0), right


def _years_of_leading(lineage: Lineage, today: float) -> dict[str, float]:
    """Return for how many years each agent leads; who never does is not in it."""
    found: dict[str, float] = {}
    for bar in lineage.bars.values():
        for band in bar.bands:
            found[band.agent] = found.get(band.agent, 0.0) + _years(band, today)
    return found


def _years(band: Band, today: float) -> float:
    begin = band.begin.latest if band.begin else None
    end = band.end.earliest if band.end else None
    last = today if band.ongoing else decimal(end) if end else None
    return max(last - decimal(begin), 0.0) if begin and last else 0.0
