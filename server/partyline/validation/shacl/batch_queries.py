"""Is a SPARQL query one group of triple patterns and filters? Then focus nodes may be joined.

In such a query every variable is in one scope, in which a join with the focus nodes and the
substitution of ``$this`` give the same solutions; ``EXISTS`` substitutes by itself. A group
inside it, or a UNION of groups, that does not name the focus node has the same solutions for each.
Before an OPTIONAL the focus node is bound, and the condition of a left join sees it. Where
solutions are grouped by the focus node, those of a group are the solutions for this node.

Sequences, alternatives and inverses of properties are joins and unions of triple patterns with the
same ends (SPARQL 1.1, section 18.2.2.3), paths of length zero are not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from partyline.sparql.tokens import Token, tokens
from partyline.validation.shacl.indexed_graph import Term
from partyline.validation.shacl.negation import write_minus
from partyline.validation.shacl.query_patterns import FLAT_FUNCTIONS, SPECIAL, read_patterns
from partyline.validation.shacl.reads import Reads

#: What may be written in a projection and behind a group, besides `FLAT_FUNCTIONS`.
_COMPUTED = FLAT_FUNCTIONS | {"COALESCE", "COUNT", "SUM", "DISTINCT", "AS"}


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """A query that may be joined with its focus nodes."""

    prologue: str
    projection: str
    group: str
    #: GROUP BY and HAVING, or nothing.
    tail: str
    reads: Reads

    def joined(self, focus: str) -> str:
        """Return the query for the nodes that the sub-select *focus* binds to ``?this``."""
        group = f"{{ {{ {focus} }} {self.group} }}"
        return f"{self.prologue} SELECT DISTINCT {self.projection} {group} {self.tail}"


def read_batch_query(query: Term, prefixes: Mapping[str, str]) -> BatchQuery | None:
    """Return *query* where it is of the one form, else None."""
    if not isinstance(query, Literal):
        return None
    text = without_comments(query.value)
    read = list(tokens(text))
    places = _main_group(read)
    if places is None or read[0].group().upper() != "SELECT":
        return None
    head, last = places
    projected = [row for row in read[1:head] if row.group().upper() not in ("DISTINCT", "WHERE")]
    tail = read[last + 1 :]
    reads = read_patterns(read[head : last + 1], prefixes)
    if reads is None or not (_is_grouped(projected, tail) if tail else _is_plain(projected)):
        return None
    group = write_minus(text[read[head].end() : read[last].start()])
    prologue = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in prefixes.items())
    projection = text[projected[0].start() : projected[-1].end()]
    return BatchQuery(prologue, projection, group, text[read[last].end() :], reads)


def _main_group(read: Sequence[Token]) -> tuple[int, int] | None:
    """Return the places of the first brace and of the one that closes it."""
    words = [token.group() for token in read]
    if "{" not in words:
        return None
    first = words.index("{")
    depth = [(word == "{") - (word == "}") for word in words]
    ends = (end for end in range(first, len(words)) if not sum(depth[first : end + 1]))
    last = next(ends, None)
    return None if last is None else (first, last)


def query_reads(query: Term, prefixes: Mapping[str, str]) -> Reads | None:
    """Return what a SELECT or ASK query can ask for; None where that may be anything."""
    if not isinstance(query, Literal):
        return None
    read = list(tokens(without_comments(query.value)))
    words = [token.group().upper() for token in read]
    places = _main_group(read)
    if places is None or words[0] not in ("SELECT", "ASK"):
        return None
    first, last = places
    # What follows the group, such as HAVING, may have groups of its own.
    if "{" in words[last:]:
        return None
    return read_patterns(read[first : last + 1], prefixes, nested=True)


def without_comments(text: str) -> str:
    """Return *text* with a space in the place of each comment."""
    comments = [token for token in tokens(text) if token.lastgroup == "comment"]
    for token in reversed(comments):
        text = f"{text[: token.start()]} {text[token.end() :]}"
    return text


def _is_plain(projected: Sequence[Token]) -> bool:
    """Tell whether variables, the focus node among them, are all that is projected."""
    names = {row.group()[1:] for row in projected}
    plain = all(row.lastgroup == "variable" for row in projected)
    return plain and "this" in names and not SPECIAL & names


def _is_grouped(projected: Sequence[Token], tail: Sequence[Token]) -> bool:
    """Tell whether solutions are grouped by variables, of which one is the focus node.

    Then each group is of one focus node, as if the query were asked for this alone.
    """
    words = [row.group().upper() for row in tail]
    having = words.index("HAVING") if "HAVING" in words else len(words)
    keys = tail[2:having]
    return (
        words[:2] == ["GROUP", "BY"]
        and _is_plain(keys)
        and any(row.group()[1:] == "this" for row in _outside_brackets(projected))
        and all(map(_may_be_computed, [*projected, *tail[having + 1 :]]))
    )


def _outside_brackets(read: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in read:
        depth += (token.group() == "(") - (token.group() == ")")
        if depth == 0 and token.lastgroup == "variable":
            yield token


def _may_be_computed(token: Token) -> bool:
    """Tell whether *token* may stand in an expression that every engine evaluates alike."""
    text = token.group()
    if token.lastgroup == "word":
        return text.upper() in _COMPUTED or text.isdecimal()
    if token.lastgroup == "variable":
        return text[1:] not in SPECIAL
    return token.lastgroup == "operator" or text in ("(", ")")
