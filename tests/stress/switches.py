"""Twenty releases, one after another, under fifty requests a second: ``make switches``.

Each release calls one thing by another name, and each document says in its entity tag of which
release it is. Bounds: no failed request, and no two names under one tag.
"""

import http.client
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import defaultdict
from pathlib import Path

from stress.server import conclude, describe

SWITCHES, RATE, CLIENTS = 20, 50, 10
ENSEMBLES = Path(__file__).parents[1] / "data" / "ensembles"
DOCUMENT = "/doc/ensemble/brass-union.ttl"
QUERY = "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%2020"
_NAME = re.compile(r'rdfs:label "Blechverein[^"]*"')


class Readers:
    """Clients that send a request each in turn, all together RATE in a second."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self.names: dict[str, set[str]] = defaultdict(set)
        self.times: list[float] = []
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._run) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._ended.wait(max(0.0, due - time.monotonic())):
            due += CLIENTS / RATE
            self._send(DOCUMENT if len(self.times) % 2 else QUERY)

    def _send(self, path: str) -> None:
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            status, content, tag = (
                response.status,
                response.read().decode(),
                response.headers["ETag"],
            )
        except (OSError, http.client.HTTPException) as error:
            status, content, tag = 0, repr(error), None
        finally:
            connection.close()
        with self._lock:
            self.times.append(time.monotonic() - started)
            if status != 200:
                self.failures.append(f"{path}: {status} {content[:100]}")
            if found := re.search(r"Blechverein[ \w]*", content if tag else ""):
                self.names[str(tag)].add(found[0])


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(ENSEMBLES, Path(place) / "ensembles"))
        settings = ["--settings", str(folder / "partyline.toml")]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [sys.executable, "-m", "partyline"]
        server = subprocess.Popen(
            [*command, "serve", "--port", str(port), *settings],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port, b'"status"')
            readers = Readers(port)
            file = folder / "kb" / "ensembles.ttl"
            for number in range(SWITCHES):
                name = f'rdfs:label "Blechverein {number}"'
                file.write_text(_NAME.sub(name, file.read_text()))
                subprocess.run([*command, "build", *settings], check=True, capture_output=True)
                release = (folder / "releases" / "current").readlink().name
                wait_for(port, release.encode())
            readers.end()
        finally:
            server.terminate()
            server.wait(30)
    failures = list(readers.failures)
    mixed = [names for names in readers.names.values() if len(names) > 1]
    failures += [f"one tag for {names}" for names in mixed]
    print(f"{SWITCHES} switches, {len(readers.names)} releases seen: {describe(readers.times)}")
    print(f"failed requests: {len(readers.failures)}, mixed releases: {len(mixed)}")
    return conclude(failures)


def wait_for(port: int, text: bytes) -> None:
    """Wait until the health page says *text*."""
    for _ in range(400):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                if text in answer.read():
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"the server does not serve {text!r} after 20 s")


if __name__ == "__main__":
    sys.exit(main())
