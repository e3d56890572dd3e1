"""Run rules on pyoxigraph: each is an ``INSERT … WHERE``, repeated while its premises grow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, QuerySolutions, Store, Variable

from partyline.rdf.terms import Term
from partyline.reasoning.evaluate.encoding import decode, encode, fact_of, quad
from partyline.reasoning.evaluate.projection import REFLEXIVE
from partyline.reasoning.literals import datatypes
from partyline.reasoning.model.rules import (
    Binding,
    Constraint,
    Differ,
    Fact,
    NotIn,
    Pattern,
    Rule,
    ground,
    variables,
)
from partyline.reasoning.model.stratification import Readers, Stratum, Topic, strata, topic
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """A constraint whose body holds, and how."""

    constraint: Constraint
    binding: tuple[tuple[Variable, Term], ...]
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

    def match(self, pattern: Pattern) -> list[Fact]:
        """Return the facts that agree with the positions of *pattern* that are no variables."""
        nodes = (None if isinstance(slot, Variable) else encode(slot) for slot in pattern)
        subject, predicate, object_ = nodes
        if isinstance(subject, Literal) or isinstance(predicate, Literal):
            return []
        return [fact_of(row) for row in self._store.quads_for_pattern(subject, predicate, object_)]

    def add(self, facts: Iterable[Fact]) -> None:
        """Add facts."""
        self._store.extend(map(quad, facts))

    def apply(self, rules: Sequence[Rule]) -> None:
        """Derive until nothing new follows."""
        # The rules of equality read and conclude anything: among the strata they would
        # make one of all.
        equality = [rule for rule in rules if topic(rule.head) == (None, None)]
        others = strata([rule for rule in rules if rule not in set(equality)])
        while True:
            for stratum in others:
                self._repeat(stratum)
            before = len(self._store)
            self._repeat(Stratum(tuple(equality), recursive=True))
            if len(self._store) == before:
                return

    def _repeat(self, stratum: Stratum) -> None:
        """Run rules as often as one that concludes what they read has derived something."""
        if not stratum.recursive:
            for rule in stratum.rules:
                self._store.update(_update(rule))
            return
        updates = {rule: _update(rule) for rule in stratum.rules}
        sizes = {head: self._size(head) for head in {topic(rule.head) for rule in stratum.rules}}
        readers = Readers(stratum.rules)
        runnable = list(stratum.rules)
        while runnable:
            grown: dict[Topic, None] = {}
            for rule in runnable:
                self._store.update(updates[rule])
                head = topic(rule.head)
                size = self._size(head)
                if size > sizes[head]:
                    sizes[head] = size
                    grown[head] = None
            runnable = list(
                dict.fromkeys(rule for conclusion in grown for rule in readers.of(conclusion))
            )

    def _size(self, about: Topic) -> int:
        """Count the facts about one topic; the length of the store takes a scan of all of it."""
        predicate, class_ = about
        if predicate is None:
            return len(self._store)
        pattern = _text((Variable("x"), predicate, class_ or Variable("y")))
        solutions = self._store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("a SELECT query gives solutions")
        return sum(int(row["n"].value) for row in solutions)  # one row

    def violations(self, constraints: Iterable[Constraint]) -> Iterator[Inconsistency]:
        """Yield every way in which a constraint is violated."""
        for constraint in constraints:
            solutions = self._store.query(_select(constraint))
            if not isinstance(solutions, QuerySolutions):
                raise TypeError("a SELECT query gives solutions")
            named = list(dict.fromkeys(variables(constraint.body)))
            for solution in solutions:
                binding = {name: decode(solution[name]) for name in named}
                if holds(constraint, binding):
                    premises = tuple(ground(pattern, binding) for pattern in constraint.body)
                    yield Inconsistency(constraint, tuple(binding.items()), premises)


def holds(constraint: Constraint, binding: Binding) -> bool:
    """Tell whether the literals of *binding* are as *constraint* forbids."""
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


def _update(rule: Rule) -> str:
    # INSERT leaves out a triple whose subject would be a literal (SPARQL 1.1 Update, 3.1.3).
    return f"INSERT {{ {_text(rule.head)} }} WHERE {{ {_where(rule.body)}{_not_reflexive(rule)} }}"


def _not_reflexive(rule: Rule) -> str:
    subject, predicate, object_ = rule.head
    if not isinstance(subject, Variable) or not isinstance(object_, Variable):
        return ""
    if isinstance(predicate, Variable):
        # What is the same as something is the same as itself, which says nothing.
        return f" FILTER(!sameTerm({predicate}, {OWL.sameAs}) || !sameTerm({subject}, {object_}))"
    return f" FILTER(!sameTerm({subject}, {object_}))" if predicate in REFLEXIVE else ""


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
