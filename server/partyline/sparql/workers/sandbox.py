"""The limits that the kernel holds for a process with untrusted queries."""

import ctypes
import os
import resource
import signal
import time
from pathlib import Path

#: Of the out-of-memory killer: workers go before the server (0) and after a build (1000).
OOM_SCORE = 500
MEBIBYTE = 1 << 20
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
#: Enough for the files of a large store, which RocksDB opens when it needs them.
_OPEN_FILES = 1024
#: Seconds of processor time beyond the limit of a query before the kernel kills the worker.
_CPU_MARGIN = 2

_libc = ctypes.CDLL(None, use_errno=True)


def leave_network() -> bool:
    """Move this process and its children to a network without interfaces; return the success.

    Some containers forbid it. The process must have one thread when it calls this.
    """
    return bool(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent, whose pid is *parent*, ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def drop_privileges() -> None:
    """Gain no privileges by any program, end early when memory is out, and leave no core file."""
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _raise_oom_score()
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)


def limit_growth(size: int, memory: int) -> None:
    """Allow *memory* mebibytes of address space more than *size* bytes, and no bytes in files."""
    _limit(resource.RLIMIT_AS, size + memory * MEBIBYTE)
    _limit(resource.RLIMIT_FSIZE, 0)


class TimeLimit:
    """The time that this process has for a query; the kernel kills it when that is over.

    The pool kills first; this is for a pool that cannot. The clock on the wall is set for each
    query. The limit on processor time takes as long to set as a small query, and is set for
    several: no query works longer than twice its time. A hard limit, such as systemd's LimitCPU,
    stays as it is: it cannot be raised without privileges.
    """

    def __init__(self) -> None:
        _, self._hard = resource.getrlimit(resource.RLIMIT_CPU)
        self._until = 0.0

    def begin(self, seconds: float) -> None:
        """Have the kernel kill this process when a query takes *seconds*."""
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)
        used = time.process_time()
        if used + seconds > self._until:
            self._until = used + 2 * seconds
            work = int(self._until) + _CPU_MARGIN
            soft = work if self._hard == resource.RLIM_INFINITY else min(work, self._hard)
            resource.setrlimit(resource.RLIMIT_CPU, (soft, self._hard))

    def end(self) -> None:
        """Undo the clock on the wall: the answer is complete."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    def has_time_for(self, seconds: float) -> bool:
        """Return whether the hard limit on processor time allows a query of *seconds*."""
        if self._hard == resource.RLIM_INFINITY:
            return True
        return time.process_time() + seconds + _CPU_MARGIN <= self._hard


class AddressSpace:
    """The address space of this process; its file stays open, because each query asks for it."""

    def __init__(self) -> None:
        self._file = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        self._page = resource.getpagesize()

    def size(self) -> int:
        """Return the bytes of address space of this process."""
        return int(os.pread(self._file, 64, 0).split(None, 1)[0]) * self._page


def _raise_oom_score() -> None:
    path = Path("/proc/self/oom_score_adj")
    # Lowering it needs a privilege.
    if int(path.read_text(encoding="ascii")) < OOM_SCORE:
        path.write_text(str(OOM_SCORE), encoding="ascii")


def _limit(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (allowed, allowed))
