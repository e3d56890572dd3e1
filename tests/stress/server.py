"""A real server of the built-in knowledge for the stress targets, and what /proc says of it."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_TICKS = os.sysconf("SC_CLK_TCK")
THING = "/doc/organisation/khmer-national-solidarity-party.ttl"


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int
    releases: Path

    def get(self, path: str, timeout: float = 30) -> tuple[int, bytes]:
        """Return status and body. Raises HTTPException where the answer is not whole."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def ask(self, query: str, timeout: float = 30) -> tuple[int, bytes]:
        """Send a query with POST, which may be longer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Content-Type": "application/sparql-query"}
        try:
            connection.request("POST", "/sparql", query.encode("utf-8", "replace"), headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def disconnect_after(self, query: str, seconds: float) -> None:
        """Send a query and close the connection without having read the answer."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            request = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: a\r\n\r\n"
            connection.sendall(request.encode())
            time.sleep(seconds)

    def family(self) -> list[int]:
        """Return the processes: the server, the fork server and the workers."""
        parents = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except OSError:
                continue
        found, new = [self.process.pid], [self.process.pid]
        while new:
            new = [pid for pid, parent in parents.items() if parent in new]
            found += new
        return found

    def memory(self) -> float:
        """Return the mebibytes that all processes have, shared ones counted once."""
        total = 0
        for pid in self.family():
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024

    def work(self) -> float:
        """Return the seconds of processor time that the processes below the server have used."""
        used = 0
        for pid in self.family()[1:]:
            try:
                fields = _stat(pid)
            except OSError:
                continue
            used += int(fields[11]) + int(fields[12])
        return used / _TICKS


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


@contextmanager
def serving(file: Path | None = None, /, **settings: object) -> Iterator[Server]:
    """Serve the built-in knowledge, or that of the settings *file* with its own releases."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as releases:
        variables = {f"PARTYLINE_{name.upper()}": str(value) for name, value in settings.items()}
        environ = {**os.environ, "PARTYLINE_SERVER_ACCESS_LOG": "", **variables}
        command = [sys.executable, "-m", "partyline", "serve", "--port", str(port)]
        if file is None:
            environ["PARTYLINE_RELEASES"] = releases
        else:
            command += ["--settings", str(file)]
        process = subprocess.Popen(
            command,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(port, process)
            yield Server(process, port, Path(releases))
        finally:
            process.terminate()
            process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(2400):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server did not answer within 2 minutes")


def describe(times: Sequence[float]) -> str:
    """Return median, 99th percentile and maximum in milliseconds."""
    ordered = sorted(times)
    high = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return (
        f"median {1000 * statistics.median(ordered):.0f} ms, p99 {1000 * high:.0f} ms,"
        f" most {1000 * ordered[-1]:.0f} ms (n={len(ordered)})"
    )


def conclude(failures: Sequence[str]) -> int:
    """Print what was not as it should be, and return the exit code."""
    for failure in failures:
        print(f"FAILED: {failure}")
    print("all bounds held" if not failures else f"{len(failures)} bounds broken")
    return 1 if failures else 0
