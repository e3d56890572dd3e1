"""Triples in an order, as columns of numbers; objects are made of those that are asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import starmap
from typing import Generic, TypeVar, overload

import numpy as np
from pyoxigraph import Triple

from partyline.dataset.arrays import NUMBER, Numbers
from partyline.dataset.numbering import AnyTerm
from partyline.dataset.triple_set import Columns, TripleSet

_T = TypeVar("_T")


class Repeated(Sequence[_T], Generic[_T]):
    """Values that repeat: each once, and the place of the value of each row."""

    def __init__(self, values: Sequence[_T], places: Numbers) -> None:
        """Keep the parts."""
        self.values, self.places = values, places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, index: int) -> _T: ...

    @overload
    def __getitem__(self, index: slice) -> "Repeated[_T]": ...

    def __getitem__(self, index: int | slice) -> "_T | Repeated[_T]":
        if isinstance(index, slice):
            return Repeated(self.values, self.places[index])
        return self.values[int(self.places[index])]

    def __iter__(self) -> Iterator[_T]:
        return map(self.values.__getitem__, self.places.tolist())


class TripleSequence(Sequence[Triple]):
    """A sequence of triples: 12 bytes each, where an object takes some 400."""

    def __init__(self, slots: Sequence[Repeated[AnyTerm]]) -> None:
        """Take the subjects, predicates and objects."""
        self.slots = tuple(slots)

    @classmethod
    def of(cls, columns: Iterable[Numbers], term: Callable[[int], AnyTerm]) -> "TripleSequence":
        """Return the triples of *columns* of numbers; *term* returns that of a number."""
        slots = []
        for column in columns:
            used, places = np.unique(column, return_inverse=True)
            slots.append(Repeated(list(map(term, used.tolist())), places.astype(NUMBER)))
        return cls(slots)

    @classmethod
    def in_order(cls, triples: TripleSet) -> "TripleSequence":
        """Return the triples of a set in the order of their N-Triples."""
        numbering = triples.numbering
        _, order = numbering.in_order(triples.used())
        ranks = np.empty(len(numbering), NUMBER)
        ranks[order] = np.arange(order.size, dtype=NUMBER)
        subjects, predicates, objects = (ranks[column] for column in triples.columns)
        rows = np.lexsort((objects, predicates, subjects))
        columns: Columns = (subjects[rows], predicates[rows], objects[rows])
        return cls.of(columns, lambda rank: numbering.term(int(order[rank])))

    def __len__(self) -> int:
        return len(self.slots[0])

    @overload
    def __getitem__(self, index: int) -> Triple: ...

    @overload
    def __getitem__(self, index: slice) -> "TripleSequence": ...

    def __getitem__(self, index: int | slice) -> "Triple | TripleSequence":
        if isinstance(index, slice):
            return TripleSequence([slot[index] for slot in self.slots])
        return Triple(*(slot[index] for slot in self.slots))  # type: ignore[arg-type]  # of a triple

    def __iter__(self) -> Iterator[Triple]:
        return starmap(Triple, zip(*self.slots, strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(other) != len(self):
            return False
        return all(one == two for one, two in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))
