"""GROUP_CONCAT as an aggregate of our own: the engine's is unbound for numbers, IRIs and gaps.

SPARQL 1.1 (section 18.5.1.7) concatenates the values as strings, and other stores take ``STR`` of
them and leave out what is unbound. A value without a string, a blank node, leaves it unbound.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple

from partyline.sparql.tokens import Token, tokens

_FUNCTION = "urn:partyline:group-concat:"
#: Stands for an unbound value, for which the engine would leave the aggregate unbound.
_GAP = NamedNode("urn:partyline:unbound")
_WORD = re.compile("GROUP_CONCAT", re.IGNORECASE)

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(slots=True)
class GroupConcat:
    """The values of one group."""

    separator: str
    distinct: bool
    _values: list[Term] = field(default_factory=list)

    def accumulate(self, term: Term) -> None:
        """Add a value."""
        if term != _GAP:
            self._values.append(term)

    def finish(self) -> Literal | None:
        """Return the string; with a language if all values have the same one."""
        values = list(dict.fromkeys(self._values)) if self.distinct else self._values
        texts = [row.value for row in values if isinstance(row, NamedNode | Literal)]
        if len(texts) < len(values):
            return None
        joined = self.separator.join(texts)
        languages = {row.language if isinstance(row, Literal) else None for row in values}
        (language,) = languages if len(languages) == 1 else (None,)
        return Literal(joined, language=language)


Aggregates = Mapping[NamedNode, Callable[[], GroupConcat]]


def with_own_group_concat(text: str) -> tuple[str, Aggregates]:
    """Return *text* with a function in place of every GROUP_CONCAT, and these functions.

    >>> with_own_group_concat("SELECT (GROUP_CONCAT(DISTINCT ?x) AS ?g) {}")[0]
    'SELECT (<urn:partyline:group-concat:0>(COALESCE( ?x, <urn:partyline:unbound>)) AS ?g) {}'
    """
    aggregates: dict[NamedNode, Callable[[], GroupConcat]] = {}
    if not _WORD.search(text):
        return text, aggregates
    read = [token for token in tokens(text) if token.lastgroup != "comment"]
    parts, position = [], 0
    for index, token in enumerate(read):
        if token.lastgroup != "word" or token.group().upper() != "GROUP_CONCAT":
            continue
        call = _Call.read(text, read[index + 1 :])
        if call is None:
            continue
        name = NamedNode(f"{_FUNCTION}{len(aggregates)}")
        aggregates[name] = call.aggregate()
        parts.append(f"{text[position : token.start()]}{name}(COALESCE({call.expression}, {_GAP}))")
        position = call.end
    return "".join(parts) + text[position:], aggregates


@dataclass(frozen=True, slots=True)
class _Call:
    """``(DISTINCT expression; SEPARATOR = "…")``, and where it ends."""

    distinct: bool
    expression: str
    separator: str
    end: int

    @classmethod
    def read(cls, text: str, following: list[Token]) -> "_Call | None":
        inner, close = _bracketed(following)
        if not inner or close is None:
            return None
        start, distinct = following[0].end(), inner[0].group().upper() == "DISTINCT"
        if distinct:
            start = inner[0].end()
        separator, end = " ", close.start()
        last = [row.group().upper() for row in inner[-3:]]
        if len(last) == 3 and last[:2] == ["SEPARATOR", "="] and inner[-1].lastgroup == "text":
            separator = _string(inner[-1].group())
            end = text.rindex(";", start, inner[-3].start())
        return cls(distinct, text[start:end], separator, close.end())

    def aggregate(self) -> Callable[[], GroupConcat]:
        return lambda: GroupConcat(self.separator, self.distinct)


def _bracketed(following: list[Token]) -> tuple[list[Token], Token | None]:
    """Return the tokens between an opening bracket and its closing one, and the latter."""
    depth = 0
    for index, token in enumerate(following):
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if depth == 0:
            return (following[1:index], token) if token.lastgroup == "close" else ([], None)
    return [], None


def _string(written: str) -> str:
    """Return the value of a string as the engine reads it."""
    results = Store().query(f"SELECT ({written} AS ?s) {{}}")
    if not isinstance(results, QuerySolutions):
        raise TypeError(results)
    value = next(results)["s"]
    return value.value if isinstance(value, Literal) else " "
