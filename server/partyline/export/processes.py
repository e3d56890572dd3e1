"""Visits in several processes, each of which has opened the release for itself.

They are forks, made before there is a thread: a thread of this process would be missing in them,
maybe with a lock that it holds.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from partyline.errors import ExportError
from partyline.export.application import opened_site
from partyline.export.folder import Staging
from partyline.export.visitor import Visit, Visitor
from partyline.releases import Release
from partyline.settings import Settings

#: Statements of a release for which another process saves more than it costs to open it.
_STATEMENTS = 5_000
#: Addresses that wait in each process: none of them waits for the next.
_EACH = 4


class Visits(Protocol):
    """Answers of the application to addresses, in the order in which they were asked."""

    @property
    def asked(self) -> bool:
        """Tell whether there is an answer to come."""
        ...

    @property
    def has_room(self) -> bool:
        """Tell whether another address may be asked."""
        ...

    def ask(self, address: str, *, is_entry: bool) -> None:
        """Visit *address*."""

    def next(self) -> Visit:
        """Return the next visit. Raises ExportError."""
        ...


class VisitsHere:
    """Visits in this process, one after the other."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._next: tuple[str, bool] | None = None

    @property
    def asked(self) -> bool:
        """Tell whether there is an answer to come."""
        return self._next is not None

    @property
    def has_room(self) -> bool:
        """Tell whether another address may be asked."""
        return self._next is None

    def ask(self, address: str, *, is_entry: bool) -> None:
        """Visit *address*."""
        self._next = (address, is_entry)

    def next(self) -> Visit:
        """Return the next visit."""
        if self._next is None:
            raise RuntimeError("no address was asked")
        asked, self._next = self._next, None
        return self._visitor.visit(*asked)


class VisitsElsewhere:
    """Visits in other processes."""

    def __init__(self, executor: ProcessPoolExecutor, number: int) -> None:
        """Visit in the *number* processes of *executor*."""
        self._executor, self.number = executor, number
        self._coming: deque[Future[Visit]] = deque()

    @property
    def asked(self) -> bool:
        """Tell whether there is an answer to come."""
        return bool(self._coming)

    @property
    def has_room(self) -> bool:
        """Tell whether another address may be asked."""
        return len(self._coming) < self.number * _EACH

    def ask(self, address: str, *, is_entry: bool) -> None:
        """Visit *address*."""
        self._coming.append(self._executor.submit(_visit, address, is_entry))

    def next(self) -> Visit:
        """Return the next visit. Raises ExportError."""
        try:
            return self._coming.popleft().result()
        except BrokenProcessPool as error:
            raise ExportError(
                "a process that writes pages was ended, perhaps because the machine is out of"
                " memory; export with --processes 1"
            ) from error


@dataclass(frozen=True, slots=True)
class Work:
    """What a process needs to open the site."""

    settings: Settings
    release: Release
    folder: Path
    codings: Sequence[str]
    has_proofs: bool


def suitable_number(release: Release) -> int:
    """Return how many processes are worth their start for *release*, on this machine."""
    manifest = release.manifest
    size = sum(manifest.counts.values())
    return max(1, min(len(os.sched_getaffinity(0)), size // _STATEMENTS))


@contextmanager
def processes(work: Work, number: int) -> Iterator[VisitsElsewhere | None]:
    """Start *number* processes; None where one is enough, or where this one has threads."""
    if number < 2 or len(os.listdir("/proc/self/task")) > 1:
        yield None
        return
    with ProcessPoolExecutor(number, get_context("fork"), _begin, (work,)) as executor:
        executor.submit(os.getpid)  # the first task makes all processes
        try:
            yield VisitsElsewhere(executor, number)
        finally:
            executor.shutdown(cancel_futures=True)


class _Opened:
    """The site that a process has opened, at its first visit."""

    work: Work
    visitor: Visitor | None = None
    #: Holds the site open until the process ends.
    stack = ExitStack()


def _begin(work: Work) -> None:
    _Opened.work = work


def _visit(address: str, is_entry: bool) -> Visit:
    work = _Opened.work
    if _Opened.visitor is None:
        site = opened_site(work.settings, work.release, work.has_proofs)
        staging = Staging(work.folder, work.codings)
        _Opened.visitor = _Opened.stack.enter_context(site).visitor(staging)
    return _Opened.visitor.visit(address, is_entry)
