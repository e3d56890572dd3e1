"""Which bars share a row, and in which order the rows stand: time fixes x, kinship fixes y.

Bars that continue one another are one track. Each track hangs on the one that it was divided
from, split from, was founded from by somebody who left, was merged into, or is a wing of, in that
order. What was divided from a track stands above it, all else below: the later it leaves, the
nearer it stays, so that no join of a tree crosses a bar.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from partyline.publishing.lineage.model import CONTINUING, Join, Lineage, Mark

Track = tuple[str, ...]
#: From the first stroke of a track to the end of its last label, in pixels.
Extent = tuple[float, float]

_RANKS = {
    "divided": 0,
    "split": 1,
    "left": 2,
    "merged": 3,
    "joint": 3,
    "succeeded": 4,
    "renamed": 4,
    "transformed": 4,
    "wing": 5,
}


@dataclass(frozen=True, slots=True)
class Parent:
    """The track that another one hangs on, and the join of the two."""

    track: Track
    join: Join
    #: Whether the other one ends in this one, or is the whole of it, and not the reverse.
    reverse: bool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Tracks, what each hangs on, and the rows from top to bottom."""

    tracks: tuple[Track, ...]
    parents: Mapping[Track, Parent]
    rows: tuple[tuple[Track, ...], ...] = ()
    #: The join that leads from a bar to the next one of its track.
    continued: Mapping[tuple[str, str], Join] = field(default_factory=dict)

    def home(self) -> dict[str, Track]:
        """Return the track of each bar."""
        return {name: track for track in self.tracks for name in track}


def tracks_of(lineage: Lineage) -> tuple[tuple[Track, ...], dict[tuple[str, str], Join]]:
    """Return chains of bars that continue one another, and the joins within them.

    At a division, the heir with most descendants continues the line.
    """
    heirs = {name: len(_below(lineage, name)) for name in lineage.bars}
    following: dict[str, str] = {}
    preceding: dict[str, str] = {}
    continued: dict[tuple[str, str], Join] = {}
    for join in lineage.joins:
        if join.kind not in CONTINUING or join.disputed:
            continue
        targets = sorted(join.targets, key=lambda name: (-heirs[name], name))
        for source, target in product(join.sources, targets):
            free = source not in following and target not in preceding
            if free and not _is_reached(following, target, source):
                following[source], preceding[target] = target, source
                continued[source, target] = join
    tracks = []
    for name in sorted(lineage.bars):
        if name not in preceding:
            track = [name]
            while track[-1] in following:
                track.append(following[track[-1]])
            tracks.append(tuple(track))
    return tuple(tracks), continued


def arranged(
    lineage: Lineage, extents: Mapping[Track, Extent], beside: Iterable[str] = ()
) -> Arrangement:
    """Return the rows of *lineage*; *beside* are the bars beside the line, such as wings."""
    tracks, continued = tracks_of(lineage)
    parents = _parents(lineage, tracks, frozenset(beside))
    roots = sorted((track for track in tracks if track not in parents), key=extents.__getitem__)
    trees = {root: list(_rows(root, parents, extents)) for root in roots}
    rows: list[list[Track]] = []
    loose: list[list[Track]] = []
    for root in sorted(roots, key=lambda root: (len(trees[root]) == 1, extents[root][0])):
        if len(trees[root]) > 1 or len(root) > 1:
            rows += trees[root]
        else:
            _pack(loose, root, extents)
    found = tuple(tuple(row) for row in (*rows, *loose))
    return Arrangement(tracks, parents, found, continued)


def _pack(rows: list[list[Track]], track: Track, extents: Mapping[Track, Extent]) -> None:
    """Put *track* into the first of *rows* where it is free, or into a new one."""
    for row in rows:
        if _is_free(row, track, extents):
            row.append(track)
            return
    rows.append([track])


def _is_free(row: Iterable[Track], track: Track, extents: Mapping[Track, Extent]) -> bool:
    left, right = extents[track]
    return all(right < extents[other][0] or left > extents[other][1] for other in row)


def _below(lineage: Lineage, name: str) -> set[str]:
    pairs = [
        (source, target)
        for join in lineage.joins
        if join.kind != "wing" and not join.disputed
        for source, target in product(join.sources, join.targets)
    ]
    found: set[str] = set()
    pending = [name]
    while pending:
        here = pending.pop()
        fresh = {target for source, target in pairs if source == here} - found
        found |= fresh
        pending += fresh
    return found - {name}


def _is_reached(following: Mapping[str, str], start: str, goal: str) -> bool:
    while start in following:
        start = following[start]
        if start == goal:
            return True
    return False


def _parents(
    lineage: Lineage, tracks: Sequence[Track], beside: frozenset[str]
) -> dict[Track, Parent]:
    home = {name: track for track in tracks for name in track}
    parents: dict[Track, Parent] = {}
    for join in sorted(lineage.joins, key=lambda join: (join.disputed, _RANKS[join.kind])):
        for source, target in product(join.sources, join.targets):
            child, parent = home[target], home[source]
            # What is merged hangs on what it is merged into, and a whole on its wing in the line.
            reverse = join.kind == "merged" or (join.kind == "wing" and source in beside)
            if reverse:
                child, parent = parent, child
            if child == parent or child in parents or _hangs_on(parents, parent, child):
                continue
            parents[child] = Parent(parent, join, reverse)
    return parents


def _hangs_on(parents: Mapping[Track, Parent], track: Track, other: Track) -> bool:
    while track in parents:
        track = parents[track].track
        if track == other:
            return True
    return False


def _rows(
    track: Track, parents: Mapping[Track, Parent], extents: Mapping[Track, Extent]
) -> Iterator[list[Track]]:
    children = [child for child, parent in parents.items() if parent.track == track]
    above = [child for child in children if parents[child].join.kind == "divided"]
    below = sorted(
        (child for child in children if child not in above),
        key=lambda child: (not _is_whole(parents[child]), -extents[child][0], child),
    )
    packed: list[list[list[Track]]] = []
    for child in below:
        rows = list(_rows(child, parents, extents))
        if len(rows) > 1 or not _joins_a_row(packed, child, extents):
            packed.append(rows)
    for child in sorted(above):
        yield from _rows(child, parents, extents)
    yield [track]
    for group in packed:
        yield from group


def _is_whole(parent: Parent) -> bool:
    return parent.reverse and parent.join.kind == "wing"


def _joins_a_row(
    groups: Sequence[list[list[Track]]], child: Track, extents: Mapping[Track, Extent]
) -> bool:
    """Put *child* into the nearest single row that is free, if no bar above covers its join."""
    left = extents[child][0]
    for number, group in enumerate(groups):
        above = (track for earlier in groups[:number] for row in earlier for track in row)
        covered = any(extents[track][0] <= left <= extents[track][1] for track in above)
        if len(group) == 1 and not covered and _is_free(group[0], child, extents):
            group[0].append(child)
            return True
    return False


def recurring(lineage: Lineage, days: Mapping[str, float], most: int) -> dict[str, int]:
    """Return a number for each agent who is met twice, at most *most*: who leads longest first.

    *days* is for how long each agent leads. Who never leads has no number.
    """
    met: Counter[str] = Counter()
    for bar in lineage.bars.values():
        met.update({band.agent for band in bar.bands})
    met.update(agent for agent, _ in {(mark.agent, mark.iri) for mark in _marks(lineage)})
    several = [agent for agent in sorted(days) if met[agent] > 1]
    several.sort(key=lambda agent: -days[agent])
    return {agent: number for number, agent in enumerate(several[:most])}


def _marks(lineage: Lineage) -> Iterator[Mark]:
    for bar in lineage.bars.values():
        yield from bar.marks
