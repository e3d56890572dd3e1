"""Everything at a glance: a thin row for each line, and the names for which there is room."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from partyline.publishing.lineage.arrangement import Track, arranged, tracks_of
from partyline.publishing.lineage.contexts import context_boxes
from partyline.publishing.lineage.drawing import BarBox, Box, Drawing, JoinPath, Line
from partyline.publishing.lineage.joins import Joins
from partyline.publishing.lineage.labels import BarLabels
from partyline.publishing.lineage.model import Bar, Lineage
from partyline.publishing.lineage.scale import UNKNOWN, Options, Scale
from partyline.publishing.lineage.scene import KnownNames, Scene
from partyline.publishing.lineage.text_metrics import text_width

_WIDTH = 1180.0
_TOP, _PITCH, _THICK = 54.0, 9.5, 5.0
_RIGHT = 14.0
#: Bars that a picture in a page may have.
MOST_BARS = 160
_SIZE = 11.0
#: Half of the height of a name.
_HALF = 5.0
#: Pixels between a stroke and its name, and between two strokes of a row.
_GAP, _BETWEEN = 5.0, 6.0


def overview(lineage: Lineage, names: Callable[[str], str], today: date) -> Drawing:
    """Place every dated bar of *lineage*, without labels but for those that stand free."""
    scene = _scene(lineage, names, today)
    rows = scene.arrangement.rows
    boxes = {
        name: _box(scene, scene.lineage.bars[name], _TOP + number * _PITCH)
        for number, row in enumerate(rows)
        for track in row
        for name in track
    }
    joins = Joins(scene)
    paths = tuple(joins.paths(boxes))
    floor = _TOP + len(rows) * _PITCH
    return Drawing(
        axis=scene.scale.axis,
        width=_WIDTH,
        height=floor + 4,
        floor=floor,
        contexts=tuple(context_boxes(scene)),
        bars=tuple(boxes.values()),
        cuts=tuple(joins.cuts(boxes)),
        joins=paths,
        marks=(),
        captions=tuple(_FreeNames(scene, boxes, paths).lines()),
        colours={},
        names={name: scene.names(name) for name in boxes},
    )


def _scene(lineage: Lineage, look_up: Callable[[str], str], today: date) -> Scene:
    dated = {name for name, bar in lineage.bars.items() if bar.is_dated}
    contexts = tuple(lineage.bars[name] for name in sorted(lineage.contexts & dated))
    lineage, names = _most_joined(lineage.restricted(dated - lineage.contexts)), KnownNames(look_up)
    scale = Scale(lineage, Options(today, _WIDTH), _RIGHT)
    tracks, _ = tracks_of(lineage)
    extents = {track: _extent(track, lineage, scale) for track in tracks}
    labels = BarLabels(scale, names, frozenset())
    return Scene(lineage, labels, names, arranged(lineage, extents), {}, contexts, ())


def _most_joined(lineage: Lineage) -> Lineage:
    """Return *lineage*, or the bars with most joins where there are too many to be seen."""
    if len(lineage.bars) <= MOST_BARS:
        return lineage
    joins = Counter(name for join in lineage.joins for name in (*join.sources, *join.targets))
    ranked = sorted(lineage.bars, key=lambda name: (-joins[name], name))
    return lineage.restricted(ranked[:MOST_BARS])


def _extent(track: Track, lineage: Lineage, scale: Scale) -> tuple[float, float]:
    ends = [scale.ends(lineage.bars[name])[0] for name in track]
    return ends[0].first, max(row.last for row in ends) + _BETWEEN


def _box(scene: Scene, bar: Bar, top: float) -> BarBox:
    axis = scene.scale.axis
    ends = scene.scale.ends(bar)[0].limited(axis.left - UNKNOWN, axis.right + UNKNOWN)
    # Unknown ends fade: the rows are too thin for question marks.
    return BarBox(
        bar=bar,
        top=top,
        height=_THICK,
        ends=ends,
        open_begin=False,
        open_end=False,
        doubts=(),
        disputed_end=None,
        bands=(),
        label=(),
        tick=None,
    )


class _FreeNames:
    """Sets names beside strokes where nothing else is drawn, those of the largest lines first."""

    def __init__(
        self, scene: Scene, boxes: Mapping[str, BarBox], joins: Sequence[JoinPath]
    ) -> None:
        self._scene, self._boxes = scene, boxes
        self._taken = [
            Box(box.ends.first, box.top, box.ends.last, box.top + box.height)
            for box in boxes.values()
        ]
        self._taken += [box for path in joins for box in _strokes(path)]

    def lines(self) -> Iterator[Line]:
        """Yield the names that are set."""
        right = self._scene.options.width
        for track in sorted(self._scene.arrangement.tracks, key=self._weight, reverse=True):
            first, last = self._boxes[track[0]], self._boxes[track[-1]]
            for box, place in ((last, self._right_of(last)), (first, self._left_of(first))):
                free = not any(place.overlaps(other) for other in self._taken)
                if free and place.left >= 0 and place.right <= right:
                    self._taken.append(place)
                    yield Line(self._scene.names(box.bar.iri), place.left, box.middle + 3.7, _SIZE)
                    break

    def _right_of(self, box: BarBox) -> Box:
        start = box.ends.last + _GAP
        width = text_width(self._scene.names(box.bar.iri), _SIZE)
        return Box(start, box.middle - _HALF, start + width + 2, box.middle + _HALF)

    def _left_of(self, box: BarBox) -> Box:
        end = box.ends.first - _GAP
        width = text_width(self._scene.names(box.bar.iri), _SIZE)
        return Box(end - width, box.middle - _HALF, end + 2, box.middle + _HALF)

    def _weight(self, track: Track) -> tuple[int, float, Track]:
        """Return the number of bars and of branches of *track*, and its length in pixels."""
        branches = sum(1 for row in self._scene.arrangement.parents.values() if row.track == track)
        return len(track) + branches, sum(_length(self._boxes[name]) for name in track), track


def _length(box: BarBox) -> float:
    return box.ends.last - box.ends.first


def _strokes(path: JoinPath) -> Iterator[Box]:
    for (x, y), (right, bottom) in zip(path.corners, path.corners[1:], strict=False):
        left, right = sorted((x, right))
        top, bottom = sorted((y, bottom))
        yield Box(left - 1, top, right + 1, bottom)
