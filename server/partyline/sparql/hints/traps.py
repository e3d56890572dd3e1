"""Known traps of SPARQL: a query has them and is valid, and its answer is slow, empty or wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from partyline.errors import RequestError
from partyline.settings import Limits
from partyline.sparql.guard import check
from partyline.sparql.hints.group_patterns import (
    Group,
    Part,
    ReadQuery,
    UnfinishedQuery,
    is_variable,
    name_of,
    read_groups,
    separators,
)
from partyline.sparql.hints.messages import Message, Phrase, phrase
from partyline.sparql.tokens import Token, line_and_column, tokens

_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
#: Parts that have solutions of their own; the others extend or restrict those.
_PATTERNS = ("TRIPLES", "", "GRAPH", "SERVICE")
#: Groups that are evaluated for each solution of the group around them.
_CORRELATED = ("OPTIONAL", "FILTER", "BIND", "LATERAL")


@dataclass(frozen=True, slots=True)
class Hint:
    """What may be wrong, and where."""

    code: str
    phrase: Phrase
    #: Characters of the query, from 0 on.
    start: int
    end: int
    #: The line and the column of the first of them, from 1 on.
    place: Phrase

    @property
    def sentence(self) -> Phrase:
        """What is shown: the place and the message."""
        return phrase(Message.HINT, place=self.place, message=self.phrase)


def query_hints(text: str, prefixes: Mapping[str, str], limits: Limits) -> tuple[Hint, ...]:
    """Return hints on a query, in its order; *prefixes* are those that it might declare.

    There is none on a query that the guard refuses: its message comes first.

    >>> [row.code for row in query_hints("SELECT * { ?a a ?b . ?c a ?d }", {}, Limits())]
    ['product']
    """
    try:
        check(text, limits)
    except RequestError:
        return ()
    found = list(_undeclared(text, prefixes))
    try:
        query = read_groups(text)
    except UnfinishedQuery:
        return tuple(found)
    for trap in _TRAPS:
        found += trap(text, query)
    return tuple(sorted(found, key=lambda row: row.start))


def _undeclared(text: str, prefixes: Mapping[str, str]) -> Iterator[Hint]:
    """Prefixes that are used without a declaration; each is reported once."""
    declared: set[str] = {"_"}
    previous = ""
    for token in tokens(text):
        if token.lastgroup == "comment":
            continue
        prefix, colon, _ = token.group().partition(":")
        if token.lastgroup == "name" and colon and prefix not in declared:
            declared.add(prefix)
            if previous != "PREFIX":
                yield _hint("prefix", _declare(prefix, prefixes), token)
        previous = token.group().upper()


def _declare(prefix: str, prefixes: Mapping[str, str]) -> Phrase:
    iri = prefixes.get(prefix)
    if iri:
        return phrase(Message.DECLARE, prefix=prefix, iri=iri)
    return phrase(Message.UNDECLARED, prefix=prefix)


def _products(text: str, query: ReadQuery) -> Iterator[Hint]:
    """Patterns of one group that have no variable in common."""
    yield from _products_within(query.group, set())


def _products_within(group: Group, outer: set[str]) -> Iterator[Hint]:
    islands = [row for row in _islands(group, outer) if any(map(_has_solutions, row))]
    for island in islands[1:]:
        part = next(row for row in island if _has_solutions(row))
        one, other = (_shown(row) for row in (islands[0], island))
        yield _hint("product", phrase(Message.PRODUCT, one=one, other=other), part.tokens[0])
    for part in group.parts:
        others = (row.variables() for row in group.parts if row is not part)
        around = outer.union(*others) if part.kind in _CORRELATED else set()
        for inner in part.groups:
            yield from _products_within(inner, around)


def _islands(group: Group, outer: set[str]) -> list[list[Part]]:
    """Return the parts of *group*, those together that variables connect, also those of *outer*."""
    islands: list[tuple[set[str], list[Part]]] = [(set(outer), [])] if outer else []
    for part in group.parts:
        variables = part.variables()
        if part.kind in ("FILTER", "MINUS") or not variables:
            continue
        meeting = [row for row in islands if row[0] & variables]
        islands = [row for row in islands if not row[0] & variables]
        together = variables.union(*(row[0] for row in meeting))
        islands.append((together, [*(one for row in meeting for one in row[1]), part]))
    return sorted((row[1] for row in islands if row[1]), key=lambda row: row[0].tokens[0].start())


def _has_solutions(part: Part) -> bool:
    """Tell whether *part* may have many solutions: a subquery is often one row of totals."""
    return part.kind in _PATTERNS and not any(row.projection for row in part.groups)


def _shown(island: Iterable[Part]) -> str | Phrase:
    named = (name_of(token) for part in island for token in part.tokens if is_variable(token))
    variable = next((name for name in named if name.startswith("?")), None)
    return variable or phrase(Message.A_PATTERN)


def _optional_first(text: str, query: ReadQuery) -> Iterator[Hint]:
    """Yield each OPTIONAL that is before what it should extend."""
    for group in query.group.walk():
        first = group.parts[:1]
        if first and first[0].kind == "OPTIONAL" and any(map(_has_solutions, group.parts[1:])):
            told = phrase(Message.OPTIONAL_FIRST)
            yield _hint("optional-first", told, first[0].tokens[0])


def _early_bind(text: str, query: ReadQuery) -> Iterator[Hint]:
    """BIND of a variable that a later part of the group binds."""
    for group in query.group.walk():
        before: set[str] = set()
        for number, part in enumerate(group.parts):
            if part.kind == "BIND":
                later = set().union(*(row.variables() for row in group.parts[number + 1 :]))
                for token in filter(is_variable, part.tokens[:-2]):
                    if name_of(token) in later - before:
                        told = phrase(Message.BIND_EARLY, name=name_of(token))
                        yield _hint("bind-early", told, token)
            before |= part.variables()


def _unbound(text: str, query: ReadQuery) -> Iterator[Hint]:
    """Variables that are used, and that no pattern binds; each is reported once."""
    bound = set(_bound(query))
    told: set[str] = set()
    for token, consequence in _uses(query):
        name = name_of(token)
        if token.lastgroup == "variable" and name not in bound | told:
            told.add(name)
            why, remedy = phrase(consequence), _remedy(name, bound)
            message = phrase(Message.UNBOUND, name=name, consequence=why, remedy=remedy)
            yield _hint("unbound", message, token)


def _remedy(name: str, bound: Iterable[str]) -> Phrase:
    near = get_close_matches(name, sorted(bound), 1, 0.75)
    if near:
        return phrase(Message.DID_YOU_MEAN, name=near[0])
    return phrase(Message.ADD_PATTERN)


def _bound(query: ReadQuery) -> Iterator[str]:
    for group in query.group.walk():
        for part in group.parts:
            if part.kind == "BIND":
                yield from map(name_of, filter(is_variable, part.tokens[-2:]))
            elif part.kind != "FILTER":
                yield from map(name_of, filter(is_variable, part.tokens))
        yield from _renamed([*group.projection, *group.modifiers])
    yield from _renamed([*query.head, *query.modifiers])
    yield from _values(query.modifiers)


def _renamed(row: list[Token]) -> Iterator[str]:
    """Yield the variables behind AS."""
    for one, after in pairwise(row):
        if one.group().upper() == "AS" and is_variable(after):
            yield name_of(after)


def _values(modifiers: list[Token]) -> Iterator[str]:
    words = [row.group().upper() for row in modifiers]
    if "VALUES" in words:
        yield from map(name_of, filter(is_variable, modifiers[words.index("VALUES") :]))


def _uses(query: ReadQuery) -> Iterator[tuple[Token, Message]]:
    """Yield what needs a variable to be bound, and what happens if it is not."""
    for token in filter(is_variable, query.head):
        yield token, Message.NOTHING_SHOWN
    for group in query.group.walk():
        for part in group.parts:
            if part.kind in ("FILTER", "BIND"):
                for token in filter(is_variable, part.tokens):
                    yield token, Message.NO_VALUE
    ordered = "ORDER" in (row.group().upper() for row in query.modifiers)
    for token in filter(is_variable, query.modifiers):
        yield token, Message.NOTHING_SORTED if ordered else Message.NOTHING_GROUPED


def _free_paths(text: str, query: ReadQuery) -> Iterator[Hint]:
    """Paths of any length, both ends of which are variables of nothing else."""
    parts = [part for group in query.group.walk() for part in group.parts]
    for part in parts:
        ends = _ends_of_path(text, part)
        if ends is None or ends[0] == ends[1]:
            continue
        others = (row for row in parts if row is not part and row.kind in ("TRIPLES", "VALUES"))
        elsewhere = set().union(*(row.variables() for row in others), _values(query.modifiers))
        if not elsewhere & set(ends):
            told = phrase(Message.FREE_PATH, start=ends[0], end=ends[1])
            yield _hint("free-path", told, part.tokens[0])


def _ends_of_path(text: str, part: Part) -> tuple[str, str] | None:
    """Return the subject and object of a single triple with a path of any length, if variables."""
    row = part.tokens
    if part.kind != "TRIPLES" or {";", ","} & set(separators(text, row)):
        return None
    repeated = any(
        token.group() in ("*", "+") and before.lastgroup in ("name", "iri", "close", "word")
        for before, token in pairwise(row[1:])
    )
    subject, object_ = row[0], row[-1]
    if not repeated or {subject.lastgroup, object_.lastgroup} != {"variable"}:
        return None
    return name_of(subject), name_of(object_)


def _modifiers(text: str, query: ReadQuery) -> Iterator[Hint]:
    """Pages of an answer without an order; DISTINCT of a row of totals."""
    words = [row.group().upper() for row in query.modifiers]
    if "OFFSET" in words and "ORDER" not in words:
        offset = query.modifiers[words.index("OFFSET")]
        yield _hint("offset", phrase(Message.OFFSET), offset)
    head = [row.group().upper() for row in query.head]
    has_totals = any(word in _AGGREGATES for word in head)
    if "GROUP" not in words and has_totals and head.count("DISTINCT") == 1:
        position = head.index("DISTINCT")
        if head[position - 1] == "SELECT":
            yield _hint("distinct", phrase(Message.DISTINCT), query.head[position])


def _hint(code: str, told: Phrase, token: Token) -> Hint:
    start, end = token.span()
    line, column = line_and_column(token.string, start)
    place = phrase(Message.PLACE, line=str(line), column=str(column))
    return Hint(code, told, start, end, place)


_TRAPS: tuple[Callable[[str, ReadQuery], Iterable[Hint]], ...] = (
    *(_products, _optional_first, _early_bind, _unbound, _free_paths, _modifiers),
)
