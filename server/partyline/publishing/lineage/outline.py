"""The same as a picture, as a nested list: for phones, for print and for screen readers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from partyline.publishing.lineage.arrangement import Arrangement, Parent, Track
from partyline.publishing.lineage.drawing import Entry
from partyline.publishing.lineage.model import Bar, Lineage
from partyline.publishing.lineage.scale import Scale
from partyline.publishing.lineage.wording import join_words


@dataclass(frozen=True, slots=True)
class Outline:
    """Lists the bars of an arrangement, each below what it hangs on."""

    lineage: Lineage
    arrangement: Arrangement
    scale: Scale
    names: Callable[[str], str]
    #: Where on the axis the join of a track leaves what it hangs on.
    moment: Callable[[Track, Parent], float]

    def entries(self) -> Iterator[Entry]:
        """Yield the roots of the kinship with all below them, in the order of their begin."""
        parents = self.arrangement.parents
        roots = [track for track in self.arrangement.tracks if track not in parents]
        for track in sorted(roots, key=self._first):
            yield from self._of(track, "")

    def _bar(self, name: str) -> Bar:
        return self.lineage.bars[name]

    def _first(self, track: Track) -> tuple[float, Track]:
        return self.scale.ends(self._bar(track[0]))[0].first, track

    def _of(self, track: Track, relation: str) -> Iterator[Entry]:
        """Yield the bars of *track*; what hangs on it is nested in the bar that it leaves."""
        parents = self.arrangement.parents
        waiting = [child for child, parent in parents.items() if parent.track == track]
        waiting.sort(key=self._first)
        for name, following in zip(track, (*track[1:], ""), strict=True):
            here = waiting
            if following:
                until = self.scale.ends(self._bar(following))[0].full
                here = [child for child in waiting if self.moment(child, parents[child]) < until]
            waiting = [child for child in waiting if child not in here]
            nested = (
                entry for child in here for entry in self._of(child, self._relation(parents[child]))
            )
            bar = self._bar(name)
            yield Entry(bar, relation, self.scale.ends(bar)[0], tuple(nested))
            if following:
                join = self.arrangement.continued[name, following]
                relation = join_words(join, self.names(name), backwards=True)

    def _relation(self, parent: Parent) -> str:
        join = parent.join
        sides = (*join.sources, *join.targets)
        other = next((name for name in sides if name in parent.track), parent.track[0])
        return join_words(join, self.names(other), backwards=not parent.reverse)
