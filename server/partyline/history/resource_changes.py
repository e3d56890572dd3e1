"""The resources that were created, updated or deleted between two releases: asserted statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import overload

import numpy as np

from partyline.dataset import Numbers
from partyline.dataset.alignment import ABSENT
from partyline.history.changes import Changes
from partyline.history.labelled_table import LabelledTable
from partyline.history.ownership import NOBODY, owners

_ASSERTED = ("ontology", "accepted", "withheld")


class ChangeKind(StrEnum):
    """What happened to a resource, as Activity Streams 2.0 calls it."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """A change of what is asserted of one resource."""

    kind: ChangeKind
    #: Empty: of the blank nodes that no resource leads to.
    iri: str
    #: The rows of all that the newer release asserts of it; none after a deletion.
    rows: Numbers


#: Stands for the owner of a row that is not asserted, and for one that the other table lacks.
_INFERRED, _MISSING = -2, -3


class AssertedResources:
    """The asserted rows of a table, by the resource that each belongs to."""

    def __init__(self, labelled: LabelledTable) -> None:
        self.labelled = labelled

    @cached_property
    def rows(self) -> Numbers:
        """Return the asserted rows, those of each resource together, in the order of their IRIs."""
        found = np.flatnonzero(self.owners != _INFERRED)
        return found[np.argsort(self.owners[found], kind="stable")]

    @cached_property
    def owners(self) -> Numbers:
        """Return the resource that each row of the table belongs to; none for inferred rows."""
        table = self.labelled.table
        asserted = table.rows(graphs=[name for name in _ASSERTED if name in table.graphs])
        found = np.full(len(table), _INFERRED, np.int64)
        found[asserted] = owners(table, asserted)
        return found

    @cached_property
    def numbers(self) -> Numbers:
        """Return the resources of which something is asserted, in order."""
        return np.unique(self.owners[self.rows])

    @cached_property
    def _begins(self) -> Numbers:
        """Return where the rows of each resource begin in `rows`, and where the last ones end."""
        begins = np.searchsorted(self.owners[self.rows], self.numbers)
        return np.append(begins, len(self.rows))

    def of(self, owner: int) -> Numbers:
        """Return the asserted rows of the resource with the number *owner*, in order."""
        place = int(np.searchsorted(self.numbers, owner))
        if place == len(self.numbers) or self.numbers[place] != owner:
            return self.rows[:0]
        return self.rows[self._begins[place] : self._begins[place + 1]]

    def iri(self, owner: int) -> str:
        """Return the IRI of a resource; empty for `NOBODY`."""
        return "" if owner == NOBODY else self.labelled.table.terms.text(owner)[1:-1]


class Created(Sequence[ResourceChange]):
    """The changes from nothing: every resource is created. None is made before it is asked for."""

    def __init__(self, resources: AssertedResources) -> None:
        self._resources = resources

    def __len__(self) -> int:
        return len(self._resources.numbers)

    @overload
    def __getitem__(self, place: int) -> ResourceChange: ...
    @overload
    def __getitem__(self, place: slice) -> list[ResourceChange]: ...
    def __getitem__(self, place: int | slice) -> ResourceChange | list[ResourceChange]:
        """Return one change, or some."""
        if isinstance(place, slice):
            return [self[row] for row in range(*place.indices(len(self)))]
        owner = int(self._resources.numbers[place])
        resources = self._resources
        return ResourceChange(ChangeKind.CREATE, resources.iri(owner), resources.of(owner))


def resource_changes(
    changes: Changes, newer: AssertedResources, older: AssertedResources | None
) -> Sequence[ResourceChange]:
    """Return how what is asserted of each resource changed, in the order of their IRIs.

    A statement that moves between asserted graphs changes nothing here.
    """
    if older is None:
        return Created(newer)
    found = set(map(newer.iri, _changed(changes.added, newer)))
    found |= set(map(older.iri, _changed(changes.removed, older)))
    for before, now in _moved(changes, older, newer):
        found |= {older.iri(before), newer.iri(now)}
    return list(_compared(sorted(found), older, newer))


def _compared(
    iris: Iterable[str], older: AssertedResources, newer: AssertedResources
) -> Iterator[ResourceChange]:
    for iri in iris:
        before, now = _rows_of(older, iri), _rows_of(newer, iri)
        statements = set(older.labelled.statements(before))
        if statements == set(newer.labelled.statements(now)):
            continue  # statements have moved from one graph to another
        kind = ChangeKind.UPDATE if len(now) else ChangeKind.DELETE
        yield ResourceChange(kind if len(before) else ChangeKind.CREATE, iri, now)


def _rows_of(resources: AssertedResources, iri: str) -> Numbers:
    if not iri:
        return resources.of(NOBODY)
    terms = resources.labelled.table.terms
    found = terms.starting_with(f"<{iri}>")
    return resources.of(found.start) if found else resources.of(len(terms))


def _changed(graphs: Mapping[str, Numbers], resources: AssertedResources) -> set[int]:
    """Return the resources of the asserted rows in *graphs*."""
    rows = [graphs[name] for name in _ASSERTED if name in graphs]
    return set(np.unique(resources.owners[np.concatenate(rows)]).tolist()) if rows else set()


def _moved(
    changes: Changes, older: AssertedResources, newer: AssertedResources
) -> Iterator[tuple[int, int]]:
    """Yield the former and the present owner of rows that another resource owns now."""
    here = np.flatnonzero(changes.rows != ABSENT)
    before, now = older.owners[here], newer.owners[changes.rows[here]]
    # Nobody stays nobody.
    wanted = np.where(changes.terms[before] == ABSENT, _MISSING, changes.terms[before])
    wanted = np.where(before == NOBODY, NOBODY, wanted)
    moved = (wanted != now) & (before != _INFERRED) & (now != _INFERRED)
    pairs = np.unique(np.stack([before[moved], now[moved]], axis=1), axis=0)
    yield from ((int(one), int(other)) for one, other in pairs)
