"""Write ``FILTER NOT EXISTS`` as ``MINUS`` where the two are the same.

The store evaluates a NOT EXISTS of two triple patterns again for every solution, in time that
grows with the square of the data, and a MINUS once. In a group of triple patterns and filters
every variable is bound, so that the two agree (SPARQL 1.1, section 8.3) if the inner group shares
a variable with the outer one, and binds, in triple patterns of its own, every variable that it
shares. Where there are groups inside, some variables may be unbound, and the focus node, which
never is, must be among the shared ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partyline.sparql.tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class _Negation:
    """A ``FILTER NOT EXISTS { … }``: the places of its first and last token in the group."""

    first: int
    last: int


def write_minus(group: str) -> str:
    """Return *group*, triple patterns and filters, with MINUS at its end where that is the same.

    >>> write_minus("?s a ?c . FILTER NOT EXISTS { ?s ?p ?o } FILTER NOT EXISTS { ?x a ?y }")
    '?s a ?c .  FILTER NOT EXISTS { ?x a ?y } MINUS { ?s ?p ?o }'
    """
    read = list(tokens(group))
    moved = []
    for found in reversed(list(_negations(read))):
        if _equals_minus(read, found):
            start, brace = read[found.first].start(), read[found.first + 3].start()
            end = read[found.last].end()
            moved.append(f" MINUS {group[brace:end]}")
            group = group[:start] + group[end:]
    return group + "".join(reversed(moved))


def _negations(read: Sequence[Token]) -> Iterator[_Negation]:
    """Yield the negations directly in the group."""
    words = [token.group().upper() for token in read]
    depth = 0
    for place, word in enumerate(words):
        if word == "{":
            if depth == 0 and words[max(0, place - 3) : place] == ["FILTER", "NOT", "EXISTS"]:
                yield _Negation(place - 3, _closing(words, place))
            depth += 1
        elif word == "}":
            depth -= 1


def _closing(words: Sequence[str], opening: int) -> int:
    depth = 0
    for place in range(opening, len(words)):
        depth += (words[place] == "{") - (words[place] == "}")
        if depth == 0:
            return place
    return len(words) - 1


def _equals_minus(read: Sequence[Token], found: _Negation) -> bool:
    inner = read[found.first + 4 : found.last]
    outer = [*read[: found.first], *read[found.last + 1 :]]
    # The focus node is bound by the sub-select before the group.
    shared = _variables(inner) & (_variables(outer) | {"this"})
    needed = {"this"} if _has_groups(outer) else shared
    return bool(shared) and needed <= shared <= _bound(inner)


def _has_groups(read: Sequence[Token]) -> bool:
    """Tell whether groups are there besides those of EXISTS."""
    words = [token.group().upper() for token in read]
    return any(
        word == "{" and words[max(0, place - 1)] != "EXISTS" for place, word in enumerate(words)
    )


def _variables(read: Sequence[Token]) -> set[str]:
    return {token.group()[1:] for token in read if token.lastgroup == "variable"}


def _bound(read: Sequence[Token]) -> set[str]:
    """Return the variables of the triple patterns directly in a group."""
    found, depth = set(), 0
    for token in read:
        if token.lastgroup == "open":
            depth += 1
        elif token.lastgroup == "close":
            depth -= 1
        elif token.lastgroup == "variable" and depth == 0:
            found.add(token.group()[1:])
    return found
