"""Run rules on pyoxigraph: each is an ``INSERT … WHERE``, repeated while its premises grow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, QuerySolutions, Store, Variable

from partyline.reasoning import datatypes
from partyline.reasoning.encoding import decode, encode, fact_of, quad
from partyline.reasoning.facts import Facts
from partyline.reasoning.rules import (
    Binding,
    Constraint,
    Differ,
    Fact,
    NotIn,
    Pattern,
    Rule,
    Slot,
    ground,
    variables,
)
from partyline.vocabulary import OWL, RDF, RDFS

#: Predicates of which ``x p x`` says nothing.
REFLEXIVE = frozenset(
    {
        OWL.sameAs,
        OWL.equivalentClass,
        OWL.equivalentProperty,
        RDFS.subClassOf,
        RDFS.subPropertyOf,
    }
)

#: What a pattern is about: a class for ``rdf:type``, else a predicate; None is anything.
_Topic = tuple[Slot | None, Slot | None]


@dataclass(frozen=True, slots=True)
class Violation:
    """A constraint whose body holds, and how."""

    constraint: Constraint
    binding: tuple[tuple[Variable, "Slot"], ...]
    #: The body with its variables replaced.
    premises: tuple[Fact, ...]


class Workspace:
    """A store in memory that holds the facts, given and derived."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._store = Store()
        self._store.bulk_extend(map(quad, facts))

    def __len__(self) -> int:
        return len(self._store)

    def facts(self) -> Facts:
        """Return all facts, given and derived."""
        return Facts(map(fact_of, self._store))

    def apply(self, rules: Sequence[Rule]) -> None:
        """Derive until nothing new follows.

        A rule runs again only when one that concludes what it reads has derived something.
        """
        pending = [(rule, _update(rule)) for rule in rules]
        runnable = list(pending)
        while runnable:
            grown: set[_Topic] = set()
            for rule, update in runnable:
                before = len(self._store)
                self._store.update(update)
                if len(self._store) > before:
                    grown.add(_topic(rule.head))
            runnable = [row for row in pending if _reads(row[0], grown)]

    def violations(self, constraints: Iterable[Constraint]) -> Iterator[Violation]:
        """Yield every way in which a constraint is violated."""
        for constraint in constraints:
            solutions = self._store.query(_select(constraint))
            if not isinstance(solutions, QuerySolutions):
                raise TypeError("a SELECT query gives solutions")
            named = list(dict.fromkeys(variables(constraint.body)))
            for solution in solutions:
                binding = {name: decode(solution[name]) for name in named}
                if _holds(constraint, binding):
                    premises = tuple(ground(pattern, binding) for pattern in constraint.body)
                    yield Violation(constraint, tuple(binding.items()), premises)


def _holds(constraint: Constraint, binding: Binding) -> bool:
    test = constraint.test
    if isinstance(test, NotIn):
        literal = binding[test.variable]
        return isinstance(literal, Literal) and datatypes.outside(literal, test.datatype)
    if isinstance(test, Differ):
        one, other = binding[test.one], binding[test.other]
        if isinstance(one, Literal) and isinstance(other, Literal):
            return datatypes.different(one, other)
        return False
    return True


def _topic(pattern: Pattern) -> _Topic:
    _, predicate, object_ = pattern
    if isinstance(predicate, Variable):
        return None, None
    if predicate == RDF.type and not isinstance(object_, Variable):
        return predicate, object_
    return predicate, None


def _reads(rule: Rule, grown: set[_Topic]) -> bool:
    return any(_overlap(_topic(pattern), topic) for pattern in rule.body for topic in grown)


def _overlap(one: _Topic, other: _Topic) -> bool:
    return all(
        left is None or right is None or left == right
        for left, right in zip(one, other, strict=True)
    )


def _update(rule: Rule) -> str:
    # INSERT leaves out a triple whose subject would be a literal (SPARQL 1.1 Update, 3.1.3).
    return f"INSERT {{ {_text(rule.head)} }} WHERE {{ {_where(rule.body)}{_not_reflexive(rule)} }}"


def _not_reflexive(rule: Rule) -> str:
    subject, predicate, object_ = rule.head
    if predicate in REFLEXIVE and isinstance(subject, Variable) and isinstance(object_, Variable):
        return f" FILTER(!sameTerm({subject}, {object_}))"
    return ""


def _select(constraint: Constraint) -> str:
    test = constraint.test
    filters = ""
    if isinstance(test, NotIn):
        filters = f" FILTER(isLiteral({test.variable}))"
    elif isinstance(test, Differ):
        filters = f" FILTER(isLiteral({test.one}) && isLiteral({test.other}))"
    return f"SELECT DISTINCT * WHERE {{ {_where(constraint.body)}{filters} }}"


def _where(body: Iterable[Pattern]) -> str:
    return " ".join(map(_text, body))


def _text(pattern: Pattern) -> str:
    return (
        " ".join(str(slot if isinstance(slot, Variable) else encode(slot)) for slot in pattern)
        + " ."
    )
