"""OWL 2 RL: compile an ontology into rules, materialise what follows, say why."""

from partyline.reasoning.closure import Closure, check_engine, materialise
from partyline.reasoning.compiler import compile_rules
from partyline.reasoning.findings import contradiction_findings, contradictions_json
from partyline.reasoning.proofs import Proof, Prover, check, prove
from partyline.reasoning.refutations import Refutation, refutations
from partyline.reasoning.rules import Constraint, Rule, RuleSet

__all__ = [
    "Closure",
    "Constraint",
    "Proof",
    "Prover",
    "Refutation",
    "Rule",
    "RuleSet",
    "check",
    "check_engine",
    "compile_rules",
    "contradiction_findings",
    "contradictions_json",
    "materialise",
    "prove",
    "refutations",
]
