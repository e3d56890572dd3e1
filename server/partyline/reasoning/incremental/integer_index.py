"""Facts as numbers, found by pattern, that are added and removed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from pyoxigraph import Variable

from partyline.rdf.terms import Term
from partyline.reasoning.model.rules import Fact, Pattern
from partyline.vocabulary import RDF

_T = TypeVar("_T")
#: Three numbers; in a pattern, a negative one stands for a variable.
Row = tuple[int, int, int]


class Numbering:
    """Numbers for nodes, from 0."""

    def __init__(self) -> None:
        self._numbers: dict[Term, int] = {}
        self._nodes: list[Term] = []

    def row(self, fact: Fact) -> Row:
        """Return the numbers of the nodes of *fact*."""
        subject, predicate, object_ = fact
        return self.number(subject), self.number(predicate), self.number(object_)

    def fact(self, row: Row) -> Fact:
        """Return the fact that `row` numbered."""
        subject, predicate, object_ = row
        return self._nodes[subject], self._nodes[predicate], self._nodes[object_]

    def number(self, node: Term) -> int:
        """Return the number of *node*."""
        number = self._numbers.setdefault(node, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(node)
        return number

    def node(self, number: int) -> Term:
        """Return the node of *number*."""
        return self._nodes[number]

    def patterns(self, patterns: Sequence[Pattern]) -> tuple[Row, ...]:
        """Return *patterns* in numbers; the same variable has the same one in all of them."""
        names: dict[Variable, int] = {}

        def number(slot: Term | Variable) -> int:
            if isinstance(slot, Variable):
                return names.setdefault(slot, -1 - len(names))
            return self.number(slot)

        return tuple((number(row[0]), number(row[1]), number(row[2])) for row in patterns)


class Index:
    """A set of rows, with a table for each combination of positions that was asked for."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = set(rows)
        self._tables: dict[int, dict[Row, set[Row]]] = {}

    def __contains__(self, row: object) -> bool:
        return row in self._rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Row) -> None:
        """Add *row*."""
        self._rows.add(row)
        for mask, table in self._tables.items():
            table.setdefault(_key(row, mask), set()).add(row)

    def discard(self, row: Row) -> None:
        """Remove *row*."""
        self._rows.discard(row)
        for mask, table in self._tables.items():
            key = _key(row, mask)
            table[key].discard(row)
            if not table[key]:
                del table[key]

    def match(self, pattern: Row) -> Collection[Row]:
        """Return the rows that agree with the positions of *pattern* that are not variables."""
        mask = (pattern[0] >= 0) | (pattern[1] >= 0) << 1 | (pattern[2] >= 0) << 2
        if mask == 7:
            return (pattern,) if pattern in self._rows else ()
        if mask == 0:
            return self._rows
        if mask not in self._tables:
            table: dict[Row, set[Row]] = {}
            for row in self._rows:
                table.setdefault(_key(row, mask), set()).add(row)
            self._tables[mask] = table
        return self._tables[mask].get(_key(pattern, mask), ())

    def solutions(self, body: Sequence[Row], known: dict[int, int]) -> Iterator[dict[int, int]]:
        """Yield each binding of variables under which every pattern of *body* is a row."""
        if not body:
            yield known
            return
        instances = [instance(pattern, known) for pattern in body]
        found = [self.match(pattern) for pattern in instances]
        chosen = min(range(len(body)), key=lambda place: len(found[place]))
        rest = [pattern for place, pattern in enumerate(body) if place != chosen]
        # A copy: who asks may add and remove rows before the next answer.
        for row in tuple(found[chosen]):
            binding = bind(instances[chosen], row, known)
            if binding is not None:
                yield from self.solutions(rest, binding)


class IndexedFacts:
    """The facts whose rows are in an index."""

    def __init__(self, numbering: Numbering, index: Index) -> None:
        self._numbering, self._index = numbering, index

    def __contains__(self, row: object) -> bool:
        return isinstance(row, tuple) and self._numbering.row(row) in self._index

    def match(self, pattern: Pattern, /) -> list[Fact]:
        """Return the facts that agree with the positions of *pattern* that are not variables."""
        (row,) = self._numbering.patterns([pattern])
        return [self._numbering.fact(found) for found in self._index.match(row)]


class Topics:
    """What rows and patterns are about: a predicate, or a class of which something is a member."""

    def __init__(self, numbering: Numbering) -> None:
        self._type = numbering.number(RDF.type)

    def of(self, row: Row) -> tuple[int, int]:
        """Return the predicate and the class of *row*; -1 where it has none."""
        _, predicate, object_ = row
        if predicate < 0:
            return -1, -1
        class_ = object_ if predicate == self._type else -1
        return predicate, max(class_, -1)

    def find(self, table: Mapping[tuple[int, int], Sequence[_T]], row: Row) -> Iterator[_T]:
        """Yield what *table* has for the topics that *row* is about."""
        for topic in dict.fromkeys(((-1, -1), (row[1], -1), self.of(row))):
            yield from table.get(topic, ())


def instance(pattern: Row, known: dict[int, int]) -> Row:
    """Replace the variables of *pattern* that are known."""
    subject, predicate, object_ = pattern
    return (
        known.get(subject, subject) if subject < 0 else subject,
        known.get(predicate, predicate) if predicate < 0 else predicate,
        known.get(object_, object_) if object_ < 0 else object_,
    )


def bind(pattern: Row, row: Row, known: dict[int, int]) -> dict[int, int] | None:
    """Return *known* with what turns *pattern* into *row*, or None."""
    binding = dict(known)
    for slot, number in zip(pattern, row, strict=True):
        if slot < 0:
            if binding.setdefault(slot, number) != number:
                return None
        elif slot != number:
            return None
    return binding


def _key(row: Row, mask: int) -> Row:
    return (
        row[0] if mask & 1 else -1,
        row[1] if mask & 2 else -1,
        row[2] if mask & 4 else -1,
    )
