"""Is a SPARQL query one group of triple patterns and filters? Then focus nodes may be joined.

In such a query every variable is in one scope, in which a join with the focus nodes and the
substitution of ``$this`` give the same solutions; ``EXISTS`` substitutes by itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from partyline.sparql.tokens import Token, tokens
from partyline.validation.shacl.indexed_graph import Term
from partyline.vocabulary import RDF

#: Functions of terms that the engine and the store compute alike; REGEX is not among them.
_FUNCTIONS = frozenset(
    [
        "STR",
        "LANG",
        "LANGMATCHES",
        "DATATYPE",
        "BOUND",
        "SAMETERM",
        "ISIRI",
        "ISURI",
        "ISBLANK",
        "ISLITERAL",
        "ISNUMERIC",
        "STRLEN",
        "CONTAINS",
        "STRSTARTS",
        "STRENDS",
        "LCASE",
        "UCASE",
        "ABS",
    ]
)
#: Variables that mean something to SHACL (sections 5.3.1 and 5.3.2).
_SPECIAL = frozenset({"PATH", "shapesGraph", "currentShape", "path", "message", "failure"})
_UPPER_SPECIAL = frozenset(name.upper() for name in _SPECIAL)
_KEYWORDS = frozenset({"FILTER", "NOT", "EXISTS", "IN", "A", "TRUE", "FALSE"})
#: Words that begin a filter, and are no term of a triple pattern.
_FILTERS = _FUNCTIONS | {"FILTER", "NOT", "EXISTS"}
#: What may stand before an opening parenthesis.
_BEFORE_PARENTHESIS = _FUNCTIONS | {"FILTER", "IN", "("}
_SUBJECT, _PREDICATE, _OBJECT, _END = range(4)
_NEXT = {".": _SUBJECT, ";": _PREDICATE, ",": _OBJECT}
_AMBIGUOUS = re.compile(r"[?$(&|]")
_NUMBER = re.compile(r"\d+\Z")


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """A query that may be joined with its focus nodes."""

    prologue: str
    variables: tuple[str, ...]
    group: str
    #: The predicates of its triple patterns.
    predicates: frozenset[NamedNode]

    def joined(self, focus: str) -> str:
        """Return the query for the nodes that the sub-select *focus* binds to ``?this``."""
        variables = " ".join(f"?{name}" for name in self.variables)
        return f"{self.prologue} SELECT DISTINCT {variables} {{ {{ {focus} }} {self.group} }}"


def read_batch_query(query: Term, prefixes: Mapping[str, str]) -> BatchQuery | None:
    """Return *query* where it is of the one form, else None."""
    if not isinstance(query, Literal):
        return None
    text = _without_comments(query.value)
    read = list(tokens(text))
    words = [token.group().upper() for token in read]
    if words[:1] != ["SELECT"] or "{" not in words or words[-1] != "}":
        return None
    head = words.index("{")
    variables = _projection(read[1:head])
    predicates = _Group(read[head:], prefixes).predicates()
    if variables is None or predicates is None:
        return None
    group = text[read[head].end() : read[-1].start()]
    prologue = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in prefixes.items())
    return BatchQuery(prologue, variables, group, predicates)


def _without_comments(text: str) -> str:
    comments = [token for token in tokens(text) if token.lastgroup == "comment"]
    for token in reversed(comments):
        text = text[: token.start()] + text[token.end() :]
    return text


def _projection(read: list[Token]) -> tuple[str, ...] | None:
    """Return the variables, or None where there is anything else."""
    rest = [row for row in read if row.group().upper() not in ("DISTINCT", "WHERE")]
    names = tuple(dict.fromkeys(row.group()[1:] for row in rest))
    plain = all(row.lastgroup == "variable" for row in rest)
    return names if plain and "this" in names and not _SPECIAL & set(names) else None


class _Unsafe(Exception):
    """The group holds something else than triple patterns and filters."""


class _Group:
    """The tokens of a group, read from left to right."""

    def __init__(self, read: list[Token], prefixes: Mapping[str, str]) -> None:
        self._read = read
        self._prefixes = prefixes
        self._found: set[NamedNode] = set()
        self._parentheses = 0
        #: Which term of a triple pattern comes next.
        self._place = _SUBJECT

    def predicates(self) -> frozenset[NamedNode] | None:
        """Return the predicates of all triple patterns; None where there is anything else."""
        try:
            for number, token in enumerate(self._read):
                before = self._read[number - 1] if number else None
                self._check(token, before)
                self._advance(token, before)
        except _Unsafe:
            return None
        return frozenset(self._found)

    def _check(self, token: Token, before: Token | None) -> None:
        """Raise _Unsafe for a token that has no place in the one form."""
        word, last = token.group().upper(), before.group().upper() if before else ""
        operated = before is not None and before.lastgroup == "operator"
        allowed = {
            "variable": word[1:] not in _UPPER_SPECIAL,
            "iri": not _AMBIGUOUS.search(word),
            "name": not word.startswith("_:"),
            "word": word in _KEYWORDS | _FUNCTIONS or bool(_NUMBER.match(word)),
            "text": True,
            "language": True,
            "operator": self._parentheses > 0,
            "close": word != "]",
            "open": (word == "(" and (operated or last in _BEFORE_PARENTHESIS))
            or (word == "{" and last in ("", "EXISTS") and not self._parentheses),
        }
        if not allowed.get(token.lastgroup or "", False):
            raise _Unsafe

    def _advance(self, token: Token, before: Token | None) -> None:
        """Take the next token; in a triple pattern, note its predicate."""
        word = token.group().upper()
        gap = token.string[before.end() : token.start()] if before else ""
        if gap.strip(" \t\r\n;,."):
            raise _Unsafe  # a character that is no token, such as ? in a path
        if word in ("(", ")"):
            self._parentheses += 1 if word == "(" else -1
        elif word in ("{", "}") or (word in _FILTERS and not self._parentheses):
            self._place = _SUBJECT
        elif not self._parentheses and token.lastgroup != "language":
            self._term(token, gap)

    def _term(self, token: Token, gap: str) -> None:
        marks = gap.split()
        if self._place == _END:
            if not marks:
                raise _Unsafe
            self._place = _NEXT["." if any("." in mark for mark in marks) else marks[-1][-1]]
        elif marks and self._place != _SUBJECT:
            raise _Unsafe
        if self._place == _SUBJECT and token.lastgroup not in ("variable", "iri", "name"):
            raise _Unsafe
        if self._place == _PREDICATE:
            self._found.add(self._predicate(token))
        self._place += 1

    def _predicate(self, token: Token) -> NamedNode:
        text = token.group()
        if text == "a":
            return RDF.type
        prefix, _, local = text.partition(":")
        try:
            if token.lastgroup == "iri":
                return NamedNode(text[1:-1])
            if token.lastgroup == "name" and prefix in self._prefixes and "\\" not in local:
                return NamedNode(self._prefixes[prefix] + local)
        except ValueError as error:
            raise _Unsafe from error
        raise _Unsafe
