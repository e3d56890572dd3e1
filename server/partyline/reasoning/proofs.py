"""Why a fact holds: its smallest derivation, found backwards over the closure on demand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from pyoxigraph import Triple

from partyline.reasoning.axioms import SCHEMA_RULES
from partyline.reasoning.closure import Closure
from partyline.reasoning.compiler import fact
from partyline.reasoning.facts import Facts, unify
from partyline.reasoning.rules import Fact, Rule, ground, substitute


@dataclass(frozen=True, slots=True)
class Proof:
    """A fact, and the rule and premises that give it; an asserted fact has no rule."""

    conclusion: Fact
    rule: Rule | None = None
    #: Proofs of the premises, then of those axioms of the rule that are derived themselves.
    premises: tuple["Proof", ...] = ()

    def leaves(self) -> Iterator[Fact]:
        """Yield the asserted facts that the proof rests on, axioms included, each once."""
        yield from dict.fromkeys(self._leaves())

    def _leaves(self) -> Iterator[Fact]:
        if self.rule is None:
            yield self.conclusion
        for premise in self.premises:
            yield from premise._leaves()

    def axioms(self) -> Iterator[Fact]:
        """Yield the axioms of every rule in the proof."""
        yield from self.rule.axioms if self.rule else ()
        for premise in self.premises:
            yield from premise.axioms()

    def depth(self) -> int:
        """Return the number of rules on the longest way down."""
        if self.rule is None:
            return 0
        return 1 + max((premise.depth() for premise in self.premises), default=0)


@dataclass(frozen=True, slots=True)
class _Step:
    """An application of a rule, with the facts that it needs, axioms included."""

    conclusion: Fact
    rule: Rule
    needs: tuple[Fact, ...]


def prove(closure: Closure, goal: Triple | Fact) -> Proof | None:
    """Return the smallest proof of *goal* from the asserted facts, or None where there is none."""
    wanted = fact(goal) if isinstance(goal, Triple) else goal
    return Prover(closure).prove(wanted)


class Prover:
    """Finds proofs over one closure; keeps an index of its rules by what they conclude."""

    def __init__(self, closure: Closure) -> None:
        self._facts = closure.facts
        self._asserted = closure.asserted_facts
        self._rules = (*closure.rules.rules, *SCHEMA_RULES)

    def prove(self, goal: Fact) -> Proof | None:
        """Return the smallest proof of *goal*, or None.

        Goes down from the goal one level of rules at a time, until the facts found so far carry
        it; then builds upwards from the asserted ones, smallest first, so that a proof never
        rests on its own conclusion (Knuth 1977, a generalisation of Dijkstra's algorithm).
        """
        steps: dict[Fact, list[_Step]] = {}
        frontier = {goal}
        while frontier:
            for conclusion in frontier:
                steps[conclusion] = list(self._steps(conclusion))
            proofs = self._build(steps)
            if goal in proofs:
                return proofs[goal]
            needed = {
                need for conclusion in frontier for step in steps[conclusion] for need in step.needs
            }
            frontier = needed - steps.keys() - self._asserted
        return self._build(steps).get(goal)

    def _steps(self, conclusion: Fact) -> Iterator[_Step]:
        """Yield every way in which one rule concludes *conclusion* from facts of the closure."""
        if conclusion in self._asserted:
            return
        for rule in self._rules:
            head = unify(rule.head, conclusion)
            if head is None:
                continue
            body = [substitute(pattern, head) for pattern in rule.body]
            for binding in self._facts.solutions(body):
                premises = (ground(pattern, {**head, **binding}) for pattern in rule.body)
                yield _Step(conclusion, rule, tuple(dict.fromkeys((*premises, *rule.axioms))))

    def _build(self, steps: Mapping[Fact, Iterable[_Step]]) -> dict[Fact, Proof]:
        """Return the smallest proof of each fact that *steps* give from asserted facts."""
        users: dict[Fact, list[_Step]] = {}
        missing: dict[int, int] = {}
        ordinal = count()
        queue: list[tuple[int, int, Proof]] = []
        for step in (step for group in steps.values() for step in group):
            missing[id(step)] = len(step.needs)
            for need in step.needs:
                users.setdefault(need, []).append(step)
            if not step.needs:
                heappush(queue, (1, next(ordinal), Proof(step.conclusion, step.rule)))
        for given in users.keys() | steps.keys():
            if given in self._asserted:
                heappush(queue, (0, next(ordinal), Proof(given)))
        found: dict[Fact, Proof] = {}
        sizes: dict[Fact, int] = {}
        while queue:
            size, _, proof = heappop(queue)
            if proof.conclusion in found:
                continue
            found[proof.conclusion] = proof
            sizes[proof.conclusion] = size
            for step in users.get(proof.conclusion, ()):
                missing[id(step)] -= 1
                if missing[id(step)] == 0:
                    premises = tuple(found[need] for need in step.needs)
                    total = 1 + sum(sizes[need] for need in step.needs)
                    heappush(
                        queue, (total, next(ordinal), Proof(step.conclusion, step.rule, premises))
                    )
        return found


def check(proof: Proof, asserted: Facts | frozenset[Fact]) -> bool:
    """Tell whether *proof* is one: each step an instance of its rule, each leaf asserted."""
    if proof.rule is None:
        return proof.conclusion in asserted
    head = unify(proof.rule.head, proof.conclusion)
    if head is None:
        return False
    given = Facts(premise.conclusion for premise in proof.premises)
    body = [substitute(pattern, head) for pattern in proof.rule.body]
    applies = any(True for _ in given.solutions(body))
    axioms = all(axiom in given for axiom in proof.rule.axioms)
    return applies and axioms and all(check(premise, asserted) for premise in proof.premises)
