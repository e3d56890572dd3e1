"""Read the triple patterns of a SPARQL query: which predicates and classes it can ask for.

Two readings. A *flat* query is one group of triple patterns and filters, ``EXISTS`` included: all
its variables are in one scope. It may have OPTIONAL groups, and groups and UNION that do not name
the focus node. A *nested* one has BIND and sub-selects as well.
What is neither, such as a variable as predicate, is not read.
"""

import re
from collections.abc import Mapping, Sequence

from pyoxigraph import NamedNode

from partyline.sparql.tokens import Token
from partyline.validation.shacl.reads import Reads
from partyline.vocabulary import RDF

#: Functions of terms that the engine and the store compute alike; REGEX is not among them.
FLAT_FUNCTIONS = frozenset(
    {"STR", "LANG", "LANGMATCHES", "DATATYPE", "BOUND", "SAMETERM", "ISIRI", "ISURI", "ISBLANK"}
    | {"ISLITERAL", "ISNUMERIC", "STRLEN", "CONTAINS", "STRSTARTS", "STRENDS", "LCASE", "UCASE"}
    | {"ABS"}
)
_TERMS = frozenset({"A", "TRUE", "FALSE"})
_FLAT_WORDS = (
    frozenset({"FILTER", "NOT", "EXISTS", "IN", "UNION", "OPTIONAL"}) | _TERMS | FLAT_FUNCTIONS
)
#: Words in a group that begin something else than a triple pattern.
_BREAKS = frozenset({"FILTER", "NOT", "EXISTS", "OPTIONAL", "UNION", "BIND"})
#: Words after which the tokens up to the next brace are not patterns.
_CLAUSES = frozenset({"SELECT", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"})
#: Variables that mean something to SHACL (sections 5.3.1 and 5.3.2).
SPECIAL = frozenset({"PATH", "shapesGraph", "currentShape", "path", "message", "failure"})
_UPPER_SPECIAL = frozenset(name.upper() for name in SPECIAL)

_SUBJECT, _PATH, _PATH_END, _END = range(4)
_NEXT = {".": _SUBJECT, ";": _PATH, ",": _PATH_END}
_AMBIGUOUS = re.compile(r"[?$(&|]")
_ESCAPE = re.compile(r"\\[uU]")
_NUMBER = re.compile(r"\d+\Z", re.ASCII)


class _Unread(Exception):
    """The group holds what this reader does not understand."""


def read_patterns(
    read: Sequence[Token], prefixes: Mapping[str, str], *, nested: bool = False
) -> Reads | None:
    """Return what the group of the tokens *read* can ask for; None where it cannot be determined.

    The first token is the brace that opens the group. ``$PATH`` as predicate adds nothing.
    """
    reader = _Reader(prefixes, nested)
    if read and _ESCAPE.search(read[0].string):
        return None  # SPARQL replaces \\u0028 before it looks for parentheses (section 19.2)
    try:
        before: Token | None = None
        for token in read:
            reader.take(token, before)
            before = token
    except _Unread:
        return None
    return Reads(frozenset(reader.predicates), frozenset(reader.classes))


class _Reader:
    """Takes the tokens of a group from left to right."""

    def __init__(self, prefixes: Mapping[str, str], nested: bool) -> None:
        self._prefixes = prefixes
        self._nested = nested
        self.predicates: set[NamedNode] = set()
        self.classes: set[NamedNode] = set()
        #: The open braces, and the open parentheses of expressions.
        self._open: list[str] = []
        #: Open parentheses of the property path.
        self._grouped = 0
        #: The property path so far; operators count as names.
        self._path: list[NamedNode | str] = []
        self._place = _SUBJECT
        self._in_clause = False
        #: Open braces before the group inside a flat query that is a scope of its own.
        self._own_scope: int | None = None

    def take(self, token: Token, before: Token | None) -> None:
        """Read one token. Raises _Unread for one that has no place here."""
        gap = token.string[before.end() : token.start()] if before else ""
        if gap.strip(" \t\r\n;,."):
            raise _Unread  # a character that is not a token, such as ? in a path
        word = token.group().upper()
        last = before.group().upper() if before else ""
        self._admit(token, word)
        if token.lastgroup in ("open", "close") and not self._in_path(word):
            self._bracket(word, before)
        elif self._in_clause or self._open[-1:] == ["("]:
            return
        elif token.lastgroup == "word" and (word in _BREAKS or last == "FILTER"):
            self._end_pattern()
        elif token.lastgroup == "word" and word in _CLAUSES and self._nested:
            self._end_pattern()
            self._in_clause = True
        elif token.lastgroup != "language" or self._place != _END:
            self._term(token, gap)

    def _admit(self, token: Token, word: str) -> None:
        """Raise _Unread for a token that may not stand anywhere."""
        kind, expression = token.lastgroup, self._open[-1:] == ["("]
        if kind in ("comment", "escape") or word in ("[", "]"):
            raise _Unread
        if kind == "iri" and _AMBIGUOUS.search(word):
            raise _Unread  # or three operators: ?a<?b&&?c>?d
        if kind == "name" and word.startswith("_:"):
            raise _Unread
        if kind == "operator" and not (expression or self._in_clause or self._in_path(word)):
            raise _Unread
        if self._nested:
            return
        named = word[1:] if kind == "variable" else ""
        # In a scope of its own, a join with the focus nodes does not reach them.
        if named in _UPPER_SPECIAL or (named == "THIS" and self._own_scope is not None):
            raise _Unread
        if kind == "word" and word not in _FLAT_WORDS and not _NUMBER.match(word):
            raise _Unread

    def _in_path(self, word: str) -> bool:
        """Tell whether *word* is punctuation of a property path here."""
        if self._in_clause or self._open[-1:] != ["{"]:
            return False
        if self._place == _PATH:
            return word in ("^", "(")
        return self._place == _PATH_END and (
            word in ("/", "|") or (word == ")" and self._grouped > 0)
        )

    def _bracket(self, word: str, before: Token | None) -> None:
        if word == "{":
            last = before.group().upper() if before else ""
            # Before an OPTIONAL of the whole query the focus node is bound; others are scopes.
            bound = last == "EXISTS" or (last == "OPTIONAL" and len(self._open) == 1)
            if self._open and not bound and self._own_scope is None:
                self._own_scope = len(self._open)
            if last == "EXISTS" and self._open[-1:] != ["{"] and not self._nested:
                raise _Unread
            self._end_pattern()
            self._open.append("{")
            self._in_clause = False
        elif word == "(":
            if not self._called(before):
                raise _Unread  # an RDF collection, or a function of one's own
            self._open.append("(")
        else:
            if not self._open or self._open.pop() != {"}": "{", ")": "("}[word]:
                raise _Unread
            if word == "}":
                self._end_pattern()
                self._in_clause = False
            if len(self._open) == self._own_scope:
                self._own_scope = None

    def _called(self, before: Token | None) -> bool:
        """Tell whether a parenthesis after *before* belongs to an expression."""
        last = before.group().upper() if before else ""
        if last in FLAT_FUNCTIONS or last == "FILTER":
            return True
        expression = self._in_clause or self._open[-1:] == ["("]
        if self._nested:
            return expression or (self._place == _SUBJECT and last.isalpha())
        operated = before is not None and before.lastgroup == "operator"
        return expression and (operated or last in ("(", "IN"))

    def _end_pattern(self) -> None:
        if self._place not in (_SUBJECT, _END):
            raise _Unread
        self._place, self._path = _SUBJECT, []

    def _term(self, token: Token, gap: str) -> None:
        """Take a term, or punctuation of a path, at its place in a triple pattern."""
        self._separate(gap)
        word = token.group()
        if self._place == _SUBJECT:
            if token.lastgroup not in ("variable", "iri", "name"):
                raise _Unread
            self._place, self._path = _PATH, []
        elif self._place == _PATH:
            self._step(token)
        elif word in ("/", "|"):
            self._path.append(word)
            self._place = _PATH
        elif word == ")":
            self._grouped -= 1
        elif self._grouped or token.lastgroup == "operator":
            raise _Unread
        else:
            self._object(token)
            self._place = _END

    def _separate(self, gap: str) -> None:
        """Take the full stop, semicolon or comma before a term."""
        marks = "".join(gap.split())
        if self._place == _END:
            if not marks:
                raise _Unread
            self._place = _NEXT["." if "." in marks else marks[-1]]
            if self._place == _PATH:
                self._path = []
        elif marks and self._place != _SUBJECT:
            raise _Unread

    def _step(self, token: Token) -> None:
        word = token.group()
        if word in ("^", "("):
            self._grouped += word == "("
            self._path.append(word)
        else:
            self._path.append(self._predicate(token))
            self._place = _PATH_END

    def _object(self, token: Token) -> None:
        """Note the path, and the class of a type."""
        if self._path == [RDF.type] and token.lastgroup in ("iri", "name"):
            self.classes.add(self._iri(token))
        else:
            self.predicates.update(row for row in self._path if isinstance(row, NamedNode))

    def _predicate(self, token: Token) -> NamedNode | str:
        text = token.group()
        if text == "a":
            return RDF.type
        if self._nested and text in ("$PATH", "?PATH"):
            return text
        return self._iri(token)

    def _iri(self, token: Token) -> NamedNode:
        text = token.group()
        prefix, _, local = text.partition(":")
        try:
            if "\\" in text or text.endswith("."):
                raise _Unread
            if token.lastgroup == "iri":
                return NamedNode(text[1:-1])
            if token.lastgroup == "name" and prefix in self._prefixes:
                return NamedNode(self._prefixes[prefix] + local)
        except ValueError as error:
            raise _Unread from error
        raise _Unread
