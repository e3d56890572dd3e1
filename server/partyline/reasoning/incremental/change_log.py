"""What a change of a closure has done so far."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partyline.reasoning.incremental.integer_index import Row
from partyline.reasoning.model.rules import Fact

#: Conclusions that may be drawn for each fact that may come or go: most are there already, and in
#: a large class of equal names hundreds are for each.
_CONCLUSIONS = 20


class ChangeTooLarge(Exception):
    """A change concerns so much that starting over is cheaper."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit did to the closure: facts that were not there before, and that are gone."""

    appeared: frozenset[Fact]
    vanished: frozenset[Fact]


class ChangeLog:
    """The rows that came and went in one change. More than *most* of them are too many."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._drawn = 0
        self.appeared: set[Row] = set()
        self.vanished: set[Row] = set()
        #: Rows that came or went since the rules were compiled.
        self.touched: set[Row] = set()
        #: True where a value came to be spelled in more ways, or in fewer.
        self.variant_predicates = False

    def add(self, row: Row) -> None:
        """Note that *row* came, or came back. Raises ChangeTooLarge."""
        self.touched.add(row)
        if self._most is not None and len(self.appeared) + len(self.vanished) > self._most:
            raise ChangeTooLarge
        if row in self.vanished:
            self.vanished.discard(row)
        else:
            self.appeared.add(row)

    def counted(self, conclusions: Iterable[Row]) -> Iterator[Row]:
        """Yield *conclusions*, those that change nothing included. Raises ChangeTooLarge."""
        for row in conclusions:
            self._drawn += 1
            if self._most is not None and self._drawn > _CONCLUSIONS * self._most:
                raise ChangeTooLarge
            yield row

    def discard(self, row: Row) -> None:
        """Note that *row* went, or went again."""
        self.touched.add(row)
        if row in self.appeared:
            self.appeared.discard(row)
        else:
            self.vanished.add(row)
