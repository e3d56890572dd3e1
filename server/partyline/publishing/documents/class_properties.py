"""Which properties the members of a class have, and how many of them have each."""

from collections import Counter
from typing import TypedDict

import numpy as np
from pyoxigraph import NamedNode

from partyline.dataset import Numbers, Table
from partyline.dataset.graph_names import DEFAULT_GRAPH
from partyline.publishing.publication import Publication
from partyline.vocabulary import RDF

#: Members that are looked at; of more, as many, evenly spread.
_MEMBERS = 2_000


class PropertyUse(TypedDict):
    """A property, and how many of the members that were looked at have it."""

    iri: str
    name: str
    label: str
    members: int


class ClassProperties(TypedDict):
    """The properties of a class, those of most members first."""

    iri: str
    members: int
    #: As many of them were looked at.
    examined: int
    properties: list[PropertyUse]


def class_properties(publication: Publication, kind: NamedNode) -> ClassProperties:
    """Return what the members of *kind* have in the default graph of the endpoint."""
    table = publication.release.table
    members = _members(table, kind)
    examined = _spread(members)
    labels = publication.presenter.labels
    rows = []
    for number, count in _counts(table, examined):
        term = table.terms.term(number)
        if isinstance(term, NamedNode) and term != RDF.type:
            name = labels.compact(term.value) or f"<{term.value}>"
            label = labels.best(term).text
            rows.append(PropertyUse(iri=term.value, name=name, label=label, members=count))
    return ClassProperties(
        iri=kind.value, members=len(members), examined=len(examined), properties=rows
    )


def _members(table: Table, kind: NamedNode) -> Numbers:
    slots = table.slots(None, RDF.type, kind)
    if slots is None:
        return np.empty(0, dtype=np.int32)
    subjects: Numbers = table.columns["subject"][table.rows(*slots, DEFAULT_GRAPH)]
    return np.unique(subjects)


def _spread(members: Numbers) -> Numbers:
    if len(members) <= _MEMBERS:
        return members
    return members[np.linspace(0, len(members) - 1, _MEMBERS).astype(np.int64)]


def _counts(table: Table, members: Numbers) -> list[tuple[int, int]]:
    """Return the predicates of *members*, each with how many have it, most first."""
    counts: Counter[int] = Counter()
    for member in members.tolist():
        rows = table.rows(member, graphs=DEFAULT_GRAPH)
        counts.update(set(table.columns["predicate"][rows].tolist()))
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))
