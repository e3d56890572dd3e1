"""Materialise: the least set of facts that holds the given ones and all that follows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from pyoxigraph import Literal, Triple

from partyline.errors import EngineError
from partyline.reasoning.compile.compiler import compile_facts, fact, states_equality
from partyline.reasoning.compile.lexical_variants import variant_predicates, with_lexical_variants
from partyline.reasoning.evaluate.axioms import axioms, close_axioms
from partyline.reasoning.evaluate.owlrl_engine import expand
from partyline.reasoning.evaluate.projection import published
from partyline.reasoning.evaluate.sparql import Inconsistency, Workspace
from partyline.reasoning.literals import datatypes
from partyline.reasoning.literals.datatypes import typed_literals
from partyline.reasoning.model.rules import Constraint, RuleSet
from partyline.reasoning.model.triple_index import Facts, Graph


class ClosureProtocol(Protocol):
    """What proofs and findings ask of a closure, wherever its facts are."""

    @property
    def facts(self) -> Graph:
        """Return all facts, given and derived."""

    @property
    def asserted_facts(self) -> Graph:
        """Return the given ones."""

    @property
    def rules(self) -> RuleSet:
        """Return the rules that derived the others."""

    @property
    def inconsistencies(self) -> Sequence[Inconsistency]:
        """Return what cannot be."""


@dataclass(frozen=True)
class Closure:
    """What was asserted, what follows, and where it contradicts itself."""

    asserted: frozenset[Triple]
    #: What follows and is not asserted: RDF 1.1 without literal subjects, without conclusions
    #: about the blank nodes of class expressions and without what holds of everything.
    inferred: frozenset[Triple]
    rules: RuleSet
    inconsistencies: tuple[Inconsistency, ...]
    #: All facts, with the steps between that are not published.
    facts: Facts

    @cached_property
    def asserted_facts(self) -> Facts:
        """Return the asserted triples as facts."""
        return Facts(map(fact, self.asserted))


#: What an engine gives: all facts, the rules, and what contradicts itself.
Outcome = tuple[Facts, RuleSet, Iterable[Inconsistency]]

#: Columns take some milliseconds for each rule, SPARQL some microseconds for each triple: columns
#: take less from so many triples for each rule on (`make bench-reasoning`), and never below *_FEW*.
_FOR_EACH_RULE, _FEW = 60, 5_000
#: Triples among which a clique of owl:sameAs is too small to matter.
_PAIRS = 100
#: Triples of which arrays, at some 600 bytes each, are too many for the memory of most machines.
_MANY = 10_000_000
#: Triples that one thread takes as long for as several.
_SMALL = 200_000


def suitable_engine(size: int, ontology: Iterable[Triple]) -> str:
    """Return the engine that takes the least time for *size* triples under *ontology*."""
    if size < _FEW:
        return "sparql"
    if size > _MANY:
        return "duckdb"
    stated = axioms(Facts(map(fact, ontology)))
    _, rules = close_axioms(stated, stated, equality=False)
    return "arrays" if size >= _FOR_EACH_RULE * len(rules.rules) else "sparql"


def materialise(asserted: Iterable[Triple], engine: str = "auto") -> Closure:
    """Return the closure of *asserted*, axioms and data, under the rules of OWL 2 RL.

    *engine* is ``sparql`` (the rules run on pyoxigraph), ``arrays`` (as joins of sorted arrays),
    ``duckdb`` (as SQL, which goes to disk where memory ends), ``auto`` (the one that suits the
    size) or ``owlrl`` (the library, for comparison). Raises EngineError for any other.
    """
    given = frozenset(asserted)
    check_engine(engine)
    chosen = engine
    if engine == "auto":
        engine = suitable_engine(len(given), given)
    facts = Facts(map(fact, given))
    if chosen == "auto" and engine == "sparql" and len(facts) > _PAIRS:
        everything, rules, inconsistencies = _by_sparql_without_equality(facts)
    else:
        everything, rules, inconsistencies = _ENGINES[engine](facts)
    inferred = frozenset(published(everything, facts, variant_predicates(rules)))
    return Closure(given, inferred, rules, tuple(inconsistencies), everything)


def check_engine(engine: str) -> None:
    """Raise EngineError where there is no *engine* of that name."""
    if engine not in ENGINES:
        raise EngineError(f"no engine {engine!r}; choose one of {', '.join(ENGINES)}")


class _HasEquality(Exception):
    """The rules of owl:sameAs apply, which SPARQL joins for every pair of names."""


def _by_sparql_without_equality(facts: Facts) -> Outcome:
    """Run SPARQL, or arrays where rules may conclude owl:sameAs: these take cliques as one."""
    try:
        workspace, rules = _by_sparql(facts, equality_allowed=False)
    except _HasEquality:
        return _arrays(facts)
    return _examined(workspace, rules, facts)


def _sparql(facts: Facts) -> Outcome:
    workspace, rules = _by_sparql(facts)
    return _examined(workspace, rules, facts)


def _by_sparql(facts: Facts, *, equality_allowed: bool = True) -> tuple[Workspace, RuleSet]:
    workspace = Workspace(facts)
    asserted = axioms(facts)
    stated, equality = asserted, states_equality(facts)
    while True:
        ontology, rules = close_axioms(stated, asserted, equality=equality)
        if rules.equality and not equality_allowed:
            raise _HasEquality
        rules = with_lexical_variants(rules, facts.asserted_literals)
        workspace.add(ontology)
        workspace.add(typed_literals(rules.datatypes, facts.literals()))
        workspace.apply(rules.rules)
        # Data may state axioms: what was derived may call for rules that were not there before.
        stated = axioms(workspace)
        equality = rules.equality or states_equality(workspace)
        if set(stated) <= set(ontology) and equality == rules.equality:
            return workspace, rules


def _arrays(facts: Facts) -> Outcome:
    return _by_columns(facts, "arrays")


def _duckdb(facts: Facts) -> Outcome:
    return _by_columns(facts, "duckdb")


def _by_columns(facts: Facts, engine: str) -> Outcome:
    # Two tenths of a second of import that only these engines cost.
    from partyline.reasoning.evaluate.columns import (
        STORES,
        Database,
        Results,
        load_facts,
        violations,
    )

    with Database(small=len(facts) < _SMALL) as database:
        load_facts(database, facts)
        results = Results(database, STORES[engine])
        return Facts(results.rows(results.everything)), results.rules, tuple(violations(results))


def _owlrl(facts: Facts) -> Outcome:
    workspace = Workspace(row for row in expand(facts) if not isinstance(row[0], Literal))
    found = workspace.facts()
    rules = compile_facts(found, facts, equality=states_equality(found))
    rules = with_lexical_variants(rules, facts.asserted_literals)
    return _examined(workspace, rules, facts)


def _examined(workspace: Workspace, rules: RuleSet, facts: Facts) -> Outcome:
    inconsistencies = (*_ill_typed(facts), *workspace.violations(rules.constraints))
    return workspace.facts(), rules, inconsistencies


_ENGINES: dict[str, Callable[[Facts], Outcome]] = {
    "arrays": _arrays,
    "duckdb": _duckdb,
    "owlrl": _owlrl,
    "sparql": _sparql,
}
ENGINES = ("auto", *_ENGINES)


def _ill_typed(facts: Facts) -> Iterator[Inconsistency]:
    """Yield the literals that stand for no value (dt-not-type)."""
    wrong = {literal for literal in facts.literals() if datatypes.ill_typed(literal)}
    for row in sorted((row for row in facts if row[2] in wrong), key=str):
        yield Inconsistency(Constraint("dt-not-type", (row,)), (), (row,))
