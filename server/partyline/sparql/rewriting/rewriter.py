"""Queries rewritten where the engine differs from SPARQL 1.1; by the standard they are equal."""

import re
from collections.abc import Iterator

from partyline.sparql.tokens import Token, tokens

#: In a character reference of SPARQL 1.1, section 19.2.
_ESCAPE = re.compile(r"\\u(?P<short>[0-9A-Fa-f]{4})|\\U(?P<long>[0-9A-Fa-f]{8})")
_AGGREGATES = {"SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"}
_MAY_AGGREGATE = re.compile("|".join(sorted(_AGGREGATES)), re.IGNORECASE)
_AFTER_SELECT = re.compile(r"(?:DISTINCT|REDUCED)\Z", re.IGNORECASE)


def unescape(text: str) -> str:
    r"""Replace codepoint escapes outside strings and IRIs (SPARQL 1.1, section 19.2).

    Inside, the engine does that itself.

    >>> unescape(r'SELECT ?\u0061 { ?\u0061 <urn:\u0061> "\u0022" }')
    'SELECT ?a { ?a <urn:\\u0061> "\\u0022" }'
    """
    if not _ESCAPE.search(text):
        return text
    parts, position = [], 0
    for token in tokens(text):
        if token.lastgroup in ("text", "iri"):
            parts.append(_ESCAPE.sub(_character, text[position : token.start()]))
            parts.append(token.group())
            position = token.end()
    return "".join(parts) + _ESCAPE.sub(_character, text[position:])


def _character(match: re.Match[str]) -> str:
    number = int(match["short"] or match["long"], 16)
    is_character = number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return chr(number) if is_character else match[0]


def without_repetition(text: str) -> str:
    """Drop the variables that a SELECT clause repeats: it is a set of them (section 18.2.4.4).

    >>> without_repetition("SELECT ?x ?x {}")
    'SELECT ?x  {}'
    """
    repeated = [token.span() for token in _repeated_variables(text)]
    for start, end in reversed(repeated):
        text = text[:start] + text[end:]
    return text


def _repeated_variables(text: str) -> Iterator[Token]:
    """Yield the variables that a SELECT clause has already."""
    #: Of the innermost SELECT clause at hand; None outside.
    seen: set[str] | None = None
    depth = 0
    for token in tokens(text):
        word = token.group().upper() if token.lastgroup == "word" else ""
        if word.startswith("SELECT"):
            seen, depth = set(), 0
        elif seen is None or token.lastgroup == "comment":
            continue
        elif token.group() == "{" or (word and depth == 0 and not _AFTER_SELECT.search(word)):
            seen = None  # the pattern, WHERE or FROM
        elif token.lastgroup in ("open", "close"):
            depth += 1 if token.lastgroup == "open" else -1
        elif token.lastgroup == "variable" and depth == 0:
            if token.group()[1:] in seen:
                yield token
            seen.add(token.group()[1:])


def aggregate_variables(text: str) -> frozenset[str]:
    """Return the variables that get the value of an aggregate other than COUNT.

    >>> sorted(aggregate_variables("SELECT (1 + SUM(?a) AS ?b) (COUNT(*) AS ?c) {}"))
    ['b']
    """
    found: set[str] = set()
    if not _MAY_AGGREGATE.search(text):
        return frozenset()
    #: Whether each open bracket has an aggregate in it.
    brackets: list[bool] = []
    read = [token for token in tokens(text) if token.lastgroup != "comment"]
    for position, token in enumerate(read):
        word = token.group().upper()
        if token.lastgroup == "open":
            brackets.append(False)
        elif token.lastgroup == "close" and brackets:
            brackets.pop()
        elif token.lastgroup == "word" and word in _AGGREGATES:
            brackets = [True] * len(brackets)
        elif word == "AS" and brackets and brackets[-1] and position + 1 < len(read):
            found.add(read[position + 1].group()[1:])
    return frozenset(found)
