"""The process that workers are forked from: small, with one thread, and with nothing to steal.

Run as ``python -m partyline.sparql.fork_server SOCKET STORE MEMORY BASE PREFIXES``. A web server
has threads, and a fork of it would inherit locks that nobody opens, besides its connections and its
secrets.
"""

import json
import os
import signal
import socket
import sys

from partyline.sparql import sandbox
from partyline.sparql.worker import SerializerConfig, work


def main() -> None:
    """Fork a worker for each socket that is handed over, and return its pid and pidfd."""
    descriptor, store, memory, base, prefixes = sys.argv[1:]
    manner = SerializerConfig(base, json.loads(prefixes))
    zygote = os.getpid()
    control = socket.socket(fileno=int(descriptor))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when to end
    control.send(b"isolated" if sandbox.leave_network() else b"connected")
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if not descriptors:
            return  # the server has ended or closes the pool
        _reap()
        with socket.socket(fileno=descriptors[0]) as end:
            pid = os.fork()
            if pid == 0:
                control.close()
                _become_worker(zygote, end, store, int(memory), manner)
        handle = os.pidfd_open(pid)
        socket.send_fds(control, [str(pid).encode()], [handle])
        os.close(handle)


def _become_worker(
    zygote: int, end: socket.socket, store: str, memory: int, manner: SerializerConfig
) -> None:
    """Work, and never return into the loop of the zygote."""
    try:
        sandbox.die_with_parent(zygote)
        work(end, store, memory, manner)
    except BrokenPipeError:
        pass  # nobody waits for the answer any more
    finally:
        # Without clean-up: what a failed query left in buffers must not be written anywhere.
        os._exit(0)


def _reap() -> None:
    """Take leave of the workers that ended since the last fork."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    main()
