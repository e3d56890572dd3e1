"""Build in a process of its own, with a memory limit, so that a build never ends a server.

If the machine runs out of memory, the kernel ends the build before the query workers, and those
before the server.
"""

import ctypes
import gc
import os
import pickle
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from partyline.errors import EngineError, PublisherError, ReleaseError
from partyline.releases.build import BuildResult, build_of, tidy
from partyline.releases.inputs import input_checksum, unchanged_release
from partyline.settings import Settings
from partyline.sparql.workers.sandbox import die_with_parent
from partyline.validation.check_pipeline import Progress

_MEBIBYTE = 1 << 20
#: The highest there is; workers have less (`partyline.sparql.workers.sandbox`).
_OOM_SCORE = "1000"
#: Has the GNU C library give large arrays back as soon as they are freed; else it keeps those that
#: are no larger than one that was freed before (mallopt(3), M_MMAP_THRESHOLD).
_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(8 * _MEBIBYTE)}
_M_MMAP_THRESHOLD = -3
#: With -m, the module would be there twice: the package imports it, too.
_PROGRAM = f"import sys; from {__name__} import main; sys.exit(main(*map(int, sys.argv[1:])))"


@dataclass(frozen=True, slots=True)
class _Task:
    """What the process is asked to do."""

    settings: Settings
    engine: str
    inputs: str


class _Process(Protocol):
    """A process that builds: a fork of this one, or a new one."""

    def kill(self) -> None: ...
    def wait(self) -> int: ...


def build_in_process(
    settings: Settings, engine: str = "auto", progress: Progress = lambda step: None
) -> BuildResult:
    """Do what `partyline.releases.build` does, in a process of its own.

    It may have ``settings.build.memory`` mebibytes. Raises what `build` raises, and ReleaseError
    where the process needs more memory or is killed; the current release is unchanged then.
    """
    inputs = input_checksum(settings)
    if engine == "auto" and (release := unchanged_release(settings, inputs)):
        return BuildResult(release, (), new=False, removed=tidy(settings))
    reading, writing = os.pipe()
    with open(reading, "rb") as answers:
        try:
            process = _started()(_Task(settings, engine, inputs), writing)
        finally:
            os.close(writing)
        try:
            result = _result(answers, progress)
        except BaseException:
            process.kill()
            process.wait()
            raise
        code = process.wait()
    if result is None:
        raise ReleaseError(_ended(code, settings.build.memory))
    return result


def _started() -> "Callable[[_Task, int], _Process]":
    """Return what starts the process: a fork, which is spared the imports, where that is safe.

    A fork has none of the threads that this process has, such as those of a store that was open
    once, and would wait for them for ever.
    """
    return _Fork.of if len(os.listdir("/proc/self/task")) == 1 else _spawned


@dataclass(frozen=True, slots=True)
class _Fork:
    """A fork of this process."""

    pid: int

    @classmethod
    def of(cls, task: _Task, descriptor: int) -> "_Fork":
        """Fork this process for *task*."""
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return cls(pid)
        code = 1
        try:
            _keep_no_arrays()
            code = _work(task, descriptor, parent)
        except BaseException:  # nothing of the parent's may run in the child
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def kill(self) -> None:
        """Kill the process."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for the end of the process and return its exit code, or the signal, negative."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _keep_no_arrays() -> None:
    """Do what `_MEMORY` does, unless the user has set it."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    for name, value in _MEMORY.items():
        if set_option and name not in os.environ:
            set_option(_M_MMAP_THRESHOLD, int(value))


def _spawned(task: _Task, descriptor: int) -> _Process:
    process = subprocess.Popen(  # noqa: S603  # our own module, by our own Python
        [sys.executable, "-P", "-c", _PROGRAM, str(descriptor), str(os.getpid())],
        stdin=subprocess.PIPE,
        pass_fds=[descriptor],
        env={**_MEMORY, **os.environ, "PYTHONPATH": _python_path()},
    )
    if process.stdin is None:  # it is a pipe
        raise RuntimeError("the process has no standard input")
    try:
        process.stdin.write(pickle.dumps(task))
        process.stdin.close()
    except BrokenPipeError:
        pass  # it has ended; the answers say why, or that it was killed
    return process


def _python_path() -> str:
    return os.pathsep.join(map(os.path.abspath, sys.path))


def _result(answers: BinaryIO, progress: Progress) -> BuildResult | None:
    """Return the result, or None where the process ends without one."""
    for answer in _objects(answers):
        if isinstance(answer, str):
            progress(answer)
        elif isinstance(answer, BuildResult):
            return answer
        elif isinstance(answer, BaseException):
            raise answer
    return None


def _objects(answers: BinaryIO) -> Iterator[object]:
    while True:
        try:
            yield pickle.load(answers)  # noqa: S301  # written by our own module
        except EOFError:
            return


def _ended(code: int, memory: int) -> str:
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return f"the build process was ended {how}; {_need(memory)}"


def _need(memory: int) -> str:
    return (
        f"it may need more memory than build.memory = {memory} MiB or than the machine has free."
        " Set build.memory higher, or build on a machine with more memory."
        " The current release is unchanged"
    )


def main(descriptor: int, parent: int) -> int:
    """Build what standard input asks for; answer on *descriptor* with steps and the result."""
    task = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by our parent
    return _work(task, descriptor, parent)


def _work(task: _Task, descriptor: int, parent: int) -> int:
    die_with_parent(parent)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # a Ctrl-C at the terminal ends both
    memory = task.settings.build.memory
    _limit_memory(memory)
    # A build keeps nearly all that it makes until it ends, and makes next to no cycles, for
    # which Python would look among millions of objects again and again.
    gc.disable()
    with open(descriptor, "wb", buffering=0) as answers:

        def answer(content: object) -> None:
            answers.write(pickle.dumps(content))

        try:
            answer(build_of(task.inputs, task.settings, task.engine, answer))
        except PublisherError as error:
            answer(error)
        except MemoryError:
            answer(EngineError(f"the build ran out of memory; {_need(memory)}"))
    return 0


def _limit_memory(mebibytes: int) -> None:
    """Limit the private memory of this process, and have it killed first if memory is out."""
    Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, encoding="ascii")
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = mebibytes * _MEBIBYTE
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))
