"""Malformed, ambiguous and oversized requests to the real server, as bytes."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from shutil import copytree
from urllib.parse import quote

import pytest

from conftest import wait_until
from http_wire import Wire
from stress.connections import PROBE, dripping, half_open, long_queries, probe, unread
from test_serving import Server, serving

#: What every request of the corpus is made of.
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


#: Requests that two servers may read in two ways (RFC 9112, sections 2.2, 3.2, 5, 6 and 11.2).
REFUSED = {
    "no Host": (LIVE + END, 400),
    "two Hosts": (LIVE + HOST + b"Host: b\r\n\r\n", 400),
    "the same Host twice": (LIVE + HOST + HOST + END, 400),
    "a Host with a path": (LIVE + b"Host: a/b\r\n\r\n", 400),
    "a Host with a user": (LIVE + b"Host: a@b\r\n\r\n", 400),
    "a Host with a space": (LIVE + b"Host: a b\r\n\r\n", 400),
    "two Hosts in one field": (LIVE + b"Host: a, b\r\n\r\n", 400),
    "a space before the colon": (LIVE + b"Host : a\r\n\r\n", 400),
    "a space before the first field": (LIVE + b" Host: a\r\n\r\n", 400),
    "a folded field": (LIVE + HOST + b"X: a\r\n b\r\n\r\n", 400),
    "a field folded with a tab": (LIVE + HOST + b"X: a\r\n\tb\r\n\r\n", 400),
    "a field without a colon": (LIVE + HOST + b"X\r\n\r\n", 400),
    "a field without a name": (LIVE + HOST + b": x\r\n\r\n", 400),
    "a name with a space": (LIVE + HOST + b"X Y: x\r\n\r\n", 400),
    "a name with a bracket": (LIVE + HOST + b"X(Y): x\r\n\r\n", 400),
    "a value with NUL": (LIVE + HOST + b"X: a\0b\r\n\r\n", 400),
    "a value with a bare CR": (LIVE + HOST + b"X: a\rb\r\n\r\n", 400),
    "lines that end with LF": (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    "one line that ends with LF": (LIVE + b"Host: a\n\r\n", 400),
    "a header that ends with LF": (LIVE + HOST + b"\n", 400),
    "a request line that ends with CR": (b"GET / HTTP/1.1\rHost: a\r\n\r\n", 400),
    "a target with a space": (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a target with NUL": (b"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "no version": (b"GET /\r\n\r\n", 505),
    "no target": (b"GET HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "HTTP/1.2": (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400),
    "HTTP/2 without TLS": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a handshake of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "an unknown method": (b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a method in lower case": (b"get / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "CONNECT": (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    "TRACE": (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    "length and chunks": (
        POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        400,
    ),
    "chunks and length": (
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG",
        400,
    ),
    "two lengths": (POST + b"Content-Length: 6\r\nContent-Length: 5\r\n\r\nASK {}", 400),
    "the same length twice": (POST + b"Content-Length: 6\r\nContent-Length: 6\r\n\r\nASK {}", 400),
    "two lengths in one field": (POST + b"Content-Length: 6, 6\r\n\r\nASK {}", 400),
    "a length with a sign": (POST + b"Content-Length: +6\r\n\r\nASK {}", 400),
    "a negative length": (POST + b"Content-Length: -6\r\n\r\nASK {}", 400),
    "a hexadecimal length": (POST + b"Content-Length: 0x6\r\n\r\nASK {}", 400),
    "a length with a space inside": (POST + b"Content-Length: 6 6\r\n\r\nASK {}", 400),
    "an empty length": (POST + b"Content-Length: \r\n\r\nASK {}", 400),
    "a length beyond 64 bits": (POST + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
    "a coding that is not chunked": (POST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    "chunked and another coding": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
    "chunked before another coding": (POST + b"Transfer-Encoding: chunked, x\r\n\r\n", 400),
    "a coding that looks like chunked": (POST + b"Transfer-Encoding: xchunked\r\n\r\n", 501),
    "chunked behind a vertical tab": (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n", 400),
    "chunked twice": (POST + b"Transfer-Encoding: chunked\r\n" * 2 + END, 400),
    "chunks in HTTP/1.0": (
        CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + b"6\r\nASK {}\r\n0\r\n\r\n",
        400,
    ),
    "a chunk size that is not a number": (CHUNKED + b"G\r\nASK {}\r\n0\r\n\r\n", 400),
    "a chunk size with a prefix": (CHUNKED + b"0x6\r\nASK {}\r\n0\r\n\r\n", 400),
    "a negative chunk size": (CHUNKED + b"-6\r\nASK {}\r\n0\r\n\r\n", 400),
    "a chunk size with a space before it": (CHUNKED + b" 6\r\nASK {}\r\n0\r\n\r\n", 400),
    "an empty chunk size": (CHUNKED + b"\r\nASK {}\r\n0\r\n\r\n", 400),
    "a chunk size beyond 64 bits": (CHUNKED + b"10000000000000006\r\nASK {}\r\n0\r\n\r\n", 400),
    "a chunk longer than its size": (CHUNKED + b"5\r\nASK {}\r\n0\r\n\r\n", 400),
    "a chunk size that ends with LF": (CHUNKED + b"6\nASK {}\r\n0\r\n\r\n", 400),
    "a chunk that ends with LF": (CHUNKED + b"6\r\nASK {}\n0\r\n\r\n", 400),
    "a target that is too long": (b"GET /" + b"a" * 600_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a header that is too long": (LIVE + HOST + b"X: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    "a field name that is too long": (LIVE + HOST + b"x" * 70_000 + b": a\r\n\r\n", 431),
    "a header without an end": (LIVE + HOST + b"X: " + b"a" * 2_000_000, 431),
    "too many fields": (LIVE + HOST + b"X: a\r\n" * 200 + END, 431),
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


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_request_is_refused_once_and_the_connection_closed(
    front: Server, name: str
) -> None:
    """Nothing behind it is read as a request: it could be a smuggled one."""
    request, status = REFUSED[name]
    with Wire(front.port) as wire:
        wire.send(request + GET)
        response = wire.response()
        assert response.status == status, response.body
        assert response.headers["connection"] == "close"
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.body.isascii()
        assert response.body.count(b"\n") == 1
        assert wire.is_closed()


#: Unusual requests with one reading only, and the statuses of their responses.
ANSWERED = {
    "an empty Host": (LIVE + b"Host: \r\nConnection: close\r\n\r\n", [200]),
    "an IPv6 Host": (LIVE + b"Host: [::1]:80\r\nConnection: close\r\n\r\n", [200]),
    "an empty line before the request": (b"\r\n" + LAST, [200]),
    "HTTP/1.0 without Host": (b"GET /health/live HTTP/1.0\r\n\r\n", [200]),
    "HTTP/1.0 that keeps the connection": (
        b"GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + LAST,
        [200, 200],
    ),
    "an absolute target": (
        b"GET http://other.example/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        [200],
    ),
    "a target with a fragment": (
        b"GET /health/live#x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        [200],
    ),
    "a GET with a body": (
        LIVE + HOST + b"Content-Length: 24\r\n\r\nGET /no HTTP/1.1\r\nHost:\r\n" + LAST,
        [200, 200],
    ),
    "chunks with an extension": (CHUNKED + b"6;a=b\r\nASK {}\r\n0\r\n\r\n" + LAST, [200, 200]),
    "a trailer": (
        CHUNKED + b"6\r\nASK {}\r\n0\r\nHost: other.example\r\n\r\n" + LAST,
        [200, 200],
    ),
    "a body of length zero": (POST + b"Content-Length: 0\r\n\r\n" + LAST, [400, 200]),
    "an upgrade to HTTP/2": (LIVE + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", [200]),
    "an expectation that is met": (
        POST + b"Expect: 100-continue\r\nContent-Length: 6\r\n\r\nASK {}" + LAST,
        [100, 200, 200],
    ),
    "twenty requests ahead of their answers": (GET * 19 + LAST, [200] * 20),
    "a malformed request behind a good one": (GET + LIVE + END + GET, [200, 400]),
    "a request behind the last one": (LAST + GET, [200]),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_an_unusual_request_is_read_in_its_one_way(front: Server, name: str) -> None:
    request, statuses = ANSWERED[name]
    with Wire(front.port) as wire:
        wire.send(request)
        assert [wire.response().status for _ in statuses] == statuses
        assert wire.is_closed()


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
    before = len(front.lines())
    with Wire(front.port) as wire:
        wire.send(LIVE + b"Host: \x1b[31ma\r\n\r\n")
        assert wire.response().status == 400
    assert b"\x1b" not in front.log.read_bytes()
    wait_until(lambda: len(front.lines()) > before)
    line = front.lines()[-1]
    assert (line["status"], line["outcome"]) == (400, "refused")


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
def test_clients_that_hold_connections_keep_nobody_from_an_answer(
    front: Server, attack: Callable[..., AbstractContextManager[None]], number: int
) -> None:
    """Of another address for pages, and of the same address for a quick query."""
    page, ask = "/doc/ensemble/brass-union.html", f"/sparql?query={quote('ASK {}')}"
    with attack(front.port, number):
        for path, address in (("/health/live", PROBE), (page, PROBE), (ask, "127.0.0.1")):
            assert probe(front.port, path, address, 3)[1] == []


def test_sigterm_under_load_loses_no_request() -> None:
    assert "1 SIGTERMs" in stress("drains", "--drains", "1", "--seconds", "0.5")
