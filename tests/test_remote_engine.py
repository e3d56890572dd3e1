"""An engine elsewhere answers queries: right, or with an error that says so, whatever it does."""

import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copytree

import pytest
from pyoxigraph import NamedNode, Quad, Store

from ensembles_server import Server, serving
from network import wait_until
from partyline.errors import EndpointUnavailable
from partyline.releases import current_release
from partyline.sparql.remote.breaker import Breaker
from partyline.vocabulary import LOADING
from sparql_server import StoreServer, answered

_LIMITS = {"limits_query_seconds": 3, "limits_answer_size": 1}
_NAMES = "SELECT ?name { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?name } ORDER BY ?name"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\n"
_ROW = b'{"x":{"type":"literal","value":"%s"}},' % (b"x" * 1000)


class Unreliable:
    """An engine on a socket, which misbehaves as its *mode* says; ``good`` is an honest one."""

    def __init__(self, store: Store) -> None:
        self.server = StoreServer(store)
        self.mode = "good"
        self.requests = 0
        self._ending = threading.Event()
        self._listener = self._listening(0)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/query"

    def set(self, mode: str) -> None:
        if self.mode == "refused" and mode != "refused":
            self._listener = self._listening(self.port)
            threading.Thread(target=self._accept, daemon=True).start()
        if mode == "refused":
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.mode = mode

    def close(self) -> None:
        self._ending.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @staticmethod
    def _listening(port: int) -> socket.socket:
        return socket.create_server(("127.0.0.1", port), backlog=64)

    def _accept(self) -> None:
        listener = self._listener
        while True:
            try:
                end, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(end,), daemon=True).start()

    def _answer(self, end: socket.socket) -> None:
        with end, suppress(OSError):
            query = _read(end)
            self.requests += 1
            misbehaviour: Callable[[socket.socket], None] | None = {
                "hanging": lambda end: self._wait(60),
                "one byte a second": self._drip,
                "reset": _reset,
                "wrong type": lambda end: end.sendall(_page(b"200 OK")),
                "500": lambda end: end.sendall(_page(b"500 Internal Server Error")),
                "endless": self._flood,
                "redirect": lambda end: end.sendall(
                    b"HTTP/1.1 302 Found\r\nLocation: /query\r\nContent-Length: 0\r\n\r\n"
                ),
                "truncated": lambda end: end.sendall(
                    _HEAD + b'\r\n{"head":{"vars":["x"]},"results":{"bindings":['
                ),
                "not JSON": lambda end: end.sendall(_HEAD + b"Content-Length: 5\r\n\r\n{no}}"),
            }.get(self.mode)
            if misbehaviour:
                misbehaviour(end)
                return
            media_type, content = answered(self.server, query)
            head = f"HTTP/1.1 200 OK\r\nServer: Oxigraph/0\r\nContent-Type: {media_type}\r\n"
            end.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)

    def _wait(self, seconds: float) -> None:
        self._ending.wait(seconds)

    def _drip(self, end: socket.socket) -> None:
        for byte in _HEAD + b"\r\n" + b" " * 60:
            end.sendall(bytes([byte]))
            self._wait(1)

    def _flood(self, end: socket.socket) -> None:
        end.sendall(_HEAD + b'\r\n{"head":{"vars":["x"]},"results":{"bindings":[')
        while not self._ending.is_set():
            end.sendall(_ROW * 100)


def _read(end: socket.socket) -> bytes:
    """Read a request; return its body."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += end.recv(65_536)
    head, _, body = found.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    while len(body) < length:
        body += end.recv(65_536)
    return body


def _page(status: bytes) -> bytes:
    body = b"<html>An error, or a page of a proxy</html>"
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n"
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _reset(end: socket.socket) -> None:
    end.sendall(_HEAD + b"Content-Length: 100000\r\n\r\n" + b'{"head":{"vars":["x"]},')
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def _engine_of(folder: Path) -> Iterator[Unreliable]:
    """Hold what the store of the release in *folder* holds."""
    release = current_release(folder / "releases")
    store = Store()
    store.extend(release.open_store())
    # As `partyline push` notes it.
    journal = NamedNode(f"{release.manifest.base}loading")
    load = NamedNode(f"{journal.value}/{release.manifest.identifier}")
    store.add(Quad(journal, LOADING.current, load, journal))
    engine = Unreliable(store)
    try:
        yield engine
    finally:
        engine.close()


@pytest.fixture(scope="module")
def engine(ensembles_release: Path) -> Iterator[Unreliable]:
    with _engine_of(ensembles_release) as engine:
        yield engine


@pytest.fixture(scope="module")
def server(
    ensembles_release: Path, engine: Unreliable, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = copytree(ensembles_release, tmp_path_factory.mktemp("served") / "e", symlinks=True)
    command = ("--no-build", "--endpoint", engine.address)
    with serving(folder, command, **_LIMITS) as server:
        yield server


@pytest.fixture(autouse=True)
def recovered(engine: Unreliable, server: Server) -> Iterator[None]:
    yield
    engine.set("good")
    wait_until(lambda: server.ask("ASK {}")[0] == 200)


def test_the_answers_are_those_of_the_engine(server: Server, engine: Unreliable) -> None:
    before = engine.requests
    status, content, headers = server.ask(_NAMES, Accept="text/csv")
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert b"Blechverein" in content
    assert engine.requests > before
    assert server.engine()["available"] == 1
    assert server.health()["status"] == "ok", "the engine holds the release that is served"
    graph = "CONSTRUCT { ?s a ?o } WHERE { ?s a ?o }"
    assert b"a t:Ensemble" in server.ask(graph, Accept="text/turtle")[1]


def test_what_is_not_sparql_never_reaches_the_engine(server: Server, engine: Unreliable) -> None:
    before = engine.requests
    status, content, _ = server.ask("SELECT * { ?s ?p ")
    assert (status, content) == (400, b"line 1, column 10: unclosed \xe2\x80\x9c{\xe2\x80\x9d\n")
    assert server.ask("ASK { SERVICE <http://127.0.0.1:1/> { } }")[0] == 400
    assert engine.requests == before


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("refused", 503),
        ("hanging", 504),
        ("one byte a second", 504),
        ("reset", 503),
        ("wrong type", 503),
        ("500", 503),
        ("redirect", 503),
        ("truncated", 503),
        ("not JSON", 503),
    ],
)
def test_whatever_the_engine_does_the_status_is_right_and_in_time(
    server: Server, engine: Unreliable, mode: str, expected: int
) -> None:
    engine.set(mode)
    started = time.monotonic()
    status, content, headers = server.ask(_NAMES)
    assert status == expected, content
    assert int(headers["Retry-After"]) <= 10
    assert time.monotonic() - started < 3 + 3, "the limit of a query, on a busy machine"
    # Nobody waits for the engine: neither pages nor the health of the server.
    started = time.monotonic()
    assert server.get("/")[0] == server.get("/health/live")[0] == 200
    wait_until(lambda: server.engine()["available"] == 0)
    assert server.health()["status"] == "degraded"
    assert server.ask(_NAMES)[0] == 503
    engine.set("good")
    started = time.monotonic()
    wait_until(lambda: server.ask(_NAMES)[0] == 200)
    assert time.monotonic() - started < 10
    assert server.health()["status"] == "ok"


def test_an_endless_answer_is_cut_off_and_never_looks_complete(
    server: Server, engine: Unreliable
) -> None:
    engine.set("endless")
    with pytest.raises((http.client.HTTPException, OSError)):
        server.ask("SELECT ?x { ?x ?y ?z }")
    engine.set("good")
    assert server.ask(_NAMES)[0] == 200


def test_a_breaker_is_opened_and_closed_by_probes_alone() -> None:
    now, alive, reports = [0.0], [True], list[str]()

    def probe() -> None:
        if not alive[0]:
            raise OSError("down")

    breaker = Breaker(probe, reports.append, lambda: now[0])
    breaker.suspect()  # a query that was too much for it
    wait_until(lambda: breaker.is_closed)
    breaker.check()
    alive[0] = False
    breaker.suspect()
    wait_until(lambda: not breaker.is_closed)
    for pause in (0.5, 1, 2, 4, 4):
        with pytest.raises(EndpointUnavailable):
            breaker.check()
        now[0] += pause - 0.01
        with pytest.raises(EndpointUnavailable):
            breaker.check()
        now[0] += 0.02
        with pytest.raises(EndpointUnavailable, match="not available"):
            breaker.check()  # it probes, in vain
    alive[0] = True
    now[0] += 5
    breaker.check()
    assert breaker.is_closed
    assert reports[-1] == ""
