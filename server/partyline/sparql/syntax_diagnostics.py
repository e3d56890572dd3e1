"""What is wrong with a query that does not parse, in words that its author can use."""

import re

from partyline.sparql.tokens import Token, place, tokens

_MESSAGE = re.compile(
    r"error at (?P<line>\d+):(?P<column>\d+): expected (?:one of )?(?P<expected>.*)", re.DOTALL
)
#: Among the tokens that the parser expected, what a person wrote: more than one word.
_SENTENCE = re.compile(r"(?:^|, )([A-Z][A-Za-z]* [A-Za-z ]*[a-z][^,\[\]']*)")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")


#: Tokens that are shown of a query.
_SHOWN = 3


def diagnose(query: str, message: str, base: str = "") -> str:
    """Return what is wrong in *query*, which the parser refused with *message*, and where.

    Relative IRIs are no mistake where the parser had a *base*.

    The parser tells how far it looked, which is often behind the mistake; so the frequent
    mistakes are looked for first.

    >>> diagnose("ASK { ?s ex:p ?o }", "error at 1:15: expected OPTIONAL")
    'line 1, column 10: the prefix ex: is not declared'
    >>> diagnose("ASK { ?s ?p }", "error at 1:14: expected one of OPTIONAL, [_]")
    'line 1, column 14: not SPARQL at or before the end of “?s ?p }”'
    """
    read = [token for token in tokens(query) if token.lastgroup != "comment"]
    found = _undeclared_prefix(read) or _relative_iri(read, base) or _lone_bracket(read)
    if found:
        return found
    match = _MESSAGE.match(message)
    if match is None:
        return message
    line, column = int(match["line"]), int(match["column"])
    sentences = _SENTENCE.findall(match["expected"])
    what = "; ".join(sentences) or f"not SPARQL{_before(query, read, line, column)}"
    return f"line {line}, column {column}: {what}"


def _undeclared_prefix(read: list[Token]) -> str | None:
    declared = {"_"}
    for before, token in zip([None, *read], read, strict=False):
        if token.lastgroup != "name" or token.string.startswith("//", token.end()):
            continue  # http:// is the beginning of an IRI that is none
        prefix = token.group().partition(":")[0]
        if before is not None and before.group().upper() == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared:
            return f"{_where(token)}: the prefix {prefix}: is not declared"
    return None


def _relative_iri(read: list[Token], base: str) -> str | None:
    if base or any(token.lastgroup == "word" and token.group().upper() == "BASE" for token in read):
        return None
    for token in read:
        if token.lastgroup == "iri" and not _SCHEME.match(token.group()):
            return f"{_where(token)}: {token.group()} is a relative IRI, and there is no BASE"
    return None


def _lone_bracket(read: list[Token]) -> str | None:
    opened: list[Token] = []
    for token in read:
        if token.lastgroup == "open":
            opened.append(token)
        elif token.lastgroup == "close":
            if not opened or _PAIRS[opened[-1].group()] != token.group():
                return f"{_where(token)}: “{token.group()}” closes nothing"
            opened.pop()
    return f"{_where(opened[-1])}: “{opened[-1].group()}” is never closed" if opened else None


def _before(query: str, read: list[Token], line: int, column: int) -> str:
    """Return the last tokens before a place, in a sentence that goes on."""
    position = sum(len(row) + 1 for row in query.split("\n")[: line - 1]) + column - 1
    texts = [token.group() for token in read if token.start() < position][-_SHOWN:]
    return f" at or before the end of “{' '.join(texts)}”" if texts else ""


def _where(token: Token) -> str:
    return place(token.string, token.start())
