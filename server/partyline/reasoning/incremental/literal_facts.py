"""Facts that need no premises, because the values of literals say them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Set

from pyoxigraph import Literal, NamedNode

from partyline.reasoning.evaluate.size_limits import check_values
from partyline.reasoning.incremental.integer_index import Index, Numbering, Row
from partyline.reasoning.literals.datatypes import is_typed_literal, typed_literals
from partyline.reasoning.literals.inequality import inequalities, is_inequality
from partyline.vocabulary import OWL


class LiteralFacts:
    """The datatypes of literals that rules ask for (dt-type2), and which differ (dt-diff)."""

    def __init__(self, numbering: Numbering, index: Index, asserted: Iterable[Row]) -> None:
        self._numbering, self._index = numbering, index
        self._same = numbering.number(OWL.sameAs)
        self._literals = Counter(row[2] for row in asserted)
        #: The literals that resources are the same as: where their values differ, they do.
        self._equated = set(self._equated_among({row[2] for row in self._same_as(-2)}))
        #: The datatypes that rules ask for.
        self.datatypes: Collection[NamedNode] = ()

    def follow(self, given: Iterable[Row], withdrawn: Iterable[Row]) -> None:
        """Count the literals of rows that came to be asserted, and of those that no longer are."""
        for row in withdrawn:
            self._literals[row[2]] -= 1
        for row in given:
            self._literals[row[2]] += 1

    def holds(self, row: Row) -> bool:
        """Tell whether the values of literals say *row*."""
        return self._is_typed(row) or self._is_inequality(row)

    def _is_typed(self, row: Row) -> bool:
        """Tell whether *row* is the datatype of a literal that is there, and that rules ask for."""
        if not self.datatypes or not self._literals[row[0]]:
            return False
        stated = self._numbering.fact(row)
        return stated[2] in self.datatypes and is_typed_literal(stated)

    def _is_inequality(self, row: Row) -> bool:
        """Tell whether *row* says that two literals differ that resources are the same as."""
        subject, _, object_ = row
        if subject not in self._equated or object_ not in self._equated:
            return False
        return is_inequality(self._numbering.fact(row))

    def types(self, numbers: Iterable[int]) -> list[Row]:
        """Return the datatypes that rules ask for of the literals among *numbers* (dt-type2)."""
        if not self.datatypes:
            return []
        nodes = {self._numbering.node(number) for number in numbers}
        literals = [node for node in nodes if isinstance(node, Literal)]
        return [*map(self._numbering.row, typed_literals(self.datatypes, literals))]

    def types_of_all(self) -> list[Row]:
        """Return the datatypes that rules ask for of all literals that are there."""
        return self.types(+self._literals)

    def types_of_any(self) -> list[Row]:
        """Return those, and the datatypes of literals that were there."""
        return self.types(self._literals)

    def equate(self, touched: Iterable[Row]) -> tuple[list[Row], list[Row]]:
        """Find the literals that resources are now the same as, where rows *touched* changed.

        Returns the inequalities that hold no longer, and those that hold now (dt-diff).
        """
        numbers = {row[2] for row in touched if row[1] == self._same}
        before = self._equated
        now = (before - numbers) | set(self._equated_among(numbers))
        if now == before:
            return [], []
        check_values(len(now))
        self._equated = now
        return self._inequalities(before, before - now), self._inequalities(now, now - before)

    def _inequalities(self, numbers: Iterable[int], some: Set[int]) -> list[Row]:
        """Return the inequalities among *numbers* in which one of *some* has a part."""
        nodes = map(self._numbering.node, numbers)
        literals = [node for node in nodes if isinstance(node, Literal)]
        rows = map(self._numbering.row, inequalities(literals))
        return [row for row in rows if row[0] in some or row[2] in some]

    def _same_as(self, object_: int) -> Collection[Row]:
        """Return the facts that something is the same as *object_*; -2 stands for anything."""
        return self._index.match((-1, self._same, object_))

    def _equated_among(self, numbers: Iterable[int]) -> Iterator[int]:
        """Yield those of *numbers* that are literals and that a resource is the same as."""
        node = self._numbering.node
        for number in numbers:
            if isinstance(node(number), Literal) and any(
                not isinstance(node(row[0]), Literal) for row in self._same_as(number)
            ):
                yield number
