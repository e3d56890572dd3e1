"""Malformed, ambiguous and oversized requests to the real server, as bytes."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from shutil import copytree
from urllib.parse import quote

import pytest

from ensembles_server import Server, serving
from http_wire import Wire
from network import wait_until
from sampling import some_of, thorough
from stress.connections import PROBE, dripping, half_open, long_queries, probe, unread

#: Requests as they are on the wire, with the statuses of their answers.
CORPUS = Path(__file__).parent / "data" / "http"
EXPECTED = tomllib.loads((CORPUS / "expected.toml").read_text("utf-8"))
REFUSED = [name for name in EXPECTED if name.startswith("refused/")]
ANSWERED = [name for name in EXPECTED if name.startswith("answered/")]

LIVE = b"GET /health/live HTTP/1.1\r\n"
HOST = b"Host: a\r\n"
END = b"\r\n"
GET = LIVE + HOST + END
LAST = LIVE + HOST + b"Connection: close\r\n\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def front(ensembles_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("front") / "ensembles"
    copytree(ensembles_release, folder, symlinks=True)
    with serving(folder, ("--no-build",)) as server:
        yield server


#: Requests that are too large for files.
OVERSIZED = {
    "a target that is too long": (b"GET /" + b"a" * 600_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a header that is too long": (LIVE + HOST + b"X: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "a field name that is too long": (LIVE + HOST + b"x" * 70_000 + b": a\r\n\r\n", 431),
    "a header without an end": (LIVE + HOST + b"X: " + b"a" * 2_000_000, 431),
    "a chunk extension without an end": (CHUNKED + b"6;" + b"a" * 8_000_000, 413),
    "empty lines without an end": (b"\r\n" * 1_000_000, 431),
    "ten million bytes": (POST + b"Content-Length: 10000000\r\n\r\n" + b"a" * 10_000_000, 413),
    "ten million bytes in chunks": (
        CHUNKED + b"10000\r\n%b\r\n" % (b"a" * 65_536) * 153 + b"0\r\n\r\n",
        413,
    ),
    "bytes in chunks of one": (CHUNKED + b"1\r\na\r\n" * 2_000_000 + b"0\r\n\r\n", 413),
    "a trailer that is too long": (
        CHUNKED + b"6\r\nASK {}\r\n0\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
        431,
    ),
}


def test_the_corpus_is_described() -> None:
    assert {path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*")} == set(EXPECTED)


@pytest.mark.parametrize("name", some_of([*REFUSED, *OVERSIZED], 50))
def test_a_malformed_request_is_refused_once_and_the_connection_closed(
    front: Server, name: str
) -> None:
    """Nothing behind it is read as a request: it could be a smuggled one."""
    if name in OVERSIZED:
        request, status = OVERSIZED[name]
    else:
        request, (status,) = (CORPUS / name).read_bytes(), EXPECTED[name]["statuses"]
    with Wire(front.port) as wire:
        wire.send(request + GET)
        response = wire.response()
        assert response.status == status, response.body
        assert response.headers["connection"] == "close"
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.body.isascii()
        assert response.body.count(b"\n") == 1
        assert wire.is_closed()


@pytest.mark.parametrize("name", ANSWERED)
def test_an_unusual_request_is_read_in_its_one_way(front: Server, name: str) -> None:
    expected, request = EXPECTED[name], (CORPUS / name).read_bytes()
    closes = expected.get("closes", False)
    statuses = [*expected["statuses"], *([] if closes else [200])]
    is_head = request.startswith(b"HEAD")
    with Wire(front.port) as wire:
        wire.send(request + (GET if closes else LAST))
        answers = [wire.response(bodiless=is_head and not row) for row in range(len(statuses))]
        assert [row.status for row in answers] == statuses
        assert wire.is_closed()


@pytest.mark.parametrize(
    "body", ["Content-Length: 6\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n{}"]
)
def test_the_body_of_a_request_that_offers_another_protocol_is_read(
    front: Server, body: str
) -> None:
    """As curl sends it with --http2."""
    content = "ASK {}" if "Length" in body else "6\r\nASK {}\r\n0\r\n\r\n"
    offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"
    request = POST + offer.encode() + body.format(content).encode()
    with Wire(front.port) as wire:
        wire.send(request * 3 + LAST)
        answers = [wire.response() for _ in range(4)]
        assert [row.status for row in answers] == [200] * 4
        assert all(b"true" in row.body for row in answers[:3])


def test_thousands_of_offers_ahead_are_read_one_after_another(front: Server) -> None:
    offer = LIVE + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    with Wire(front.port) as wire:
        wire.send(offer * 1500 + LAST)
        assert {wire.response().status for _ in range(1501)} == {200}


@pytest.mark.parametrize("start", ["", "http://other.example", "HTTPS://other.example:8443"])
def test_an_address_in_the_query_is_left_as_it_is(front: Server, start: str) -> None:
    iri = "http://www.w3.org/2000/01/rdf-schema%23range"
    status, content, _ = front.get(f"{start}/resource.nt?iri={iri}")
    assert status == 200
    assert b"<http://www.w3.org/2000/01/rdf-schema#range>" in content


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_requests_may_arrive_in_parts_of_any_size(front: Server, size: int) -> None:
    data = CHUNKED + b"6\r\nASK {}\r\n0\r\n\r\n" + GET + LAST
    with Wire(front.port) as wire:
        for start in range(0, len(data), size):
            wire.send(data[start : start + size])
        assert [wire.response().status for _ in range(3)] == [200, 200, 200]
        assert wire.is_closed()


def test_head_has_the_headers_of_get_and_no_body(front: Server) -> None:
    with Wire(front.port) as wire:
        wire.send(b"HEAD" + GET[3:] + LAST)
        head = wire.response(bodiless=True)
        got = wire.response()
        assert head.headers["content-length"] == got.headers["content-length"]
        assert got.body
        assert wire.is_closed()


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("lines=1-2", 200),
        ("bytes=a-b", 200),
        ("bytes", 200),
        ("bytes=0-1,5-6", 200),
        ("bytes=0-9", 206),
        ("bytes=-10", 206),
        ("bytes=99999999-", 416),
    ],
)
def test_a_range_of_bytes_is_sent_and_an_unknown_unit_ignored(
    front: Server, value: str, status: int
) -> None:
    code, content, headers = front.get("/dumps/asserted.nt", Range=value)
    assert code == status
    if code == 206:
        assert len(content) == 10
    if code == 200:
        assert str(len(content)) == headers["Content-Length"]


def test_the_log_has_a_line_for_a_request_that_was_refused(front: Server) -> None:
    def refused() -> int:
        # Lines of the requests of other tests may still be written.
        return sum((row["status"], row["outcome"]) == (400, "refused") for row in front.lines())

    before = refused()
    with Wire(front.port) as wire:
        wire.send(LIVE + b"Host: \x1b[31ma\r\n\r\n")
        assert wire.response().status == 400
    wait_until(lambda: refused() > before)
    assert b"\x1b" not in front.log.read_bytes()


@pytest.mark.parametrize(
    "path", ["/browse?class=x", "/dumps", "/graph/accepted", "/.well-known/void", "/favicon.ico"]
)
def test_a_redirect_never_leads_to_the_host_that_a_client_names(front: Server, path: str) -> None:
    status, content, headers = front.get(path, Host="evil.example")
    assert status in (301, 302, 303, 308)
    assert headers["Location"].startswith("/")
    assert not headers["Location"].startswith("//")
    assert b"evil.example" not in content


@pytest.mark.parametrize("path", ["/sparql", "/dataset", "/doc/ensemble/brass-union", "/dumps/"])
@pytest.mark.parametrize("accept", ["text/turtle", "text/html", "application/json"])
def test_no_document_holds_the_host_that_a_client_names(
    front: Server, path: str, accept: str
) -> None:
    _, content, headers = front.get(path, Host="evil.example", Accept=accept)
    assert b"evil.example" not in content + str(headers).encode()


# Samples of `make attack`


def stress(module: str, *options: str) -> str:
    """Run a stress program as `make` does; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", f"stress.{module}", *options],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("attack", "number"), [(half_open, 300), (dripping, 300), (unread, 60), (long_queries, 64)]
)
def test_clients_that_hold_connections_keep_no_other_client_from_an_answer(
    front: Server, attack: Callable[..., AbstractContextManager[None]], number: int
) -> None:
    """Of another address for pages, and of the same address for a quick query."""
    page, ask = "/doc/ensemble/brass-union.html", f"/sparql?query={quote('ASK {}')}"
    with attack(front.port, number):
        for path, address in (("/health/live", PROBE), (page, PROBE), (ask, "127.0.0.1")):
            assert probe(front.port, path, address, 3)[1] == []


@thorough
def test_sigterm_under_load_loses_no_request() -> None:
    assert "1 SIGTERMs" in stress("drains", "--drains", "1", "--seconds", "0.5")
