"""Clients that hold connections while others read: part of ``make attack``.

1,100 clients that send half a request, 1,100 that send a byte a minute, 500 that do not read the
dump that they ask for, and 64 long queries of one address. Bounds, from another address:
``/health/live`` and a page in 1 s each; from the address of the long queries: ``ASK {}`` in 2 s.
"""

import argparse
import contextlib
import http.client
import itertools
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import quote

from stress.server import THING, conclude, describe, serving

PROBE, PROBES, LIVE, DOCUMENT, QUICK = "127.0.0.2", 30, 1.0, 1.0, 2.0
LARGEST_DUMP = "/dumps/dataset.nq"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"


@contextmanager
def half_open(port: int, number: int) -> Iterator[None]:
    """*number* clients of one address that send the beginning of a request."""
    with _held(port, number, ["127.0.0.1"], b"GET / HTTP/1.1\r\nHost: a\r\nX: "):
        yield


@contextmanager
def dripping(port: int, number: int) -> Iterator[None]:
    """*number* clients of one address that send a byte now, and another one each minute."""
    with _held(port, number, ["127.0.0.1"], b"G") as connections:
        ended = threading.Event()

        def drip() -> None:
            while not ended.wait(60):
                for row in connections:
                    with contextlib.suppress(OSError):
                        row.send(b"E")

        thread = threading.Thread(target=drip)
        thread.start()
        yield
        ended.set()
        thread.join()


@contextmanager
def unread(port: int, number: int, path: str = LARGEST_DUMP) -> Iterator[None]:
    """*number* clients, of as many addresses as they need, that do not read their dump."""
    addresses = [f"127.0.1.{row}" for row in range(1, number // 250 + 2)]
    request = f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    with _held(port, number, addresses, request):
        yield


@contextmanager
def long_queries(port: int, number: int) -> Iterator[None]:
    """*number* queries of one address, none of which ends within its limit."""
    request = f"GET /sparql?query={quote(LONG)} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    with _held(port, number, ["127.0.0.1"], request):
        yield


@contextmanager
def _held(
    port: int, number: int, addresses: Sequence[str], data: bytes
) -> Iterator[list[socket.socket]]:
    """Open *number* connections, send *data* on each, and read nothing."""
    _allow_files(number + 100)
    with contextlib.ExitStack() as stack:
        connections = []
        for _, address in zip(range(number), itertools.cycle(addresses), strict=False):
            connection = socket.socket()
            stack.enter_context(connection)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.bind((address, 0))
            connection.connect(("127.0.0.1", port))
            connection.sendall(data)
            connections.append(connection)
        yield connections


def _allow_files(number: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(number, hard), hard))


def probe(port: int, path: str, address: str, number: int) -> tuple[list[float], list[str]]:
    """Ask *number* times for *path* from *address*; return the times, and what failed."""
    times, failures = [], []
    for _ in range(number):
        started = time.monotonic()
        connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=20, source_address=(address, 0)
        )
        try:
            connection.request("GET", path)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            status = 0
            failures.append(f"{path}: {error!r}")
        finally:
            connection.close()
        times.append(time.monotonic() - started)
        if status != 200:
            failures.append(f"{path}: status {status}")
    return times, failures


ATTACKS: dict[str, tuple[Callable[[int, int], contextlib.AbstractContextManager[None]], int]] = {
    "half-open": (half_open, 1100),
    "one byte a minute": (dripping, 1100),
    "unread dumps": (unread, 500),
    "long queries": (long_queries, 64),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of each attack")
    options = parser.parse_args()
    failures: list[str] = []
    ask = f"/sparql?query={quote('ASK {}')}"
    probes = [("/health/live", PROBE, LIVE), (THING, PROBE, DOCUMENT), ("/", PROBE, DOCUMENT)]
    with serving() as server:
        for name, (attack, number) in ATTACKS.items():
            rows = [*probes, (ask, "127.0.0.1", QUICK)] if attack is long_queries else probes
            with attack(server.port, number):
                ends = time.monotonic() + options.seconds
                times: dict[str, list[float]] = {path: [] for path, _, _ in rows}
                while time.monotonic() < ends:
                    for path, address, bound in rows:
                        took, wrong = probe(server.port, path, address, 1)
                        times[path] += took
                        slow = [f"{path}: {row:.2f} s, bound {bound:g} s" for row in took]
                        failures += [f"{name}: {row}" for row in wrong]
                        failures += [f"{name}: {slow[0]}"] if took[0] > bound else []
            for path, took in times.items():
                print(f"{number} {name}: {path}: {describe(took)}", flush=True)
        if server.process.poll() is not None:
            failures.append("the server ended")
    return conclude(failures)


if __name__ == "__main__":
    sys.exit(main())
