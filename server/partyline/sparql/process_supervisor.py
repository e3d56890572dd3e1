"""Processes of the pool, seen from the server: the zygote, and the workers that it forks."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from partyline.errors import EngineError
from partyline.sparql.wire_protocol import Channel, Kind

_START_SECONDS = 10.0
_END_SECONDS = 5.0
_NICENESS = 10


class Worker:
    """A process that answers queries, and the channel to it."""

    def __init__(self, end: socket.socket, pid: int, handle: int) -> None:
        self.channel = Channel(end)
        self.pid = pid
        self._is_ready = False
        # A pidfd names this process only; its pid may name another one after its death.
        self._handle = handle
        self._lock = Lock()

    def wait_until_ready(self) -> None:
        """Wait until the store is open. Raises EngineError if it does not open."""
        if self._is_ready:
            return
        try:
            kind, content = self.channel.receive(time.monotonic() + _START_SECONDS)
        except (OSError, EOFError) as error:
            raise EngineError(f"a process for queries does not start: {error!r}") from error
        if kind is Kind.FAILURE:
            raise EngineError(json.loads(content)[1])
        self._is_ready = True

    def is_alive(self) -> bool:
        """Tell whether the process still runs."""
        with self._lock:
            return self._handle >= 0 and not _has_ended(self._handle, 0)

    def processor_seconds(self) -> float:
        """Return the processor time that the process has used, or 0 if it has ended."""
        try:
            # The clock of another process: clock_getcpuclockid(3), which Python lacks.
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return 0.0

    def lower_priority(self) -> None:
        """Let other processes have the processor first, from now on: there is no way back."""
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICENESS)

    def kill(self) -> None:
        """End the process at once, and wait until its memory is free again."""
        with self._lock:
            if self._handle < 0:
                return
            try:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
                _has_ended(self._handle, _END_SECONDS)
            except ProcessLookupError:
                pass  # it has ended by itself
            finally:
                os.close(self._handle)
                self._handle = -1

    def close(self) -> None:
        """End the process and close the channel to it."""
        self.kill()
        self.channel.close()


class ProcessSupervisor:
    """Owns the zygote; starts it again if it was killed."""

    def __init__(
        self, store: Path, memory: int, base: str = "", prefixes: Mapping[str, str] | None = None
    ) -> None:
        manner = [base, json.dumps(dict(prefixes or {}))]
        self._arguments = [str(store.resolve()), str(memory), *manner]
        self._lock = Lock()
        self._closed = False
        self._start()

    def spawn(self) -> Worker:
        """Return a new worker, which may still be opening the store. Raises EngineError."""
        with self._lock:
            if self._closed:
                raise EngineError("the query pool is closed")
            try:
                return self._fork()
            except (OSError, EOFError):
                self._stop()
                self._start()
            try:
                return self._fork()
            except (OSError, EOFError) as error:
                raise EngineError(f"no process for queries can be started: {error}") from error

    def close(self) -> None:
        """End the zygote; the kernel ends its workers with it."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._stop()

    def _fork(self) -> Worker:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
            pid, handles, _, _ = socket.recv_fds(self._control, 16, 1)
            if not handles:
                raise EOFError("the zygote has ended")
        except BaseException:
            ours.close()
            raise
        os.set_inheritable(handles[0], False)
        return Worker(ours, int(pid), handles[0])

    def _start(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_START_SECONDS)
        with theirs:
            self._zygote = subprocess.Popen(  # noqa: S603  # our own module, by our own Python
                self._command(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C at the terminal is for the server
            )
        try:
            greeting = self._control.recv(16)
        except OSError:
            greeting = b""
        if not greeting:
            self._stop()
            raise EngineError("the process that forks the query processes does not start")
        self.isolated = greeting == b"isolated"

    def _command(self, descriptor: int) -> list[str]:
        module = "partyline.sparql.fork_server"
        return [sys.executable, "-P", "-m", module, str(descriptor), *self._arguments]

    def _stop(self) -> None:
        self._control.close()  # the zygote reads the end of its input, and ends
        try:
            self._zygote.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._zygote.kill()
            self._zygote.wait()


def _environment() -> dict[str, str]:
    """Return what the zygote needs to find the packages that this process found: no secrets."""
    return {"PYTHONPATH": os.pathsep.join(os.path.abspath(entry) for entry in sys.path)}


def _has_ended(handle: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
