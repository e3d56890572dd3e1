"""Refuse queries without parsing them: too long, too deeply nested, an update, or SERVICE.

The stack of the engine's parser overflows with 9 KB of nested parentheses. The guard saves a
worker and gives a better message; the guarantee is that a worker may die.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, cast

from partyline.errors import BadQuery, QueryTooLong
from partyline.rdf.characters import is_suspicious, named, remedy
from partyline.settings import Limits
from partyline.sparql.rewriting.rewriter import unescape
from partyline.sparql.tokens import Token, first_tokens, place, tokens

QueryForm = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_PROLOGUE = ("PREFIX", "BASE", "VERSION")

#: Operators and clauses in one query. Measured with pyoxigraph 0.5.13 and a stack of 8 MiB:
#: it crashes between 2,000 and 4,000 for BIND and AS, 7,000 for MINUS, 10,000 for ``!`` and ``||``.
_LONGEST_CHAIN = 1000
_CLAUSES = frozenset({"UNION", "MINUS", "OPTIONAL", "LATERAL", "BIND", "FILTER", "AS"})

#: Characters of a query whose form is remembered.
_SHORT = 4000
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def check(text: str, limits: Limits) -> None:
    """Raise BadQuery or QueryTooLong for a query that no worker should parse.

    >>> check("ASK {" + "(" * 5000, Limits())
    Traceback (most recent call last):
    partyline.errors.BadQuery: the query is nested 5001 deep; at most 100
    """
    length = len(text.encode("utf-8", "surrogatepass"))
    if length > limits.query_length:
        raise QueryTooLong(f"the query has {length} bytes; at most {limits.query_length}")
    for reading in _readings(text):
        # Most queries are too short to break a limit: their tokens are not needed.
        if sum(map(reading.count, "([{")) > limits.query_depth:
            _check_depth(list(tokens(reading)), limits.query_depth)
        if len(reading) > _LONGEST_CHAIN:
            _check_chain(list(tokens(reading)))
        _check_service(reading)
    query_form(text)


def refuse_service(text: str) -> None:
    """Raise BadQuery for a query that would send a request to another endpoint."""
    for reading in _readings(text):
        _check_service(reading)


def query_form(text: str) -> QueryForm:
    r"""Return which of the four kinds of query this is. Raises BadQuery for anything else.

    >>> query_form("PREFIX select: <https://example.org/ask#> # construct\n describe select:it")
    'DESCRIBE'
    """
    return _form_of_short(text) if len(text) <= _SHORT else _form(text)


def _form(text: str) -> QueryForm:
    # Not as _readings: that is wider than the standard, to be safe.
    text = unescape(text)
    for token in first_tokens(text):
        word = token.group().upper()
        if token.lastgroup != "word" or word in _PROLOGUE:
            continue
        # The parser wants no space after a keyword: SELECTDISTINCT.
        for form in _FORMS:
            if word.startswith(form):
                return cast(QueryForm, form)
        where = place(text, token.start())
        if word in _UPDATES:
            raise BadQuery(f"{where}: {word} is not allowed; this endpoint is read-only")
        following = text[token.end() : token.end() + 1]
        if following and is_suspicious(following):
            where = place(text, token.end())
            message = f"the character {named(following)} is not allowed here; {remedy(following)}"
            raise BadQuery(f"{where}: {message}")
        raise BadQuery(
            f"{where}: unexpected “{_short(token.group())}” at the start of the query; {_CHOICE}"
        )
    raise BadQuery(f"the query is empty; {_CHOICE}")


#: A short query is asked for its form twice, by the endpoint and by the pool.
_form_of_short = lru_cache(64)(_form)
_CHOICE = f"a query is one of {', '.join(_FORMS)}"


def _readings(text: str) -> Iterator[str]:
    r"""Yield the text, and the text with escapes such as \u0028 replaced everywhere.

    SPARQL 1.1 replaces them first (section 19.2), the engine only in strings and IRIs.
    """
    yield text
    unescaped = _CODEPOINT.sub(_character, text)
    if unescaped != text:
        yield unescaped


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number <= 0x10FFFF else match[0]


def _check_depth(read: list[Token], limit: int) -> None:
    depth = deepest = 0
    for token in read:
        if token.lastgroup == "open":
            depth += 1
            deepest = max(deepest, depth)
        elif token.lastgroup == "close":
            depth = max(0, depth - 1)
        elif token.lastgroup == "iri":
            # Or a comparison: in ?a<((?b))&&?c>?d the parser sees parentheses.
            iri = token.group()
            opened, closed = iri.count("(") + iri.count("["), iri.count(")") + iri.count("]")
            deepest = max(deepest, depth + opened)
            depth += max(0, opened - closed)
    if deepest > limit:
        raise BadQuery(f"the query is nested {deepest} deep; at most {limit}")


def _check_chain(read: list[Token]) -> None:
    length = sum(
        token.lastgroup == "operator"
        or (token.lastgroup == "word" and token.group().upper() in _CLAUSES)
        for token in read
    )
    if length > _LONGEST_CHAIN:
        raise BadQuery(
            f"the query has {length} operators and clauses; at most {_LONGEST_CHAIN};"
            " list alternatives with VALUES or IN"
        )


def _check_service(reading: str) -> None:
    if "SERVICE" not in reading.upper():
        return
    for token in tokens(reading):
        # Keywords need no space around them, and SERVICE:x may ask the service :x.
        word, colon, _ = token.group().upper().partition(":")
        in_word = token.lastgroup == "word" and "SERVICE" in word
        if in_word or (token.lastgroup == "name" and colon and word.endswith("SERVICE")):
            where = place(token.string, token.start())
            raise BadQuery(f"{where}: SERVICE is disabled: no query is sent to another endpoint")


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:19] + "…"
