"""Graphs that overlap with the others: asserted statements, external links, those of a source."""

from collections.abc import Sequence

import numpy as np

from partyline.dataset import Numbers, Table
from partyline.dataset.arrays import distinct
from partyline.settings import Knowledge
from partyline.vocabulary import OA, OWL, RDFS, SKOS

_LINKING = (
    OWL.sameAs,
    RDFS.seeAlso,
    *(SKOS[f"{kind}Match"] for kind in ("exact", "close", "related", "broad", "narrow")),
)


def views(table: Table, rows: Numbers, knowledge: Knowledge) -> dict[str, Numbers]:
    """Return the rows of *table* in each view of a release, by name; in those of all, none too.

    ``source/…`` is named like the IRI of the source: it holds the source, its passages, and what
    names one of them as evidence.

    Args:
        table: all statements of the release.
        rows: those that the files of the knowledge base assert, in order. What is computed of
            withheld dates is in the graph ``withheld``, but nobody asserts it.
        knowledge: the settings.

    """
    asserted = np.zeros(len(table), dtype=bool)
    asserted[rows] = True
    return {
        "asserted": rows,
        "links": _links(table, asserted, knowledge),
        **_sources(table, asserted, knowledge.things),
    }


def _links(table: Table, asserted: Numbers, knowledge: Knowledge) -> Numbers:
    """Return the asserted rows whose object is an IRI of others."""
    away = np.zeros(len(table.terms), dtype=bool)
    away[_slice(table.terms.iris)] = True
    for own in (knowledge.base, knowledge.ontology_iri):
        away[_slice(table.terms.starting_with(f"<{own}"))] = False
    predicates = filter(None, map(table.number, _LINKING))
    rows = np.concatenate([np.empty(0, int), *(table.rows(None, row) for row in predicates)])
    return np.sort(rows[asserted[rows] & away[table.columns["object"][rows]]])


def _sources(table: Table, asserted: Numbers, resources: str) -> dict[str, Numbers]:
    """Return the view of each source that has passages.

    A set of pairs of numbers, of which the first is a source, is two columns.
    """
    predicate = table.number(OA.hasSource)
    named = table.terms.starting_with(f"<{resources}") if resources else range(0)
    if predicate is None or not named:
        return {}
    rows = table.rows(None, predicate, named)
    rows = rows[asserted[rows]]
    if not len(rows):  # passages of sources that are published elsewhere
        return {}
    sources, passages = table.columns["object"][rows], table.columns["subject"][rows]
    places, passage = _below(table.columns["object_start"], passages)
    mentions = asserted[table.columns["object_row"][places]]
    supported = table.columns["object_subject"][places[mentions]]
    nodes = _distinct(
        np.concatenate([sources, sources, sources[passage[mentions]]]),
        np.concatenate([sources, passages, supported]),
    )
    found = _with_inner(table, asserted, nodes)
    order = np.lexsort(found[::-1])
    sources, rows = found[0][order], found[1][order]
    ends = np.searchsorted(sources, np.unique(sources), side="right")
    parts = zip(np.unique(sources).tolist(), np.split(rows, ends[:-1]), strict=True)
    return {_name(table.terms.text(source), resources): part for source, part in parts}


def _with_inner(
    table: Table, asserted: Numbers, nodes: tuple[Numbers, Numbers]
) -> tuple[Numbers, Numbers]:
    """Return the asserted rows about *nodes*, and about the blank nodes that those mention."""
    blank = table.terms.blank_nodes.start
    seen, waiting = nodes, nodes
    found: list[tuple[Numbers, Numbers]] = []
    while len(waiting[0]):
        rows, node = _below(table.columns["subject_start"], waiting[1])
        sources = waiting[0][node]
        kept = asserted[rows]
        sources, rows = sources[kept], rows[kept]
        found.append((sources, rows))
        objects = table.columns["object"][rows]
        inner = _distinct(sources[objects >= blank], objects[objects >= blank])
        waiting = _without(inner, seen)
        seen = _joined([seen, waiting])
    return _distinct(*_joined(found))


def _joined(pairs: Sequence[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    return np.concatenate([row[0] for row in pairs]), np.concatenate([row[1] for row in pairs])


def _below(starts: Numbers, numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return the places of each of *numbers* in a sorted column, and which of them it belongs to.

    >>> _below(np.array([0, 2, 2, 5]), np.array([2, 0]))[0].tolist()
    [2, 3, 4, 0, 1]
    """
    first, sizes = starts[numbers].astype(np.int64), starts[numbers + 1] - starts[numbers]
    owner = np.repeat(np.arange(len(numbers)), sizes)
    before = np.cumsum(sizes) - sizes
    return np.arange(len(owner)) - before[owner] + first[owner], owner


def _packed(pairs: tuple[Numbers, Numbers]) -> Numbers:
    return pairs[0].astype(np.int64) << 32 | pairs[1]


def _distinct(first: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """Return each pair of numbers once."""
    packed = distinct(_packed((first, second)))
    return packed >> 32, packed & 0xFFFFFFFF


def _without(
    pairs: tuple[Numbers, Numbers], others: tuple[Numbers, Numbers]
) -> tuple[Numbers, Numbers]:
    left = np.setdiff1d(_packed(pairs), _packed(others))
    return left >> 32, left & 0xFFFFFFFF


def _slice(numbers: range) -> slice:
    return slice(numbers.start, numbers.stop)


def _name(source: str, resources: str) -> str:
    return source[1:-1].removeprefix(resources)
