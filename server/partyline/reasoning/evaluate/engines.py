"""Materialise: the least set of facts that holds the given ones and all that follows."""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache, cached_property

from pyoxigraph import Literal, Triple, Variable

from partyline.dataset import TripleSet
from partyline.errors import EngineError
from partyline.reasoning.compile.compiler import compile_facts, fact, states_equality
from partyline.reasoning.compile.lexical_variants import variant_predicates, with_lexical_variants
from partyline.reasoning.evaluate.axioms import (
    AXIOM_PREDICATES,
    CompiledAxioms,
    axioms,
    axioms_among,
    close_axioms,
    compile_axioms,
)
from partyline.reasoning.evaluate.closure import Closure
from partyline.reasoning.evaluate.engine_selection import (
    FEW_PAIRS,
    LONG_BODY,
    MANY_ROWS,
    ONE_THREAD,
    many_axioms,
    suitable_engine,
)
from partyline.reasoning.evaluate.owlrl_engine import expand
from partyline.reasoning.evaluate.projection import published
from partyline.reasoning.evaluate.size_limits import check_values
from partyline.reasoning.evaluate.sparql import Inconsistency, LargeJoin, Workspace
from partyline.reasoning.literals import datatypes
from partyline.reasoning.literals.datatypes import typed_literals
from partyline.reasoning.literals.inequality import inequalities
from partyline.reasoning.model.exclusions import unfolded
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Constraint
from partyline.reasoning.model.stratification import Topic, applicable, may_hold, topic
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine gives: what to publish, the rules, the inconsistencies and all facts."""

    inferred: Set[Triple]
    rules: RuleSet
    inconsistencies: tuple[Inconsistency, ...]
    load_facts: Callable[[], Facts]


def materialise(asserted: Iterable[Triple], engine: str = "auto") -> Closure:
    """Return the closure of *asserted*, axioms and data, under the rules of OWL 2 RL.

    *engine* is ``sparql`` (the rules run on pyoxigraph), ``arrays`` (as joins of sorted arrays),
    ``duckdb`` (as SQL, which spills to disk when memory is full), ``spark`` (as SQL on Apache
    Spark, with the extra of this name), ``auto`` (the one that suits the
    graph, see `suitable_engine`) or ``owlrl`` (the library, for comparison).

    Raises EngineError for any other name, and where the closure is too large.
    """
    check_engine(engine)
    given = Given.of(asserted)
    return _closure(given, _ENGINES[engine](given))


def _closure(given: "Given", found: Outcome) -> Closure:
    return Closure(
        given.triples, found.inferred, found.rules, found.inconsistencies, found.load_facts
    )


@dataclass(frozen=True)
class Given:
    """The asserted triples, as the engines read them."""

    triples: Set[Triple]

    @classmethod
    def of(cls, asserted: Iterable[Triple]) -> "Given":
        """Return *asserted*; numbers stay numbers."""
        return cls(asserted if isinstance(asserted, TripleSet) else frozenset(asserted))

    def __len__(self) -> int:
        return len(self.triples)

    @cached_property
    def facts(self) -> Facts:
        """Return the triples as facts."""
        return Facts(map(fact, self.triples))

    @cached_property
    def axioms(self) -> Facts:
        """Return the axioms among the triples."""
        return axioms_among(TripleSet.of(self.triples))

    @property
    def states_equality(self) -> bool:
        """Tell whether anything is stated to be the same as something else."""
        return len(TripleSet.of(self.triples).of_predicates((OWL.sameAs,))) > 0


def check_engine(engine: str) -> None:
    """Raise EngineError where there is no *engine* of that name."""
    if engine not in ENGINES:
        raise EngineError(f"no engine {engine!r}; choose one of {', '.join(ENGINES)}")


class _HasEquality(Exception):
    """The rules of owl:sameAs apply, which SPARQL joins for every pair of names."""


def materialise_small(asserted: Iterable[Triple]) -> Closure | CompiledAxioms:
    """Return the closure of *asserted* where SPARQL suits it, and else its compiled axioms."""
    given = Given.of(asserted)
    found = _small(given)
    return _closure(given, found) if isinstance(found, Outcome) else found.compiled


def _auto(given: Given) -> Outcome:
    found = _small(given)
    if isinstance(found, Outcome):
        return found
    return _by_columns(given, found.engine, found.compiled)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The engine to take instead of SPARQL, and what is compiled already."""

    engine: str
    compiled: CompiledAxioms


def _small(given: Given) -> Outcome | _Columns:
    """Run SPARQL if that suits; arrays do for ``owl:sameAs`` and for long chains.

    Columns keep one number for all names of a resource, where SPARQL joins every pair of names;
    they close a transitive relation at the size of its closure.
    """
    engine = suitable_engine(len(given), len(given.axioms))
    compiled = compile_axioms(given.axioms, equality=given.states_equality)
    if engine != "sparql":
        return _Columns(engine, compiled)
    if many_axioms(len(compiled.derived), len(compiled.rules.rules)):
        return _Columns("arrays", compiled)
    facts = given.facts
    if (found := _axioms_alone(facts, compiled)) is not None:
        return found
    try:
        equality = len(facts) <= FEW_PAIRS
        return _by_sparql(facts, compiled, equality=equality, most_rows=MANY_ROWS)
    except (_HasEquality, LargeJoin):
        return _Columns("arrays", compiled)


def _sparql(given: Given) -> Outcome:
    facts = given.facts
    return _by_sparql(facts, compile_axioms(axioms(facts), equality=states_equality(facts)))


def _axioms_alone(facts: Facts, compiled: CompiledAxioms) -> Outcome | None:
    """Return what follows where no rule has data to apply to, or None where one has."""
    rules = with_lexical_variants(compiled.rules, facts.asserted_literals)
    there = {topic(row) for rows in (facts, compiled.derived) for row in rows}
    applied, there = applicable(rules.rules, there)
    stating = all(not rule.body and rule.head[1] in AXIOM_PREDICATES for rule in applied)
    if not stating or rules.equality or rules.datatypes:
        return None

    @cache
    def everything() -> Facts:
        return Facts((*facts, *compiled.derived))

    constraints = _constraints(rules, everything, there)
    violations = Workspace(everything()).violations(constraints) if constraints else ()
    inferred = published(compiled.derived, everything, facts, variant_predicates(rules))
    inconsistencies = (*_ill_typed(facts), *violations)
    return Outcome(frozenset(inferred), rules, inconsistencies, everything)


def _by_sparql(
    facts: Facts,
    compiled: CompiledAxioms,
    *,
    equality: bool = True,
    most_rows: int | None = None,
) -> Outcome:
    """Derive everything.

    Raises _HasEquality where rules need it and *equality* forbids them, and LargeJoin where a
    chain has more than *most_rows* solutions.
    """
    workspace = Workspace(facts, most_rows)
    there = {topic(row) for row in facts}
    while True:
        if compiled.rules.equality and not equality:
            raise _HasEquality
        if most_rows is not None and many_axioms(len(compiled.derived), len(compiled.rules.rules)):
            raise LargeJoin("a hierarchy")
        rules = with_lexical_variants(compiled.rules, facts.asserted_literals)
        for rows in (compiled.derived, typed_literals(rules.datatypes, facts.literals())):
            added = list(rows)
            workspace.add(added)
            there.update(map(topic, added))
        applied, there = applicable(rules.rules, there)
        if most_rows is not None and max((len(row.body) for row in applied), default=0) > LONG_BODY:
            raise LargeJoin("a long list")
        workspace.apply(applied)
        # Data may state axioms: what was derived may call for rules that were not there before.
        found = axioms(workspace)
        same = rules.equality or states_equality(workspace)
        known = all(row in compiled.ontology for row in found) and same == rules.equality
        if not (same and _tell_values_apart(workspace, there)) and known:
            return _examined(workspace, rules, facts)
        compiled = close_axioms(found, compiled.asserted, equality=same)


def _tell_values_apart(workspace: Workspace, there: set[Topic]) -> bool:
    """Add that values which resources are the same as differ (dt-diff); tell whether that is new.

    Their topic is added to *there*.
    """
    pattern = (Variable("x"), OWL.sameAs, Variable("y"))
    literals = {
        object_
        for subject, _, object_ in workspace.match(pattern)
        if isinstance(object_, Literal) and not isinstance(subject, Literal)
    }
    check_values(len(literals))
    before = len(workspace)
    added = list(inequalities(literals))
    workspace.add(added)
    there.update(map(topic, added))
    return len(workspace) > before


def _arrays(given: Given) -> Outcome:
    return _by_columns(given, "arrays")


def _duckdb(given: Given) -> Outcome:
    return _by_columns(given, "duckdb")


def _spark(given: Given) -> Outcome:
    return _by_columns(given, "spark")


def _by_columns(given: Given, engine: str, compiled: CompiledAxioms | None = None) -> Outcome:
    # Two tenths of a second of import that only these engines cost.
    from partyline.reasoning.evaluate.columns import (
        Database,
        Results,
        load_triples,
        store_of,
        violations,
    )

    with Database(small=len(given) < ONE_THREAD) as database:
        # Numbers, of which objects are made where somebody asks for them.
        numbers = load_triples(database, TripleSet.of(given.triples))
        results = Results(database, store_of(engine), compiled=compiled)
        make_facts = numbers.facts(results.everything)
        inferred = numbers.triples(results.published)
        found = tuple(violations(results))
        return Outcome(inferred, results.rules, found, lambda: Facts(make_facts()))


def _owlrl(given: Given) -> Outcome:
    facts = given.facts
    workspace = Workspace(row for row in expand(facts) if not isinstance(row[0], Literal))
    found = workspace.facts()
    rules = compile_facts(found, facts, equality=states_equality(found))
    rules = with_lexical_variants(rules, facts.asserted_literals)
    return _examined(workspace, rules, facts)


def _examined(workspace: Workspace, rules: RuleSet, facts: Facts) -> Outcome:
    everything = workspace.facts()
    there = {topic(row) for row in everything}
    constraints = _constraints(rules, lambda: everything, there)
    inconsistencies = (*_ill_typed(facts), *workspace.violations(constraints))
    new = everything - facts
    inferred = frozenset(published(new, lambda: everything, facts, variant_predicates(rules)))
    return Outcome(inferred, rules, inconsistencies, lambda: everything)


def _constraints(
    rules: RuleSet, everything: Callable[[], Facts], there: Set[Topic]
) -> list[Constraint]:
    """Return the constraints that facts, about the topics *there*, may violate, in order."""
    found = [row for row in rules.constraints if may_hold(row.body, there)]
    exclusions = [row for row in rules.exclusions if row.may_fail(there)]
    violated = unfolded(exclusions, everything()) if exclusions else []
    return sorted((*found, *violated), key=str) if violated else found


def _ill_typed(facts: Facts) -> Iterator[Inconsistency]:
    """Yield the literals that have no value (dt-not-type)."""
    wrong = {literal for literal in facts.literals() if datatypes.ill_typed(literal)}
    for row in sorted((row for row in facts if row[2] in wrong), key=str):
        yield Inconsistency(Constraint("dt-not-type", (row,)), (), (row,))


_ENGINES: dict[str, Callable[[Given], Outcome]] = {
    "auto": _auto,
    "arrays": _arrays,
    "duckdb": _duckdb,
    "owlrl": _owlrl,
    "sparql": _sparql,
    "spark": _spark,
}
ENGINES = tuple(_ENGINES)
