"""Serving sources while they are edited: what changes in a file is on the page a moment later."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import copytree, rmtree
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from werkzeug.test import Client

from command_line import Command, partyline, started
from conftest import DATA
from network import free_port, wait_for, wait_until
from partyline.findings import Finding, Severity
from partyline.releases import PreviewState
from partyline.settings import Settings
from partyline.sources.file_watcher import FileWatcher
from partyline.web.preview import PreviewMiddleware

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Seconds after which a change that is not noticed is a failure, on a machine that does much else.
PATIENCE = 60
MISTAKE = "ensemble:brass-union rdfs:label .\n"


@dataclass
class Watched:
    """A server that watches a folder, in a process of its own."""

    command: Command
    folder: Path
    port: int

    @property
    def kb(self) -> Path:
        return self.folder / "kb" / "ensembles.ttl"

    def get(self, path: str, accept: str = "text/html") -> str:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Accept": accept}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return str(response.read().decode())
        except urllib.error.HTTPError as error:
            return str(error.read().decode())

    def state(self) -> str:
        return str(json.loads(self.get("/.preview/state"))["state"])

    def edit(self, before: str, after: str) -> None:
        """Replace some text of the file of ensembles, as an editor saves it: by a rename."""
        save(self.kb, self.kb.read_text().replace(before, after))

    def until(self, wanted: str, path: str = "/doc/ensemble/brass-union", gone: str = "") -> str:
        """Return the page at *path* once it holds *wanted*, and does not hold *gone*."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            page = self.get(path)
            if wanted in page and not (gone and gone in page):
                return page
            time.sleep(0.05)
        raise AssertionError(f"{wanted!r}, not {gone!r}, in:\n{page}\n{output(self.command)}")

    def until_printed(self, wanted: str) -> str:
        return printed(self.command, wanted)


def save(path: Path, content: str) -> None:
    beside = path.with_name(f".{path.name}.swp")
    beside.write_text(content)
    beside.replace(path)


def output(command: Command) -> str:
    return command.stdout() + command.stderr()


def printed(command: Command, wanted: str) -> str:
    """Return what *command* has printed once it holds *wanted*."""
    wait_until(lambda: wanted in output(command), PATIENCE)
    return output(command)


@contextmanager
def watching(folder: Path, *arguments: object, **environ: str) -> Iterator[Watched]:
    port = free_port()
    environ["XDG_CACHE_HOME"] = str(folder.parent / "cache")
    environ.setdefault("TMPDIR", str(folder.parent))  # it is killed in the end, and leaves things
    words = ("serve", "--watch", "--port", port, *arguments)
    with started(*words, cwd=folder, environ=environ) as command:
        wait_for(f"http://127.0.0.1:{port}/health/ready", command)
        yield Watched(command, folder, port)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = copytree(DATA / "ensembles", tmp_path_factory.mktemp("preview") / "ensembles")
    with watching(folder) as found:
        yield found


@pytest.fixture
def watched(server: Watched) -> Iterator[Watched]:
    """The server, whose files are afterwards what they were."""
    yield server
    before = server.state()
    for path in server.folder.rglob("*.*"):
        original = DATA / "ensembles" / path.relative_to(server.folder)
        if not original.exists():
            path.unlink()
        elif path.read_bytes() != original.read_bytes():
            path.write_bytes(original.read_bytes())
        else:
            continue
        before = ""
    if not before:
        server.until("Blechverein", "/doc/ensemble/brass-union", gone='class="preview"')
        server.until("Ensembles of an invented town", "/")


# From the file to the page


def test_an_edit_is_on_the_page_and_what_follows_from_it_too(watched: Watched) -> None:
    watched.edit('"Blechverein"@de ;', '"Posaunenchor"@de ; t:grewOutOf ensemble:village-band ;')
    page = watched.until("Posaunenchor")
    assert "village-band" in page
    # The chain of origins, which is transitive, is one longer.
    assert "village-band" in watched.get("/doc/ensemble/red-brass.ttl")


def test_a_query_asks_what_the_pages_show(watched: Watched) -> None:
    watched.edit("Rotes Blech", "Gelbes Blech")
    watched.until("Gelbes Blech", "/doc/ensemble/red-brass")
    query = 'SELECT ?s { ?s ?p "Gelbes Blech"@de }'
    found = json.loads(
        watched.get(f"/sparql?query={quote(query)}", "application/sparql-results+json")
    )
    assert [row["s"]["value"] for row in found["results"]["bindings"]] == [
        "https://music.example.org/id/ensemble/red-brass"
    ]


def test_a_search_finds_the_names_that_the_pages_show(watched: Watched) -> None:
    watched.edit('"Blechverein"@de', '"Posaunenkreis"@de')
    watched.until("Posaunenkreis")
    assert "ensemble/brass-union" in watched.get("/search?q=Posaunenkreis", "application/json")


def test_a_new_file_and_a_deleted_one_are_noticed(watched: Watched) -> None:
    further = watched.folder / "kb" / "further.ttl"
    further.write_text(
        "@prefix t: <https://music.example.org/terms#> .\n"
        "<https://music.example.org/id/ensemble/choir> a t:Ensemble ;\n"
        '  <http://www.w3.org/2000/01/rdf-schema#label> "Chor"@de .\n'
    )
    watched.until("Chor", "/doc/ensemble/choir")
    further.unlink()
    watched.until("404", "/doc/ensemble/choir")


def test_a_changed_setting_is_read_again(watched: Watched) -> None:
    file = watched.folder / "partyline.toml"
    save(file, file.read_text().replace("an invented town", "no town"))
    watched.until("Ensembles of no town", "/")
    watched.until_printed("the settings and all sources were read again")


# What is wrong


def test_a_broken_file_leaves_the_last_good_state_and_says_so(watched: Watched) -> None:
    with watched.kb.open("a") as file:
        file.write(MISTAKE)
    line = watched.kb.read_text().count("\n")
    page = watched.until('class="preview"')
    assert "Blechverein" in page
    assert "an earlier state" in page
    assert f"kb/ensembles.ttl:{line}" in page
    assert "Remedy: " in page
    assert json.loads(watched.get("/health"))["status"] == "degraded"
    said = watched.until_printed(f"kb/ensembles.ttl:{line}: error")
    assert "remedy: " in said
    watched.edit(MISTAKE, "")
    watched.until("Blechverein", gone='class="preview"')
    assert json.loads(watched.get("/health"))["status"] == "ok"


def test_a_contradiction_is_not_served(watched: Watched) -> None:
    watched.edit("a t:Ensemble ;\n    dct:extent", "a t:Ensemble, t:Musician ;\n    dct:extent")
    page = watched.until('class="preview"')
    assert "an earlier state" in page
    assert "disjoint" in page


def test_what_a_shape_finds_is_served_with_the_finding(watched: Watched) -> None:
    watched.edit('    rdfs:label "Blechverein"@de ;\n', "")
    page = watched.until("an ensemble needs exactly one name")
    assert "The sources have 1 error" in page
    assert "an earlier state" not in page


def test_settings_that_cannot_be_read_leave_the_last_good_state(watched: Watched) -> None:
    file = watched.folder / "partyline.toml"
    save(file, file.read_text().replace("query_seconds", "query_minutes"))
    page = watched.until('class="preview"')
    assert "query_minutes" in page
    assert "Blechverein" in page


def test_a_query_that_is_missing_leaves_the_last_good_state(watched: Watched) -> None:
    query = watched.folder / "ontology" / "withheld.rq"
    content = query.read_text()
    query.unlink()
    page = watched.until("withheld.rq: cannot be read")
    assert "Blechverein" in page
    query.write_text(content)


def test_of_a_flood_of_changes_the_last_state_is_served(watched: Watched) -> None:
    for number in range(60):
        watched.edit("Blechverein", f"Blechverein {number}.")
        watched.edit(f"Blechverein {number}.", "Blechverein")
        time.sleep(0.01)
    watched.edit('"Blechverein"', '"Der letzte"')
    watched.until("Der letzte")
    assert output(watched.command).count(": served after") < 60


# The command


def test_it_begins_with_a_broken_file_once_that_is_fixed(ensembles: Path) -> None:
    file, port = ensembles / "kb" / "ensembles.ttl", free_port()
    content = file.read_text()
    file.write_text(content + MISTAKE)
    environ = {"TMPDIR": str(ensembles.parent)}
    words = ("serve", "--watch", "--port", port)
    with started(*words, cwd=ensembles, environ=environ) as command:
        printed(command, "nothing is served yet")
        file.write_text(content)
        wait_for(f"http://127.0.0.1:{port}/health/ready", command)
        command.send_signal(signal.SIGINT)
        assert command.wait(PATIENCE) == 0


def test_files_and_folders_without_settings_are_watched(ensembles: Path, tmp_path: Path) -> None:
    (ensembles / "partyline.toml").unlink()
    alone = tmp_path / "alone" / "alone.ttl"
    alone.parent.mkdir()
    alone.write_text('<https://a.example/x> <http://schema.org/name> "Eins" .\n')
    with watching(ensembles, alone, ensembles / "kb") as server:
        server.until("Blechverein", "/doc/ensemble/brass-union")
        save(alone, alone.read_text().replace("Eins", "Zwei"))
        query = quote("SELECT ?name { <https://a.example/x> ?p ?name }")
        server.until("Zwei", f"/sparql.csv?query={query}")


def test_nothing_is_written_beside_the_sources_and_nothing_is_left(ensembles: Path) -> None:
    temporary = ensembles.parent / "temporary"
    temporary.mkdir()
    before = sorted(ensembles.rglob("*"))
    with watching(ensembles, TMPDIR=str(temporary)) as server:
        assert list(temporary.iterdir())
        server.command.send_signal(signal.SIGINT)
        assert server.command.wait(PATIENCE) == 0
    assert sorted(ensembles.rglob("*")) == before
    assert list(temporary.iterdir()) == []


def test_a_server_without_watch_has_nothing_of_it(built_ensembles: Path) -> None:
    port = free_port()
    with started("serve", "--no-build", "--port", port, cwd=built_ensembles) as command:
        wait_for(f"http://127.0.0.1:{port}/health/ready", command)
        server = Watched(command, built_ensembles, port)
        page = server.get("/")
        assert "<script src" not in page
        assert "preview" not in page
        assert "404" in server.get("/.preview/state")
        assert "404" in server.get("/.preview/preview.js")


def test_watch_and_no_build_exclude_each_other() -> None:
    done = partyline("serve", "--watch", "--no-build")
    assert done.returncode == 2
    assert "not allowed with" in done.stderr


# The pages

HOSTILE = "</aside><script>alert(1)</script>\x1b[31m"


@dataclass
class Pages:
    """A page behind the middleware, in a state that a test sets."""

    state: PreviewState
    headers: list[tuple[str, str]] = field(
        default_factory=lambda: [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'self'"),
            ("ETag", '"1"'),
            ("Content-Length", "1"),
            ("Cache-Control", "max-age=300"),
        ]
    )
    asked: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        self.asked = {name: row for name, row in environ.items() if name.startswith("HTTP_")}
        start_response("200 OK", self.headers)
        return [b"<html><head><title>t</title></head>", b"<body><p>text</p></body></html>"]

    def client(self) -> Client:
        return Client(PreviewMiddleware(self, lambda: self.state))


@pytest.fixture
def pages(settings: Settings) -> Pages:
    return Pages(PreviewState("a-1", settings))


def test_a_page_without_findings_has_the_script_alone(pages: Pages) -> None:
    answer = pages.client().get("/any")
    assert 'data-state="a-1"' in answer.text
    assert "<body><p>text" in answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'"
    )


def test_no_answer_is_kept_by_a_browser(pages: Pages) -> None:
    answer = pages.client().get("/any", headers={"If-None-Match": '"1"', "Range": "bytes=0-1"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert not {"HTTP_IF_NONE_MATCH", "HTTP_RANGE"} & pages.asked.keys()


def test_findings_are_escaped(pages: Pages) -> None:
    finding = Finding(HOSTILE, 3, "code", HOSTILE, HOSTILE, details=(HOSTILE,))
    pages.state = replace(pages.state, findings=(finding,), problem=HOSTILE, is_current=False)
    text = pages.client().get("/any").text
    assert "<script>" not in text
    assert "\x1b" not in text
    assert text.count("&lt;/aside&gt;") == 5
    assert text.count("</aside>") == 1


def test_errors_are_open_and_warnings_are_folded(pages: Pages) -> None:
    error, warning = (
        Finding("a.ttl", 1, "c", "m"),
        Finding("b.ttl", 0, "c", "m", severity=Severity.WARNING),
    )
    pages.state = replace(pages.state, findings=(warning, error))
    text = pages.client().get("/any").text
    assert "<details open><summary>The sources have 1 error and 1 warning</summary>" in text
    assert text.index("a.ttl:1") < text.index("<code>b.ttl</code>")
    pages.state = replace(pages.state, findings=(warning,))
    assert "<details><summary>The sources have 1 warning</summary>" in pages.client().get("/").text


def test_what_is_not_a_page_has_no_more_in_it(pages: Pages) -> None:
    pages.headers[0] = ("Content-Type", "text/turtle")
    answer = pages.client().get("/any")
    assert "script" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_links_have_the_prefix_of_a_proxy(pages: Pages) -> None:
    text = pages.client().get("/any", base_url="http://localhost/data/").text
    assert 'src="/data/.preview/preview.js"' in text


def test_a_head_request_has_the_length_of_the_page(pages: Pages) -> None:
    answer = pages.client().head("/any")
    assert answer.data == b""
    assert answer.headers["Content-Length"] == pages.client().get("/any").headers["Content-Length"]


# Files that change


@contextmanager
def waited(folder: Path, *left_out: Path) -> Iterator[list[frozenset[Path]]]:
    """Give the changes that a watcher reports, one after the other, until the block is left."""
    ended, found = Event(), list[frozenset[Path]]()
    watcher = FileWatcher(lambda: [folder], left_out)

    def run() -> None:
        while not ended.is_set():
            if changed := watcher.wait(ended):
                found.append(changed)

    thread = Thread(target=run)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join(20)


def until(found: list[frozenset[Path]], *wanted: Path) -> None:
    """Return once every one of *wanted* was reported, in one change or in several."""
    wait_until(lambda: set(wanted) <= {path for change in found for path in change}, PATIENCE)


def test_a_file_of_the_same_size_that_replaces_another_is_a_change(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("1")
    times = path.stat()
    with waited(tmp_path) as found:
        beside = tmp_path / ".a"
        beside.write_text("2")
        os.utime(beside, ns=(times.st_atime_ns, times.st_mtime_ns))
        beside.replace(path)
        until(found, path)


def test_new_and_deleted_files_in_new_folders_are_changes(tmp_path: Path) -> None:
    path = tmp_path / "b" / "c" / "a.ttl"
    with waited(tmp_path) as found:
        path.parent.mkdir(parents=True)
        path.write_text("1")
        until(found, path)
        found.clear()
        rmtree(tmp_path / "b")
        until(found, path)


def test_hidden_files_and_folders_that_are_left_out_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "releases").mkdir()
    with waited(tmp_path, tmp_path / "releases") as found:
        (tmp_path / ".git").mkdir()
        for name in (".swp", ".git/index", "releases/current", "z.ttl"):
            (tmp_path / name).write_text("1")
        until(found, tmp_path / "z.ttl")
    assert found == [frozenset({tmp_path / "z.ttl"})]


def test_a_single_file_is_watched_before_it_is_there(tmp_path: Path) -> None:
    with waited(tmp_path / "a.ttl") as found:
        (tmp_path / "b.ttl").write_text("1")
        (tmp_path / "a.ttl").write_text("1")
        until(found, tmp_path / "a.ttl")
    assert found == [frozenset({tmp_path / "a.ttl"})]
