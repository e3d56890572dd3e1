"""Why a release, or an endpoint that serves one, says what it says."""

import math
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Variable,
    parse_query_results,
)

from partyline.dataset import Table
from partyline.dataset.graph_names import DEFAULT_GRAPH, graph_iri
from partyline.errors import EngineError, QueryTimeout
from partyline.reasoning import (
    CompletedGraph,
    Fact,
    Facts,
    Graph,
    JoinedLiterals,
    Pattern,
    Proof,
    ProvenanceResolver,
    Prover,
    Rule,
    RuleSet,
    Selection,
    Term,
    as_triple,
    axioms,
    close_axioms,
    fact,
    is_read_by,
    states_equality,
    value,
    with_lexical_variants,
)
from partyline.releases.release import Release
from partyline.sources.computed_bounds import COMPUTED, date_bounds
from partyline.vocabulary import PL

_ASSERTED = ("ontology", "accepted")
_X, _Y = Variable("x"), Variable("y")


@dataclass(frozen=True, slots=True)
class ReleaseProver:
    """Finds proofs of facts and knows what the asserted ones rest on. For one thread."""

    prover: Prover
    grounds: ProvenanceResolver
    #: What proofs end at.
    given: Graph
    #: Everything that is said, for the spelling of what is asked for.
    published: Graph

    @classmethod
    def of_release(cls, release: Release) -> "ReleaseProver":
        """Read the reasons of a release on this machine."""
        return ProofSource.of_release(release).prover()

    @classmethod
    def of_endpoint(
        cls, ask: Callable[[str], bytes], base: str, prefixes: Mapping[str, str]
    ) -> "ReleaseProver":
        """Ask an endpoint that serves a release published under *base*.

        *ask* sends a SELECT query and returns JSON. Raises EngineError where the endpoint has no
        graph of that ontology: nothing tells asserted from inferred then.
        """
        return ProofSource.of_endpoint(ask, base, prefixes).prover()

    def published_form(self, goal: Fact) -> Fact | None:
        """Return *goal* with its literal as the release spells it, or None if it is not stated."""
        found = next(iter(self.published.match(goal)), None)
        return found or next(self._of_one_value(goal), None)

    def _of_one_value(self, goal: Fact) -> Iterator[Fact]:
        """Yield what is published with another lexical form of the literal of *goal*."""
        subject, predicate, object_ = goal
        wanted = value(object_) if isinstance(object_, Literal) else None
        if wanted is not None:
            for row in self.published.match((subject, predicate, _Y)):
                if isinstance(row[2], Literal) and value(row[2]) == wanted:
                    yield row

    def proofs(self, goal: Fact, most: int) -> list[Proof]:
        """Return at most *most* proofs of *goal*, the smallest first; none if it is not stated."""
        stored = self.published_form(goal)
        if stored is None:
            return []
        if most == 1:
            proof = self.prover.prove(stored)
            return [proof] if proof is not None else []
        return list(islice(self.prover.proofs(stored), most))


@dataclass(frozen=True, slots=True)
class ProofSource:
    """The statements and rules that proofs are made of: read once, used by any thread."""

    published: Graph
    asserted: Graph
    ontology: Facts
    #: The axioms of *ontology* and those that follow from them alone.
    axioms: Facts
    rules: tuple[Rule, ...]
    #: What of the inferred facts *published* has.
    selection: Selection
    #: The ``file:line`` of every place that asserts a fact.
    origins: Callable[[Fact], Sequence[str]]
    prefixes: Mapping[str, str]

    @classmethod
    def of_release(cls, release: Release) -> "ProofSource":
        """Read the rules of a release on this machine."""
        manifest = release.manifest
        return cls.of_table(release.table, manifest.prefixes, manifest.rules, manifest.predicates)

    @classmethod
    def of_table(
        cls,
        table: Table,
        prefixes: Mapping[str, str],
        rule_set: str,
        predicates: Collection[str],
    ) -> "ProofSource":
        """Read the rules of the *table* of a release, which may not be sealed yet."""

        def origins(leaf: Fact) -> Sequence[str]:
            triple = as_triple(leaf)
            row = None if triple is None else table.row(triple)
            return () if row is None else tuple(map(str, table.origins(row)))

        asserted = _Sealed(table, _ASSERTED)
        return cls._compiled(
            *(_Sealed(table, DEFAULT_GRAPH), asserted, axioms(asserted), origins, prefixes),
            rule_set=rule_set,
            predicates=predicates,
        )

    @classmethod
    def of_endpoint(
        cls, ask: Callable[[str], bytes], base: str, prefixes: Mapping[str, str]
    ) -> "ProofSource":
        """Ask an endpoint for the ontology published under *base*, as `ReleaseProver` does.

        Raises EngineError where it has none.
        """
        graph = graph_iri(base, "ontology")
        # In one answer: a blank node has another name in the next.
        ontology = axioms(Facts(_select(ask, f"GRAPH {graph} {{ ?s ?p ?o }}")))
        if not len(ontology):
            raise EngineError(f"the endpoint has no axioms in the graph {graph}")
        asserted = _Remote(ask, f"GRAPH {graph_iri(base, 'accepted')}")
        return cls._compiled(_Remote(ask, ""), asserted, ontology, lambda leaf: (), prefixes)

    @classmethod
    def _compiled(
        cls,
        published: Graph,
        asserted: Graph,
        ontology: Facts,
        origins: Callable[[Fact], Sequence[str]],
        prefixes: Mapping[str, str],
        rule_set: str = "owl-rl",
        predicates: Collection[str] = (),
    ) -> "ProofSource":
        ontology = Facts(row for row in ontology if is_read_by(row, rule_set))
        equality = rule_set == "owl-rl" and states_equality(published)
        compiled = close_axioms(ontology, ontology, equality=equality)
        closed = compiled.ontology
        rules = _with_spellings(compiled.rules.rules, published)
        selection = Selection.of(closed, predicates)
        return cls(published, asserted, ontology, closed, rules, selection, origins, prefixes)

    def prover(self, seconds: float = math.inf) -> ReleaseProver:
        """Return a prover for this thread; it raises QueryTimeout after *seconds* of CPU time."""
        deadline = _Deadline(time.thread_time() + seconds, seconds)
        published = _Timed(self.published, deadline)
        given = _Given(published, self.ontology, _Timed(self.asserted, deadline))
        facts = CompletedGraph(published, self.axioms, self.rules, self.selection.publishes)

        def places(leaf: Fact) -> Sequence[str]:
            found = self.origins(leaf)
            if found or leaf[1] not in COMPUTED:
                return found
            dates = published.match((leaf[0], PL.date, _Y))
            return [
                ", ".join(filter(None, (f"computed from {date[2]}", *self.origins(date))))
                for date in dates
            ]

        prover = Prover(self.rules, facts, given)
        grounds = ProvenanceResolver(facts, self.prefixes, places)
        return ReleaseProver(prover, grounds, given, published)


@dataclass(slots=True)
class _Deadline:
    """A moment on the CPU clock of this thread, and the seconds that were allowed until then."""

    moment: float
    seconds: float
    _calls: int = 0

    def check(self) -> None:
        self._calls += 1
        # To read the clock costs more than to answer a pattern.
        if self._calls % 16 == 0 and time.thread_time() > self.moment:
            raise QueryTimeout(
                f"The proof was not found within {self.seconds:g} seconds of CPU time. "
                "The command partyline why has no time limit."
            )


@dataclass(frozen=True, slots=True)
class _Timed:
    """A graph that is asked until a deadline, and then raises QueryTimeout."""

    graph: Graph
    deadline: _Deadline

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        """Return the facts that agree with *pattern*."""
        self.deadline.check()
        return self.graph.match(pattern)


def _with_spellings(rules: Sequence[Rule], published: Graph) -> tuple[Rule, ...]:
    """Return *rules* and those that the spellings of values in *published* call for."""
    compiled = RuleSet(tuple(rules))
    predicates = JoinedLiterals.by(compiled).predicates

    def said() -> Iterator[tuple[Term, Literal]]:
        for predicate in predicates:
            for _, _, object_ in published.match((_X, predicate, _Y)):
                if isinstance(object_, Literal):
                    yield predicate, object_

    return with_lexical_variants(compiled, said).rules


@dataclass(frozen=True, slots=True)
class _Given:
    """What proofs end at: asserted facts, axioms, and what a build computes from dates."""

    published: Graph
    ontology: Facts
    asserted: Graph

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        """Return the given facts that agree with *pattern*."""
        if found := (*self.ontology.match(pattern), *self.asserted.match(pattern)):
            return found
        subject, predicate, _ = pattern
        if predicate not in COMPUTED or isinstance(subject, Literal | Variable):
            return ()
        dates = map(as_triple, self.published.match((subject, PL.date, _Y)))
        computed = date_bounds(date for date in dates if date is not None)
        return Facts(map(fact, computed)).match(pattern)


@dataclass(frozen=True, slots=True)
class _Sealed:
    """Some graphs of a table of statements."""

    table: Table
    graphs: Sequence[str]

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        """Return the facts of the graphs that agree with *pattern*."""
        subject, predicate, object_ = (
            None if isinstance(slot, Variable) else slot for slot in pattern
        )
        return list(map(fact, self.table.match(subject, predicate, object_, self.graphs)))


@dataclass(frozen=True, slots=True)
class _Remote:
    """One graph of an endpoint, asked by pattern; *graph* is the keyword before the braces."""

    ask: Callable[[str], bytes]
    graph: str

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        """Return the facts of the graph that agree with *pattern*.

        No endpoint can be asked for a blank node that it has named itself.
        """
        subject, predicate, _ = pattern
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode | Variable):
            return ()
        if any(isinstance(slot, BlankNode) for slot in pattern):
            return ()
        values = [
            f"VALUES {name} {{ {slot} }}"
            for name, slot in zip(("?s", "?p", "?o"), pattern, strict=True)
            if not isinstance(slot, Variable)
        ]
        body = f"{' '.join(values)} ?s ?p ?o"
        return _select(self.ask, f"{self.graph} {{ {body} }}")


def _select(ask: Callable[[str], bytes], body: str) -> list[Fact]:
    answer = ask(f"SELECT DISTINCT ?s ?p ?o WHERE {{ {body} }}")
    solutions = parse_query_results(answer, QueryResultsFormat.JSON)
    if not isinstance(solutions, QuerySolutions):
        raise EngineError("the answer of the endpoint to a SELECT query has no solutions")
    return [(row["s"], row["p"], row["o"]) for row in solutions]
