"""Copies of the project in which tests run, a process for each mutant.

A mutant is a changed file. What runs at import, and in the processes that evaluate queries, is
tried in a process that imports the file; other functions in one that has imported it before, and
in which the code of the function is replaced: that takes a third of the time.
"""

import importlib
import os
import re
import resource
import select
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from mutation.code_change import CodeChange

ROOT = Path(__file__).parents[2]
IGNORED = shutil.ignore_patterns("__pycache__", "node_modules")
CONTENT = ("server", "ontology", "kb", "bench", "docs", "examples", "tests")
#: Imported once, for all trials; none of it starts a thread.
SHARED = ("numpy", "pyoxigraph", "rdflib", "flask", "owlrl", "duckdb")
MEMORY = 6 << 30
#: Of a process that fails before pytest starts; pytest uses 0 to 5.
_NOT_RUN = 70
ARGUMENTS = (
    *("-q", "--tb=line", "-p", "no:cacheprovider", "-p", "no:xdist"),
    # Hypothesis is, by `preload`.
    *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),
)


@dataclass(slots=True)
class Copy:
    """A copy of the project, in which one mutant at a time is tried."""

    folder: Path
    _changes: int = 0
    _clock: int = field(default_factory=lambda: int(time.time()) - 10_000_000)

    def make(self) -> None:
        """Copy the project."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name in CONTENT:
            shutil.copytree(ROOT / name, self.folder / name, ignore=IGNORED)
        for file in ROOT.iterdir():
            if file.is_file():
                shutil.copy(file, self.folder)

    def write(self, path: str, source: str) -> None:
        """Replace a file of the program."""
        file = self.folder / "server" / "partyline" / path
        file.write_text(source, encoding="utf-8")
        # Python takes a compiled file for current that has the same second and size.
        self._changes += 1
        os.utime(file, (self._clock + self._changes,) * 2)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of processor time, and on the wall, that a trial may take."""

    processor: int
    wall: float


def run(
    copy: Copy,
    arguments: Sequence[str],
    limits: Limits,
    log: Path,
    change: CodeChange | None = None,
) -> str:
    """Run pytest in a process of its own; return ``killed``, ``survived`` or ``timed out``."""
    pid = os.fork()
    if pid == 0:
        _become(copy, arguments, limits, log, change)
    started = time.monotonic()
    handle = os.pidfd_open(pid)
    while not select.select([handle], [], [], 1.0)[0]:
        if time.monotonic() - started - _seconds_without_processor(pid) > limits.wall:
            os.killpg(pid, signal.SIGKILL)
            break
    os.close(handle)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code == _NOT_RUN:
        raise RuntimeError(f"the tests were not run: see {log}")
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "timed out"
    return "survived" if code == 0 else "killed"


def _seconds_without_processor(pid: int) -> float:
    """Return how long a process was ready to run, and other programs had the processors."""
    # Time on a processor, time in the queue for one, and turns (Linux, sched-stats.rst).
    fields = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()
    return int(fields[1]) / 1e9


class WarmProcess:
    """A process that has imported the tests, and forks one for each change of code."""

    def __init__(self, copy: Copy, files: Sequence[str]) -> None:
        self._ours, theirs = Pipe()
        if os.fork() == 0:
            self._ours.close()
            _serve(copy, files, theirs)
        theirs.close()

    def run(self, arguments: Sequence[str], limits: Limits, log: Path, change: CodeChange) -> str:
        """Run pytest with *change* as `run` does."""
        self._ours.send((arguments, limits, log, change))
        verdict: str = self._ours.recv()
        return verdict


def _serve(copy: Copy, files: Sequence[str], requests: Connection) -> None:
    code = 1
    try:
        _enter(copy, copy.folder / "collection.log")
        pytest.main([*ARGUMENTS, "--collect-only", *files])
        while True:
            arguments, limits, log, change = requests.recv()
            requests.send(run(copy, arguments, limits, log, change))
    except EOFError:
        code = 0
    finally:
        os._exit(code)


def failed_tests(log: Path) -> list[str]:
    """Return the tests that failed, from what pytest printed."""
    text = log.read_text(encoding="utf-8", errors="replace")
    return re.findall(r"^(?:FAILED|ERROR) (\S+\.py::.*?)(?: - |$)", text, re.MULTILINE)


def preload() -> None:
    """Import what the tests of all mutants need and no mutant changes."""
    for name in SHARED:
        importlib.import_module(name)
    # The same examples each time, and no search for a smaller one.
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutation", derandomize=True, database=None, phases=phases)
    settings.load_profile("mutation")


def _become(
    copy: Copy, arguments: Sequence[str], limits: Limits, log: Path, change: CodeChange | None
) -> None:
    """Run pytest in this process, and end it."""
    code = _NOT_RUN
    try:
        os.setsid()
        _enter(copy, log)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        # The soft limit alone: query workers set limits of their own below the hard one.
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (limits.processor, hard))
        if change is not None:
            change.apply()
        code = int(pytest.main([*ARGUMENTS, *arguments]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _enter(copy: Copy, log: Path) -> None:
    """Work in *copy*, and print to *log*."""
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(copy.folder)
    folders = [str(copy.folder / "server"), str(copy.folder / "tests")]
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]
    os.environ["PYTHONPATH"] = os.pathsep.join(folders)
