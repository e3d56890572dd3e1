"""The group graph patterns of a query, read from its tokens: which part has which variables.

This is less than a parser: a query that is not valid is refused elsewhere, with a better message.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from partyline.sparql.tokens import Token, tokens

_NUMBER = re.compile(r"\d+(?:[eE]\d*)?")
#: What begins a part of a group and has a group of its own.
_WITH_GROUP = ("OPTIONAL", "MINUS", "UNION", "GRAPH", "SERVICE", "LATERAL", "WHERE", "")
_EXPRESSIONS = ("FILTER", "BIND")


class UnfinishedQuery(Exception):
    """The brackets of a query are not balanced."""


@dataclass(slots=True)
class Part:
    """A part of a group: triples of one subject, an expression, or another group."""

    #: ``TRIPLES``, ``VALUES``, a keyword of the list above, or empty for a group alone.
    kind: str
    tokens: list[Token]
    groups: list["Group"] = field(default_factory=list)

    def variables(self) -> set[str]:
        """Return the names of all variables, and of blank nodes, in this part."""
        found = set(map(name_of, filter(is_variable, self.tokens)))
        return found.union(*(group.variables() for group in self.groups))


@dataclass(slots=True)
class Group:
    """What is between two braces."""

    parts: list[Part] = field(default_factory=list)
    #: The tokens from SELECT on, and those behind its group, where this is a subquery.
    projection: list[Token] = field(default_factory=list)
    modifiers: list[Token] = field(default_factory=list)

    def variables(self) -> set[str]:
        """Return the variables that a solution of this group may bind, and some more."""
        named = set(map(name_of, filter(is_variable, self.projection)))
        if self.projection and not any(row.group() == "*" for row in self.projection[:3]):
            return named
        return named.union(*(part.variables() for part in self.parts))

    def walk(self) -> Iterator["Group"]:
        """Yield this group and all in it."""
        yield self
        for part in self.parts:
            for group in part.groups:
                yield from group.walk()


@dataclass(slots=True)
class ReadQuery:
    """A query: what is before its group, the group, and what is behind."""

    head: list[Token]
    group: Group
    modifiers: list[Token]


def name_of(token: Token) -> str:
    """Return the name of a variable, written with either sign."""
    return token.group().replace("$", "?", 1)


def is_variable(token: Token) -> bool:
    """Tell whether *token* is a variable, or a blank node with a label, which joins like one."""
    return token.lastgroup == "variable" or token.group().startswith("_:")


def read_groups(text: str) -> ReadQuery:
    """Return the groups of the query *text*. Raises UnfinishedQuery."""
    return _Reader(text).query()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [row for row in tokens(text) if row.lastgroup != "comment"]
        self._ends = {
            after.start() for row, after in pairwise(self._tokens) if _ends(text, row, after)
        }
        self._place = 0

    def query(self) -> ReadQuery:
        """Read the whole."""
        head = self._until_brace()
        words = [row.group().upper() for row in head]
        if "CONSTRUCT" in words and words[-1:] != ["WHERE"]:
            head += self._balanced()
            head += self._until_brace()
        group = self._group()
        return ReadQuery(head, group, self._tokens[self._place :])

    def _peek(self) -> Token:
        if self._place >= len(self._tokens):
            raise UnfinishedQuery
        return self._tokens[self._place]

    def _next(self) -> Token:
        token = self._peek()
        self._place += 1
        return token

    def _until_brace(self) -> list[Token]:
        """Return the tokens before the next brace that is not within parentheses."""
        found: list[Token] = []
        while self._peek().group() != "{":
            found += self._balanced() if self._peek().group() == "(" else [self._next()]
        return found

    def _balanced(self) -> list[Token]:
        """Return the tokens from a bracket to the one that closes it."""
        found, depth = [self._next()], 1
        while depth:
            found.append(self._next())
            depth += (found[-1].lastgroup == "open") - (found[-1].lastgroup == "close")
        return found

    def _group(self) -> Group:
        self._next()
        group = Group()
        while self._peek().group() != "}":
            word = self._peek().group().upper()
            if word == "SELECT" and not group.parts:
                self._subquery(group)
            elif word in ("OPTIONAL", "MINUS", "UNION", "GRAPH", "SERVICE", "LATERAL", "{"):
                self._with_group(group)
            elif word in _EXPRESSIONS:
                group.parts.append(self._expression())
            elif word == "VALUES":
                part = Part("VALUES", [self._next(), *self._until_brace()])
                self._balanced()
                group.parts.append(part)
            else:
                group.parts.append(self._triples())
        self._next()
        return group

    def _subquery(self, group: Group) -> None:
        group.projection = self._until_brace()
        group.parts = self._group().parts
        while self._peek().group() != "}":
            group.modifiers += (
                self._balanced() if self._peek().lastgroup == "open" else [self._next()]
            )

    def _with_group(self, group: Group) -> None:
        before = self._until_brace()
        kind = before[0].group().upper() if before else ""
        if kind == "UNION" and group.parts:
            group.parts[-1].groups.append(self._group())
            return
        # The brace stands for a group without a keyword.
        first = before or [self._peek()]
        group.parts.append(Part(kind, first, [self._group()]))

    def _expression(self) -> Part:
        part = Part(self._peek().group().upper(), [self._next()])
        while self._peek().group() not in ("(", "{"):
            part.tokens.append(self._next())
        depth = 0
        while True:
            if self._peek().group() == "{":  # of EXISTS, anywhere in the expression
                part.groups.append(self._group())
            else:
                part.tokens.append(self._next())
                last = part.tokens[-1].lastgroup
                depth += (last == "open") - (last == "close")
            if depth == 0:
                return part

    def _triples(self) -> Part:
        """Read the triples of one subject, up to a full stop or another part of the group."""
        part = Part("TRIPLES", [self._next()])
        while True:
            token = self._peek()
            word = token.group().upper()
            begins_other = word in (*_WITH_GROUP, *_EXPRESSIONS, "VALUES") or word in ("{", "}")
            if token.start() in self._ends or begins_other:
                return part
            part.tokens.append(self._next())


def _ends(text: str, token: Token, following: Token) -> bool:
    """Tell whether a full stop is between two tokens."""
    gap = text[token.end() : following.start()]
    if token.lastgroup == "name" and token.group().endswith("."):
        return True
    if gap == "." and _NUMBER.fullmatch(token.group()) and following.lastgroup == "word":
        return not _NUMBER.fullmatch(following.group())
    return "." in gap


def separators(text: str, row: Sequence[Token]) -> str:
    """Return what is between the tokens of a part: semicolons and commas."""
    return "".join(text[one.end() : after.start()] for one, after in pairwise(row))
