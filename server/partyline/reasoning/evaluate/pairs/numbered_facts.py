"""Facts as columns of numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from partyline.rdf.terms import Term
from partyline.reasoning.evaluate.pairs.packed_pairs import Column, ordered, pack, unpack
from partyline.reasoning.model.rules import Fact


@dataclass(frozen=True, slots=True)
class NumberedFacts:
    """Facts as columns of numbers: 24 bytes each, where a tuple of nodes takes some 80."""

    columns: tuple[Column, ...]
    nodes: Mapping[int, Term]

    def __len__(self) -> int:
        return self.columns[0].size

    def __iter__(self) -> Iterator[Fact]:
        return self.facts()

    def facts(self) -> Iterator[Fact]:
        """Yield the facts."""
        subjects, predicates, objects = self.slots()
        return zip(subjects, predicates, objects, strict=True)

    def slots(self) -> Iterator[Iterator[Term]]:
        """Yield the nodes of each column."""
        return (map(self.nodes.__getitem__, column.tolist()) for column in self.columns)


class SortedFacts:
    """Facts sorted by predicate, and types by class."""

    def __init__(self, type_: int, subjects: Column, predicates: Column, objects: Column) -> None:
        """Sort the columns; *type_* is the number of ``rdf:type``."""
        self._type = type_
        order = np.argsort(predicates, kind="stable")
        self._predicates = predicates[order]
        self._pairs = pack(subjects[order], objects[order])

    def pairs(self, predicate: int) -> Column:
        """Return the pairs ``(s, o)`` of a property."""
        return self._pairs[_run(self._predicates, predicate)]

    def members(self, class_: int) -> Column:
        """Return the members of a class."""
        classes, members = self._types
        return members[_run(classes, class_)]

    @cached_property
    def _types(self) -> tuple[Column, Column]:
        members, classes = unpack(self.pairs(self._type))
        return unpack(ordered(pack(classes, members)))


def _run(column: Column, value: int) -> slice:
    """Return the index of *value* in the sorted *column*."""
    low, high = np.searchsorted(column, (value, value + 1))
    return slice(low, high)
