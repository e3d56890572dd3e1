"""Why a fact holds: its smallest derivation, found backwards over the closure on demand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count, product

from pyoxigraph import Triple

from partyline.reasoning.compile.compiler import fact
from partyline.reasoning.evaluate.axioms import SCHEMA_RULES
from partyline.reasoning.evaluate.closure import Closure, ClosureProtocol
from partyline.reasoning.literals.datatypes import LITERAL_TYPE, is_typed_literal
from partyline.reasoning.model.rules import Fact, Rule, ground, substitute
from partyline.reasoning.model.triple_index import Conclusions, Facts, Graph, solutions, unify


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

    def rests_on(self, fact: Fact) -> bool:
        """Tell whether *fact* is the conclusion or stands anywhere below it."""
        return self.conclusion == fact or any(row.rests_on(fact) for row in self.premises)

    def size(self) -> int:
        """Return the number of rules applied."""
        return (self.rule is not None) + sum(premise.size() for premise in self.premises)

    def depth(self) -> int:
        """Return the number of rules on the longest way down."""
        if self.rule is None:
            return 0
        return 1 + max((premise.depth() for premise in self.premises), default=0)


@dataclass(frozen=True, slots=True)
class Step:
    """An application of a rule, with the facts that it needs, axioms included."""

    conclusion: Fact
    rule: Rule
    needs: tuple[Fact, ...]


def prove(closure: Closure, goal: Triple | Fact) -> Proof | None:
    """Return the smallest proof of *goal* from the asserted facts, or None where there is none."""
    wanted = fact(goal) if isinstance(goal, Triple) else goal
    return Prover.of(closure).prove(wanted)


class Prover:
    """Finds proofs over one closure, which it only asks for facts by pattern.

    The same questions can be asked of facts in memory, of a store, or of an endpoint.
    """

    def __init__(self, rules: Iterable[Rule], facts: Graph, asserted: Graph) -> None:
        self._facts = facts
        self._asserted = asserted
        self._rules = Conclusions((*rules, *SCHEMA_RULES))
        self._known: dict[Fact, bool] = {}

    @classmethod
    def of(cls, closure: ClosureProtocol) -> "Prover":
        """Return a prover over the facts of *closure*."""
        return cls(closure.rules.rules, closure.facts, closure.asserted_facts)

    def prove(self, goal: Fact) -> Proof | None:
        """Return the smallest proof of *goal*, or None: that with the fewest rules applied.

        Goes down from the goal to what could be a part of a proof of so many rules, builds
        upwards from the asserted facts, smallest first, so that a proof never rests on its own
        conclusion (Knuth 1977, a generalisation of Dijkstra's algorithm), and goes further down
        until no proof that is still unseen could be smaller.
        """
        steps: dict[Fact, list[Step]] = {}
        #: Facts to look at, with the number of rules that a proof needs outside of theirs.
        outside = {goal: 0}
        for bound in count():
            while ready := [row for row in outside if outside[row] <= bound and row not in steps]:
                for conclusion in ready:
                    steps[conclusion] = list(self._steps(conclusion))
                    for need, cost in self._costs(steps[conclusion], outside[conclusion]):
                        outside[need] = min(cost, outside.get(need, cost))
            best = self._build(steps).get(goal)
            complete = outside.keys() <= steps.keys()
            if complete or (best is not None and best[0] <= bound + 1):
                return best[1] if best is not None else None
        raise AssertionError("count() does not end")

    def proofs(self, goal: Fact, breadth: int = 8) -> Iterator[Proof]:
        """Yield proofs of *goal*, the smallest first, each for another reason.

        Two reasons differ in the asserted facts they rest on, and none rests on all facts of an
        earlier one. At most *breadth* proofs of each fact on the way are tried.
        """
        reasons: list[frozenset[Fact]] = []
        for proof in self._derivations(goal, self._all_steps(goal), breadth):
            leaves = frozenset(proof.leaves())
            if not any(reason <= leaves for reason in reasons):
                reasons.append(leaves)
                yield proof

    def is_asserted(self, fact: Fact) -> bool:
        """Tell whether *fact* is asserted, and needs no proof."""
        if fact not in self._known:
            self._known[fact] = bool(self._asserted.match(fact))
        return self._known[fact]

    def _costs(self, steps: Iterable[Step], outside: int) -> Iterator[tuple[Fact, int]]:
        """Yield each fact that is still to be proved, and what a proof needs outside of it."""
        for step in steps:
            derived = [need for need in step.needs if not self.is_asserted(need)]
            # One rule for this step, and one at least for each other premise.
            yield from ((need, outside + len(derived)) for need in derived)

    def _all_steps(self, goal: Fact) -> dict[Fact, list[Step]]:
        steps: dict[Fact, list[Step]] = {}
        pending = [goal]
        while pending and len(steps) < _MOST_FACTS:
            conclusion = pending.pop(0)
            if conclusion not in steps:
                steps[conclusion] = list(self._steps(conclusion))
                pending += [
                    need
                    for step in steps[conclusion]
                    for need in step.needs
                    if need not in steps and not self.is_asserted(need)
                ]
        return steps

    def _steps(self, conclusion: Fact) -> Iterator[Step]:
        """Yield the steps to *conclusion*; a proof ends at what is asserted."""
        if not self.is_asserted(conclusion):
            yield from self.applications(conclusion)

    def applications(self, conclusion: Fact) -> Iterator[Step]:
        """Yield every way in which one rule concludes *conclusion* from facts of the closure."""
        if is_typed_literal(conclusion):
            yield Step(conclusion, Rule(LITERAL_TYPE, conclusion, ()), ())
        for rule, head in self._rules.that_conclude(conclusion):
            body = [substitute(pattern, head) for pattern in rule.body]
            for binding in solutions(self._facts, body):
                premises = (ground(pattern, {**head, **binding}) for pattern in rule.body)
                needs = tuple(dict.fromkeys((*premises, *rule.axioms)))
                if conclusion not in needs:
                    yield Step(conclusion, rule, needs)

    def _build(self, steps: Mapping[Fact, Iterable[Step]]) -> dict[Fact, tuple[int, Proof]]:
        """Return the smallest proof of each fact that *steps* give, and its number of rules."""
        found: dict[Fact, tuple[int, Proof]] = {}
        users, missing = _users(steps)
        ordinal = count()
        queue: list[tuple[int, int, Proof]] = []
        for step in (step for group in steps.values() for step in group if not step.needs):
            heappush(queue, (1, next(ordinal), Proof(step.conclusion, step.rule)))
        for given in (*users, *steps):
            if self.is_asserted(given):
                heappush(queue, (0, next(ordinal), Proof(given)))
        while queue:
            size, _, proof = heappop(queue)
            if proof.conclusion in found:
                continue
            found[proof.conclusion] = size, proof
            for step in users.get(proof.conclusion, ()):
                missing[id(step)] -= 1
                if missing[id(step)] == 0:
                    premises = tuple(found[need][1] for need in step.needs)
                    total = 1 + sum(found[need][0] for need in step.needs)
                    conclusion = Proof(step.conclusion, step.rule, premises)
                    heappush(queue, (total, next(ordinal), conclusion))
        return found

    def _derivations(
        self, goal: Fact, steps: Mapping[Fact, Iterable[Step]], breadth: int
    ) -> Iterator[Proof]:
        """Yield proofs of *goal*, the smallest first (Huang and Chiang 2005, with circles)."""
        found: dict[Fact, list[tuple[int, Proof]]] = {}
        users, _ = _users(steps)
        ordinal = count()
        queue: list[tuple[int, int, Proof]] = []
        for step in (step for group in steps.values() for step in group if not step.needs):
            heappush(queue, (1, next(ordinal), Proof(step.conclusion, step.rule)))
        for given in (*users, goal):
            if self.is_asserted(given):
                heappush(queue, (0, next(ordinal), Proof(given)))
        seen: set[Proof] = set()
        while queue and next(ordinal) < _MOST_DERIVATIONS:
            size, _, proof = heappop(queue)
            known = found.setdefault(proof.conclusion, [])
            if proof in seen or len(known) >= breadth:
                continue
            seen.add(proof)
            known.append((size, proof))
            if proof.conclusion == goal:
                yield proof
            for step in users.get(proof.conclusion, ()):
                for total, conclusion in _combined(step, proof, size, found):
                    heappush(queue, (total, next(ordinal), conclusion))


#: Bounds on the search for alternatives: of facts looked at, and of proofs put together.
_MOST_FACTS, _MOST_DERIVATIONS = 2_000, 50_000


def _users(
    steps: Mapping[Fact, Iterable[Step]],
) -> tuple[dict[Fact, list[Step]], dict[int, int]]:
    """Return the steps that need each fact, and how many facts each step still misses."""
    users: dict[Fact, list[Step]] = {}
    missing: dict[int, int] = {}
    for step in (step for group in steps.values() for step in group):
        missing[id(step)] = len(step.needs)
        for need in step.needs:
            users.setdefault(need, []).append(step)
    return users, missing


def _combined(
    step: Step, proof: Proof, size: int, found: Mapping[Fact, list[tuple[int, Proof]]]
) -> Iterator[tuple[int, Proof]]:
    """Yield the proofs by *step* in which *proof*, of *size*, is a premise."""
    choices = [
        [(size, proof)] if need == proof.conclusion else found.get(need, []) for need in step.needs
    ]
    for chosen in product(*choices):
        premises = tuple(premise for _, premise in chosen)
        if not any(premise.rests_on(step.conclusion) for premise in premises):
            total = 1 + sum(number for number, _ in chosen)
            yield total, Proof(step.conclusion, step.rule, premises)


def check(proof: Proof, asserted: Graph) -> bool:
    """Tell whether *proof* is one: each step an instance of its rule, each leaf asserted."""
    if proof.rule is None:
        return bool(asserted.match(proof.conclusion))
    head = unify(proof.rule.head, proof.conclusion)
    if head is None:
        return False
    if proof.rule.name == LITERAL_TYPE and not is_typed_literal(proof.conclusion):
        return False
    given = Facts(premise.conclusion for premise in proof.premises)
    body = [substitute(pattern, head) for pattern in proof.rule.body]
    applies = any(True for _ in given.solutions(body))
    axioms = all(axiom in given for axiom in proof.rule.axioms)
    return applies and axioms and all(check(premise, asserted) for premise in proof.premises)
