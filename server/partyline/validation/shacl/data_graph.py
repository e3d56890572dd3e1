"""The data to validate as columns of numbers: the rows of a predicate, the instances of a class."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from pyoxigraph import Literal, NamedNode, Triple

from partyline.dataset import Numbers, TripleSet
from partyline.validation.shacl.indexed_graph import Path
from partyline.vocabulary import RDF, RDFS

#: Pairs of a path, of 16 bytes each, that are looked at.
_MOST_PAIRS = 10_000_000
#: Numbers of nodes, and of the nodes that a path leads to from them.
Pairs = tuple[Numbers, Numbers]


class DataGraph:
    """A data graph of RDF 1.1: without triple terms, and with literals that have no direction."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = in_rdf_1_1(TripleSet.of(triples))
        self.numbering = self.triples.numbering
        self.subjects, predicates, self.objects = self.triples.columns
        self._by_predicate = _Groups(predicates)
        #: Instances that were asked for, by their class.
        self._instances: dict[NamedNode, Numbers] = {}

    def rows(self, predicate: NamedNode) -> Numbers:
        """Return the rows with *predicate*."""
        return self._by_predicate.rows(self.numbering.find(predicate))

    def rows_of_type(self, name: int) -> Numbers:
        """Return the rows that assert an instance of the class with the number *name*."""
        types = self.rows(RDF.type)
        return types[self._types_by_class.rows(name)]

    def subclasses(self, name: NamedNode) -> set[int]:
        """Return the numbers of the class *name* and its subclasses (SHACL, section 1.1)."""
        first = self.numbering.find(name)
        found: set[int] = set()
        pending = [] if first is None else [first]
        while pending:
            node = pending.pop()
            if node not in found:
                found.add(node)
                below = self.rows(RDFS.subClassOf)[self._subclass_rows.rows(node)]
                pending += self.subjects[below].tolist()
        return found

    def instances(self, name: NamedNode) -> Numbers:
        """Return the numbers of the SHACL instances of the class *name*, each once."""
        if name not in self._instances:
            rows = [self.rows_of_type(row) for row in self.subclasses(name)]
            self._instances[name] = np.unique(self.subjects[_concatenated(rows)])
        return self._instances[name]

    def pairs(self, path: Path, starts: Numbers) -> Pairs | None:
        """Return the pairs of nodes that *path* connects, of which the first is among *starts*.

        Each pair is there once. None for a path that may be followed any number of times, or not
        at all, and for one that connects too many.
        """
        found = self._pairs(path, starts)
        if found is None:
            return None
        packed = np.unique(found[0].astype(np.int64) * len(self.numbering) + found[1])
        return packed // len(self.numbering), packed % len(self.numbering)

    def _pairs(self, path: Path, starts: Numbers) -> Pairs | None:
        if isinstance(path, NamedNode):
            return self._pairs_of(path, starts, self.subjects, self.objects)
        operator, operands = path
        if operator == "^" and isinstance(operands[0], NamedNode):
            return self._pairs_of(operands[0], starts, self.objects, self.subjects)
        if operator == "|":
            parts = [found for row in operands if (found := self._pairs(row, starts)) is not None]
            if len(parts) == len(operands):
                one, two = zip(*parts, strict=True)
                return np.concatenate(one), np.concatenate(two)
        if operator == "/":
            found = starts, starts
            for operand in operands:
                following = self._pairs(operand, np.unique(found[1]))
                if following is None:
                    return None
                places, counts = _Groups(following[0]).rows_of_each(found[1])
                if places is None:
                    return None
                found = np.repeat(found[0], counts), following[1][places]
            return found
        return None

    def _pairs_of(self, predicate: NamedNode, starts: Numbers, one: Numbers, two: Numbers) -> Pairs:
        rows = self.rows(predicate)
        rows = rows[np.isin(one[rows], starts)]
        return one[rows], two[rows]

    @cached_property
    def _types_by_class(self) -> "_Groups":
        return _Groups(self.objects[self.rows(RDF.type)])

    @cached_property
    def _subclass_rows(self) -> "_Groups":
        return _Groups(self.objects[self.rows(RDFS.subClassOf)])

    def select(self, rows: Iterable[Numbers]) -> TripleSet:
        """Return the triples of *rows*, which are distinct."""
        places = _concatenated(rows)
        subjects, predicates, objects = (row[places] for row in self.triples.columns)
        return TripleSet(self.numbering, (subjects, predicates, objects))


class _Groups:
    """The places of each number in a column."""

    def __init__(self, column: Numbers) -> None:
        self._order = np.argsort(column, kind="stable")
        self._sorted = column[self._order]

    def rows(self, number: int | None) -> Numbers:
        """Return the places of *number*, none where there is no such number."""
        if number is None:
            return self._order[:0]
        first, last = np.searchsorted(self._sorted, (number, number + 1))
        return self._order[first:last]

    def rows_of_each(self, numbers: Numbers) -> tuple[Numbers | None, Numbers]:
        """Return the places of each of *numbers*, one after the other, and how many each has.

        The first are None where they are too many to keep.
        """
        first = np.searchsorted(self._sorted, numbers)
        counts = np.searchsorted(self._sorted, numbers, side="right") - first
        if counts.sum() > _MOST_PAIRS:
            return None, counts
        before = np.cumsum(counts) - counts
        return self._order[np.repeat(first - before, counts) + np.arange(counts.sum())], counts


def in_rdf_1_1(triples: TripleSet) -> TripleSet:
    """Return *triples* without those that have triple terms, and without base directions."""
    numbering, columns = triples.numbering, triples.columns
    if not numbering.rdf12:
        return triples
    of_term = np.arange(len(numbering))
    for number, term in list(numbering.rdf12.items()):
        plain = None
        if isinstance(term, Literal):
            plain = Literal(term.value, language=term.language)
        of_term[number] = -1 if plain is None else numbering.number(plain)
    subjects, predicates, objects = (of_term[column] for column in columns)
    kept = (subjects >= 0) & (objects >= 0)
    return TripleSet.of_rows(numbering, [(subjects[kept], predicates[kept], objects[kept])])


def _concatenated(rows: Iterable[Numbers]) -> Numbers:
    return np.concatenate([np.empty(0, dtype=np.intp), *rows])
