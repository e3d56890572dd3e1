"""SIGTERM under load, again and again, and no request may be lost: part of ``make attack``.

Half of the clients keep their connection, half open one for each request. A request is lost if it
was sent on a connection that the server had accepted and its whole answer did not come.
"""

import argparse
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from stress.server import conclude

CLIENTS = 12
PATHS = ("/doc/ensemble/brass-union.ttl", "/sparql?query=ASK%20%7B%7D", "/", "/dumps/asserted.nt")
ENSEMBLES = Path(__file__).parents[1] / "data" / "ensembles"


@dataclass
class Clients:
    """Clients that send requests until the server is gone."""

    port: int
    answered: int = 0
    lost: list[str] = field(default_factory=list)
    #: Keep-alive connections that the server has ended with a last answer.
    closed: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(number, number % 2 == 0))
            for number in range(CLIENTS)
        ]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _run(self, number: int, keep: bool) -> None:
        turn = number
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.connect()
            except OSError:
                return  # the server takes no more clients: nothing has been asked
            try:
                last = False
                while not last:
                    turn += 1
                    last = self._ask(connection, PATHS[turn % len(PATHS)], keep)
            finally:
                connection.close()

    def _ask(self, connection: http.client.HTTPConnection, path: str, keep: bool) -> bool:
        """Send a request; return whether it is the last one of its connection."""
        try:
            connection.request("GET", path, headers={} if keep else {"Connection": "close"})
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            with self._lock:
                self.lost.append(f"{path}, {'kept' if keep else 'new'} connection: {error!r}")
            return True
        last = response.headers["Connection"] == "close"
        with self._lock:
            self.answered += 1
            self.closed += keep and last
            if response.status != 200:
                self.lost.append(f"{path}: status {response.status}")
        return last


def drain(folder: Path, seconds: float) -> tuple[Clients, int]:
    """Serve *folder*, load it for *seconds*, send SIGTERM; return the clients and the exit code."""
    with socket.socket() as probing:
        probing.bind(("127.0.0.1", 0))
        port = int(probing.getsockname()[1])
    command = ["serve", "--no-build", "--port", str(port)]
    server = subprocess.Popen(
        [sys.executable, "-m", "partyline", *command, "--settings", folder / "partyline.toml"],
        env={**os.environ, "PARTYLINE_SERVER_ACCESS_LOG": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        clients = Clients(port)
        time.sleep(seconds)
        server.send_signal(signal.SIGTERM)
        code = server.wait(60)
        clients.join()
        return clients, code
    finally:
        server.kill()
        server.wait()


def _wait(port: int) -> None:
    for _ in range(2400):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server did not answer within 2 minutes")


def drains(number: int, seconds: float) -> list[str]:
    """Drain *number* servers; return what was wrong."""
    failures, answered, closed = list[str](), 0, 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(ENSEMBLES, Path(place) / "ensembles"))
        build = ["build", "--settings", str(folder / "partyline.toml")]
        subprocess.run([sys.executable, "-m", "partyline", *build], check=True, capture_output=True)
        for turn in range(number):
            clients, code = drain(folder, seconds)
            answered, closed = answered + clients.answered, closed + clients.closed
            failures += [f"SIGTERM {turn}: {row}" for row in clients.lost]
            failures += [f"SIGTERM {turn}: exit code {code}"] if code else []
    print(f"{number} SIGTERMs, {answered} requests answered, {closed} kept connections ended")
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drains", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=1.0, help="of load before each signal")
    options = parser.parse_args()
    return conclude(drains(options.drains, options.seconds))


if __name__ == "__main__":
    sys.exit(main())
