"""Contradictions that are published: all of them shown, a smallest set excluded from reasoning.

What is kept out is a minimum hitting set of conflicts (Reiter 1987, "A theory of diagnosis from
first principles"). A conflict holds the asserted statements that the shortest proof of one
contradiction rests on. Reasoning is repeated without the set; what still contradicts is a further
conflict, until nothing does. Every repair hits every conflict, so that no smaller one exists.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode, Triple

from partyline.findings import Finding, Severity
from partyline.reasoning import (
    Closure,
    Refutation,
    as_triple,
    fact,
    is_axiom,
    refutation_findings,
    refutations,
    smallest_hitting_set,
)
from partyline.reasoning.proof.names import Names
from partyline.sources import Sources
from partyline.sources.computed_bounds import COMPUTED, date_bounds
from partyline.vocabulary import PL, RDF

#: Returns the closure of all but these statements.
Reason = Callable[[frozenset[Triple]], Closure]


@dataclass(frozen=True, slots=True)
class Conflicting:
    """An asserted statement that takes part in a contradiction."""

    triple: Triple
    #: ``file:line`` of every place that asserts it.
    origins: tuple[str, ...]
    #: Whether it is excluded from reasoning.
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Asserted statements that contradict each other, and why."""

    #: Name of the rule of OWL 2 RL that concludes ``false``.
    rule: str
    message: str
    remedy: str
    #: IRIs of the resources that the sentence is about.
    resources: tuple[str, ...]
    statements: tuple[Conflicting, ...]
    finding: Finding


@dataclass(frozen=True, slots=True)
class Repair:
    """What is left to reason with, and what is kept out."""

    closure: Closure
    withheld: frozenset[Triple] = frozenset()
    contradictions: tuple[Contradiction, ...] = ()
    #: False where a smaller set might do, because the search for it was bounded.
    is_smallest: bool = True


def repair(closure: Closure, sources: Sources, reason: Reason) -> Repair:
    """Return a consistent closure of the statements of *sources* but for a smallest set.

    Statements of the data are kept out; one of the ontology only where a contradiction rests on
    the ontology alone, and an axiom only where it rests on axioms alone. Of several smallest sets,
    the one is chosen that keeps statements of classes (``rdf:type``), and then by the text of the
    statements. *reason* returns the closure of all but the statements that it is given.
    """
    conflicts = _Conflicts(sources)
    found: dict[frozenset[Triple], Contradiction] = {}
    given, withheld, smallest = closure, frozenset[Triple](), True
    while closure.inconsistencies:
        refuted = refutations(closure)
        findings = refutation_findings(refuted, closure, sources, sources.prefixes)
        for row, finding in zip(refuted, findings, strict=True):
            asserted = tuple(_asserted(row, sources))
            # A symmetrical contradiction is found twice; the shorter proof comes first.
            found.setdefault(frozenset(asserted), _contradiction(row, finding, asserted, sources))
        if not conflicts.extend(found):
            return Repair(given)  # nothing that could be kept out would help
        withheld, smallest = conflicts.smallest()
        closure = reason(withheld)
    names = Names(closure.facts, sources.prefixes)
    marked = tuple(_marked(found.values(), withheld, names))
    return Repair(closure, withheld, marked, smallest)


def _contradiction(
    refuted: Refutation, finding: Finding, asserted: Iterable[Triple], sources: Sources
) -> Contradiction:
    violation = refuted.violation
    nodes = [node for premise in violation.premises for node in (premise[0], premise[2])]
    bound = [node for _, node in violation.binding] or nodes
    named = (node.value for node in bound if isinstance(node, NamedNode))
    return Contradiction(
        rule=violation.constraint.name,
        message=finding.message,
        remedy=finding.remedy,
        resources=tuple(dict.fromkeys(named)),
        statements=tuple(
            Conflicting(row, tuple(map(str, sources.origins(row)))) for row in asserted
        ),
        finding=finding,
    )


def _marked(
    contradictions: Iterable[Contradiction], withheld: frozenset[Triple], names: Names
) -> Iterator[Contradiction]:
    """Yield the *contradictions* as warnings that say which of their statements are *withheld*."""
    for row in sorted(contradictions, key=lambda row: (row.finding.path, row.finding.line)):
        statements = tuple(replace(one, withheld=one.triple in withheld) for one in row.statements)
        details = [
            f"excluded from reasoning: {', '.join(one.origins)}:"
            f" {names.statement(fact(one.triple))}"
            for one in statements
            if one.withheld
        ]
        finding = replace(
            row.finding, severity=Severity.WARNING, details=(*row.finding.details, *details)
        )
        yield replace(row, statements=statements, finding=finding)


class _Conflicts:
    """The conflicts found so far, as sets of statements that could be kept out."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._sets: set[frozenset[Triple]] = set()

    def extend(self, conflicts: Iterable[frozenset[Triple]]) -> bool:
        """Add *conflicts*; tell whether one is new and rests on what could be kept out."""
        new = set(map(self._candidates, conflicts)) - self._sets - {frozenset()}
        self._sets |= new
        return bool(new)

    def _candidates(self, conflict: frozenset[Triple]) -> frozenset[Triple]:
        data = conflict & self._sources.kb_triples
        return data or frozenset(row for row in conflict if not is_axiom(row)) or conflict

    def smallest(self) -> tuple[frozenset[Triple], bool]:
        """Return the smallest set that has a statement of each conflict, and whether it is."""
        statements = sorted(
            {row for conflict in self._sets for row in conflict},
            key=lambda row: (row.predicate == RDF.type, _text(row)),
        )
        ranks = {row: rank for rank, row in enumerate(statements)}
        found = smallest_hitting_set({ranks[row] for row in rows} for rows in self._sets)
        return frozenset(statements[rank] for rank in found.members), found.is_smallest


def _asserted(refuted: Refutation, sources: Sources) -> Iterator[Triple]:
    """Yield the statements of files that *refuted* rests on, each once.

    A bound that the build computes rests on its date.
    """
    found: dict[Triple, None] = {}
    for triple in filter(None, map(as_triple, refuted.leaves())):
        if sources.origins(triple):
            found[triple] = None
        elif triple.predicate in COMPUTED:
            found.update(dict.fromkeys(_dates(triple, sources)))
    return iter(found)


def _dates(bound: Triple, sources: Sources) -> Sequence[Triple]:
    dates = (row.triple for row in sources.about(bound.subject))
    return [row for row in dates if row.predicate == PL.date and bound in date_bounds([row])]


def _text(triple: Triple) -> str:
    return f"{triple.subject} {triple.predicate} {triple.object} ."
