"""The processes of a pool as the server sees them: the fork server, and its workers."""

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
from threading import Lock
from types import MappingProxyType

from partyline.errors import EngineError
from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.wire_protocol import Channel, Kind

_START_SECONDS = 10.0
_END_SECONDS = 5.0
_NICENESS = 10
_FORK_SERVER = "partyline.sparql.workers.fork_server"


class WorkerProcess:
    """A process that answers queries, and the channel to it."""

    def __init__(
        self, end: socket.socket, pid: int, handle: int, start_seconds: float = _START_SECONDS
    ) -> None:
        self.channel = Channel(end)
        self.pid = pid
        self.started = time.monotonic()
        self._start_seconds = start_seconds
        self._is_ready = False
        # A pidfd refers to this process only; its pid may be reused after its death.
        self._handle = handle
        self._lock = Lock()

    def fileno(self) -> int:
        """Return the pidfd, which becomes readable when the process ends; -1 after `kill`."""
        return self._handle

    def wait_until_ready(self) -> None:
        """Wait until the worker has opened its data. Raises EngineError if that fails."""
        if self._is_ready:
            return
        try:
            kind, content = self.channel.receive(time.monotonic() + self._start_seconds)
        except (OSError, EOFError) as error:
            raise EngineError(f"a query worker does not start: {error!r}") from error
        if kind is Kind.FAILURE:
            raise EngineError(json.loads(content)[1])
        self._is_ready = True

    def has_opened(self) -> bool:
        """Return whether the worker is known to have opened its data, without waiting for it."""
        if not self._is_ready:
            with contextlib.suppress(OSError, EOFError, EngineError):
                self.channel.take_arrived()
                if self.channel.has_frame:
                    self.wait_until_ready()
        return self._is_ready

    def is_alive(self) -> bool:
        """Return whether the process is still running."""
        with self._lock:
            return self._handle >= 0 and not _has_ended(self._handle, 0)

    def processor_seconds(self) -> float:
        """Return the processor time of the process in seconds, or 0 if it has ended."""
        try:
            # The clock of another process: clock_getcpuclockid(3), which Python does not offer.
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return 0.0

    def lower_priority(self) -> None:
        """Lower the priority from now on; this cannot be undone."""
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICENESS)

    def kill(self) -> None:
        """Kill the process, and wait until its memory is free."""
        with self._lock:
            if self._handle < 0:
                return
            try:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
                _has_ended(self._handle, _END_SECONDS)
            except ProcessLookupError:
                pass  # it has ended already
            finally:
                os.close(self._handle)
                self._handle = -1

    def close(self) -> None:
        """Kill the process and close the channel to it."""
        self.kill()
        self.channel.close()


class ForkServer:
    """Owns the process that forks the workers, and starts it again if it was killed."""

    def __init__(
        self, configuration: WorkerConfiguration, secrets: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Start the process; *secrets* are variables of its environment."""
        self._configuration = configuration
        self._secrets = dict(secrets)
        self._lock = Lock()
        self._closed = False
        #: Whether the kernel gave the processes a network without interfaces.
        self.isolated = False
        self._start()

    def spawn(self) -> WorkerProcess:
        """Return a new worker, which may still be opening its data. Raises EngineError."""
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
                raise EngineError(f"cannot start a query worker: {error}") from error

    def close(self) -> None:
        """End the fork server; the kernel kills its workers with it."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._stop()

    def _fork(self) -> WorkerProcess:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
            pid, handles, _, _ = socket.recv_fds(self._control, 16, 1)
            if not handles:
                raise EOFError("the fork server has ended")
        except BaseException:
            ours.close()
            raise
        os.set_inheritable(handles[0], False)
        return WorkerProcess(ours, int(pid), handles[0], self._configuration.start_seconds)

    def _start(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_START_SECONDS)
        with theirs:
            arguments = [str(theirs.fileno()), self._configuration.to_json()]
            self._process = subprocess.Popen(  # noqa: S603  # our own module, by our own Python
                [sys.executable, "-P", "-m", _FORK_SERVER, *arguments],
                pass_fds=[theirs.fileno()],
                env=_environment() | self._secrets,
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
            raise EngineError("the fork server of the query workers does not start")
        # It opens the store before it forks for the first time.
        self._control.settimeout(_START_SECONDS + self._configuration.start_seconds)
        self.isolated = greeting == b"isolated"

    def _stop(self) -> None:
        self._control.close()  # the fork server reads the end of its input, and ends
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment() -> dict[str, str]:
    """Return what the fork server needs to find the packages of this process, and no secrets."""
    return {"PYTHONPATH": os.pathsep.join(os.path.abspath(entry) for entry in sys.path)}


def _has_ended(handle: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
