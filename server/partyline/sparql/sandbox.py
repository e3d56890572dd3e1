"""What the kernel is asked to take from a process that runs strangers' queries."""

import ctypes
import os
import resource
import signal
from pathlib import Path

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
#: Enough for the files of a large store, which RocksDB opens when it needs them.
_OPEN_FILES = 1024
MEBIBYTE = 1 << 20
#: Workers are killed before the server if memory is out, and builds (1000) before workers.
_OOM_SCORE = "900"

_libc = ctypes.CDLL(None, use_errno=True)


def leave_network() -> bool:
    """Move this process and its children to a network without interfaces; tell if that worked.

    Some containers forbid it. It must be done while the process has one thread.
    """
    return bool(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent, whose pid is *parent*, ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before the line above
        os._exit(1)


def give_up_privileges() -> None:
    """Gain nothing by any program, be the first to go if memory is out, and leave no core."""
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, encoding="ascii")
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)


def limit_growth(memory: int) -> None:
    """Allow *memory* mebibytes of address space more than there is now, and no written files."""
    _limit(resource.RLIMIT_AS, address_space() + memory * MEBIBYTE)
    _limit(resource.RLIMIT_FSIZE, 0)


def limit_time(seconds: float) -> None:
    """Have the kernel kill this process after *seconds* from now, by the wall or by its work.

    The pool kills first; this is for a pool that cannot.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    work = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (work, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_REAL, seconds + 1)


def unlimit_time() -> None:
    """Undo `limit_time`: the answer is out."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def address_space() -> int:
    """Return the bytes of address space that this process has."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _limit(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (allowed, allowed))
