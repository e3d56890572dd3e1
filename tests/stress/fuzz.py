"""Send queries made at random to a server: ``make fuzz QUERIES=100000 SEED=1``.

Every one must be answered with 200, 400, 413, 429 or 503, or be cut with a mark; the server must
be the same process at the end.
"""

import argparse
import http.client
import itertools
import sys
import threading
import time
from collections import Counter

from fuzzing import Grammar
from stress.server import Server, conclude, serving

CLIENTS = 8
EXPECTED = {200, 400, 413, 429, 503}


def send(
    server: Server,
    queries: "itertools.chain[str]",
    lock: threading.Lock,
    seen: Counter[str],
    failures: list[str],
) -> None:
    while True:
        with lock:
            query = next(queries, None)
        if query is None:
            return
        try:
            status = server.ask(query)[0]
            outcome = str(status)
        except http.client.IncompleteRead:
            status, outcome = 200, "cut, and marked"
        except (OSError, http.client.HTTPException) as error:
            status, outcome = 0, repr(error)
        with lock:
            seen[outcome] += 1
            if status not in EXPECTED:
                failures.append(f"{outcome}: {query[:500]!r}")
            if seen.total() % 10_000 == 0:
                print(f"{seen.total():>8} {dict(seen)}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    seen: Counter[str] = Counter()
    failures: list[str] = []
    queries = itertools.chain(Grammar(options.seed).queries(options.queries))
    started = time.monotonic()
    # A short limit and many processes: what is tried is how much they survive, not how long.
    limits = {"query_seconds": 0.5, "workers": 8, "answer_size": 1, "client_seconds": 1e6}
    with serving(**{f"limits_{name}": value for name, value in limits.items()}) as server:
        lock = threading.Lock()
        threads = [
            threading.Thread(target=send, args=(server, queries, lock, seen, failures))
            for _ in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if server.process.poll() is not None:
            failures.append("the server ended")
        elif server.ask("ASK {}")[0] != 200:
            failures.append("ASK {} is not answered afterwards")
    print(f"{seen.total()} queries in {time.monotonic() - started:.0f} s: {dict(seen)}")
    return conclude(failures)


if __name__ == "__main__":
    sys.exit(main())
