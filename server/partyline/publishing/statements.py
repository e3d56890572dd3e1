"""Statements of a release: each triple as the sources write it, and whether it is asserted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.dataset import Numbers, Table
from partyline.releases import GRAPHS

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple


class Standing(StrEnum):
    """A triple as a release has it."""

    ASSERTED = "asserted"
    INFERRED = "inferred"
    #: Asserted about a disputed or rejected matter, and excluded from reasoning.
    DISPUTED = "disputed"


#: What is asserted goes before what is inferred, and that before what is disputed.
STANDING_ORDER = {standing: rank for rank, standing in enumerate(Standing)}
#: What the first of the graphs of a triple says of it, in the order of those of a table.
_STANDINGS = {
    "ontology": Standing.ASSERTED,
    "accepted": Standing.ASSERTED,
    "inferred": Standing.INFERRED,
    "withheld": Standing.DISPUTED,
}
_BY_GRAPH = tuple(_STANDINGS[name] for name in GRAPHS)


class Statement(NamedTuple):
    """A triple and its standing."""

    triple: Triple
    standing: Standing
    #: Its row in the table.
    row: int


@dataclass(frozen=True, slots=True)
class Statements:
    """All statements of a release, found by pattern; no query language is involved."""

    table: Table

    def match(
        self,
        subject: Term | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
    ) -> Iterator[Statement]:
        """Yield each statement of the pattern once, asserted ones first."""
        rows = self._rows(subject, predicate, object_)
        if rows is not None:
            yield from self.of(self.table.by_first_graph(rows))

    def some(
        self,
        limit: int,
        subject: Term | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
    ) -> tuple[Statement, ...]:
        """Return at most *limit* statements of the pattern."""
        rows = self._rows(subject, predicate, object_)
        if rows is None:
            return ()
        return tuple(self.of(self.table.by_first_graph(rows)[:limit]))

    def some_rows(
        self,
        limit: int,
        subject: int | None = None,
        predicate: int | None = None,
        object_: int | None = None,
    ) -> Numbers:
        """Return at most *limit* rows of the pattern of numbers, asserted ones first."""
        rows = self.table.rows(subject, predicate, object_)
        return self.table.by_first_graph(rows)[:limit] if len(rows) > 1 else rows[:limit]

    def mentions(self, node: NamedNode) -> bool:
        """Tell whether a statement has *node* as its subject, object or predicate."""
        table, number = self.table, self.table.number(node)
        if number is None:
            return False
        return bool(
            table.count(number) or table.count(None, None, number) or table.count(None, number)
        )

    def standing(self, row: int) -> Standing:
        """Return the standing of the statement in *row* of the table."""
        return _BY_GRAPH[self.table.first_graph(row)]

    def objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return the objects of *predicate*, in a lasting order."""
        return self._terms(self.table.objects, subject, predicate)

    def object_(self, subject: Term, predicate: NamedNode) -> Term | None:
        """Return the first object of *predicate*, or None."""
        return next(iter(self.objects(subject, predicate)), None)

    def subjects(self, predicate: NamedNode, object_: Term) -> list[Term]:
        """Return the subjects that *predicate* leads from to *object_*, in a lasting order."""
        return self._terms(self.table.subjects, predicate, object_)

    def standings(self, rows: Numbers) -> list[Standing]:
        """Return the statement of the release in each of *rows*."""
        return [_BY_GRAPH[graph] for graph in self.table.first_graphs(rows)]

    def _rows(
        self, subject: Term | None, predicate: NamedNode | None, object_: Term | None
    ) -> Numbers | None:
        if isinstance(subject, Triple) or isinstance(object_, Triple):
            return None
        slots = self.table.slots(subject, predicate, object_)
        return None if slots is None else self.table.rows(*slots)

    def of(self, rows: Numbers) -> Iterator[Statement]:
        """Yield the statements in *rows* of the table."""
        for row, graph in zip(rows.tolist(), self.table.first_graphs(rows), strict=True):
            yield Statement(self.table.triple(row), _BY_GRAPH[graph], row)

    def _terms(
        self, find: Callable[[int, int], list[int]], first: Term, second: Term
    ) -> list[Term]:
        if isinstance(first, Triple) or isinstance(second, Triple):
            return []
        numbers = self.table.number(first), self.table.number(second)
        if numbers[0] is None or numbers[1] is None:
            return []
        # Numbers of terms are in the order of their text.
        return list(map(self.table.terms.term, find(numbers[0], numbers[1])))
