"""Derive what follows in an endpoint: stratum by stratum, in fresh graphs, up to the fixpoint."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from partyline.errors import EngineError
from partyline.loading.inference.contradictions import contradictions
from partyline.loading.inference.known import KnownGraphs, is_triple
from partyline.loading.inference.updates import (
    Graphs,
    Names,
    delta_insertions,
    insertion,
    publication,
)
from partyline.loading.patience import PatientEndpoint
from partyline.reasoning.evaluate.axioms import AXIOM_CLASSES, AXIOM_PREDICATES, CompiledAxioms
from partyline.reasoning.model.rules import Pattern
from partyline.reasoning.model.stratification import Stratum, applicable, strata, topic
from partyline.vocabulary import RDF

#: Rounds of one stratum: a chain of that many links has been followed.
_ROUNDS = 10_000
#: Updates of one request, and statements of one update.
_AT_ONCE, _INSERTED = 20, 100
#: Seconds that a rule takes there, with each statement, and that each statement takes here: to read
#: it, to compute what follows, and to load that. See docs/reference/remote.md.
_RULE, _THERE, _HERE = 0.01, 60e-6, 120e-6


@dataclass(frozen=True, slots=True)
class Derived:
    """What was derived, or why nothing was published."""

    statements: int
    updates: int
    seconds: float
    contradictions: tuple[str, ...] = ()
    #: Constraints on the values of literals, which an endpoint is not asked.
    unchecked: int = 0


@dataclass
class RemoteMaterialisation:
    """Derives what follows from *given* graphs of an endpoint, and puts it into *output*."""

    endpoint: PatientEndpoint
    given: Sequence[str]
    output: str
    step: Callable[[str], object] = field(default=lambda line: None)
    #: Updates that were executed.
    updates: int = 0

    def __post_init__(self) -> None:
        if self.output in self.given:
            raise EngineError(f"<{self.output}> is read; choose another graph for the result")
        fresh = f"{self.output}/materialising"
        self._graphs = Graphs(self.given, f"{fresh}/derived", f"{fresh}/last", f"{fresh}/this")
        self._fresh = f"{fresh}/published"
        self._known = KnownGraphs(self.endpoint, self.given)
        self._names = Names()

    def run(self) -> Derived:
        """Derive everything, and replace *output* by it unless it is contradictory.

        Raises EngineError where the endpoint does not answer, or cannot do what the rules need.
        """
        started = time.monotonic()
        size = self._known.size()
        self.step(f"{size:,} statements; reading the axioms")
        stated = self._known.axioms()
        self._clear()
        found: tuple[str, ...] = ()
        try:
            compiled = self._known.compiled(stated)
            self._advise(size, len(compiled.rules.rules))
            compiled = self._saturate(compiled)
            self.step("looking for contradictions")
            found = tuple(contradictions(self.endpoint, compiled.rules, self._graphs, self._names))
            if not found:
                self._update([publication(self._graphs, self._fresh)])
                self._replace()
        finally:
            self._clear()
        seconds = time.monotonic() - started
        size = 0 if found else self._size(self.output)
        unchecked = sum(row.test is not None for row in compiled.rules.constraints)
        return Derived(size, self.updates, seconds, found, unchecked)

    def _saturate(self, compiled: CompiledAxioms) -> CompiledAxioms:
        """Apply the rules until nothing new follows, and those of axioms that follow."""
        there = set(self._known.topics())
        self._insert(compiled.derived)
        there |= {topic(row) for row in compiled.derived}
        rules, there = applicable(compiled.rules.rules, there)
        self._insert(rule.head for rule in rules if not rule.body)
        waiting: list[str] = []
        for layer in strata([rule for rule in rules if rule.body]):
            if layer.recursive:
                self._update(waiting)
                waiting = []
                self.step(f"{self.updates} updates; a stratum of {len(layer.rules)} rules")
                self._repeat(layer)
            else:
                waiting += (
                    insertion(rule, self._graphs, self._names, self._graphs.derived)
                    for rule in layer.rules
                )
        self._update(waiting)
        new = self._new_axioms(compiled)
        if not new:
            return compiled
        raise EngineError(
            f"{self._address}: the statements state axioms that only follow, such as {new[0]};"
            " compute it here: build a release and run 'partyline push'"
        )

    def _repeat(self, layer: Stratum) -> None:
        """Run the rules of *layer* until a round derives nothing."""
        graphs, names = self._graphs, self._names
        self._update(insertion(rule, graphs, names, graphs.this) for rule in layer.rules)
        for _ in range(_ROUNDS):
            self._update(
                [
                    f"ADD SILENT GRAPH <{graphs.this}> TO GRAPH <{graphs.derived}>",
                    f"DROP SILENT GRAPH <{graphs.last}>",
                    f"ADD SILENT GRAPH <{graphs.this}> TO GRAPH <{graphs.last}>",
                    f"DROP SILENT GRAPH <{graphs.this}>",
                ]
            )
            if not self.endpoint.ask(f"ASK {{ GRAPH <{graphs.last}> {{ ?s ?p ?o }} }}"):
                return
            self._update(delta_insertions(layer.rules, graphs, names))
        raise EngineError(f"{self._address}: no fixpoint after {_ROUNDS} rounds")

    def _insert(self, facts: Iterable[Pattern]) -> None:
        """Insert *facts* that follow from axioms alone."""
        lines = [self._names.pattern(row) for row in facts if is_triple(row)]
        for begin in range(0, len(lines), _INSERTED):
            text = "\n".join(lines[begin : begin + _INSERTED])
            self._update([f"INSERT DATA {{ GRAPH <{self._graphs.derived}> {{\n{text}\n}} }}"])

    def _update(self, updates: Iterable[str]) -> None:
        """Execute *updates*, some of them with one request; each may be executed twice."""
        rest = iter(updates)
        while part := list(islice(rest, _AT_ONCE)):
            self.endpoint.update(" ;\n".join(part))
            self.updates += len(part)

    def _new_axioms(self, compiled: CompiledAxioms) -> list[str]:
        """Return the axioms among what was derived that were not compiled."""
        predicates = ", ".join(sorted(map(str, AXIOM_PREDICATES)))
        classes = ", ".join(sorted(map(str, AXIOM_CLASSES)))
        stated = f"?p IN ({predicates}) || (?p = {RDF.type} && ?o IN ({classes}))"
        pattern = f"{{ ?s ?p ?o FILTER({stated}) }}"
        query = f"SELECT ?s ?p ?o {{ GRAPH <{self._graphs.derived}> {pattern} }}"
        text = self._names.text
        known = {tuple(text(slot).strip("<>") for slot in row) for row in compiled.ontology}
        found = (row for row in self.endpoint.select(query) if row not in known)
        return [" ".join(f"<{value}>" for value in row) for row in found if row[0] != row[2]]

    def _replace(self) -> None:
        if not self._size(self._fresh):
            self.endpoint.update(f"DROP SILENT GRAPH <{self.output}>")
            return
        # To copy may be repeated, and a fresh graph is dropped at any rate.
        self.endpoint.update(f"COPY GRAPH <{self._fresh}> TO GRAPH <{self.output}>")

    def _clear(self) -> None:
        graphs = (self._graphs.derived, self._graphs.last, self._graphs.this, self._fresh)
        self.endpoint.update(" ;\n".join(f"DROP SILENT GRAPH <{iri}>" for iri in graphs))

    def _size(self, graph: str) -> int:
        ((size,),) = self.endpoint.select(
            f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        )
        return int(size)

    def _advise(self, size: int, rules: int) -> None:
        """Say which takes less time: the updates there, or to compute it here."""
        here, there = _HERE * size, _RULE * rules + _THERE * size
        cheaper = f"; to compute it here and to load it takes less, about {here:.0f} s"
        self.step(
            f"{rules} rules: about {there:.0f} s of updates" + (cheaper if here < there else "")
        )

    @property
    def _address(self) -> str:
        return self.endpoint.endpoint.addresses.query
