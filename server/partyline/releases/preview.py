"""A release in a temporary folder that follows its sources while they are edited.

It has no dumps and no checksums, and no release of the settings is touched.
"""

import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from partyline.dataset.live_store import LiveStore
from partyline.errors import PublisherError, ReleaseError
from partyline.findings import Finding, condensed
from partyline.releases.contents import ReleaseContents, write_names
from partyline.releases.inputs import input_places
from partyline.releases.release import Release, open_unsealed
from partyline.settings import Settings
from partyline.validation import CheckReport
from partyline.validation.repeated import RepeatedCheck

#: The beginning of the names of folders with a store that follows.
_STORE = "store-"


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What is served of the sources as they are now, and what is wrong with them."""

    #: Differs from that of every other state, of another process too.
    name: str
    settings: Settings
    #: None as long as the sources could not be read.
    release: Release | None = None
    findings: tuple[Finding, ...] = ()
    #: What is wrong where no line can be named, such as a folder that is missing.
    problem: str = ""
    #: False where the sources cannot be served: the release is that of an earlier state.
    is_current: bool = True


class Preview:
    """Makes a new state whenever the sources have changed. For one thread."""

    def __init__(self, settings: Settings, read: Callable[[], Settings], folder: Path) -> None:
        """Prepare a preview in the empty *folder*.

        Args:
            settings: those of the beginning.
            read: reads the settings again when their file has changed.
            folder: where releases are written; the earlier ones are removed.

        """
        self._read, self._folder = read, folder
        self._run, self._numbers = secrets.token_hex(4), count(1)
        self._state = PreviewState("", settings)
        self._check = RepeatedCheck(settings)
        self._live_store: LiveStore | None = None
        #: Of the sources themselves, and of the shapes.
        self._findings: tuple[Finding, ...] = ()
        self._shape_findings: tuple[Finding, ...] = ()

    @property
    def state(self) -> PreviewState:
        """Return the newest state."""
        return self._state

    def places(self) -> Iterator[Path]:
        """Yield the files and folders that a new state may depend on."""
        yield self._state.settings.path
        yield from input_places(self._state.settings)

    def update(self, changed: Collection[Path] = ()) -> PreviewState:
        """Read, check and reason over the sources again, and return the state that follows.

        What cannot be read as a whole, or contradicts the ontology, is not served. Other findings
        stop a build and not a preview: they are seen beside what they are about. Those of shapes
        are the earlier ones, until `complete` has checked them.
        """
        try:
            if self._state.settings.path in changed:
                self.restart()
            self._state = self._made(self._name())
        except PublisherError as error:
            self._state = replace(
                self._state,
                name=self._name(),
                findings=(),
                problem=str(error),
                is_current=False,
            )
        return self._state

    def complete(self) -> PreviewState:
        """Check the shapes, and return the state with their findings."""
        if not self._state.is_current:
            return self._state
        problem = ""
        try:
            self._shape_findings = self._check.shape_findings()
        except PublisherError as error:
            self._shape_findings, problem = (), str(error)
        self._check.prepare()
        findings = condensed((*self._findings, *self._shape_findings))
        if (findings, problem) != (self._state.findings, self._state.problem):
            self._state = replace(
                self._state, name=self._name(), findings=findings, problem=problem
            )
        return self._state

    def restart(self) -> None:
        """Read the settings again, and keep nothing of the sources. Raises SettingsError."""
        self._state = replace(self._state, settings=self._read())
        self._check = RepeatedCheck(self._state.settings)

    def _name(self) -> str:
        return f"{self._run}-{next(self._numbers)}"

    def _made(self, name: str) -> PreviewState:
        settings = self._state.settings
        report = self._check.run()
        self._findings = report.findings
        state = replace(self._state, name=name, problem="")
        if not _can_be_served(report):
            return replace(state, findings=report.findings, is_current=False)
        self._remove_earlier()
        folder = self._folder / name
        folder.mkdir()
        try:
            contents = ReleaseContents.of_preview(report, settings)
            contents.write_preview(folder, name, self._store())
        except OSError as error:
            self._live_store = None  # nobody knows what is in it
            raise ReleaseError(
                f"{folder}: cannot be written: {error.strerror or error}; make room there, or set"
                " TMPDIR to another folder"
            ) from error
        findings = condensed((*report.findings, *self._shape_findings))
        knowledge = settings.knowledge
        release = replace(
            open_unsealed(folder),
            write_names=lambda path, table: write_names(path, table, knowledge),
        )
        return replace(state, release=release, findings=findings, is_current=True)

    def _store(self) -> LiveStore:
        if self._live_store is None:
            folder = self._folder / f"{_STORE}{next(self._numbers)}"
            self._live_store = LiveStore(folder)
        return self._live_store

    def _remove_earlier(self) -> None:
        """Remove all releases but the one that is served, in which queries may still run."""
        served = self._state.release
        for folder in self._folder.iterdir():
            is_served = served is not None and folder == served.path
            if not is_served and not folder.name.startswith(_STORE):
                shutil.rmtree(folder)


def _can_be_served(report: CheckReport) -> bool:
    """Tell whether nothing is missing, and everything can be true together."""
    if report.closure is None or any(row.is_broken for row in report.sources.documents):
        return False
    return not (report.closure.inconsistencies and report.violations)
