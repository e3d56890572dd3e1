"""The cells of the table of a class: what the statements about its members say, by column."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from partyline.dataset import Numbers, Table
from partyline.releases.dumps.tables.labels import best_labels
from partyline.releases.dumps.tables.values import Values
from partyline.settings import Knowledge
from partyline.vocabulary import OWL, RDF, RDFS

#: The graphs whose statements tables hold.
_GRAPHS = ("accepted", "inferred")
#: Classes of these say nothing of the world.
_LOGICAL = (OWL.iri, RDF.iri, RDFS.iri)


class Key(NamedTuple):
    """What the values of one column have in common."""

    #: The property; two where the first leads to a blank node, which the second describes.
    path: tuple[int, ...]
    #: Whether the values are resources.
    is_resource: bool
    language: str


@dataclass(frozen=True)
class ClassCells:
    """The members of a class, and their values by column and by the place of the member."""

    class_: int
    members: tuple[int, ...]
    values: Mapping[Key, Mapping[int, list[int]]]


class Statements:
    """The statements of a release that tables hold, and the words for them."""

    def __init__(self, table: Table, knowledge: Knowledge) -> None:
        self.table, self._knowledge = table, knowledge
        present = [name for name in _GRAPHS if name in table.present_graphs]
        self._rows: Numbers = table.rows(graphs=present) if present else np.empty(0, np.int32)
        #: The terms, by number.
        self.values = Values(table)
        asserted = table.rows(graphs=("accepted",)) if "accepted" in present else self._rows[:0]
        self._is_asserted = np.zeros(len(table), dtype=bool)
        self._is_asserted[asserted] = True
        #: The numbers of the properties that the ontology defines.
        own = knowledge.ontology_iri
        self._own = table.terms.starting_with(f"<{own}") if own else range(0)
        self._type = table.number(RDF.type)
        self._first_iri = table.terms.literals.stop
        self._first_blank = table.terms.blank_nodes.start

    @cached_property
    def labels(self) -> Mapping[int, str]:
        """Return the best label of each resource and each term, by number."""
        everything = self.table.rows(graphs=tuple(self.table.present_graphs))
        return best_labels(self.table, everything, self._knowledge)

    def classes(self) -> Iterator[ClassCells]:
        """Yield the cells of each class that has a member by assertion, in the order of IRIs."""
        columns = self.table.columns
        typing = self._rows[columns["predicate"][self._rows] == self._type]
        classes = np.unique(columns["object"][typing[self._is_asserted[typing]]])
        members_of: dict[int, list[int]] = defaultdict(list)
        for member, class_ in zip(
            columns["subject"][typing].tolist(), columns["object"][typing].tolist(), strict=True
        ):
            members_of[class_].append(member)
        iris = self.table.terms.iris
        for class_ in classes.tolist():
            members = [row for row in members_of[class_] if row < self._first_blank]
            if class_ in iris and members and not self._is_logical(class_):
                yield ClassCells(class_, tuple(members), self._cells(members))

    def _is_logical(self, class_: int) -> bool:
        return self.values[class_].text.startswith(_LOGICAL)

    def _cells(self, members: list[int]) -> Mapping[Key, Mapping[int, list[int]]]:
        places = {member: place for place, member in enumerate(members)}
        found: dict[_Slot, dict[int, list[int]]] = {}
        for subject, predicate, object_ in self._numbers(self._shown(members)):
            for path, end in self._ends(predicate, object_):
                language = -1 if end >= self._first_iri else self._languages[end]
                cells = found.setdefault((path, language), {})
                cells.setdefault(places[subject], []).append(end)
        return {self._key(slot): cells for slot, cells in found.items()}

    def _shown(self, members: list[int]) -> Numbers:
        """Return the statements about *members* whose properties have columns."""
        rows = self._rows[_among(members, len(self.table.terms))[self._subjects]]
        predicates = self.table.columns["predicate"]
        # A property of others is one where somebody asserts it of a member.
        shown = _among(predicates[rows[self._is_asserted[rows]]], len(self.table.terms))
        shown[self._own.start : self._own.stop] = True
        if self._type is not None:
            shown[self._type] = False
        return rows[shown[predicates[rows]]]

    @cached_property
    def _subjects(self) -> Numbers:
        return self.table.columns["subject"][self._rows]

    @cached_property
    def _languages(self) -> "_Languages":
        return _Languages(self.values)

    def _key(self, slot: "_Slot") -> Key:
        path, language = slot
        return Key(path, language < 0, "" if language < 0 else self._languages.tags[language])

    def _numbers(self, rows: Numbers) -> Iterator[tuple[int, int, int]]:
        columns = (self.table.columns[name][rows].tolist() for name in _ROLES)
        return zip(*columns, strict=True)

    def _ends(self, predicate: int, object_: int) -> Iterable[tuple[tuple[int, ...], int]]:
        """Return *object_*, or in place of a blank node what is said of it."""
        if object_ < self._first_blank:
            return [((predicate,), object_)]
        rows = self.table.rows(object_)
        inner = self._numbers(rows[self._is_asserted[rows]])
        return [((predicate, row), end) for _, row, end in inner if row != self._type]


_ROLES = ("subject", "predicate", "object")
#: A path and the number of a language, below 0 of resources: a key that takes less time to look up.
_Slot = tuple[tuple[int, ...], int]


class _Languages(dict[int, int]):
    """The number of the language of each literal, by the number of that."""

    def __init__(self, values: Values) -> None:
        super().__init__()
        self._values = values
        self.tags: list[str] = []

    def __missing__(self, literal: int) -> int:
        language = self._values[literal].language
        if language not in self.tags:
            self.tags.append(language)
        self[literal] = found = self.tags.index(language)
        return found


def _among(numbers: "Numbers | list[int]", limit: int) -> Numbers:
    """Tell of each number below *limit* whether it is one of *numbers*."""
    found = np.zeros(limit, dtype=bool)
    found[numbers] = True
    return found
