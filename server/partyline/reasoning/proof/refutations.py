"""Contradictions with their proofs: the statements that conflict, and why each holds."""

from collections.abc import Iterator
from dataclasses import dataclass

from partyline.reasoning.evaluate.closure import ClosureProtocol
from partyline.reasoning.evaluate.sparql import Inconsistency
from partyline.reasoning.model.rules import Fact
from partyline.reasoning.proof.proofs import Proof
from partyline.reasoning.proof.search import Prover


@dataclass(frozen=True, slots=True)
class Refutation:
    """A violation, and why each of its premises and axioms holds."""

    violation: Inconsistency
    proofs: tuple[Proof, ...]

    def leaves(self) -> Iterator[Fact]:
        """Yield the asserted facts that contradict each other, axioms included."""
        return (leaf for proof in self.proofs for leaf in proof.leaves())


def refutations(closure: ClosureProtocol) -> list[Refutation]:
    """Return every contradiction of *closure* with its proofs, the shortest first."""
    if not closure.inconsistencies:
        return []  # a prover reads all facts
    if not closure.inconsistencies:
        return []  # to make all facts objects takes longer than all else
    prover = Prover.of(closure)
    found = [_refute(violation, prover) for violation in closure.inconsistencies]
    return sorted(found, key=_length)


def _refute(violation: Inconsistency, prover: Prover) -> Refutation:
    needed = dict.fromkeys((*violation.premises, *violation.constraint.axioms))
    proofs = tuple(proof for fact in needed if (proof := prover.prove(fact)))
    return Refutation(violation, proofs)


def _length(refutation: Refutation) -> tuple[int, str]:
    depth = sum(proof.depth() for proof in refutation.proofs)
    return depth, str(refutation.violation.premises)
