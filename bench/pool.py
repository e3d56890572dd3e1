"""Measure what the pool of query processes costs: a small query, in the process and over HTTP.

The same query is put to the pool and to the store in one process, in turns; then over HTTP to two
servers that differ in nothing else. Prints medians, and ratios with their bounds.

Usage: ``python bench/pool.py [--settings FILE]``
"""

import argparse
import io
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from flask import Flask
from pyoxigraph import QueryResultsFormat, QuerySolutions, Store

from partyline.publishing import Publication
from partyline.releases import build, current_release
from partyline.settings import Limits, read_settings
from partyline.sparql import RESULT_FORMATS, Answer, QueryPool
from partyline.web import create_app

QUERY = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 10"
JSON = RESULT_FORMATS[0].media_type
RUNS, WARM_UP = 2000, 100
#: Rounds of HTTP, each server in turn; connections, and requests on each of them.
ROUNDS, CONNECTIONS, REQUESTS = 5, 4, 250


class OneProcess:
    """Answers in the web process, as a server without a pool would."""

    def __init__(self, store: Path) -> None:
        self._store = Store.read_only(str(store))

    def query(self, text: str, **others: object) -> Answer:
        return Answer(JSON, iter([self.bytes_of(text)]))

    def bytes_of(self, text: str) -> bytes:
        results = self._store.query(text)
        assert isinstance(results, QuerySolutions)
        written = io.BytesIO()
        results.serialize(written, QueryResultsFormat.JSON)
        return written.getvalue()

    def status(self) -> Mapping[str, int]:
        return {}

    def close(self) -> None:
        pass


def without_pool() -> Flask:
    """The factory of the second server."""
    settings = read_settings(environ=os.environ)
    release = current_release(settings.releases)
    engine: Any = OneProcess(release.store)
    return create_app(Publication.of(release, settings.knowledge), engine, settings)


def measure_calls(store: Path, prefixes: Mapping[str, str], limits: Limits) -> None:
    alone = OneProcess(store)
    with QueryPool(store, limits, prefixes) as pool:

        def through_pool() -> bytes:
            return b"".join(pool.query(QUERY, rows=JSON, graph="text/turtle").chunks)

        assert through_pool() == alone.bytes_of(QUERY)
        times: dict[str, list[float]] = {"pool": [], "alone": []}
        for run in range(WARM_UP + RUNS):
            for name, work in (("pool", through_pool), ("alone", lambda: alone.bytes_of(QUERY))):
                taken = timed(work)
                if run >= WARM_UP:
                    times[name].append(taken)
    pooled, single = (1000 * statistics.median(times[name]) for name in ("pool", "alone"))
    print(f"small query, one process       {single:8.3f} ms  (median of {RUNS})")
    print(f"small query, through the pool  {pooled:8.3f} ms  (median of {RUNS})")
    print(f"overhead of the pool           {pooled - single:8.3f} ms  (bound: 0.5)")


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure_http() -> None:
    factories = {"pool": "partyline.wsgi:create", "alone": "pool:without_pool"}
    rates: dict[str, list[float]] = {name: [] for name in factories}
    with serving(factories["pool"]) as first, serving(factories["alone"]) as second:
        ports = {"pool": first, "alone": second}
        for port in ports.values():
            rate(port)
        for _ in range(ROUNDS):
            for name, port in ports.items():
                rates[name].append(rate(port))
    pooled, single = (statistics.median(rates[name]) for name in ("pool", "alone"))
    ratio = statistics.median(a / b for a, b in zip(rates["pool"], rates["alone"], strict=True))
    print(f"small SELECT over HTTP, alone  {single:8.0f} a second  (median of {ROUNDS})")
    print(f"small SELECT over HTTP, pool   {pooled:8.0f} a second  (median of {ROUNDS})")
    print(f"pool to one process            {ratio:8.2f}     (median of the pairs; bound: 0.6)")


#: Serves what the function of the first argument returns on the port of the second.
_SERVE = """
import sys
from pkgutil import resolve_name
from partyline.web.front import FrontLimits, HttpServer
HttpServer(resolve_name(sys.argv[1])(), "127.0.0.1", int(sys.argv[2]), FrontLimits()).run()
"""


@contextmanager
def serving(factory: str) -> Iterator[int]:
    """Serve with the same server and settings as the command, and give the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-c", _SERVE, factory, str(port)]
    # The program that is measured is the one that this process has imported.
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise SystemExit("a server did not answer within 10 s")


def rate(port: int) -> float:
    """Return the requests a second that the server answers on a few kept connections."""
    threads = [threading.Thread(target=send, args=(port,)) for _ in range(CONNECTIONS)]

    def run() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return CONNECTIONS * REQUESTS / timed(run)


def send(port: int) -> None:
    # Bytes on a socket: a client library would cost more than what is measured.
    request = f"GET /sparql?query={quote(QUERY)} HTTP/1.1\r\nHost: localhost\r\n"
    request += f"Accept: {JSON}\r\n\r\n"
    with (
        socket.create_connection(("127.0.0.1", port)) as connection,
        connection.makefile("rb") as answers,
    ):
        for _ in range(REQUESTS):
            connection.sendall(request.encode())
            read_answer(answers)


def read_answer(answers: BinaryIO) -> None:
    status = answers.readline()
    if b" 200 " not in status:
        raise SystemExit(f"not answered: {status!r}")
    headers = {}
    while (line := answers.readline()) != b"\r\n":
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    if "content-length" in headers:
        answers.read(int(headers["content-length"]))
        return
    while size := int(answers.readline(), 16):
        answers.read(size + 2)
    answers.readline()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=Path, help="another knowledge base than the built-in")
    options = parser.parse_args()
    if options.settings:
        os.environ["PARTYLINE_SETTINGS"] = str(options.settings.resolve())
    with tempfile.TemporaryDirectory() as releases:
        os.environ["PARTYLINE_RELEASES"] = releases
        settings = replace(read_settings(environ=os.environ), releases=Path(releases))
        release = build(settings).release
        measure_calls(release.store, release.manifest.prefixes, settings.limits)
        measure_http()


if __name__ == "__main__":
    main()
