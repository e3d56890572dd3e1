"""What a conclusion depends on: all its derivations, and what holds when facts are withdrawn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from partyline.reasoning.model.rules import Fact
from partyline.reasoning.proof.search import Prover
from partyline.reasoning.proof.steps import Step

#: Facts, and applications of rules to them, that are looked at before the search is given up.
_MAX_FACTS, _MAX_STEPS = 2_000, 5_000


@dataclass(frozen=True, slots=True)
class Derivations:
    """All steps of one rule that may take part in a derivation of *goal*.

    Asserted facts are derived as well where rules derive them: they may hold without being
    asserted. Where there are more facts or steps than the limits, *complete* is false, and nothing
    is known of what the goal depends on. The cells of an RDF list belong to the axiom that
    names the list, and are not withdrawn without it.
    """

    goal: Fact
    steps: Mapping[Fact, Sequence[Step]]
    asserted: frozenset[Fact]
    complete: bool

    @classmethod
    def of(
        cls, prover: Prover, goal: Fact, limit: int = _MAX_FACTS, most_steps: int = _MAX_STEPS
    ) -> "Derivations":
        """Follow every rule that concludes *goal* backwards.

        It goes through at most *limit* facts, and takes at most *most_steps*.
        """
        steps: dict[Fact, Sequence[Step]] = {}
        pending = [goal]
        left = most_steps
        while pending and len(steps) < limit and left > 0:
            conclusion = pending.pop()
            if conclusion not in steps:
                steps[conclusion] = tuple(islice(prover.applications(conclusion), left))
                left -= len(steps[conclusion])
                pending += [need for step in steps[conclusion] for need in step.needs]
        complete = left > 0 and all(fact in steps for fact in pending)
        return cls(goal, steps, frozenset(filter(prover.is_asserted, steps)), complete)

    def holds_without(self, withdrawn: Collection[Fact]) -> bool:
        """Tell whether the goal is still entailed without the asserted facts *withdrawn*.

        Raises ValueError where the derivations are not complete.
        """
        if not self.complete:
            raise ValueError("not all derivations are known")
        return self.goal in self._entailed(self.asserted.difference(withdrawn))

    def _entailed(self, asserted: Collection[Fact]) -> set[Fact]:
        """Return the facts that *steps* derive from *asserted* (forward chaining by counting)."""
        users: dict[Fact, list[int]] = {}
        every = [step for steps in self.steps.values() for step in steps]
        missing = [len(set(step.needs)) for step in every]
        for index, step in enumerate(every):
            for need in set(step.needs):
                users.setdefault(need, []).append(index)
        entailed: set[Fact] = set()
        pending = [*asserted, *(step.conclusion for step in every if not step.needs)]
        while pending:
            fact = pending.pop()
            if fact in entailed:
                continue
            entailed.add(fact)
            for index in users.get(fact, ()):
                missing[index] -= 1
                if missing[index] == 0:
                    pending.append(every[index].conclusion)
        return entailed

    def indispensable(self, candidates: Collection[Fact]) -> tuple[Fact, ...]:
        """Return those of *candidates* without any one of which the goal is not entailed.

        The asserted facts of one proof are candidates enough: what is indispensable is in every
        proof. Raises ValueError where the derivations are not complete.
        """
        return tuple(fact for fact in candidates if not self.holds_without({fact}))
