"""Build in a process of its own, with a memory limit, so that a build never ends a server.

If the machine runs out of memory, the kernel ends the build before the query workers, and those
before the server.
"""

import gc
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from partyline.errors import EngineError, PublisherError, ReleaseError
from partyline.releases.build import BuildResult, build, tidy
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
#: With -m, the module would be there twice: the package imports it, too.
_PROGRAM = f"import sys; from {__name__} import main; sys.exit(main(*map(int, sys.argv[1:])))"


def build_in_process(
    settings: Settings, engine: str = "auto", progress: Progress = lambda step: None
) -> BuildResult:
    """Do what `partyline.releases.build` does, in a process of its own.

    It may have ``settings.build.memory`` mebibytes. Raises what `build` raises, and ReleaseError
    where the process needs more memory or is killed; the current release is unchanged then.
    """
    if engine == "auto" and (release := unchanged_release(settings, input_checksum(settings))):
        return BuildResult(release, (), new=False, removed=tidy(settings))
    reading, writing = os.pipe()
    with open(reading, "rb") as answers:
        try:
            process = subprocess.Popen(  # noqa: S603  # our own module, by our own Python
                [sys.executable, "-P", "-c", _PROGRAM, str(writing), str(os.getpid())],
                stdin=subprocess.PIPE,
                pass_fds=[writing],
                env={**_MEMORY, **os.environ, "PYTHONPATH": _python_path()},
            )
        finally:
            os.close(writing)
        with process:
            try:
                return _result(process, (settings, engine), answers, progress)
            except BaseException:
                process.kill()
                raise


def _python_path() -> str:
    return os.pathsep.join(map(os.path.abspath, sys.path))


def _result(
    process: subprocess.Popen[bytes],
    task: tuple[Settings, str],
    answers: BinaryIO,
    progress: Progress,
) -> BuildResult:
    settings, _ = task
    stdin = process.stdin
    if stdin is None:  # it is a pipe
        raise RuntimeError("the process has no standard input")
    try:
        stdin.write(pickle.dumps(task))
        stdin.close()
    except BrokenPipeError:
        pass  # it has ended; the answers say why, or that it was killed
    for answer in _objects(answers):
        if isinstance(answer, str):
            progress(answer)
        elif isinstance(answer, BuildResult):
            return answer
        elif isinstance(answer, BaseException):
            raise answer
    raise ReleaseError(_ended(process.wait(), settings.build.memory))


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
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a Ctrl-C at the terminal ends both
    settings, engine = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by our parent
    _limit_memory(settings.build.memory)
    # A build keeps nearly all that it makes until it ends, and makes next to no cycles, for
    # which Python would look among millions of objects again and again.
    gc.disable()
    with open(descriptor, "wb", buffering=0) as answers:

        def answer(content: object) -> None:
            answers.write(pickle.dumps(content))

        try:
            answer(build(settings, engine, answer))
        except PublisherError as error:
            answer(error)
        except MemoryError:
            answer(EngineError(f"the build ran out of memory; {_need(settings.build.memory)}"))
    return 0


def _limit_memory(mebibytes: int) -> None:
    """Limit the private memory of this process, and have it killed first if memory is out."""
    Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, encoding="ascii")
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = mebibytes * _MEBIBYTE
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))
