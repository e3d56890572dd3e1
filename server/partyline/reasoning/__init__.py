"""OWL 2 RL: compile an ontology into rules, materialise what follows, say why."""

from partyline.reasoning.compile.compiler import compile_rules, fact, states_equality
from partyline.reasoning.compile.lexical_variants import Compared, with_spellings
from partyline.reasoning.evaluate.axioms import axioms, close_axioms
from partyline.reasoning.evaluate.closure import (
    ENGINES,
    Closed,
    Closure,
    check_engine,
    materialise,
    suitable_engine,
)
from partyline.reasoning.evaluate.entailment import entails
from partyline.reasoning.incremental.live_closure import Change, LiveClosure
from partyline.reasoning.model.rules import Constraint, Fact, Node, Pattern, Rule, RuleSet
from partyline.reasoning.model.triple_index import Facts, Graph
from partyline.reasoning.prove.explanations import Grounds, Passage, as_json, as_prov, as_text
from partyline.reasoning.prove.inconsistencies import contradiction_findings, contradictions_json
from partyline.reasoning.prove.proofs import Proof, Prover, check, prove
from partyline.reasoning.prove.reconstruction import Completed
from partyline.reasoning.prove.refutations import Refutation, refutations

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
