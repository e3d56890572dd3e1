"""OWL 2 RL: compile an ontology into rules, materialise what follows, say why."""

from partyline.reasoning.closure import Closure, materialise
from partyline.reasoning.compiler import compile_rules
from partyline.reasoning.findings import contradiction_findings
from partyline.reasoning.proofs import Proof, check, prove
from partyline.reasoning.rules import Constraint, Rule, RuleSet

__all__ = [
    "Closure",
    "Constraint",
    "Proof",
    "Rule",
    "RuleSet",
    "check",
    "compile_rules",
    "contradiction_findings",
    "materialise",
    "prove",
]
