"""The names of the resources of a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from urllib.parse import unquote

import numpy as np
from pyoxigraph import NamedNode

from partyline.dataset import Numbers, Table
from partyline.dataset.arrays import NUMBER
from partyline.rdf.terms import literal_parts
from partyline.search.index import Name, NameKind
from partyline.vocabulary import DC, DCT, SKOS, SKOSXL

#: Properties that give other names, and what those are.
_OTHERS = {
    SKOS.altLabel: NameKind.OTHER,
    SKOSXL.altLabel: NameKind.OTHER,
    SKOS.hiddenLabel: NameKind.HIDDEN,
    SKOSXL.hiddenLabel: NameKind.HIDDEN,
}
#: Properties that name documents.
_TITLES = {DCT.title: NameKind.TITLE, DC.title: NameKind.TITLE}
#: The kinds by their numbers.
_KINDS = tuple(NameKind)


def names_of(table: Table, labels: Sequence[NamedNode], bases: Sequence[str]) -> Iterator[Name]:
    """Yield each name of each resource whose IRI begins with one of *bases*, once.

    *labels* are the properties that name a resource.
    """
    within = np.zeros(len(table.terms), dtype=bool)
    for base in bases:
        numbers = table.terms.starting_with("<" + base)
        within[numbers.start : numbers.stop] = True
    kinds = {name: _TITLES.get(name, NameKind.LABEL) for name in labels} | _OTHERS
    named = _distinct(list(_named(table, kinds, within)))
    described = within & (np.diff(table.columns["subject_start"]) > 0)
    described[named[0]] = True
    resources = np.flatnonzero(described)
    ends = np.searchsorted(named[0], resources, side="right").tolist()
    rows = iter(zip(*(column.tolist() for column in named), strict=True))
    begin = 0
    for resource, end in zip(resources.tolist(), ends, strict=True):
        yield from _names(table, resource, islice(rows, end - begin))
        begin = end


#: The numbers of resources, those of the literals that name them, and the kinds of these names.
_Columns = tuple[Numbers, Numbers, Numbers]


def _named(
    table: Table, kinds: Mapping[NamedNode, NameKind], within: Numbers
) -> Iterator[_Columns]:
    """Yield what each property of *kinds* says of the resources that are *within*."""
    for property_, kind in kinds.items():
        number = table.number(property_)
        rows = table.rows(predicate=number) if number is not None else np.empty(0, dtype=NUMBER)
        rows = rows[within[table.columns["subject"][rows]]]
        resources, values = table.columns["subject"][rows], table.columns["object"][rows]
        if (values >= table.terms.literals.stop).any():
            resources, values = _of_labels(table, resources, values)
        yield resources, values, np.full(len(resources), kind, dtype=NUMBER)


def _of_labels(table: Table, resources: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
    """Return *resources* and their names; *values* are names, and labels of SKOS-XL."""
    pairs = [
        (resource, literal)
        for resource, value in zip(resources.tolist(), values.tolist(), strict=True)
        for literal in _literals(table, value)
    ]
    found = np.array(pairs, dtype=NUMBER).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _distinct(parts: Sequence[_Columns]) -> _Columns:
    """Return the names of *parts*, each once, by resource and in the order of *parts*."""
    resources, literals, kinds = map(np.concatenate, zip(*parts, strict=True))
    pairs = resources.astype(np.int64) << 32 | literals
    _, firsts, places = np.unique(pairs, return_index=True, return_inverse=True)
    found = kinds[firsts]
    for place in np.flatnonzero(firsts[places] != np.arange(len(places))).tolist():
        pair = places[place]
        found[pair] = _special(NameKind(kinds[place]), NameKind(found[pair]))
    order = np.lexsort((firsts, resources[firsts]))
    return resources[firsts][order], literals[firsts][order], found[order]


def _names(table: Table, resource: int, named: Iterable[tuple[int, int, int]]) -> Iterator[Name]:
    for _, number, kind in named:
        value, language, _ = literal_parts(table.terms.text(number))
        if value.strip():
            yield Name(resource, value, language, _KINDS[kind])
    identifier = table.terms.text(resource)[1:-1].rstrip("/#").rpartition("#")[2].rpartition("/")[2]
    if identifier := unquote(identifier) if "%" in identifier else identifier:
        yield Name(resource, identifier, "", NameKind.IDENTIFIER)


def _special(one: NameKind, two: NameKind) -> NameKind:
    """Return the kind of a name that is of two: another name of SKOS is a label by inference."""
    labels = {NameKind.LABEL, NameKind.TITLE}
    return min(one, two) if {one, two} <= labels else max({one, two} - labels)


def _literals(table: Table, value: int) -> Sequence[int]:
    """Return the number *value*, or those of the literal forms of a label of SKOS-XL."""
    if value in table.terms.literals:
        return (value,)
    form = table.number(SKOSXL.literalForm)
    return () if form is None else table.objects(value, form)
