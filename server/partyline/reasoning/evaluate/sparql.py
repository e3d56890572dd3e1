"""Run rules on pyoxigraph: each is an ``INSERT … WHERE``, repeated while its premises grow."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from pyoxigraph import Literal, Quad, QuerySolutions, Store, Variable

from partyline.rdf.terms import Term
from partyline.reasoning.evaluate.encoding import COMPARABLE, LITERAL, Encoding
from partyline.reasoning.evaluate.projection import REFLEXIVE
from partyline.reasoning.literals import datatypes
from partyline.reasoning.literals.value_space import comparable
from partyline.reasoning.model.components import reached
from partyline.reasoning.model.rules import (
    Binding,
    Constraint,
    Differ,
    Fact,
    NotIn,
    Pattern,
    Rule,
    composes,
    ground,
    show_pattern,
    variables,
)
from partyline.reasoning.model.saturation import saturate
from partyline.reasoning.model.stratification import Stratum, Topic, strata, topic
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDF


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """A constraint whose body holds, and how."""

    constraint: Constraint
    binding: tuple[tuple[Variable, Term], ...]
    #: The body with its variables replaced.
    premises: tuple[Fact, ...]


class LargeJoin(Exception):
    """A rule joins more rows than a workspace may."""


class Workspace:
    """A store in memory that holds the facts, given and derived.

    Where a chain of properties has more than *most_rows* solutions, or a transitive property gets
    more pairs than that, `apply` raises LargeJoin before they are made.
    """

    def __init__(self, facts: Iterable[Fact], most_rows: int | None = None) -> None:
        self._most_rows = most_rows
        self._encoding = Encoding()
        self._store = Store()
        self._store.bulk_extend(map(self._encoding.quad, facts))

    def __len__(self) -> int:
        return len(self._store)

    def facts(self) -> Facts:
        """Return all facts, given and derived."""
        return Facts(map(self._encoding.fact, self._store))

    def match(self, pattern: Pattern) -> list[Fact]:
        """Return the facts that agree with the positions of *pattern* that are not variables."""
        return [self._encoding.fact(row) for row in self._quads(pattern)]

    def _quads(self, pattern: Pattern) -> Iterator[Quad]:
        subject, predicate, object_ = (
            None if isinstance(slot, Variable) else self._encoding.encode(slot) for slot in pattern
        )
        return self._store.quads_for_pattern(subject, predicate, object_)

    def add(self, facts: Iterable[Fact]) -> None:
        """Add facts."""
        self._store.extend(map(self._encoding.quad, facts))

    def apply(self, rules: Sequence[Rule]) -> None:
        """Derive until nothing new follows."""
        # The rules of equality read and conclude anything: among the strata they would
        # make one of all.
        anything = (None, None)
        equality = [rule for rule in rules if topic(rule.head) == anything]
        others = strata([rule for rule in rules if topic(rule.head) != anything])
        updates: dict[int, str] = {}

        def run(rule: Rule) -> None:
            if id(rule) not in updates:
                updates[id(rule)] = self._update(rule)
            self._run(rule, updates[id(rule)])

        while True:
            saturate(others, run, self._size)
            before = len(self._store)
            saturate([Stratum(tuple(equality), recursive=True)], run, self._size)
            if len(self._store) == before:
                return

    def _run(self, rule: Rule, update: str) -> None:
        # Between literals, owl:sameAs has conditions of its own.
        if composes(rule) and rule.head[1] != OWL.sameAs:
            self._close(rule.head)
            return
        if self._most_rows is not None and self._chain_size(rule) > self._most_rows:
            raise LargeJoin(str(rule))
        self._store.update(update)

    def _close(self, relation: Pattern) -> None:
        """Add the pairs that paths connect: a join has a row for each node between two."""
        after: dict[Term, list[Term]] = {}
        predicate = self._encoding.encode(relation[1])  # type: ignore[arg-type]  # not a variable
        for row in self._store.quads_for_pattern(None, predicate, None):
            after.setdefault(row.subject, []).append(row.object)  # type: ignore[arg-type]  # encoded
            after.setdefault(row.object, [])  # type: ignore[arg-type]  # encoded
        reflexive = relation[1] in REFLEXIVE
        found = list(islice(reached(after), self._most_rows and self._most_rows + 1))
        if self._most_rows is not None and len(found) > self._most_rows:
            raise LargeJoin(show_pattern(relation))
        self._store.extend(
            Quad(one, predicate, other)  # type: ignore[arg-type]  # encoded, all are IRIs
            for one, other in found
            if one != other or not reflexive
        )

    def _chain_size(self, rule: Rule) -> int:
        """Return the largest number of rows in the join of a chain; 0 for a rule of another form.

        Counted node by node: how many ways of the steps so far end there.
        """
        if len(rule.body) < 2 or any(
            one[2] != other[0] or not isinstance(one[2], Variable) or other[1] == RDF.type
            for one, other in pairwise(rule.body)
        ):
            return 0
        largest = 0
        ways: Counter[object] | None = None
        for pattern in rule.body:
            further: Counter[object] = Counter()
            for row in self._quads(pattern):
                further[row.object] += 1 if ways is None else ways[row.subject]
            ways = further
            largest = max(largest, ways.total())
        return largest

    def _size(self, about: Topic) -> int:
        """Count the facts about one topic; the length of the store takes a scan of all of it."""
        predicate, class_ = about
        if predicate is None:
            return len(self._store)
        pattern = self._text((Variable("x"), predicate, class_ or Variable("y")))
        solutions = self._store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("a SELECT query gives solutions")
        return sum(int(row["n"].value) for row in solutions)  # one row

    def violations(self, constraints: Iterable[Constraint]) -> Iterator[Inconsistency]:
        """Yield every way in which a constraint is violated."""
        for constraint in constraints:
            solutions = self._store.query(self._select(constraint))
            if not isinstance(solutions, QuerySolutions):
                raise TypeError("a SELECT query gives solutions")
            named = list(dict.fromkeys(variables(constraint.body)))
            decode = self._encoding.decode
            for solution in solutions:
                binding = {name: decode(solution[name]) for name in named}
                if holds(constraint, binding):
                    premises = tuple(ground(pattern, binding) for pattern in constraint.body)
                    yield Inconsistency(constraint, tuple(binding.items()), premises)

    def _update(self, rule: Rule) -> str:
        where = f"{self._where(rule.body)}{_not_reflexive(rule)}{_not_of_values(rule)}"
        return f"INSERT {{ {self._text(rule.head)} }} WHERE {{ {where} }}"

    def _select(self, constraint: Constraint) -> str:
        test = constraint.test
        tested: tuple[Variable, ...] = ()
        if isinstance(test, NotIn):
            tested = (test.variable,)
        elif isinstance(test, Differ):
            tested = (test.one, test.other)
        filters = "".join(f" FILTER({_begins(slot, LITERAL)})" for slot in tested)
        return f"SELECT DISTINCT * WHERE {{ {self._where(constraint.body)}{filters} }}"

    def _where(self, body: Iterable[Pattern]) -> str:
        return " ".join(map(self._text, body))

    def _text(self, pattern: Pattern) -> str:
        encode = self._encoding.encode
        slots = (slot if isinstance(slot, Variable) else encode(slot) for slot in pattern)
        return f"{' '.join(map(str, slots))} ."


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


def _not_reflexive(rule: Rule) -> str:
    subject, predicate, object_ = rule.head
    if not isinstance(subject, Variable) or not isinstance(object_, Variable):
        return ""
    if isinstance(predicate, Variable):
        # What is the same as something is the same as itself, which says nothing.
        return f" FILTER(!sameTerm({predicate}, {OWL.sameAs}) || !sameTerm({subject}, {object_}))"
    return f" FILTER(!sameTerm({subject}, {object_}))" if predicate in REFLEXIVE else ""


def _not_of_values(rule: Rule) -> str:
    """Leave out ``owl:sameAs`` between literals of known values: it is trivial or false."""
    subject, predicate, object_ = rule.head
    if not isinstance(subject, Variable):
        return ""
    tests = [_begins(subject, COMPARABLE)]
    if isinstance(object_, Variable):
        tests.append(_begins(object_, COMPARABLE))
    elif not isinstance(object_, Literal) or not comparable(object_):
        return ""
    if isinstance(predicate, Variable):
        tests.append(f"sameTerm({predicate}, {OWL.sameAs})")
    elif predicate != OWL.sameAs:
        return ""
    return f" FILTER(!({' && '.join(tests)}))"


def _begins(slot: Variable, prefix: str) -> str:
    return f'STRSTARTS(STR({slot}), "{prefix}")'
