"""The inequality of literals: two of different values are different (dt-diff).

Of all literals of a graph these would be a square of facts, about literals alone. A resource comes
in where it is ``owl:sameAs`` a literal: for the literals that resources are, there are these facts.
"""

from collections.abc import Collection, Hashable, Iterator
from itertools import permutations
from typing import TypeGuard

from pyoxigraph import Literal

from partyline.reasoning.literals.datatypes import ill_typed
from partyline.reasoning.literals.value_space import value
from partyline.reasoning.model.rules import Fact, Pattern
from partyline.vocabulary import OWL

#: The rule by which two literals differ (OWL 2 Profiles, section 4.3, table 8).
INEQUALITY = "dt-diff"


def inequalities(literals: Collection[Literal]) -> Iterator[Fact]:
    """Yield ``one owl:differentFrom other`` for each two of *literals* whose values differ.

    >>> len(list(inequalities([Literal("1"), Literal("2"), Literal("2", language="en")])))
    6
    """
    known = [(literal, found) for literal in literals if (found := _value(literal)) is not None]
    for (one, left), (other, right) in permutations(known, 2):
        if left != right:
            yield one, OWL.differentFrom, other


def is_inequality(fact: Pattern) -> TypeGuard[Fact]:
    """Tell whether *fact* is ``literal owl:differentFrom literal``, and true (dt-diff)."""
    one, predicate, other = fact
    if predicate != OWL.differentFrom:
        return False
    if not isinstance(one, Literal) or not isinstance(other, Literal):
        return False
    left, right = _value(one), _value(other)
    return None not in (left, right) and left != right


def _value(literal: Literal) -> tuple[Hashable, ...] | None:
    """Return the value of *literal*, or None if it has none, such as 300 as an xsd:byte."""
    return None if ill_typed(literal) else value(literal)
