"""The process that workers are forked from: small, single-threaded, and without secrets.

Run as ``python -m partyline.sparql.workers.fork_server SOCKET CONFIGURATION``. A web server has
threads, and a fork of it would inherit locks that no thread releases, besides its connections and
its secrets.
"""

import gc
import os
import signal
import socket
import sys

from partyline.sparql.workers import sandbox
from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.worker import work


def main() -> None:
    """Fork a worker for each socket that is received, and return its pid and pidfd."""
    configuration = WorkerConfiguration.from_json(sys.argv[2])
    fork_server = os.getpid()
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when to end
    # A collection would write to every page that the workers share.
    gc.freeze()
    control.send(b"isolated" if sandbox.leave_network() else b"connected")
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if not descriptors:
            return  # the server has ended or has closed the pool
        _reap()
        with socket.socket(fileno=descriptors[0]) as end:
            pid = os.fork()
            if pid == 0:
                control.close()
                _become_worker(fork_server, end, configuration)
        handle = os.pidfd_open(pid)
        socket.send_fds(control, [str(pid).encode()], [handle])
        os.close(handle)


def _become_worker(
    fork_server: int, end: socket.socket, configuration: WorkerConfiguration
) -> None:
    """Work, and never return to the loop of the fork server."""
    try:
        sandbox.die_with_parent(fork_server)
        work(end, configuration)
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
