"""A mixed load of thirty-two clients: ``make load SECONDS=60``.

Seven of ten requests are documents, two are short queries, one is a heavy query. Bounds: no 5xx
but 503 with Retry-After or for a query over its limit; p99 of documents 500 ms, of short queries
1 s; memory grows by at most 5 % after the first fifth of the time.
"""

import argparse
import http.client
import random
import sys
import threading
import time
from collections import Counter, defaultdict

from expensive_queries import RUNNING
from stress.server import THING, Server, conclude, describe, serving

CLIENTS = 32
SHORT = "SELECT ?p ?o { <https://w3id.org/partyline/id/organisation/khmer-rouge> ?p ?o }"
BOUNDS = {"document": 0.5, "short query": 1.0}


class Load:
    """Clients that read, ask and burden until the time is over."""

    def __init__(self, server: Server, seconds: float) -> None:
        self._server = server
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self.times: dict[str, list[float]] = defaultdict(list)
        self.statuses: Counter[tuple[str, int]] = Counter()
        threads = [threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)]
        self._threads = threads
        for thread in threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _run(self, seed: int) -> None:
        choice = random.Random(seed)
        heavy = [query for query in RUNNING.values() if len(query) < 2000]
        while time.monotonic() < self._ends:
            kind = choice.choices(("document", "short query", "heavy query"), (7, 2, 1))[0]
            started = time.monotonic()
            status = self._send(kind, choice.choice(heavy))
            with self._lock:
                self.times[kind].append(time.monotonic() - started)
                self.statuses[kind, status] += 1

    def _send(self, kind: str, heavy: str) -> int:
        try:
            if kind == "document":
                return self._server.get(THING)[0]
            return self._server.ask(SHORT if kind == "short query" else heavy)[0]
        except http.client.IncompleteRead:
            return 200
        except OSError:
            return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    failures: list[str] = []
    with serving() as server:
        load = Load(server, options.seconds)
        time.sleep(options.seconds / 5)
        early = server.memory()
        load.join()
        time.sleep(1)
        late = server.memory()
    for kind, times in load.times.items():
        print(f"{kind}: {describe(times)}")
        high = sorted(times)[int(0.99 * (len(times) - 1))]
        if high > BOUNDS.get(kind, 1e9):
            failures.append(f"{kind}: p99 {high:.2f} s")
    print(f"statuses: { {f'{kind} {status}': n for (kind, status), n in load.statuses.items()} }")
    print(f"memory: {early:.0f} MiB early, {late:.0f} MiB in the end")
    wrong = [row for row in load.statuses if row[1] not in (200, 400, 429, 503)]
    refused = [row for row in load.statuses if row == ("document", 503)]
    failures += [f"{kind}: status {status}" for kind, status in wrong + refused]
    if late > 1.05 * early:
        failures.append(f"memory grew from {early:.0f} to {late:.0f} MiB")
    return conclude(failures)


if __name__ == "__main__":
    sys.exit(main())
