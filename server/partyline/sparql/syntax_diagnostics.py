"""What is wrong with a query that does not parse, and where: for its author to correct."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from partyline.rdf.characters import named, remedy
from partyline.sparql.rewriting.rewriter import unescape
from partyline.sparql.tokens import Token, place, tokens

_MESSAGE = re.compile(
    r"error at (?P<line>\d+):(?P<column>\d+): expected (?:one of )?(?P<expected>.*)", re.DOTALL
)
#: Among the tokens that the parser expected, a sentence of its authors: more than one word.
_SENTENCE = re.compile(r"(?:^|, )([A-Z][A-Za-z]* [A-Za-z ]*[a-z][^,\[\]']*)")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
#: Tokens of a query that a message quotes.
_SHOWN = 3
_WHITE_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Prologue:
    """What queries may use without declaring it: a base IRI, and names of prefixes."""

    base: str = ""
    prefixes: Collection[str] = ()


def diagnose(query: str, message: str, prologue: Prologue = Prologue()) -> str:
    """Return line, column and error of *query*, which the parser refused with *message*.

    The parser had *prologue* before the query. A column is counted after codepoint escapes outside
    strings and IRIs have been replaced.

    The parser reports how far it read, which is often behind the error; so the frequent errors
    are looked for first.

    >>> diagnose("ASK { ?s ex:p ?o }", "error at 1:15: expected OPTIONAL")
    'line 1, column 10: the prefix ex: is not declared'
    >>> diagnose("ASK { ?s ?p }", "error at 1:14: expected one of OPTIONAL, [_]")
    'line 1, column 14: not SPARQL at or before the end of “?s ?p }”'
    """
    query = unescape(query)
    read = [token for token in tokens(query) if token.lastgroup != "comment"]
    found = (
        _invalid_character(query)
        or _undeclared_prefix(read, prologue.prefixes)
        or _relative_iri(read, prologue.base)
        or _unmatched_bracket(read)
    )
    if found:
        return found
    match = _MESSAGE.match(message)
    if match is None:
        return message
    line, column = int(match["line"]), int(match["column"])
    sentences = _SENTENCE.findall(match["expected"])
    what = "; ".join(sentences) or f"not SPARQL{_before(query, read, line, column)}"
    return f"line {line}, column {column}: {what}"


def _invalid_character(query: str) -> str | None:
    r"""Name the first character outside strings, IRIs and comments that no query may have.

    >>> _invalid_character("ASK\u00a0{ }")
    'line 1, column 4: the character U+00A0 (NO-BREAK SPACE) is not allowed here; write a space'
    """
    for position, character in _between_tokens(query):
        where = place(query, position)
        if character in "\"'":
            return f"{where}: unclosed string"
        if not character.isprintable() or not character.isascii():
            return (
                f"{where}: the character {named(character)} is not allowed here;"
                f" {remedy(character)}"
            )
    return None


def _between_tokens(query: str) -> Iterator[tuple[int, str]]:
    position = 0
    for start, end in [*(token.span() for token in tokens(query)), (len(query), len(query))]:
        for index in range(position, start):
            if query[index] not in _WHITE_SPACE:
                yield index, query[index]
        position = end


def _undeclared_prefix(read: list[Token], known: Collection[str]) -> str | None:
    declared = {"_", *known}
    for before, token in zip([None, *read], read, strict=False):
        if token.lastgroup != "name" or token.string.startswith("//", token.end()):
            continue  # http:// begins an IRI without angle brackets
        prefix = token.group().partition(":")[0]
        if before is not None and before.group().upper() == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared:
            return f"{_where(token)}: the prefix {prefix}: is not declared"
    return None


def has_relative_iri(query: str) -> bool:
    """Tell whether *query* has a relative IRI that no base in it resolves."""
    return _relative_iri(list(tokens(query)), "") is not None


def _relative_iri(read: list[Token], base: str) -> str | None:
    if base or any(token.lastgroup == "word" and token.group().upper() == "BASE" for token in read):
        return None
    for token in read:
        if token.lastgroup == "iri" and not _SCHEME.match(token.group()):
            return f"{_where(token)}: {token.group()} is a relative IRI, and there is no BASE"
    return None


def _unmatched_bracket(read: list[Token]) -> str | None:
    opened: list[Token] = []
    for token in read:
        if token.lastgroup == "open":
            opened.append(token)
        elif token.lastgroup == "close":
            if not opened or _PAIRS[opened[-1].group()] != token.group():
                return f"{_where(token)}: unmatched closing “{token.group()}”"
            opened.pop()
    return f"{_where(opened[-1])}: unclosed “{opened[-1].group()}”" if opened else None


def _before(query: str, read: list[Token], line: int, column: int) -> str:
    """Return a phrase that quotes the last tokens before a place."""
    position = sum(len(row) + 1 for row in query.split("\n")[: line - 1]) + column - 1
    texts = [token.group() for token in read if token.start() < position][-_SHOWN:]
    return f" at or before the end of “{' '.join(texts)}”" if texts else ""


def _where(token: Token) -> str:
    return place(token.string, token.start())
