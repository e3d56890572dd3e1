"""Why a fact holds: its derivation, found backwards over the closure on demand."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from heapq import heappop, heappush
from itertools import count, islice, product
from math import inf

from pyoxigraph import Triple

from partyline.reasoning.compile.compiler import fact
from partyline.reasoning.evaluate.axioms import SCHEMA_RULES
from partyline.reasoning.evaluate.closure import Closure, ClosureProtocol
from partyline.reasoning.model.rules import Fact, Pattern, Rule
from partyline.reasoning.model.triple_index import Conclusions, Facts, Graph
from partyline.reasoning.proof.paths import PathSteps
from partyline.reasoning.proof.proofs import Proof
from partyline.reasoning.proof.steps import Step, applications

#: Applications of rules among which the smallest proof is looked for. Most conclusions of the
#: built-in knowledge have 2, one in a hundred more than 60; a class of 20 equal names has 24,000.
MOST_STEPS = 2_000
#: Times that a graph outside of memory may be asked for each of them: most rules have two premises.
_ASKED = 3
#: Bounds on the search for alternatives: of facts looked at, of applications of rules to them, and
#: of proofs put together.
_MOST_FACTS, _MOST_APPLICATIONS, _MOST_DERIVATIONS = 2_000, 5_000, 50_000
#: Facts that are looked at along paths before every application of every rule is tried.
_MOST_ON_PATHS = 20_000


def prove(closure: Closure, goal: Triple | Fact) -> Proof | None:
    """Return a proof of *goal* from the asserted facts, or None where there is none."""
    wanted = fact(goal) if isinstance(goal, Triple) else goal
    return Prover.of(closure).prove(wanted)


class _TooManySteps(Exception):
    """More applications of rules may take part in a proof than were to be looked at."""


class _Limited:
    """A graph that may be asked so many times; then it raises _TooManySteps."""

    def __init__(self, graph: Graph, most: int) -> None:
        self._graph = graph
        self._left = most

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        """Return the facts that agree with *pattern*."""
        self._left -= 1
        if self._left < 0:
            raise _TooManySteps
        return self._graph.match(pattern)


class Prover:
    """Finds proofs over one closure, which it only asks for facts by pattern.

    The same questions can be asked of facts in memory, of a store, or of an endpoint.
    """

    def __init__(self, rules: Iterable[Rule], facts: Graph, asserted: Graph) -> None:
        self._facts = facts
        self._asserted = asserted
        every = (*rules, *SCHEMA_RULES)
        self._rules = Conclusions(every)
        self._paths = PathSteps(every, self._rules, facts, asserted, self.is_asserted)
        self._known: dict[Fact, bool] = {}

    @classmethod
    def of(cls, closure: ClosureProtocol) -> "Prover":
        """Return a prover over the facts of *closure*."""
        return cls(closure.rules.rules, closure.facts, closure.asserted_facts)

    def prove(self, goal: Fact, most_steps: int = MOST_STEPS) -> Proof | None:
        """Return a proof of *goal*, or None where there is none.

        It is the smallest, that with the fewest rules applied, where no more than *most_steps*
        applications of rules have to be looked at. Of larger ones it is one whose equalities and
        transitive relations follow shortest paths (see `PathSteps`).
        """
        try:
            return self._smallest_within(most_steps, goal)
        except _TooManySteps:
            return self._large(goal)

    def proofs(self, goal: Fact, breadth: int = 8) -> Iterator[Proof]:
        """Yield proofs of *goal*, that of `prove` first, each for another reason.

        Two reasons differ in the asserted facts they rest on, and none rests on all facts of an
        earlier one. At most *breadth* proofs of each fact on the way are tried. Where too many
        steps may take part, there is one proof.
        """
        try:
            first = self._smallest_within(MOST_STEPS, goal)
        except _TooManySteps:
            first, breadth = self._large(goal), 0
        if first is not None:
            yield first
        if first is None or not breadth:
            return
        reasons = [frozenset(first.leaves())]
        with suppress(_TooManySteps):
            for proof in self._alternatives(goal, breadth):
                leaves = frozenset(proof.leaves())
                if not any(reason <= leaves for reason in reasons):
                    reasons.append(leaves)
                    yield proof

    def is_asserted(self, fact: Fact) -> bool:
        """Tell whether *fact* is asserted, and needs no proof."""
        if fact not in self._known:
            self._known[fact] = bool(self._asserted.match(fact))
        return self._known[fact]

    def applications(self, conclusion: Fact) -> Iterator[Step]:
        """Yield every way in which one rule concludes *conclusion* from facts of the closure."""
        return applications(self._rules, self._facts, conclusion)

    def _smallest_within(self, most_steps: int, goal: Fact) -> Proof | None:
        return self._smallest(goal, self._limited(_ASKED * most_steps), most_steps)

    def _large(self, goal: Fact) -> Proof | None:
        return self._along_paths(goal) or self._smallest(goal, self._facts, inf)

    def _limited(self, most: int) -> Graph:
        """Return the facts, to be asked *most* times; an index in memory costs next to nothing."""
        return self._facts if isinstance(self._facts, Facts) else _Limited(self._facts, most)

    def _smallest(self, goal: Fact, facts: Graph, most_steps: float) -> Proof | None:
        """Return the smallest proof of *goal*, or None; raise _TooManySteps beyond *most_steps*.

        Goes down from the goal to what could be a part of a proof of so many rules, builds
        upwards from the asserted facts, smallest first, so that a proof never rests on its own
        conclusion (Knuth 1977, a generalisation of Dijkstra's algorithm), and goes further down
        until no proof that is still unseen could be smaller.
        """
        steps: dict[Fact, list[Step]] = {}
        left = most_steps
        #: Facts to look at, with the number of rules that a proof needs outside of theirs.
        outside = {goal: 0}
        bound = 0
        while True:
            while ready := [row for row in outside if outside[row] <= bound and row not in steps]:
                for conclusion in ready:
                    steps[conclusion] = self._some_steps(conclusion, facts, left)
                    left -= len(steps[conclusion])
                    for need, cost in self._costs(steps[conclusion], outside[conclusion]):
                        outside[need] = min(cost, outside.get(need, cost))
            best = self._build(steps).get(goal)
            complete = outside.keys() <= steps.keys()
            if complete or (best is not None and best[0] <= bound + 1):
                return best[1] if best is not None else None
            # By one at first, for most proofs are small; each trial costs as much as all before.
            bound += 1 + bound // 4

    def _along_paths(self, goal: Fact) -> Proof | None:
        """Return a proof of *goal* by the steps that paths give, or None where they give none."""
        steps: dict[Fact, list[Step]] = {}
        pending, next_trial = deque([goal]), 16
        while pending and len(steps) < _MOST_ON_PATHS:
            conclusion = pending.popleft()
            if conclusion in steps or self.is_asserted(conclusion):
                continue
            steps[conclusion] = []
            found = list(self._paths.steps(conclusion))
            for step in found:
                steps.setdefault(step.conclusion, []).append(step)
            pending.extend(need for step in found for need in step.needs if need not in steps)
            if len(steps) >= next_trial:
                next_trial = 4 * len(steps)
                if best := self._build(steps).get(goal):
                    return best[1]
        best = self._build(steps).get(goal)
        return best[1] if best is not None else None

    def _costs(self, steps: Iterable[Step], outside: int) -> Iterator[tuple[Fact, int]]:
        """Yield each fact that is still to be proved, and what a proof needs outside of it."""
        for step in steps:
            derived = [need for need in step.needs if not self.is_asserted(need)]
            # One rule for this step, and one at least for each other premise.
            yield from ((need, outside + len(derived)) for need in derived)

    def _all_steps(self, goal: Fact) -> dict[Fact, list[Step]]:
        steps: dict[Fact, list[Step]] = {}
        pending, left = deque([goal]), float(_MOST_APPLICATIONS)
        facts = self._limited(_ASKED * _MOST_APPLICATIONS)
        while pending and len(steps) < _MOST_FACTS:
            conclusion = pending.popleft()
            if conclusion not in steps:
                steps[conclusion] = self._some_steps(conclusion, facts, left)
                left -= len(steps[conclusion])
                pending += [
                    need
                    for step in steps[conclusion]
                    for need in step.needs
                    if need not in steps and not self.is_asserted(need)
                ]
        return steps

    def _some_steps(self, conclusion: Fact, facts: Graph, most: float) -> list[Step]:
        """Return the steps to *conclusion* from *facts*, none where it is asserted.

        Raises _TooManySteps where there are more than *most*.
        """
        if self.is_asserted(conclusion):
            return []  # a proof ends here
        steps = applications(self._rules, facts, conclusion)
        if most == inf:
            return list(steps)
        found = list(islice(steps, int(most) + 1))
        if len(found) > most:
            raise _TooManySteps
        return found

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

    def _alternatives(self, goal: Fact, breadth: int) -> Iterator[Proof]:
        """Yield proofs of *goal*, the smallest first (Huang and Chiang 2005, with circles)."""
        steps = self._all_steps(goal)
        found: dict[Fact, list[tuple[int, Proof]]] = {}
        users, _ = _users(steps)
        ordinal = count()
        queue: list[tuple[int, int, Proof]] = []
        for step in (step for group in steps.values() for step in group if not step.needs):
            heappush(queue, (1, next(ordinal), Proof(step.conclusion, step.rule)))
        for given in (*users, goal):
            if self.is_asserted(given):
                heappush(queue, (0, next(ordinal), Proof(given)))
        # The proofs in *found* are kept, so that their identities are those of what they prove.
        seen: set[tuple[Fact, Rule | None, tuple[int, ...]]] = set()
        while queue and next(ordinal) < _MOST_DERIVATIONS:
            size, _, proof = heappop(queue)
            known = found.setdefault(proof.conclusion, [])
            key = proof.conclusion, proof.rule, tuple(map(id, proof.premises))
            if key in seen or len(known) >= breadth:
                continue
            seen.add(key)
            known.append((size, proof))
            if proof.conclusion == goal:
                yield proof
            for step in users.get(proof.conclusion, ()):
                for total, conclusion in _combined(step, proof, size, found):
                    heappush(queue, (total, next(ordinal), conclusion))


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
