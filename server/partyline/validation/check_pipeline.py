"""Read, check and reason over the sources: all that a build needs, before anything is written."""

from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from partyline.dataset import TripleSet
from partyline.errors import BadQuery, ClosureTooLarge, QueryTimeout, SourceError
from partyline.findings import Finding, Severity, condensed
from partyline.reasoning import (
    Closure,
    Selection,
    axioms_among,
    inconsistency_findings,
    malformed_list_findings,
    materialise_by,
    only_by_transitivity,
)
from partyline.settings import Checks, Knowledge, Settings
from partyline.sources import Origin, Sources, read_sources, read_text_file
from partyline.sources.computed_bounds import date_bounds
from partyline.sparql import select_locally
from partyline.validation.checks import check_ontology_iri, check_sources
from partyline.validation.contradictions import Contradiction, Repair, repair
from partyline.validation.shacl import check_shapes

Progress = Callable[[str], None]


@dataclass(frozen=True)
class CheckReport:
    """The sources, what follows from them, and what is wrong with them."""

    sources: Sources
    #: Triples of ``kb/`` that are excluded from reasoning: about nodes that the editors name, and
    #: those without which the others do not contradict themselves.
    withheld: Set[Triple]
    #: Bounds computed from dates, for accepted and for withheld nodes.
    computed: Set[Triple]
    #: None where the ontology cannot be read.
    closure: Closure | None
    findings: tuple[Finding, ...]
    #: Triples of the ontology that are kept out, because it contradicts itself.
    withheld_axioms: Set[Triple] = frozenset()
    #: Contradictions of what is published, where the settings allow them.
    contradictions: tuple[Contradiction, ...] = ()
    #: What follows only because properties are transitive, where dumps leave it out.
    closures: Set[Triple] = frozenset()
    #: False where fewer triples might do, because the search for them was bounded.
    is_smallest: bool = True

    @property
    def violations(self) -> list[Finding]:
        """Return the findings that stop a build."""
        return [row for row in self.findings if row.severity is Severity.VIOLATION]

    @cached_property
    def accepted(self) -> TripleSet:
        """Return the triples of ``kb/`` that enter the closure."""
        return self.sources.kb_triples - self.withheld

    @cached_property
    def inferred(self) -> TripleSet:
        """Return what follows, asserted nowhere: bounds of accepted dates and the entailments."""
        numbering = self.sources.numbering
        if self.closure is None:
            return TripleSet.of((), numbering)
        bounds = TripleSet.of(self.computed - self.withheld_bounds, numbering)
        bounds = bounds - self.sources.ontology_triples - self.sources.kb_triples
        # What follows is none of what was reasoned over: of the asserted, that is all but these.
        followed = TripleSet.of(self.closure.inferred, numbering)
        return followed - self.withheld - self.withheld_axioms | bounds

    @cached_property
    def withheld_bounds(self) -> Set[Triple]:
        """Return the bounds of withheld nodes."""
        return frozenset(date_bounds(self.withheld))


def _date_bounds(sources: Sources) -> Set[Triple]:
    return frozenset(date_bounds(sources.kb_triples))


def select_nodes(sources: Sources, query: Path, store: Store | None = None) -> Iterable[NamedNode]:
    """Return the nodes that *query* selects; *store* spares to make one of the sources.

    Raises SourceError where the query cannot be evaluated.
    """
    if store is None:
        store = Store()
        store.bulk_extend(map(Quad, *(sources.kb_triples | sources.ontology_triples).terms()))
    try:
        nodes = select_locally(store, read_text_file(query)).column("node")
    except (BadQuery, QueryTimeout) as error:
        raise SourceError(f"{query}: {error}") from error
    except ValueError as error:
        raise SourceError(f"{query}: the SELECT query must have the variable ?node") from error
    return [node for node in nodes if isinstance(node, NamedNode)]


@dataclass(frozen=True, slots=True)
class CheckSteps:
    """The steps of a check that take long. A preview has others, which keep what is the same."""

    read: Callable[[Settings], Sources] = read_sources
    check: Callable[[Sources, Knowledge, Checks], list[Finding]] = check_sources
    bounds: Callable[[Sources], Set[Triple]] = _date_bounds
    #: Returns the nodes that a query selects.
    select: Callable[[Sources, Path], Iterable[NamedNode]] = select_nodes
    materialise: Callable[[Iterable[Triple], str, str], Closure] = materialise_by
    shapes: Callable[
        [Collection[Triple], Path, Sources, Sequence[str], Path], Iterable[Finding]
    ] = check_shapes


def run_checks(
    settings: Settings,
    engine: str = "auto",
    progress: Progress = lambda step: None,
    steps: CheckSteps = CheckSteps(),  # frozen
) -> CheckReport:
    """Read the sources of *settings*, check them, reason over them and check what follows.

    Everything that can be found is found: one broken statement hides no other. Raises SourceError
    where a folder or a query cannot be read at all.
    """
    knowledge = settings.knowledge
    progress("read")
    sources = steps.read(settings)
    progress("check")
    findings = steps.check(sources, knowledge, settings.checks)
    findings += check_ontology_iri(sources, knowledge, settings.path.name)
    withheld = _withheld(sources, settings, steps.select)
    computed = steps.bounds(sources)
    if any(document.is_broken for document in sources.ontology):
        # Half an ontology entails nonsense, and the shapes would report that nonsense.
        return CheckReport(sources, withheld, computed, None, condensed(findings))

    progress("reason")
    try:
        repaired = _reasoned(sources, withheld, computed, (settings, engine, steps))
    except ClosureTooLarge as error:
        findings.append(_too_large(error, sources))
        return CheckReport(sources, withheld, computed, None, condensed(findings))
    closure = repaired.closure
    findings += _contradictory(repaired, sources)
    withheld |= repaired.withheld & sources.kb_triples

    if knowledge.shapes is not None:
        progress("shapes")
        everything = closure.asserted | closure.inferred | repaired.withheld | withheld | computed
        found = steps.shapes(
            everything, knowledge.shapes, sources, knowledge.languages, settings.path.parent
        )
        findings += _not_caused_by_syntax(found, sources)
    closures: Set[Triple] = frozenset()
    if not settings.reasoning.closures_in_dumps:
        closures = only_by_transitivity(closure, engine)
    inferred = _published(closure, sources, settings.reasoning.predicates)
    return CheckReport(
        *(sources, withheld, computed),
        replace(closure, inferred=inferred),
        condensed(findings),
        closures=closures & inferred,
        withheld_axioms=repaired.withheld & sources.ontology_triples,
        contradictions=repaired.contradictions,
        is_smallest=repaired.is_smallest,
    )


def _reasoned(
    sources: Sources,
    withheld: Set[Triple],
    computed: Set[Triple],
    by: tuple[Settings, str, CheckSteps],
) -> Repair:
    """Return the closure without what is *withheld*, and without its contradictions if asked for.

    Raises ClosureTooLarge.
    """
    settings, engine, steps = by

    def reason(left_out: frozenset[Triple] = frozenset()) -> Closure:
        data = sources.kb_triples - withheld - left_out
        dates = computed - date_bounds(withheld | left_out)
        ontology = sources.ontology_triples - left_out
        return steps.materialise(ontology | data | dates, engine, settings.reasoning.rules)

    repaired = Repair(reason())
    if settings.reasoning.contradictions == "withhold":
        return repair(repaired.closure, sources, reason)
    return repaired


def _published(closure: Closure, sources: Sources, predicates: Sequence[str]) -> Set[Triple]:
    """Return the inferred triples of *closure* that the settings publish."""
    # Most sources have nothing to leave out, and then no axiom is looked at.
    numbered = TripleSet.of(closure.inferred, sources.numbering)
    if not predicates and not numbered.loops():
        return closure.inferred
    stated = axioms_among(TripleSet.of(closure.asserted))
    return Selection.of(stated, predicates).published(numbered)


def _contradictory(repaired: Repair, sources: Sources) -> list[Finding]:
    """Return errors for the contradictions that are left, warnings for those that are published."""
    if repaired.contradictions:
        malformed = malformed_list_findings(repaired.closure, sources, sources.prefixes)
        return [*malformed, *(row.finding for row in repaired.contradictions)]
    return inconsistency_findings(repaired.closure, sources, sources.prefixes)


def _too_large(error: ClosureTooLarge, sources: Sources) -> Finding:
    """Return the finding of a closure that is too large, at the first statement that makes it so.

    Without such a statement, it is about the sources as a whole.
    """
    places = [origin for row in error.statements for origin in _origins(row, sources)]
    path, line = (places[0].path, places[0].line) if places else (sources.documents[0].path, 0)
    return Finding(
        path=path,
        line=line,
        code="closure-too-large",
        message=error.message,
        remedy=error.remedy,
        details=tuple(map(str, places[1:])),
    )


def _origins(row: tuple[object, object, object], sources: Sources) -> tuple[Origin, ...]:
    subject, predicate, object_ = row
    if (
        isinstance(subject, NamedNode | BlankNode)
        and isinstance(predicate, NamedNode)
        and isinstance(object_, NamedNode | BlankNode | Literal)
    ):
        return sources.origins(Triple(subject, predicate, object_))
    return ()


def _not_caused_by_syntax(findings: Iterable[Finding], sources: Sources) -> list[Finding]:
    """Leave out findings in files that were not read whole: the rest may be what is missing."""
    broken = {document.path for document in sources.documents if document.is_broken}
    return [finding for finding in findings if finding.path not in broken]


def _withheld(
    sources: Sources, settings: Settings, select: Callable[[Sources, Path], Iterable[NamedNode]]
) -> Set[Triple]:
    """Return the statements of the kb about withheld nodes, with their blank nodes.

    A statement that only names one, such as a claim about a disputed event, is accepted: that
    the source says so is not disputed.
    """
    query = settings.knowledge.withheld
    if query is None:
        return frozenset()
    everything = sources.ontology_triples | sources.kb_triples
    seen, nodes = set[NamedNode | BlankNode](), set[NamedNode | BlankNode](select(sources, query))
    found = TripleSet.of((), sources.numbering)
    while nodes:
        about = everything.of_subjects(nodes)
        found |= about
        seen |= nodes
        blank = (node for node in about.objects() if isinstance(node, BlankNode))
        nodes = {node for node in blank if node not in seen}
    return found & sources.kb_triples
