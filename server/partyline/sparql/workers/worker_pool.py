"""The pool of workers: started in advance, handed out one by one, replaced when they end."""

import contextlib
import os
import select
import time
import weakref
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread, current_thread
from types import MappingProxyType

from partyline.errors import EngineError
from partyline.sparql.workers.configuration import WorkerConfiguration
from partyline.sparql.workers.processes import ForkServer, WorkerProcess

#: A worker that ends sooner than this after its start is replaced this many seconds later.
_BACKOFF_SECONDS = 1.0


class WorkerPool:
    """Owns *size* worker processes. A caller that takes one must hold one of as many slots."""

    def __init__(
        self,
        configuration: WorkerConfiguration,
        size: int,
        secrets: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._size = size
        self._lock = Lock()
        self._workers: set[WorkerProcess] = set()
        # Last in, first out: a worker that has just answered has warm caches.
        self._idle: list[WorkerProcess] = []
        self._fork_server = ForkServer(configuration, secrets)
        self._watcher = _Watcher(weakref.WeakMethod(self._replace_if_idle))
        # A pool that is not closed leaves no processes either.
        self._end = weakref.finalize(self, _end, self._fork_server, self._watcher, self._idle)
        try:
            self._fill()
            self._idle[-1].wait_until_ready()
        except BaseException:
            self.close()
            raise
        self._watcher.start()

    @property
    def isolated(self) -> bool:
        """Whether the kernel gave the processes a network without interfaces."""
        return self._fork_server.isolated

    def alive(self) -> int:
        """Return the number of running workers."""
        with self._lock:
            return sum(worker.is_alive() for worker in self._workers)

    def take(self) -> WorkerProcess:
        """Take a running worker. Raises EngineError if none can be started."""
        if not self._end.alive:
            raise EngineError("the query pool is closed")
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive():
                    return worker
                self._discard(worker)
            return self._spawn()

    def take_idle(self) -> WorkerProcess | None:
        """Take a worker that can answer at once, or return None, without waiting."""
        with self._lock:
            if self._idle and self._idle[-1].has_opened() and self._idle[-1].is_alive():
                return self._idle.pop()
        return None

    def give_back(self, worker: WorkerProcess, *, reusable: bool) -> None:
        """Take *worker* back, or kill it and start another one instead."""
        if reusable:
            with self._lock:
                if self._end.alive:
                    self._idle.append(worker)
                    return
            worker.close()  # nobody reads from it any more
        worker.kill()
        with self._lock:
            self._workers.discard(worker)
        with contextlib.suppress(EngineError):  # `take` tries again, and raises it
            self._fill()

    def close(self) -> None:
        """Kill all workers and end the fork server."""
        self._end()
        with self._lock:
            workers, self._workers = self._workers, set()
            while self._idle:  # given back while the pool was closing
                self._idle.pop().close()
        for worker in workers:
            # An execution that is reading from it gets EOFError, and closes the channel.
            worker.kill()

    def _fill(self) -> None:
        with self._lock:
            while self._end.alive and len(self._workers) < self._size:
                self._idle.append(self._spawn())

    def _spawn(self) -> WorkerProcess:
        worker = self._fork_server.spawn()
        self._workers.add(worker)
        self._watcher.watch(worker)
        return worker

    def _discard(self, worker: WorkerProcess) -> None:
        self._workers.discard(worker)
        worker.close()

    def _replace_if_idle(self, worker: WorkerProcess) -> None:
        """Replace a worker that has ended, unless an execution holds it and will notice."""
        with self._lock:
            if worker not in self._idle or worker.is_alive():
                return
            self._idle.remove(worker)
            self._discard(worker)
        if time.monotonic() - worker.started < _BACKOFF_SECONDS:
            self._watcher.closing.wait(_BACKOFF_SECONDS)
        with contextlib.suppress(EngineError):  # as in `give_back`
            self._fill()


class _Watcher:
    """A thread that waits for the end of workers and calls *on_end* with each that has ended."""

    def __init__(self, on_end: "weakref.WeakMethod[Callable[[WorkerProcess], None]]") -> None:
        self.closing = Event()
        self._on_end = on_end
        self._epoll = select.epoll()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC)
        self._epoll.register(self._wake, select.EPOLLIN)
        self._watched: weakref.WeakValueDictionary[int, WorkerProcess] = (
            weakref.WeakValueDictionary()
        )
        self._thread = Thread(target=self._run, name="worker-watcher", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def watch(self, worker: WorkerProcess) -> None:
        """Report the end of *worker*. Its pidfd leaves the set of the kernel when it is closed."""
        self._watched[worker.fileno()] = worker
        with contextlib.suppress(ValueError):  # closed by another thread
            self._epoll.register(worker.fileno(), select.EPOLLIN | select.EPOLLONESHOT)

    def close(self) -> None:
        """End the thread."""
        self.closing.set()
        os.eventfd_write(self._wake, 1)
        if self._thread.is_alive() and self._thread is not current_thread():
            self._thread.join()
        self._epoll.close()
        os.close(self._wake)

    def _run(self) -> None:
        while not self.closing.is_set():
            for descriptor, _ in self._epoll.poll():
                worker, on_end = self._watched.get(descriptor), self._on_end()
                if on_end is not None and worker is not None:
                    on_end(worker)
                # Without these, this thread would keep a pool alive that nobody else refers to.
                del worker, on_end
                if self.closing.is_set():
                    return


def _end(fork_server: ForkServer, watcher: _Watcher, idle: list[WorkerProcess]) -> None:
    watcher.close()
    fork_server.close()
    while idle:
        idle.pop().close()
