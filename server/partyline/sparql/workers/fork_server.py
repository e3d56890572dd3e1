"""The process that workers are forked from: small, and without secrets.

Run as ``python -m partyline.sparql.workers.fork_server SOCKET CONFIGURATION``. A web server has
threads, and a fork of it would inherit locks that no thread releases, besides its connections and
its secrets.

The store is opened here, once: workers share its memory, and a new one can answer at once. The
threads that RocksDB has started by then wait without holding a lock, since a store that is opened
read-only gives them nothing to do; workers read in their own thread and do not need them. RocksDB
reads at explicit positions, so workers share its open files safely, too.
"""

import gc
import os
import signal
import socket
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import Store

from partyline.sparql.workers import sandbox
from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.worker import names_only, open_store, work

if TYPE_CHECKING:
    from partyline.sparql.remote.source import RemoteSource


def main() -> None:
    """Fork a worker for each socket that is received, and return its pid and pidfd."""
    configuration = WorkerConfiguration.from_json(sys.argv[2])
    fork_server = os.getpid()
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when to end
    remote = _remote(configuration.remote) if configuration.remote else None
    # Workers that ask an endpoint need the network.
    control.send(b"isolated" if not remote and sandbox.leave_network() else b"connected")
    store = names_only(remote.graphs) if remote else open_store(Path(configuration.source))
    # Python 3.12 warns of every fork beside threads; those of RocksDB are discussed above.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    # A collection would write to every page that the workers share.
    gc.freeze()
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if not descriptors:
            return  # the server has ended or has closed the pool
        _reap()
        with socket.socket(fileno=descriptors[0]) as end:
            pid = os.fork()
            if pid == 0:
                control.close()
                _become_worker(fork_server, end, configuration, store, remote)
        handle = os.pidfd_open(pid)
        socket.send_fds(control, [str(pid).encode()], [handle])
        os.close(handle)


def _remote(public: Mapping[str, Any]) -> "RemoteSource":
    # Imported late, because few pools need it; and here, because workers share it.
    import partyline.sparql.workers.elsewhere  # noqa: F401
    from partyline.sparql.remote.source import RemoteSource

    return RemoteSource.in_process(public)


def _become_worker(
    fork_server: int,
    end: socket.socket,
    configuration: WorkerConfiguration,
    store: Store | str,
    remote: "RemoteSource | None",
) -> None:
    """Work, and never return to the loop of the fork server."""
    try:
        sandbox.die_with_parent(fork_server)
        work(end, configuration, store, remote)
    except BrokenPipeError:
        pass  # the pool has closed the channel
    finally:
        # Without clean-up: what a failed query left in buffers must not be written anywhere.
        os._exit(0)


def _reap() -> None:
    """Wait for the workers that have ended since the last fork."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    main()
