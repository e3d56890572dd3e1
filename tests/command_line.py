"""The commands as a user runs them, in processes forked from one that has imported the program.

Each is a whole process, with a working folder, an environment, streams and an exit code of its own;
it is spared half a second of imports. Tests of the README and of the tutorial start the installed
command instead.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import MappingProxyType

from partyline.cli import COMMANDS, main

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(
    [
        "command_line",
        *(f"partyline.cli.{name}" for name in COMMANDS),
        # What commands import when they need it.
        "partyline.releases.build_process",
        "partyline.web.front",
        "partyline.wsgi",
    ]
)


def _nothing() -> None:
    """Do nothing before the command."""


@dataclass(frozen=True)
class _Order:
    """A command and what surrounds it."""

    arguments: tuple[str, ...]
    folder: Path
    environ: Mapping[str, str]
    stdin: Path
    stdout: Path
    stderr: Path
    before: Callable[[], object]

    def obey(self) -> None:
        """Run the command in this process, which was forked for it."""
        for path, mode, descriptor in (
            (self.stdin, "rb", 0),
            (self.stdout, "ab", 1),
            (self.stderr, "ab", 2),
        ):
            with path.open(mode) as file:
                os.dup2(file.fileno(), descriptor)
        # Those that were inherited have the encoding and the buffers of pytest.
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environ)
        sys.argv = ["partyline", *self.arguments]
        self.before()
        sys.exit(main())


@dataclass
class Command:
    """A command that runs, with the part of `subprocess.Popen` that tests use."""

    _process: ForkServerProcess
    _order: _Order

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Return the exit code, or minus the signal, of a process that has ended."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Return the exit code, or nothing while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the process; return the exit code."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._order.arguments, timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def stdout(self) -> str:
        """Return what it has printed so far."""
        return self._order.stdout.read_text(encoding="utf-8")

    def stderr(self) -> str:
        """Return what it has reported so far."""
        return self._order.stderr.read_text(encoding="utf-8")


@contextmanager
def started(
    *arguments: object,
    cwd: Path | None = None,
    stdin: str = "",
    environ: Mapping[str, str] = MappingProxyType({}),
    before: Callable[[], object] = _nothing,
) -> Iterator[Command]:
    """Run a command in the background, with *environ* added; it is killed in the end.

    *before* is called in its process first.
    """
    words = tuple(map(str, arguments))
    with tempfile.TemporaryDirectory() as place:
        streams = Path(place, "stdin"), Path(place, "stdout"), Path(place, "stderr")
        for stream, content in zip(streams, (stdin, "", ""), strict=True):
            stream.write_text(content, encoding="utf-8")
        order = _Order(words, cwd or Path.cwd(), {**os.environ, **environ}, *streams, before)
        process = _forking.Process(target=order.obey)
        process.start()
        try:
            yield Command(process, order)
        finally:
            process.kill()
            process.join()
            process.close()


def partyline(
    *arguments: object,
    cwd: Path | None = None,
    stdin: str = "",
    timeout: float = 60,
    environ: Mapping[str, str] = MappingProxyType({}),
    before: Callable[[], object] = _nothing,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with *environ* added; return what it printed."""
    with started(*arguments, cwd=cwd, stdin=stdin, environ=environ, before=before) as command:
        code = command.wait(timeout)
        return subprocess.CompletedProcess((), code, command.stdout(), command.stderr())
