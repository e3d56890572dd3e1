"""The smallest set that has a member in common with each of some sets (a minimum hitting set)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

#: Choices that the search for one group of connected sets may make.
_CHOICES = 2_000
#: Choices on top of each other; each is a call within a call.
_DEEPEST = 400

_Sets = frozenset[frozenset[int]]


@dataclass(frozen=True, slots=True)
class HittingSet:
    """Members of some sets, at least one of each."""

    members: frozenset[int]
    #: True where no smaller set does; False where the search was bounded.
    is_smallest: bool


def smallest_hitting_set(sets: Iterable[Collection[int]]) -> HittingSet:
    """Return the smallest set that has a member of each of *sets*, the same every time.

    Among members that do equally well, the least is preferred. Each group of sets that share
    members is searched by branch and bound; where that takes too many choices, the best set found
    so far is returned, and said not to be known as the smallest.

    >>> smallest_hitting_set([{1, 2}, {2, 3}, {3, 4}, {5}])
    HittingSet(members=frozenset({2, 3, 5}), is_smallest=True)

    Raises ValueError for an empty set, which nothing hits.
    """
    rows = _minimal(map(frozenset, sets))
    if frozenset() in rows:
        raise ValueError("an empty set has no member to choose")
    searches = [_Search(group) for group in _groups(rows)]
    members = [member for search in searches for member in search.run()]
    return HittingSet(frozenset(members), all(search.choices <= _CHOICES for search in searches))


def _minimal(sets: Iterable[frozenset[int]]) -> _Sets:
    """Leave out each set that contains another: whatever hits that one hits both."""
    kept: dict[int, list[frozenset[int]]] = {}
    for row in sorted(set(sets), key=lambda row: (len(row), sorted(row))):
        if not row:
            return frozenset({row})
        if not any(other <= row for member in row for other in kept.get(member, ())):
            kept.setdefault(min(row), []).append(row)
    return frozenset(row for rows in kept.values() for row in rows)


def _groups(sets: _Sets) -> Iterator[_Sets]:
    """Yield the sets that are connected by shared members."""
    having = _having(sets)
    seen: set[frozenset[int]] = set()
    for first in sorted(sets, key=sorted):
        if first in seen:
            continue
        seen.add(first)
        group, pending = [first], [first]
        while pending:
            near = {row for member in pending.pop() for row in having[member]} - seen
            seen |= near
            group += near
            pending += near
        yield frozenset(group)


def _having(sets: Iterable[frozenset[int]]) -> Mapping[int, set[frozenset[int]]]:
    """Return the sets that have each member."""
    found: dict[int, set[frozenset[int]]] = {}
    for row in sets:
        for member in row:
            found.setdefault(member, set()).add(row)
    return found


class _Search:
    """The search over one group of sets; *choices* counts what it has tried."""

    def __init__(self, sets: _Sets) -> None:
        self._sets = sets
        self._best: list[int] = []
        self.choices = 0

    def run(self) -> list[int]:
        """Return the smallest hitting set of the group, or the best that was found in time."""
        self._best = _greedy(self._sets)
        self._look(self._sets, [])
        return self._best

    def _look(self, sets: _Sets, chosen: list[int], depth: int = 0) -> None:
        sets, forced = _reduced(sets)
        chosen = chosen + forced
        if len(chosen) + _disjoint(sets) >= len(self._best):
            return
        if not sets:
            self._best = chosen
            return
        having = _having(sets)
        # One member of the smallest set is needed; those that were tried are not tried again.
        row = min(sets, key=lambda row: (len(row), sorted(row)))
        for member in sorted(row, key=lambda member: (-len(having[member]), member)):
            self.choices += 1
            if self.choices > _CHOICES or depth >= _DEEPEST:
                self.choices = _CHOICES + 1
                return
            self._look(frozenset(sets - having[member]), [*chosen, member], depth + 1)
            sets = frozenset(row - {member} for row in sets)
            if frozenset() in sets:
                return
            having = _having(sets)


def _reduced(sets: _Sets) -> tuple[_Sets, list[int]]:
    """Return what is left of *sets* without a choice, and the members that must be chosen."""
    forced: list[int] = []
    while True:
        having = _having(sets)
        needed = {next(iter(row)) for row in sets if len(row) == 1}
        if needed:
            forced += sorted(needed)
            sets = frozenset(row for row in sets if not row & needed)
            continue
        dominated = _dominated(having)
        if not dominated:
            return sets, forced
        sets = _minimal(row - dominated for row in sets)


def _dominated(having: Mapping[int, set[frozenset[int]]]) -> set[int]:
    """Return the members in whose place another one hits the same sets, and perhaps more."""
    found: set[int] = set()
    for member in sorted(having):
        rows = having[member]
        common = frozenset.intersection(*rows) - {member}
        better = (
            other for other in common - found if len(having[other]) > len(rows) or other < member
        )
        if any(True for _ in better):
            found.add(member)
    return found


def _disjoint(sets: _Sets) -> int:
    """Return a number of sets without a common member: each needs a choice of its own."""
    used: set[int] = set()
    number = 0
    for row in sorted(sets, key=lambda row: (len(row), sorted(row))):
        if used.isdisjoint(row):
            used |= row
            number += 1
    return number


def _greedy(sets: _Sets) -> list[int]:
    """Return a hitting set: again and again the member that most of what is left has."""
    chosen: list[int] = []
    while sets:
        having = _having(sets)
        member = min(having, key=lambda member: (-len(having[member]), member))
        chosen.append(member)
        sets = frozenset(sets - having[member])
    return chosen
