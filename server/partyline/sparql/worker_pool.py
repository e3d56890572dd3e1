"""The processes of a pool: warm, handed out one by one, replaced when they were used up."""

import weakref
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock

from partyline.errors import EngineError
from partyline.settings import Limits
from partyline.sparql.process_supervisor import ProcessSupervisor, Worker


class WorkerPool:
    """Owns the worker processes. Who takes one must have a place; there are as many of both."""

    def __init__(self, store: Path, limits: Limits, base: str, prefixes: Mapping[str, str]) -> None:
        self._lock = Lock()
        self._workers: set[Worker] = set()
        # Last in, first out: a worker that has just answered has warm caches.
        self._idle: LifoQueue[Worker | None] = LifoQueue()
        self._spawner = ProcessSupervisor(store, limits.query_memory, base, prefixes)
        # A crew that is forgotten, or not closed when the interpreter ends, leaves nothing.
        self._end = weakref.finalize(self, _end, self._spawner, self._idle)
        try:
            for _ in range(limits.workers):
                worker = self._spawn()
                self._idle.put(worker)
            worker.wait_until_ready()
        except BaseException:
            self.close()
            raise

    @property
    def isolated(self) -> bool:
        """Whether the kernel gave the processes a network without interfaces."""
        return self._spawner.isolated

    def alive(self) -> int:
        """Return the number of processes that live."""
        with self._lock:
            return sum(worker.is_alive() for worker in self._workers)

    def take(self) -> Worker:
        """Take a worker that is alive. Raises EngineError where none can be started."""
        if not self._end.alive:
            raise EngineError("the query pool is closed")
        try:
            worker = self._idle.get_nowait()
        except Empty:
            worker = None
        try:
            if worker is None or not worker.is_alive():
                worker = self._replace(worker)
        except BaseException:
            self._idle.put(None)
            raise
        return worker

    def give_back(self, worker: Worker, *, reusable: bool) -> None:
        """Take back a worker, or end it and start another in its place."""
        successor: Worker | None = worker
        try:
            if not reusable or not self._end.alive:
                successor = None
                self._retire(worker)
                successor = self._spawn()
        except EngineError:
            pass  # who takes the next one tries again, and tells
        finally:
            self._idle.put(successor)

    def close(self) -> None:
        """End all processes."""
        self._end()
        with self._lock:
            workers, self._workers = self._workers, set()
        for worker in workers:
            # Who still talks to it reads the end of the channel, and closes that.
            worker.kill()

    def _spawn(self) -> Worker:
        worker = self._spawner.spawn()
        with self._lock:
            self._workers.add(worker)
        return worker

    def _replace(self, dead: Worker | None) -> Worker:
        if dead is not None:
            self._retire(dead)
            dead.close()
        return self._spawn()

    def _retire(self, worker: Worker) -> None:
        worker.kill()
        with self._lock:
            self._workers.discard(worker)


def _end(spawner: ProcessSupervisor, idle: LifoQueue[Worker | None]) -> None:
    spawner.close()
    while not idle.empty():
        worker = idle.get_nowait()
        if worker is not None:
            worker.close()
