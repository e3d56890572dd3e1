"""Serve sources while they are edited: a change is read, checked, reasoned over and served."""

import logging
import sys
import time
from collections.abc import Callable, Collection
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING

from partyline.cli.listening import listen
from partyline.display import visible
from partyline.findings import Severity
from partyline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from partyline.releases import Preview, PreviewState
    from partyline.sources.file_watcher import FileWatcher
    from partyline.web.preview import ShownPreview

logger = logging.getLogger(__name__)

#: Files that a line names.
_NAMED = 3


def watch(settings: Settings, read: Callable[[], Settings]) -> int:
    """Serve the sources until a signal ends it. Return the exit code.

    Args:
        settings: those of the beginning; where the server listens stays.
        read: reads the settings again.

    """
    from partyline.releases import Preview
    from partyline.sources.file_watcher import FileWatcher
    from partyline.wsgi import assemble_preview

    with TemporaryDirectory(prefix="partyline-preview-") as folder:
        preview = Preview(settings, read, Path(folder))
        watcher = FileWatcher(preview.places, [settings.releases])
        ended, woken = Event(), Event()
        state = _first_state(preview, watcher, ended)
        assembly, shown = assemble_preview(state, woken.set)
        print(f"partyline: watching {len(watcher)} files; a change is served once it is saved")
        logging.getLogger("partyline.web.hot_reload").setLevel(logging.WARNING)
        follower = _Follower(preview, watcher, shown, woken)
        with follower.running(ended):
            return listen(lambda: assembly, _without_access_log(settings))


def _without_access_log(settings: Settings) -> Settings:
    """Keep the terminal for the findings; write the log to a file if one is named."""
    if settings.server.access_log != "-":
        return settings
    return replace(settings, server=replace(settings.server, access_log=""))


def _first_state(preview: "Preview", watcher: "FileWatcher", ended: Event) -> "PreviewState":
    """Return the first state that can be served; wait for it as long as there is none."""
    state = preview.update()
    while state.release is None:
        _report(state)
        print("partyline: nothing is served yet: fix the sources; they are watched", flush=True)
        state = preview.update(watcher.wait(ended))
    return state


class _Follower:
    """Makes each change of the sources a state, and shows it."""

    def __init__(
        self, preview: "Preview", watcher: "FileWatcher", shown: "ShownPreview", woken: Event
    ) -> None:
        self._preview, self._watcher, self._shown, self._woken = preview, watcher, shown, woken

    @contextmanager
    def running(self, ended: Event) -> "Iterator[None]":
        """Follow the sources in a thread until the block is left."""
        thread = Thread(target=self._run, args=(ended,), name="preview", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _run(self, ended: Event) -> None:
        _report(self._complete())
        while not ended.is_set():
            changed = self._watcher.wait(ended, self._woken)
            if self._woken.is_set():
                self._woken.clear()
                changed = frozenset(self._preview.places())
            if changed:
                self._try(changed)

    def _try(self, changed: Collection[Path]) -> None:
        """Follow a change; a mistake of the program does not end the preview."""
        try:
            self._follow(changed)
        except Exception:
            logger.exception("the change was not served; the next one is tried again")

    def _follow(self, changed: Collection[Path]) -> None:
        """Show the state after a change, and say in the terminal what it is."""
        begun = time.monotonic()
        before = self._preview.state
        state = self._shown.show(self._preview.update(changed))
        seconds = time.monotonic() - begun
        if state.is_current:
            outcome = f"served after {seconds:.2f} s"
        else:
            outcome = "not served; fix it: until then, the last state that could be read is served"
        if state.settings is not before.settings:
            outcome += "; the settings and all sources were read again"
        print(visible(f"partyline: {_names(changed)}: {outcome}"), flush=True)
        _report(self._complete() if state.is_current else state)

    def _complete(self) -> "PreviewState":
        """Show what the shapes find, which takes longer."""
        return self._shown.show(self._preview.complete())


def _names(changed: Collection[Path]) -> str:
    """Return the changed files as a line names them, from the current folder where they lie there.

    >>> _names([Path("/kb/a.ttl"), Path("/kb/b.ttl")])
    '/kb/a.ttl, /kb/b.ttl'
    """
    here = Path.cwd()
    names = [str(row.relative_to(here) if row.is_relative_to(here) else row) for row in changed]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(sorted(names)[:_NAMED]) + more


def _report(state: "PreviewState") -> None:
    """Print what is wrong, the errors last: a terminal shows the end."""
    for finding in sorted(state.findings, key=lambda row: row.severity is Severity.VIOLATION):
        print(finding, file=sys.stderr)
    if state.problem:
        print(visible(f"partyline: {state.problem}"), file=sys.stderr)
    sys.stderr.flush()
