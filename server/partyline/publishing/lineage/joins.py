"""Joins between the rows of a picture: the lines, the cuts, and what is written instead."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from partyline.publishing.lineage.arrangement import Parent, Track
from partyline.publishing.lineage.captions import span_places
from partyline.publishing.lineage.drawing import BarBox, Cut, JoinPath, MarkSign
from partyline.publishing.lineage.model import Bar, Join, Mark
from partyline.publishing.lineage.scene import Scene
from partyline.publishing.lineage.wording import join_words


@dataclass(frozen=True, slots=True)
class Joins:
    """The joins of a scene."""

    scene: Scene

    def _bar(self, name: str) -> Bar:
        return self.scene.lineage.bars[name]

    def notes(self) -> dict[str, list[str]]:
        """Return, by bar, what its label says of joins that are not drawn as lines."""
        arrangement = self.scene.arrangement
        drawn = {frozenset((track, row.track)) for track, row in arrangement.parents.items()}
        home = arrangement.home()
        notes: dict[str, list[str]] = {}
        for join in self.scene.lineage.joins:
            for source in join.sources:
                for target in join.targets:
                    pair = frozenset((home[source], home[target]))
                    if len(pair) == 1 or pair in drawn:
                        continue
                    text = join_words(join, self.scene.names(source), backwards=True)
                    notes.setdefault(target, []).append(text)
        return notes

    def moment(self, child: Track, parent: Parent) -> float:
        """Return the x at which the join of *child* leaves the row of its parent."""
        join, scale = parent.join, self.scene.scale
        ends, _, _ = scale.ends(self._bar(child[-1 if parent.reverse else 0]))
        if parent.reverse and join.kind == "merged":
            return ends.partial
        mark = self._founding_mark(join)
        if mark is not None:
            return scale.middle(mark.span)
        if join.span.is_known and join.kind != "wing":
            return scale.middle(join.span)
        other, _, _ = scale.ends(self._bar(parent.track[0]))
        return max(ends.full, other.full) if join.kind == "wing" else ends.full

    def _founding_mark(self, join: Join) -> Mark | None:
        """Return the departure from which *join* led to something that was founded."""
        if join.kind not in ("left", "split"):
            return None
        for source in join.sources:
            for mark in self._bar(source).marks:
                if mark.founded in join.targets:
                    return mark
        return None

    def passing(self) -> dict[int, list[float]]:
        """Return the x of the joins that cross the space above each row, by its number."""
        arrangement = self.scene.arrangement
        number = {track: index for index, row in enumerate(arrangement.rows) for track in row}
        found: dict[int, list[float]] = {}
        for child, parent in arrangement.parents.items():
            first, last = sorted((number[child], number[parent.track]))
            for index in range(first + 1, last + 1):
                found.setdefault(index, []).append(self.moment(child, parent))
        return found

    def cuts(self, boxes: Mapping[str, BarBox]) -> Iterator[Cut]:
        """Yield the marks at which one bar of a row continues another."""
        axis = self.scene.scale.axis
        for (source, target), join in self.scene.arrangement.continued.items():
            box = boxes[target]
            x = max(box.ends.full, boxes[source].ends.first)
            if axis.left < x < axis.right:
                yield Cut(join, x, box.top, box.height)

    def paths(self, boxes: Mapping[str, BarBox]) -> Iterator[JoinPath]:
        """Yield the lines between the rows."""
        axis = self.scene.scale.axis
        for child, parent in self.scene.arrangement.parents.items():
            x = self.moment(child, parent)
            if axis.left <= x <= axis.right:
                yield _path(child, parent, x, boxes)

    def roots(self, joins: Iterable[JoinPath]) -> Iterator[MarkSign]:
        """Yield the departures from which something was founded, each at the root of its join."""
        drawn: set[str] = set()
        for path in joins:
            mark = self._founding_mark(path.join)
            if mark is None or mark.iri in drawn:
                continue
            drawn.add(mark.iri)
            x, y = path.corners[0]
            left, right = span_places(self.scene.scale, mark.span)
            colour = self.scene.colours.get(mark.agent)
            yield MarkSign(mark, x, y, left, right, colour, is_root=True)


def _path(child: Track, parent: Parent, x: float, boxes: Mapping[str, BarBox]) -> JoinPath:
    """Return the line that leaves the row of *parent* at *x*."""
    merges = parent.reverse and parent.join.kind == "merged"
    near, far = _nearest(parent.track, x, boxes), boxes[child[-1] if merges else child[0]]
    down = far.top > near.top
    start = near.top + near.height if down else near.top
    corners: tuple[tuple[float, float], ...]
    if far.ends.first - 1 <= x <= far.ends.last + 1 or parent.join.kind == "wing":
        corners = ((x, start), (x, far.top if down else far.top + far.height))
    else:
        end = far.ends.last if merges else far.ends.first
        corners = ((x, start), (x, far.middle), (end, far.middle))
    names = (near.bar.iri, far.bar.iri)
    source, target = names[::-1] if parent.reverse else names
    return JoinPath(parent.join, source, target, corners)


def _nearest(track: Track, x: float, boxes: Mapping[str, BarBox]) -> BarBox:
    """Return the bar of *track* that is drawn at *x*, or else the one that is nearest."""

    def distance(box: BarBox) -> float:
        return max(box.ends.first - x, x - box.ends.last, 0.0)

    return min((boxes[name] for name in reversed(track)), key=distance)
