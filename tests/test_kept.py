"""Kept answers: made once, in every content coding, and gone with their release."""

import gzip
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import brotli
import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from werkzeug.test import Client, TestResponse

from ensembles_server import Server, releases_of, serving
from http_wire import Wire
from network import wait_until
from partyline import zstandard
from partyline.web.kept import AnswerStore, Keeper, KeepingMiddleware
from partyline.web.kept.answer import Origin
from partyline.web.kept.codings import CODINGS, preferred
from partyline.web.kept.store import MadeAnswer
from partyline.wsgi import assemble

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DOCUMENT = "/doc/ensemble/brass-union"
DECODED = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda content: zstandard.decompress(content),
}


class Counted:
    """An application that counts the requests that reach it."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application, self.number = application, 0

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        self.number += 1
        return self.application(environ, start_response)


class Kept:
    """The application of the second knowledge base with a store before it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        named = {f"PARTYLINE_SERVER_{name.upper()}": text for name, text in settings.items()}
        environ = {"PARTYLINE_SETTINGS": str(folder / "partyline.toml"), **named}
        self.assembly = assemble(environ)
        self.behind = Counted(self.assembly.releases)
        self.proxies = settings.get("trusted_proxies", "").split()
        self.forget()

    def forget(self) -> None:
        """Begin with an empty store."""
        self.store = AnswerStore(lambda: self.assembly.releases.generation, 16)
        from partyline.web import PublicAddress

        inner = PublicAddress(self.behind, "", self.proxies)
        self.client = Client(KeepingMiddleware(inner, Keeper(self.store, self.proxies)))

    def get(self, path: str, method: str = "GET", **fields: str) -> TestResponse:
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        return self.client.open(path, method=method, headers=headers)

    def close(self) -> None:
        self.assembly.close()
        self.assembly.releases.close()


@pytest.fixture(scope="module")
def folder(ensembles_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copytree(ensembles_release, tmp_path_factory.mktemp("kept") / "ensembles", symlinks=True)


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Kept]:
    kept = Kept(folder)
    yield kept
    kept.close()


@pytest.fixture
def kept(opened: Kept) -> Kept:
    opened.forget()
    return opened


PATHS = [
    f"{DOCUMENT}.ttl",
    f"{DOCUMENT}.html",
    "/",
    "/dataset",
    "/dumps/",
    "/browse/?class=https://music.example.org/terms%23Ensemble",
    DOCUMENT.replace("doc", "id"),
    "/.well-known/void",
    "/sparql.csv?query=SELECT%20*%20%7B%20?s%20?p%20?o%20%7D%20LIMIT%203",
]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_the_same_for_everybody_is_made_once(kept: Kept, path: str) -> None:
    before = kept.behind.number
    answers = [kept.get(path, Accept="text/html, text/turtle;q=0.9") for _ in range(3)]
    assert kept.behind.number == before + 1
    assert len({row.get_data() for row in answers}) == 1
    assert len({str(row.headers) for row in answers}) == 1
    assert answers[0].status_code in (200, 302, 303)


@pytest.mark.parametrize(
    "path",
    [
        "/sparql?query=SELECT%20(RAND()%20AS%20?n)%20%7B%7D",
        "/sparql?query=ASK",
        "/doc/ensemble/nothing",
        "/health",
        "/metrics",
        f"{DOCUMENT}.ttl?invented=1",
        "/browse/?class=https://music.example.org/terms%23Ensemble&invented=1",
        "/dumps/asserted.nt",
    ],
)
def test_what_is_not_is_made_for_each_request(kept: Kept, path: str) -> None:
    before = kept.behind.number
    for _ in range(3):
        kept.get(path).close()
    assert kept.behind.number == before + 3
    assert kept.store.held == 0


@pytest.mark.parametrize("coding", DECODED)
def test_every_coding_holds_the_same_bytes_under_a_tag_of_its_own(kept: Kept, coding: str) -> None:
    plain = kept.get(f"{DOCUMENT}.html")
    coded = [kept.get(f"{DOCUMENT}.html", Accept_Encoding=coding) for _ in range(2)]
    for row in coded:
        assert row.headers["Content-Encoding"] == coding
        assert row.headers["Content-Length"] == str(len(row.get_data()))
        assert DECODED[coding](row.get_data()) == plain.get_data()
        assert row.headers["ETag"] == coded[0].headers["ETag"] != plain.headers["ETag"]
        assert not row.headers["ETag"].startswith("W/")
    assert all("Accept-Encoding" in row.headers["Vary"] for row in (plain, *coded))
    assert "Content-Encoding" not in plain.headers


def test_formats_that_a_client_accepts_are_kept_apart(kept: Kept) -> None:
    for _ in range(2):
        assert kept.get("/", Accept="text/turtle").status_code == 303
        assert kept.get("/", Accept="text/html").status_code == 200
        assert kept.get(DOCUMENT, Accept="text/turtle").mimetype == "text/turtle"
        assert kept.get(DOCUMENT, Accept="text/html").mimetype == "text/html"
        assert kept.get(DOCUMENT, Accept="image/png").status_code == 406


@pytest.mark.parametrize("coding", ["", *DECODED])
def test_a_client_that_has_the_answer_gets_304_without_rendering(kept: Kept, coding: str) -> None:
    path, accepted = f"{DOCUMENT}.ttl", {"Accept_Encoding": coding or "identity"}
    first = kept.get(path, **accepted)
    tag = first.headers["ETag"]
    before = kept.behind.number
    for condition in (tag, f'"other", W/{tag}', "*"):
        again = kept.get(path, If_None_Match=condition, **accepted)
        assert (again.status_code, again.get_data()) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers["Vary"] == first.headers["Vary"]
        assert "Content-Length" not in again.headers
    assert kept.behind.number == before
    assert kept.get(path, If_None_Match='"other"', **accepted).status_code == 200
    assert kept.get(path, If_Match='"other"', **accepted).status_code == 412
    assert kept.get(path, If_Match=tag, **accepted).status_code == 200
    # A server that has been started since makes it once to know.
    kept.forget()
    for condition, status in ((tag, 304), ('"other"', 200), (tag, 304)):
        again = kept.get(path, If_None_Match=condition, **accepted)
        assert (again.status_code, again.headers["ETag"]) == (status, tag)
    kept.forget()
    assert kept.get(path, If_Match='"other"', **accepted).status_code == 412
    assert kept.get(path, If_Match=tag, **accepted).status_code == 200
    before = kept.behind.number
    assert kept.get(path, **accepted).get_data() == first.get_data()
    assert kept.behind.number == before


def with_another_footer(kept: Kept) -> None:
    """Change the program of *kept*: its pages end in other words."""
    app = kept.assembly.releases.current.application
    assert isinstance(app, Flask)
    name = "base.html"
    assert app.jinja_loader
    text, _, _ = app.jinja_loader.get_source(app.jinja_env, name)
    changed = DictLoader({name: text.replace("published with", "written by")})
    app.jinja_loader = ChoiceLoader([changed, app.jinja_loader])


@pytest.fixture(scope="module")
def another_program(folder: Path) -> Iterator[Kept]:
    """The same release behind a program whose pages end in other words."""
    other = Kept(folder)
    with_another_footer(other)
    yield other
    other.close()


@pytest.mark.parametrize("path", [f"{DOCUMENT}.html", "/", "/dumps/", "/sparql", "/rules/"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_what_another_program_writes_of_the_same_release_has_another_tag(
    kept: Kept, another_program: Kept, path: str, coding: str
) -> None:
    other = another_program
    other.forget()
    accepted = {"Accept": "text/html", "Accept_Encoding": coding}
    first = kept.get(path, **accepted)
    again = other.get(path, If_None_Match=first.headers["ETag"], **accepted)
    assert (again.status_code, len(again.get_data()) > 0) == (200, True)
    assert again.headers["ETag"] != first.headers["ETag"]
    # What the change leaves as it was need not be sent again.
    document = kept.get(f"{DOCUMENT}.ttl", **accepted).headers["ETag"]
    assert other.get(f"{DOCUMENT}.ttl", If_None_Match=document, **accepted).status_code == 304


def test_what_other_settings_write_of_the_same_release_has_another_tag(
    kept: Kept, folder: Path
) -> None:
    first = kept.get("/sparql", Accept="text/turtle")
    other = Kept(folder, address="https://music.example.net/data")
    try:
        again = other.get("/sparql", Accept="text/turtle", If_None_Match=first.headers["ETag"])
        assert again.status_code == 200
        assert again.get_data() != first.get_data()
    finally:
        other.close()


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_head_is_the_header_of_get(kept: Kept, coding: str) -> None:
    cold = kept.get(f"{DOCUMENT}.html", method="HEAD", Accept_Encoding=coding)
    got = kept.get(f"{DOCUMENT}.html", Accept_Encoding=coding)
    warm = kept.get(f"{DOCUMENT}.html", method="HEAD", Accept_Encoding=coding)
    assert list(cold.headers) == list(got.headers) == list(warm.headers)
    assert cold.get_data() == warm.get_data() == b""
    assert int(got.headers["Content-Length"]) == len(got.get_data()) > 0


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_range_is_a_part_of_the_coded_bytes(kept: Kept, coding: str) -> None:
    path, accepted = f"{DOCUMENT}.html", {"Accept_Encoding": coding}
    first = kept.get(path, Range="bytes=0-99", **accepted)
    whole = kept.get(path, **accepted)
    content, tag = whole.get_data(), whole.headers["ETag"]
    middle = kept.get(path, Range="bytes=100-199", If_Range=tag, **accepted)
    rest = kept.get(path, Range="bytes=200-", **accepted)
    assert [row.status_code for row in (first, middle, rest)] == [206, 206, 206]
    assert first.get_data() + middle.get_data() + rest.get_data() == content
    assert middle.headers["Content-Range"] == f"bytes 100-199/{len(content)}"
    assert kept.get(path, Range="bytes=-1", **accepted).get_data() == content[-1:]
    beyond = kept.get(path, Range=f"bytes={len(content)}-", **accepted)
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(content)}")
    for ignored in ("bytes=0-1,3-4", "lines=0-1", "bytes=5-4", "bytes=-"):
        assert kept.get(path, Range=ignored, **accepted).get_data() == content
    assert kept.get(path, Range="bytes=0-1", If_Range='"old"', **accepted).get_data() == content


def test_nothing_small_or_already_compressed_is_compressed() -> None:
    store = AnswerStore(lambda: 1, 1)
    for media_type, size, coded in (
        ("text/turtle", 20_000, True),
        ("text/turtle", 200, False),
        ("image/png", 20_000, False),
        ("application/zip", 20_000, False),
        ("image/svg+xml", 20_000, True),
        ("application/rdf+xml", 20_000, True),
    ):
        answer = store.keep(("/", ""), absent, made([("Content-Type", media_type)], b"a" * size))
        assert answer.is_compressible is coded


def test_what_a_coding_does_not_make_smaller_is_sent_as_it_is() -> None:
    store = AnswerStore(lambda: 1, 1)
    headers = [("Content-Type", "text/plain"), ("ETag", '"a"')]
    answer = store.keep(("/", ""), absent, made(headers, os.urandom(2000)))
    found = store.encode(answer, "gzip")
    assert (found.tag, found.get.body) == ('"a"', answer.by_coding[""].get.body)
    assert answer.find("gzip") is found


def absent(name: str) -> None:
    """Return a header field of a request that has none."""


def made(headers: list[tuple[str, str]], body: bytes, generation: int = 1) -> MadeAnswer:
    return MadeAnswer(generation, 200, headers, body, Origin("/", None, "/"))


def test_the_store_is_bounded_and_keeps_what_is_asked_for() -> None:
    store = AnswerStore(lambda: 1, 1)
    store.keep(("/wanted", ""), absent, made([], b"w" * 10_000))
    for number in range(1000):
        store.keep((f"/{number}", ""), absent, made([], b"x" * 10_000))
        assert store.find(("/wanted", ""), absent) is not None
        assert store.held <= 1 << 20
    assert store.find(("/999", ""), absent) is not None
    assert store.find(("/0", ""), absent) is None
    store.keep(("/huge", ""), absent, made([], b"x" * (1 << 19)))
    assert store.find(("/huge", ""), absent) is None


def test_codings_of_an_answer_count_too() -> None:
    store = AnswerStore(lambda: 1, 1)
    headers = [("Content-Type", "text/plain")]
    for number in range(100):
        body = b"".join(b"%d" % (row * number) for row in range(9000))
        answer = store.keep((f"/{number}", ""), absent, made(headers, body))
        for coding in CODINGS:
            store.encode(answer, coding)
        assert store.held <= 1 << 20


def test_an_answer_of_another_opening_is_neither_kept_nor_found() -> None:
    opening = 1
    store = AnswerStore(lambda: opening, 1)
    store.keep(("/", ""), absent, made([], b"one"))
    opening = 2
    assert store.find(("/", ""), absent) is None
    store.keep(("/", ""), absent, made([], b"one"))
    assert store.find(("/", ""), absent) is None
    store.keep(("/", ""), absent, made([], b"two", generation=2))
    found = store.find(("/", ""), absent)
    assert found is not None
    assert found.by_coding[""].get.body == b"two"


@pytest.mark.parametrize(
    "headers", [[("Vary", "*")], [("Vary", "Accept, *")], [("Set-Cookie", "a=b")]]
)
def test_what_depends_on_more_than_it_can_say_is_not_kept(headers: list[tuple[str, str]]) -> None:
    store = AnswerStore(lambda: 1, 1)
    store.keep(("/", ""), absent, made(headers, b"x"))
    assert store.find(("/", ""), absent) is None


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("GZIP", "gzip"),
        ("*", "zstd"),
        ("zstd;q=0, *", "br"),
        ("gzip;q=0.2, br;q=0.1", "gzip"),
        ("gzip;q=0.5, identity", ""),
        ("gzip;q=high", ""),
        ("deflate, compress", ""),
        ("", ""),
        ("gzip" + ", x" * 1000, "gzip"),
    ],
)
def test_the_coding_that_a_client_prefers_is_sent(accepted: str, coding: str) -> None:
    assert preferred(accepted) == coding


def test_without_the_optional_libraries_the_other_codings_are_left() -> None:
    program = (
        "import sys; sys.modules.update(brotli=None, uvloop=None)\n"
        "from partyline.web.kept.codings import CODINGS, preferred\n"
        "from partyline.web.front.server import _loop_factory\n"
        "print(*CODINGS, preferred('br, gzip'), preferred('br'), _loop_factory())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "zstd gzip gzip  None\n", done.stderr


def test_a_prefix_that_a_client_invents_reaches_no_other_client(folder: Path) -> None:
    kept = Kept(folder, trusted_proxies="192.0.2.1")
    try:
        for peer, prefix in (("203.0.113.9", ""), ("192.0.2.1", "/kg"), ("203.0.113.9", "")) * 2:
            environ = {"REMOTE_ADDR": peer}
            headers = {"X-Forwarded-Prefix": "/kg"}
            page = kept.client.get("/", headers=headers, environ_base=environ)
            assert f'href="{prefix}/static/' in page.get_data(as_text=True)
    finally:
        kept.close()


def test_answers_to_sites_that_may_read_them_are_kept_apart(folder: Path) -> None:
    kept = Kept(folder, origins="https://a.example,https://b.example")
    try:
        for _ in range(2):
            for origin in ("https://a.example", "https://b.example", "https://evil.example"):
                allowed = kept.get("/", Origin=origin).headers.get("Access-Control-Allow-Origin")
                assert allowed == (None if "evil" in origin else origin)
    finally:
        kept.close()


def test_a_static_file_never_changes_at_the_address_that_names_its_content(kept: Kept) -> None:
    page = kept.get("/").get_data(as_text=True)
    exact = re.findall(r'href="(/static/[a-z]+\.[0-9a-f]{16}\.(?:css|svg))"', page)
    assert len(exact) == 2
    for address in exact:
        stem, digest, ending = address.split(".")
        immutable = kept.get(address, Accept_Encoding="gzip")
        assert immutable.cache_control.immutable
        assert immutable.cache_control.max_age == 31_536_000
        assert str(immutable.get_etag()[0]).startswith(digest)
        for other in (f"{stem}.{ending}", f"{stem}.{'0' * 16}.{ending}"):
            named = kept.get(other, Accept_Encoding="gzip")
            assert named.get_data() == immutable.get_data()
            assert (named.cache_control.immutable, named.cache_control.max_age) == (False, 300)
    before = kept.behind.number
    style = kept.get(exact[0], Accept_Encoding="br")
    assert kept.behind.number == before
    assert brotli.decompress(style.get_data()) == kept.get(exact[0]).get_data()
    for unknown in ("/static/nothing.css", "/static/", "/static/../kept/store.py"):
        assert kept.get(unknown).status_code == 404


# On the wire


def asked(path: str, *fields: str, version: str = "1.1", method: str = "GET") -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/{version}", "Host: a", *fields, "", "")).encode()


def test_kept_answers_keep_the_order_of_requests_that_are_sent_ahead(visited: Server) -> None:
    hot, cold = f"{DOCUMENT}.ttl", "/sparql?query=ASK%7B%7D"
    assert visited.get(hot)[0] == 200
    with visited.wire() as wire:
        wire.send(asked(hot) + asked(cold) + asked(hot) + asked("/nothing") + asked(hot) * 3)
        found = [wire.response() for _ in range(7)]
        assert [row.status for row in found] == [200, 200, 200, 404, 200, 200, 200]
        assert b"boolean" in found[1].body
        assert len({found[number].body for number in (0, 2, 4, 5, 6)}) == 1
        assert all("date" in row.headers for row in found)


def test_a_kept_answer_ends_the_connection_where_the_client_wants_that(visited: Server) -> None:
    visited.get(f"{DOCUMENT}.ttl")
    for request, connection in (
        (asked(f"{DOCUMENT}.ttl", "Connection: close"), "close"),
        (asked(f"{DOCUMENT}.ttl", version="1.0"), "close"),
    ):
        with visited.wire() as wire:
            wire.send(request + asked("/"))
            assert wire.response().headers["connection"] == connection
            assert wire.is_closed()
    with visited.wire() as wire:
        wire.send(asked(f"{DOCUMENT}.ttl", "Connection: keep-alive", version="1.0") + asked("/"))
        assert wire.response().headers["connection"] == "keep-alive"
        assert wire.response().status == 200


def test_kept_answers_are_logged_and_counted_like_others(running: Server) -> None:
    statuses = []
    for number in range(12):
        tag = running.get(f"{DOCUMENT}.ttl")[2]["ETag"]
        condition = {"If_None_Match".replace("_", "-"): tag} if number % 2 else {}
        statuses.append(running.get(f"{DOCUMENT}.ttl", **condition)[0])
    assert statuses == [200, 304] * 6
    text = running.get("/metrics")[1].decode()
    route = 'route="/doc/<path:name>"'
    assert f'partyline_requests_total{{method="GET",{route},status="200"}} 18.0' in text
    assert f'partyline_requests_total{{method="GET",{route},status="304"}} 6.0' in text
    assert f"partyline_request_seconds_count{{{route}}} 24.0" in text
    wait_until(lambda: len(documents(running)) == 24)
    first, *others = documents(running)
    assert all(row.keys() == first.keys() for row in others)
    assert {row["release"] for row in others} == {first["release"]}
    assert sorted(int(str(row["bytes"])) for row in others)[:6] == [0] * 6
    size = int(running.get(f"{DOCUMENT}.ttl")[2]["Content-Length"])
    assert f"partyline_sent_bytes_total{{{route}}} {18.0 * size}" in text


def documents(server: Server) -> list[dict[str, object]]:
    return [row for row in server.lines() if str(row["path"]).startswith("/doc/")]


def test_two_processes_give_the_same_tags_and_bytes(folder: Path, tmp_path: Path) -> None:
    def answers(server: Server) -> list[tuple[str, bytes]]:
        found = []
        for coding in ("identity", "gzip", "br", "zstd"):
            _, content, headers = server.get(f"{DOCUMENT}.html", **{"Accept-Encoding": coding})
            found.append((headers["ETag"], content))
        return found

    with serving(folder, ["--no-build"]) as first, serving(folder, ["--no-build"]) as second:
        assert answers(first) == answers(second)


def test_no_answer_of_a_release_is_sent_once_another_one_is_served(running: Server) -> None:
    """Eight connections ask for the same document, without a pause, while releases change."""
    names = ("eins", "zwei", "drei")
    releases = releases_of(running.folder, names)
    running.switch(releases[0])
    ended, lock = threading.Event(), threading.Lock()
    served = [names[0]]
    stale: list[tuple[str, list[str]]] = []
    numbers: list[int] = []

    def hammer() -> None:
        number = 0
        with Wire(running.port, address=f"127.0.0.{2 + len(numbers)}") as wire:
            while not ended.is_set():
                with lock:
                    before = list(served)
                wire.send(asked(f"{DOCUMENT}.ttl"))
                response = wire.response()
                number += 1
                found = re.search(rb"Blechverein (\w+)", response.body)
                name = found[1].decode() if found else ""
                if name in before[:-1] or response.status != 200 or not name:
                    stale.append((name, before))
        numbers.append(number)

    threads = [threading.Thread(target=hammer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for name, release in zip(names[1:], releases[1:], strict=True):
        running.switch(release)
        with lock:
            served.append(name)
    ended.set()
    for thread in threads:
        thread.join()
    assert stale == []
    assert len(numbers) == 8
    assert json.loads(running.get("/health")[1])["status"] == "ok"
