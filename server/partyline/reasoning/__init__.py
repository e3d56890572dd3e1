"""OWL 2 RL: compile an ontology into rules, materialise what follows, say why."""

from partyline.reasoning.axioms import axioms, close_axioms
from partyline.reasoning.closure import (
    ENGINES,
    Closed,
    Closure,
    check_engine,
    materialise,
    suitable_engine,
)
from partyline.reasoning.compiler import compile_rules, fact, states_equality
from partyline.reasoning.entailment import entails
from partyline.reasoning.explanations import Grounds, Passage, as_json, as_prov, as_text
from partyline.reasoning.facts import Facts, Graph
from partyline.reasoning.findings import contradiction_findings, contradictions_json
from partyline.reasoning.maintenance import Change, LiveClosure
from partyline.reasoning.proofs import Proof, Prover, check, prove
from partyline.reasoning.refutations import Refutation, refutations
from partyline.reasoning.rules import Constraint, Fact, Node, Pattern, Rule, RuleSet
from partyline.reasoning.spellings import Compared, with_spellings
from partyline.reasoning.unpublished import Completed

__all__ = [
    "ENGINES",
    "Change",
    "Closed",
    "Closure",
    "Compared",
    "Completed",
    "Constraint",
    "Fact",
    "Facts",
    "Graph",
    "Grounds",
    "LiveClosure",
    "Node",
    "Passage",
    "Pattern",
    "Proof",
    "Prover",
    "Refutation",
    "Rule",
    "RuleSet",
    "as_json",
    "as_prov",
    "as_text",
    "axioms",
    "check",
    "check_engine",
    "close_axioms",
    "compile_rules",
    "contradiction_findings",
    "contradictions_json",
    "entails",
    "fact",
    "materialise",
    "prove",
    "refutations",
    "states_equality",
    "suitable_engine",
    "with_spellings",
]
