"""The names of the resources of a table."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

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
    for base in dict.fromkeys(bases):
        for resource in table.terms.starting_with("<" + base):
            node = table.terms.term(resource)
            if isinstance(node, NamedNode) and table.count(resource):
                yield from _names(table, resource, node, labels)


def _names(
    table: Table, resource: int, node: NamedNode, labels: Sequence[NamedNode]
) -> Iterator[Name]:
    # An inferred label may be another name: the more special kind of a name counts.
    kinds = {name: _TITLES.get(name, NameKind.LABEL) for name in labels} | _OTHERS
    found: dict[Literal, NameKind] = {}
    for row in table.rows(resource).tolist():
        triple = table.triple(row)
        kind = kinds.get(triple.predicate)
        if kind is not None:
            for literal in _literals(table, triple.object):
                found[literal] = _special(kind, found.get(literal, kind))
    for literal, kind in found.items():
        if literal.value.strip():
            yield Name(resource, literal.value, literal.language or "", kind)
    identifier = unquote(node.value.rstrip("/#").rpartition("#")[2].rpartition("/")[2])
    if identifier:
        yield Name(resource, identifier, "", NameKind.IDENTIFIER)


def _special(one: NameKind, two: NameKind) -> NameKind:
    """Return the kind of a name that is of two: another name of SKOS is a label by inference."""
    labels = {NameKind.LABEL, NameKind.TITLE}
    return min(one, two) if {one, two} <= labels else max({one, two} - labels)


def _literals(table: Table, value: object) -> Iterable[Literal]:
    """Return *value*, or the literal forms of a label of SKOS-XL."""
    if isinstance(value, Literal):
        return (value,)
    number = table.number(value)  # type: ignore[arg-type]  # any term is looked up
    form = table.number(SKOSXL.literalForm)
    if number is None or form is None:
        return ()
    objects = map(table.terms.term, table.objects(number, form))
    return [term for term in objects if isinstance(term, Literal)]
