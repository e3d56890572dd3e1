"""The graphs that a query names: its dataset clause, and its GRAPH patterns."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import pairwise, takewhile

from partyline.sparql.tokens import Token, tokens

_PROLOGUE = ("PREFIX", "BASE", "VERSION")
_MAY_NAME_GRAPHS = re.compile(r"FROM|GRAPH", re.IGNORECASE)
#: Keywords need no space before them: SELECT DISTINCT*FROM, ASKFROM.
_FROM = re.compile(r"(?:^|ASK|DISTINCT|REDUCED)FROM(?P<named>NAMED)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedGraphs:
    """The graphs in a query as they are written there: IRIs and prefixed names."""

    #: What precedes the query form: its prefixes and base.
    prologue: str
    #: Of FROM (SPARQL 1.1, section 13.2).
    default: tuple[str, ...]
    #: Of FROM NAMED.
    named: tuple[str, ...]
    #: Of GRAPH patterns, and those that VALUES gives to the variable of one.
    patterns: tuple[str, ...]


def named_graphs(text: str) -> NamedGraphs | None:
    """Return the graphs that the query *text* names, or None if it names none.

    >>> named_graphs("PREFIX e: <urn:> SELECT * FROM <urn:a> FROM NAMED e:b { GRAPH e:c {} }")
    NamedGraphs(prologue='PREFIX e: <urn:> ', default=('<urn:a>',), named=('e:b',), \
patterns=('e:c',))
    """
    if not _MAY_NAME_GRAPHS.search(text):
        return None
    read = [token for token in tokens(text) if token.lastgroup != "comment"]
    start = next((row.start() for row in read if _begins_query(row)), 0)
    found: dict[str, list[str]] = {"default": [], "named": [], "patterns": []}
    for kind, term in _graph_terms(read):
        found[kind].append(term.group())
    variables = {_name(following) for row, following in pairwise(read) if _is_graph(row)}
    found["patterns"] += [term.group() for term in _terms_in_values(read, variables)]
    if not any(found.values()):
        return None
    return NamedGraphs(text[:start], **{kind: tuple(terms) for kind, terms in found.items()})


def all_terms(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the prologue of the query *text*, and every IRI and prefixed name after it, once.

    >>> all_terms("PREFIX e: <urn:> ASK { VALUES ?g { e:a <urn:b> e:a } GRAPH ?g { _:x ?p 1 } }")
    ('PREFIX e: <urn:> ', ('e:a', '<urn:b>'))
    """
    read = [token for token in tokens(text) if token.lastgroup != "comment"]
    start = next((row.start() for row in read if _begins_query(row)), 0)
    found = (
        row.group() for row in read if row.lastgroup in ("iri", "name") and row.start() > start
    )
    return text[:start], tuple(dict.fromkeys(term for term in found if not term.startswith("_:")))


def _graph_terms(read: list[Token]) -> Iterator[tuple[str, Token]]:
    depth = 0
    for position, token in enumerate(read):
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        kind = _kind(token, depth)
        if kind is None:
            continue
        following = read[position + 1 : position + 3]
        if kind == "default" and following and following[0].group().upper() == "NAMED":
            kind, following = "named", following[1:]
        if following and following[0].lastgroup in ("iri", "name"):
            yield kind, following[0]


def _terms_in_values(read: list[Token], variables: Set[str]) -> Iterator[Token]:
    """Yield the terms of ``VALUES ?g { … }``, with brackets or without, for ?g of *variables*."""
    waiting = iter(read)
    for token in waiting:
        if token.lastgroup != "word" or token.group().upper() != "VALUES":
            continue
        header = list(takewhile(lambda row: row.group() != "{", waiting))
        names = [_name(row) for row in header if row.lastgroup == "variable"]
        block = takewhile(lambda row: row.group() != "}", waiting)
        if len(names) == 1 and names[0] in variables:
            yield from (row for row in block if row.lastgroup in ("iri", "name"))


def _is_graph(token: Token) -> bool:
    return token.lastgroup == "word" and token.group().upper() == "GRAPH"


def _name(token: Token) -> str:
    """Return the name of a variable, which ? and $ begin alike; of other tokens, no name."""
    return token.group()[1:] if token.lastgroup == "variable" else ""


def _kind(token: Token, depth: int) -> str | None:
    if token.lastgroup != "word":
        return None
    if _is_graph(token):
        return "patterns"
    clause = _FROM.search(token.group()) if depth == 0 else None
    if clause is None:
        return None
    return "named" if clause["named"] else "default"


def _begins_query(token: Token) -> bool:
    return token.lastgroup == "word" and token.group().upper() not in _PROLOGUE
