"""Check sources that are edited again and again: what has not changed is not looked at again."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Triple

from partyline.dataset.live_store import LiveStore
from partyline.findings import Finding
from partyline.reasoning import ClosureFollower
from partyline.settings import Settings
from partyline.sources import Document, Sources, read_sources
from partyline.sources.computed_bounds import date_bounds
from partyline.sources.kept import KeptFiles, PerDocument
from partyline.validation.check_pipeline import CheckReport, CheckSteps, run_checks, select_nodes
from partyline.validation.checks import check_sources, check_statements
from partyline.validation.shacl import check_shapes


class RepeatedCheck:
    """Gives the reports that `run_checks` gives; the findings of shapes come later.

    Shapes take longer than all else, so that what was edited can be shown before they are checked.
    """

    def __init__(self, settings: Settings) -> None:
        """Begin to check the sources of *settings*, which stay the same."""
        self._settings, self._files = settings, KeptFiles()
        self._follower = ClosureFollower()
        self._store = LiveStore()
        self._checked = PerDocument(self._check_statements)
        self._bounds = PerDocument(_bounds)
        self._shapes: Callable[[], Iterable[Finding]] = tuple
        self._steps = CheckSteps(
            lambda settings: read_sources(settings, self._files),
            lambda sources, knowledge, checks: check_sources(
                sources, knowledge, checks, self._checked.of(sources.documents)
            ),
            lambda sources: frozenset().union(*self._bounds.of(sources.kb)),
            self._select,
            self._follower.materialise,
            self._check_later,
        )

    def run(self) -> CheckReport:
        """Check the sources as they are now, without the shapes. Raises as `run_checks` does."""
        self._shapes = tuple
        return run_checks(self._settings, steps=self._steps)

    def shape_findings(self) -> tuple[Finding, ...]:
        """Return what the shapes find in what was checked last. Raises as `run_checks` does."""
        return tuple(self._shapes())

    def prepare(self) -> None:
        """Do what makes the next run faster."""
        self._follower.prepare()

    def _select(self, sources: Sources, query: Path) -> Iterable[NamedNode]:
        self._store.follow({DefaultGraph(): sources.ontology_triples | sources.kb_triples})
        return select_nodes(sources, query, self._store.store)

    def _check_later(
        self,
        triples: Collection[Triple],
        folder: Path,
        sources: Sources,
        languages: Sequence[str],
        relative_to: Path,
    ) -> Iterable[Finding]:
        self._shapes = partial(check_shapes, triples, folder, sources, languages, relative_to)
        return ()

    def _check_statements(self, document: Document) -> tuple[Finding, ...]:
        knowledge, checks = self._settings.knowledge, self._settings.checks
        return tuple(check_statements(document.statements, knowledge, checks))


def _bounds(document: Document) -> frozenset[Triple]:
    return frozenset(date_bounds(document.statements.triples()))
