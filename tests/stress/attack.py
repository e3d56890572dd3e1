"""Thirty-two clients send every hostile query while others ask: ``make attack``.

Bounds: an answer to ``ASK {}`` in 2 s and a document in 1 s, 100 of 100 times; every hostile query
ends within the limit and 1 s; the processes are idle 2 s after the limit, also when clients
disconnect; all of them need at most 2.5 GiB; the server never ends.
"""

import http.client
import itertools
import sys
import threading
import time
from collections import Counter

from expensive_queries import PARSING, RUNNING
from stress.server import THING, Server, conclude, describe, serving

CLIENTS, PROBES = 32, 100
MEMORY, QUERY, DOCUMENT = 2560, 2.0, 1.0
LIMIT = 10.0


class Attack:
    """Clients that send hostile queries until they are stopped."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._ended = threading.Event()
        queries = {**RUNNING, **PARSING}
        self._queries = itertools.cycle(queries.items())
        self._lock = threading.Lock()
        self.outcomes: Counter[str] = Counter()
        self.longest: tuple[float, str] = (0.0, "")
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._send) for _ in range(CLIENTS)]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                name, query = next(self._queries)
            started = time.monotonic()
            outcome = self._outcome(query)
            taken = time.monotonic() - started
            with self._lock:
                self.outcomes[outcome] += 1
                self.longest = max(self.longest, (taken, name))
                if outcome == "no answer" or taken > LIMIT + 1:
                    self.failures.append(f"{name}: {outcome} after {taken:.1f} s")

    def _outcome(self, query: str) -> str:
        try:
            return str(self._server.ask(query, timeout=LIMIT + 5)[0])
        except http.client.IncompleteRead:
            return "cut, and marked"
        except OSError:
            return "no answer"


def probe(server: Server, path: str, bound: float) -> tuple[list[float], list[str]]:
    """Ask for *path*; return the times and what was wrong."""
    times, failures = [], []
    for _ in range(PROBES):
        started = time.monotonic()
        try:
            status = server.get(path)[0]
        except (OSError, http.client.HTTPException) as error:
            status = 0
            failures.append(f"{path}: {error!r}")
        times.append(time.monotonic() - started)
        if status != 200 or times[-1] > bound:
            failures.append(f"{path}: status {status} after {times[-1]:.2f} s, bound {bound:g} s")
    return times, failures


def idle_after(server: Server, seconds: float) -> bool:
    """Tell whether the processes do nothing once *seconds* have passed."""
    time.sleep(seconds)
    before = server.work()
    time.sleep(0.5)
    return server.work() - before < 0.05


def main() -> int:
    failures: list[str] = []
    with serving(limits_query_seconds=LIMIT) as server:
        attack, most = Attack(server), [0.0]
        attack.begin()
        ended = threading.Event()

        def sample() -> None:
            while not ended.wait(0.2):
                most[0] = max(most[0], server.memory())

        sampler = threading.Thread(target=sample)
        sampler.start()
        for path, bound in (("/sparql?query=ASK%7B%7D", QUERY), (THING, DOCUMENT)):
            times, wrong = probe(server, path, bound)
            print(f"{path}: {describe(times)}")
            failures += wrong
        attack.end()
        ended.set()
        sampler.join()
        print(f"hostile queries: {dict(attack.outcomes)}")
        print(f"longest: {attack.longest[0]:.1f} s, {attack.longest[1]}")
        print(f"memory of all processes: at most {most[0]:.0f} MiB")
        failures += attack.failures
        if most[0] > MEMORY:
            failures.append(f"{most[0]:.0f} MiB of memory; bound {MEMORY}")
        if not idle_after(server, 2):
            failures.append("the processes still work 2 s after the last query was answered")
        failures += disconnections(server)
        if server.process.poll() is not None:
            failures.append("the server ended")
    return conclude(failures)


def disconnections(server: Server) -> list[str]:
    """Disconnect from hostile queries; the processes must notice before the limit is over."""
    threads = [
        threading.Thread(target=server.disconnect_after, args=(query, 0.5))
        for query in list(RUNNING.values())[:12]
        if len(query) < 2000
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (
        []
        if idle_after(server, 2)
        else ["the processes still work 2 s after all clients disconnected"]
    )


if __name__ == "__main__":
    sys.exit(main())
