"""The queries that a target is asked: which resources have a name, and what is known of those."""

from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from partyline.linking.options import LABELS, OTHER_LABELS, LinkOptions

#: Solutions of one answer: the request is divided where there are as many.
MOST_SOLUTIONS = 5_000
#: Values of a property, and labels, of one resource that are read, on average.
_VALUES = 40


def by_names(options: LinkOptions, literals: Iterable[Literal], prefixes: Mapping[str, str]) -> str:
    """Return the query for resources that have one of *literals* as a name."""
    names = " ".join(dict.fromkeys(map(str, literals)))
    properties = " ".join(f"<{row}>" for row in options.labels or (*LABELS, *OTHER_LABELS))
    kind = f"\n  ?item {options.kind_path} <{options.target_kind}> ." if options.target_kind else ""
    return (
        f"{_declared(prefixes)}SELECT DISTINCT ?item ?property ?name WHERE {{\n"
        f"  VALUES ?name {{ {names} }}\n"
        f"  VALUES ?property {{ {properties} }}\n"
        f"  ?item ?property ?name .{kind}\n"
        f"  FILTER(isIRI(?item))\n}} LIMIT {MOST_SOLUTIONS}"
    )


def by_path(items: Sequence[NamedNode], path: str, prefixes: Mapping[str, str]) -> str:
    """Return the query for the values of *path*, one of SPARQL, of *items*."""
    rows = " ".join(map(str, items))
    return (
        f"{_declared(prefixes)}SELECT DISTINCT ?item ?value WHERE {{\n"
        f"  VALUES ?item {{ {rows} }}\n  ?item {path} ?value .\n}} LIMIT {len(items) * _VALUES}"
    )


def labels(options: LinkOptions, items: Sequence[NamedNode], languages: Sequence[str]) -> str:
    """Return the query for the labels of *items* in *languages*, and without a language."""
    path = "|".join(f"<{row}>" for row in options.labels or LABELS)
    rows = " ".join(map(str, items))
    tags = ", ".join(str(Literal(row)) for row in dict.fromkeys((*languages, "")))
    return (
        f"SELECT DISTINCT ?item ?value WHERE {{\n  VALUES ?item {{ {rows} }}\n"
        f"  ?item {path} ?value .\n  FILTER(LANG(?value) IN ({tags}))\n"
        f"}} LIMIT {len(items) * _VALUES}"
    )


def _declared(prefixes: Mapping[str, str]) -> str:
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in sorted(prefixes.items()))
