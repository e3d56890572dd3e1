"""Is a SPARQL query one group of triple patterns and filters? Then focus nodes may be joined.

In such a query every variable is in one scope, in which a join with the focus nodes and the
substitution of ``$this`` give the same solutions; ``EXISTS`` substitutes by itself. A group
inside it, or a UNION of groups, that does not name the focus node has the same solutions for each.
Sequences, alternatives and inverses of properties are joins and unions of triple patterns with the
same ends (SPARQL 1.1, section 18.2.2.3), paths of length zero are not.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import Literal

from partyline.sparql.tokens import Token, tokens
from partyline.validation.shacl.indexed_graph import Term
from partyline.validation.shacl.negation import write_minus
from partyline.validation.shacl.query_patterns import SPECIAL, read_patterns
from partyline.validation.shacl.reads import Reads


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """A query that may be joined with its focus nodes."""

    prologue: str
    variables: tuple[str, ...]
    group: str
    reads: Reads

    def joined(self, focus: str) -> str:
        """Return the query for the nodes that the sub-select *focus* binds to ``?this``."""
        variables = " ".join(f"?{name}" for name in self.variables)
        return f"{self.prologue} SELECT DISTINCT {variables} {{ {{ {focus} }} {self.group} }}"


def read_batch_query(query: Term, prefixes: Mapping[str, str]) -> BatchQuery | None:
    """Return *query* where it is of the one form, else None."""
    if not isinstance(query, Literal):
        return None
    text = without_comments(query.value)
    read = list(tokens(text))
    words = [token.group().upper() for token in read]
    if words[:1] != ["SELECT"] or "{" not in words or words[-1] != "}":
        return None
    head = words.index("{")
    variables = _projection(read[1:head])
    reads = read_patterns(read[head:], prefixes)
    if variables is None or reads is None:
        return None
    group = write_minus(text[read[head].end() : read[-1].start()])
    prologue = " ".join(f"PREFIX {name}: <{iri}>" for name, iri in prefixes.items())
    return BatchQuery(prologue, variables, group, reads)


def query_reads(query: Term, prefixes: Mapping[str, str]) -> Reads | None:
    """Return what a SELECT or ASK query can ask for; None where that may be anything."""
    if not isinstance(query, Literal):
        return None
    read = list(tokens(without_comments(query.value)))
    words = [token.group().upper() for token in read]
    if words[:1] not in (["SELECT"], ["ASK"]) or "{" not in words:
        return None
    first = words.index("{")
    depth = [(word == "{") - (word == "}") for word in words]
    last = next((end for end in range(first, len(words)) if not sum(depth[: end + 1])), None)
    # What follows the group, such as HAVING, may have groups of its own.
    if last is None or "{" in words[last:]:
        return None
    return read_patterns(read[first : last + 1], prefixes, nested=True)


def without_comments(text: str) -> str:
    """Return *text* with a space in the place of each comment."""
    comments = [token for token in tokens(text) if token.lastgroup == "comment"]
    for token in reversed(comments):
        text = f"{text[: token.start()]} {text[token.end() :]}"
    return text


def _projection(read: list[Token]) -> tuple[str, ...] | None:
    """Return the variables, or None where there is anything else."""
    rest = [row for row in read if row.group().upper() not in ("DISTINCT", "WHERE")]
    names = tuple(dict.fromkeys(row.group()[1:] for row in rest))
    plain = all(row.lastgroup == "variable" for row in rest)
    return names if plain and "this" in names and not SPECIAL & set(names) else None
