"""Sets of triples as columns of numbers; triples are made of them only on demand."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Set
from functools import cached_property
from itertools import starmap

import numpy as np
from pyoxigraph import NamedNode, Triple

from partyline.dataset.arrays import NUMBER, Numbers, are_among, distinct
from partyline.dataset.numbering import AnyTerm, Numbering

#: The numbers of subjects, of predicates and of objects.
Columns = tuple[Numbers, Numbers, Numbers]
_PACKED_BITS = 63
NO_COLUMNS: Columns = (np.empty(0, NUMBER), np.empty(0, NUMBER), np.empty(0, NUMBER))


class TripleSet(Set[Triple]):
    """A set of triples that never changes, as its members are numbered.

    With sets of the same numbering, operations compare numbers alone.
    """

    def __init__(self, numbering: Numbering, columns: Columns) -> None:
        """Take *columns* of distinct triples; `of_rows` takes others."""
        self.numbering, self.columns = numbering, columns

    @classmethod
    def of_rows(cls, numbering: Numbering, parts: Iterable[Columns]) -> "TripleSet":
        """Return the set of all rows of *parts*, which may repeat each other."""
        columns = _joined(parts)
        return cls(numbering, _chosen(columns, np.unique(_packed(columns), return_index=True)[1]))

    @classmethod
    def of(cls, triples: Iterable[Triple], numbering: Numbering | None = None) -> "TripleSet":
        """Return the set of *triples*; terms without a number receive one of *numbering*."""
        if isinstance(triples, TripleSet) and numbering in (None, triples.numbering):
            return triples
        numbering = Numbering() if numbering is None else numbering
        number = numbering.number
        rows = [(number(row.subject), number(row.predicate), number(row.object)) for row in triples]
        return cls.of_rows(numbering, [_columns(rows)])

    @classmethod
    def _from_iterable(cls, triples: Iterable[Triple]) -> "TripleSet":  # type: ignore[override]  # triples only
        return cls.of(triples)

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[Triple]:
        return triples_of(self.columns, self.numbering)

    def __contains__(self, triple: object) -> bool:
        if not isinstance(triple, Triple):
            return False
        find = self.numbering.find
        return (find(triple.subject), find(triple.predicate), find(triple.object)) in self._rows

    @cached_property
    def _rows(self) -> frozenset[tuple[int | None, ...]]:
        return frozenset(zip(*(column.tolist() for column in self.columns), strict=True))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, TripleSet) and other.numbering is self.numbering:
            if all(map(np.array_equal, self.columns, other.columns)):
                return True
            return len(self) == len(other) and not self - other
        return super().__eq__(other)

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return f"<TripleSet of {len(self)}>"

    def __or__(self, other: Iterable[Hashable]) -> "TripleSet":
        if not isinstance(other, TripleSet) and isinstance(other, Collection) and not other:
            return self
        given = other if isinstance(other, TripleSet) else _triples(other)
        found = TripleSet.of(given, self.numbering)
        if not len(found):
            return self
        return TripleSet.of_rows(self.numbering, [self.columns, found.columns])

    __ror__ = __or__

    def __sub__(self, other: Set[object]) -> "TripleSet":
        return self._where(~self.are_in(other))

    def __rsub__(self, other: Iterable[object]) -> "TripleSet":
        given = other if isinstance(other, TripleSet) else _triples(other)
        return TripleSet.of(given, self.numbering) - self

    def __and__(self, other: Iterable[object]) -> "TripleSet":
        return self._where(self.are_in(other))

    __rand__ = __and__

    def are_in(self, other: Iterable[object]) -> Numbers:
        """Tell of each row whether *other* has it."""
        return rows_in(self.columns, other, self.numbering)

    def of_predicates(self, predicates: Iterable[NamedNode]) -> "TripleSet":
        """Return the triples that have one of *predicates*."""
        return self._where(are_among(self.columns[1], self.numbering.numbers(predicates)))

    def of_subjects(self, subjects: Iterable[AnyTerm]) -> "TripleSet":
        """Return the triples that have one of *subjects*."""
        return self._where(are_among(self.columns[0], self.numbering.numbers(subjects)))

    def of_objects(self, objects: Iterable[AnyTerm]) -> "TripleSet":
        """Return the triples that have one of *objects*."""
        return self._where(are_among(self.columns[2], self.numbering.numbers(objects)))

    def terms(self) -> tuple[Iterator[AnyTerm], ...]:
        """Return the subjects, the predicates and the objects, row by row."""
        subjects, predicates, objects = self.columns
        term = self.numbering.term
        return (
            map(term, subjects.tolist()),
            map(term, predicates.tolist()),
            map(term, objects.tolist()),
        )

    def used(self) -> Numbers:
        """Return the numbers of the terms in the triples, each once."""
        found = np.zeros(len(self.numbering), dtype=bool)
        for column in self.columns:
            found[column] = True
        return np.flatnonzero(found)

    def loops(self) -> "TripleSet":
        """Return the triples whose subject is their object."""
        return self._where(self.columns[0] == self.columns[2])

    def objects(self) -> list[AnyTerm]:
        """Return the objects, each once."""
        return list(map(self.numbering.term, distinct(self.columns[2]).tolist()))

    def predicates(self) -> list[NamedNode]:
        """Return the predicates, each once."""
        found = map(self.numbering.term, np.unique(self.columns[1]).tolist())
        return [term for term in found if isinstance(term, NamedNode)]

    def _where(self, chosen: Numbers) -> "TripleSet":
        return self if chosen.all() else TripleSet(self.numbering, _chosen(self.columns, chosen))


def triples_of(columns: Columns, numbering: Numbering) -> Iterator[Triple]:
    """Yield the triple of each row of *columns*."""
    return starmap(Triple, zip(*TripleSet(numbering, columns).terms(), strict=True))


def rows_in(columns: Columns, triples: Iterable[object], numbering: Numbering) -> Numbers:
    """Tell of each row of *columns* whether it is one of *triples*."""
    if not isinstance(triples, TripleSet) or triples.numbering is not numbering:
        find = numbering.find
        found = _columns(
            [
                (subject, predicate, object_)
                for row in _triples(triples)
                if (subject := find(row.subject)) is not None
                and (predicate := find(row.predicate)) is not None
                and (object_ := find(row.object)) is not None
            ]
        )
    else:
        found = triples.columns
    size = len(columns[0])
    if not len(found[0]) or not size:
        return np.zeros(size, dtype=bool)
    packed = _packed(_joined([columns, found]))
    return np.isin(packed[:size], packed[size:])


def _triples(rows: Iterable[object]) -> Iterator[Triple]:
    return (row for row in rows if isinstance(row, Triple))


def _columns(rows: list[tuple[int, int, int]]) -> Columns:
    table = np.array(rows, dtype=NUMBER).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _joined(parts: Iterable[Columns]) -> Columns:
    subjects, predicates, objects = zip(NO_COLUMNS, *parts, strict=True)
    return np.concatenate(subjects), np.concatenate(predicates), np.concatenate(objects)


def _chosen(columns: Columns, places: Numbers) -> Columns:
    subjects, predicates, objects = columns
    return subjects[places], predicates[places], objects[places]


def _packed(columns: Columns) -> Numbers:
    """Return one number for each row; equal rows, and no others, have equal ones."""
    widths = [int(column.max(initial=0)).bit_length() for column in columns]
    if sum(widths) > _PACKED_BITS:  # most graphs have few predicates
        columns = (columns[0], np.unique(columns[1], return_inverse=True)[1], columns[2])
        widths[1] = int(columns[1].max(initial=0)).bit_length()
    if sum(widths) > _PACKED_BITS:
        pairs = columns[0].astype(np.int64) << widths[1] | columns[1]
        columns = (np.unique(pairs, return_inverse=True)[1], np.zeros_like(columns[1]), columns[2])
        widths[1] = 0
    packed = columns[0].astype(np.int64)
    for column, width in zip(columns[1:], widths[1:], strict=True):
        packed <<= width
        packed |= column
    return packed
