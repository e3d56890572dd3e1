"""OWL 2 RL: compile an ontology into rules, materialise what follows, say why."""

from partyline.rdf.terms import Term
from partyline.reasoning.compile.compiler import as_triple, compile_rules, fact, states_equality
from partyline.reasoning.compile.lexical_variants import JoinedLiterals, with_lexical_variants
from partyline.reasoning.compile.owl2rl_rules import DESCRIPTIONS, SPECIFICATION
from partyline.reasoning.evaluate.axioms import (
    CompiledAxioms,
    axioms,
    axioms_among,
    close_axioms,
    is_axiom,
)
from partyline.reasoning.evaluate.closure import Closure, ClosureProtocol
from partyline.reasoning.evaluate.engine_selection import suitable_engine
from partyline.reasoning.evaluate.engines import (
    ENGINES,
    check_engine,
    materialise,
    materialise_small,
)
from partyline.reasoning.evaluate.entailment import entails
from partyline.reasoning.evaluate.rule_sets import (
    Selection,
    is_read_by,
    materialise_by,
    only_by_transitivity,
)
from partyline.reasoning.incremental.change_log import Change
from partyline.reasoning.incremental.follower import ClosureFollower
from partyline.reasoning.incremental.live_closure import LiveClosure
from partyline.reasoning.literals.value_space import value
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Constraint, Fact, Pattern, Rule
from partyline.reasoning.model.triple_index import Facts, Graph
from partyline.reasoning.proof.derivations import Derivations
from partyline.reasoning.proof.explanations import (
    Json,
    Passage,
    ProvenanceResolver,
    as_json,
    as_prov,
    as_prov_triples,
    as_text,
    passage_json,
    statement_json,
    term_json,
)
from partyline.reasoning.proof.hitting_sets import HittingSet, smallest_hitting_set
from partyline.reasoning.proof.inconsistencies import (
    inconsistencies_json,
    inconsistency_findings,
    malformed_list_findings,
    refutation_findings,
)
from partyline.reasoning.proof.names import Names
from partyline.reasoning.proof.proofs import Proof, check, shortened
from partyline.reasoning.proof.reconstruction import CompletedGraph
from partyline.reasoning.proof.refutations import Refutation, refutations
from partyline.reasoning.proof.search import Prover, prove

__all__ = [
    "DESCRIPTIONS",
    "ENGINES",
    "SPECIFICATION",
    "Change",
    "Closure",
    "ClosureFollower",
    "ClosureProtocol",
    "CompiledAxioms",
    "CompletedGraph",
    "Constraint",
    "Derivations",
    "Fact",
    "Facts",
    "Graph",
    "HittingSet",
    "JoinedLiterals",
    "Json",
    "LiveClosure",
    "Names",
    "Passage",
    "Pattern",
    "Proof",
    "ProvenanceResolver",
    "Prover",
    "Refutation",
    "Rule",
    "RuleSet",
    "Selection",
    "Term",
    "as_json",
    "as_prov",
    "as_prov_triples",
    "as_text",
    "as_triple",
    "axioms",
    "axioms_among",
    "check",
    "check_engine",
    "close_axioms",
    "compile_rules",
    "entails",
    "fact",
    "inconsistencies_json",
    "inconsistency_findings",
    "is_axiom",
    "is_read_by",
    "malformed_list_findings",
    "materialise",
    "materialise_by",
    "materialise_small",
    "only_by_transitivity",
    "passage_json",
    "prove",
    "refutation_findings",
    "refutations",
    "shortened",
    "smallest_hitting_set",
    "statement_json",
    "states_equality",
    "suitable_engine",
    "term_json",
    "value",
    "with_lexical_variants",
]
