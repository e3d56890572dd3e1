"""The names of the resources of a table."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

import numpy as np
from pyoxigraph import Literal, NamedNode

from partyline.dataset import Table
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


def names_of(table: Table, labels: Sequence[NamedNode], bases: Sequence[str]) -> Iterator[Name]:
    """Yield each name of each resource whose IRI begins with one of *bases*, once.

    *labels* are the properties that name a resource.
    """
    ranges = [table.terms.starting_with("<" + base) for base in bases]
    ends = [(numbers.start, numbers.stop) for numbers in ranges]
    kinds = {name: _TITLES.get(name, NameKind.LABEL) for name in labels} | _OTHERS
    named: dict[int, dict[int, NameKind]] = {}
    for property_, kind in kinds.items():
        number = table.number(property_)
        for row in () if number is None else table.rows(predicate=number).tolist():
            resource, _, value = table.numbers(row)
            if any(first <= resource < end for first, end in ends):
                found = named.setdefault(resource, {})
                for literal in _literals(table, value):
                    other = found.get(literal)
                    found[literal] = kind if other is None else _special(kind, other)
    begins = table.columns["subject_start"]
    described = np.flatnonzero(begins[1:] > begins[:-1])
    within = np.zeros(len(described), dtype=bool)
    for first, end in ends:
        within |= (described >= first) & (described < end)
    resources = np.union1d(described[within], np.array(list(named), dtype=described.dtype))
    for resource in resources.tolist():
        yield from _names(table, resource, named.get(resource, {}))


def _names(table: Table, resource: int, named: Mapping[int, NameKind]) -> Iterator[Name]:
    for number, kind in named.items():
        literal = table.terms.term(number)
        if isinstance(literal, Literal) and literal.value.strip():
            yield Name(resource, literal.value, literal.language or "", kind)
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
