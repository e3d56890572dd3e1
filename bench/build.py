"""Measure the build of the built-in knowledge and the time from start to the first answer.

Prints seconds: the median of several whole processes, and the smallest and largest.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable

RUNS = 5


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(releases: str) -> dict[str, str]:
    return {**os.environ, "PARTYLINE_RELEASES": releases}


def build(releases: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "partyline", "build"],
        env=environment(releases),
        check=True,
        capture_output=True,
    )


def seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def whole_build() -> float:
    with tempfile.TemporaryDirectory() as releases:
        return seconds(lambda: build(releases))


def first_answer(releases: str) -> float:
    """Start a server on a built release and ask it until it answers a SPARQL query."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D"
    started = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "partyline", "serve", "--no-build", "--port", str(port)],
        env=environment(releases),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - started < 30:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    answer.read()
                    return time.perf_counter() - started
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.01)
        raise SystemExit("the server did not answer within 30 s")
    finally:
        server.terminate()
        server.wait()


def report(name: str, figures: list[float]) -> None:
    median = statistics.median(figures)
    print(f"{name:<32} {median:6.2f} s  ({min(figures):.2f} to {max(figures):.2f}, n={RUNS})")


def main() -> None:
    report("build, whole process", [whole_build() for _ in range(RUNS)])
    with tempfile.TemporaryDirectory() as releases:
        build(releases)
        report("start to first SPARQL answer", [first_answer(releases) for _ in range(RUNS)])


if __name__ == "__main__":
    main()
