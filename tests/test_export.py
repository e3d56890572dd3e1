"""The site as files: what is written, what changes, and how other servers answer with it."""

import contextlib
import gzip
import hashlib
import itertools
import json
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from html import unescape
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from flask.testing import FlaskClient

from command_line import partyline
from conftest import DATA
from http_wire import Wire
from partyline.cli import COMMANDS, command_parser
from partyline.errors import ExportError
from partyline.export import export_release
from partyline.export.addresses import entries, is_exported, is_only_served
from partyline.export.folder import OWN, Changes, SiteFolder
from partyline.export.local_engine import ASSETS
from partyline.export.resource_pages import ResourcePages
from partyline.publishing import Publication
from partyline.releases import build, current_release
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from servers_of_files import apache, caddy, nginx
from test_publishing import add

ROOT = Path(__file__).parents[1]
CODINGS = ("gzip", "br", "zstd")
ROWS = tomllib.loads((DATA / "dereference.toml").read_text("utf-8"))["row"]
DECLARED = """
ensemble:old-brass a t:Ensemble ; rdfs:label "Altes Blech"@de ;
    owl:deprecated true ; dct:isReplacedBy ensemble:brass-union .
ensemble:invented rdfs:label "Erfunden"@de ; owl:deprecated true ;
    rdfs:comment "The town never had it."@en .
ensemble:red-brass <https://other.example/Plays> "loud" ; <https://other.example/plays> "low" .
<https://music.example.org/id/ensemble/café> a t:Ensemble ; rdfs:label "Café"@de .
"""


@dataclass(frozen=True)
class Exported:
    folder: Path
    site: Path


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = copytree(DATA / "ensembles", tmp_path_factory.mktemp("export") / "ensembles")
    add(folder, DECLARED, "@prefix dct: <http://purl.org/dc/terms/> .\n")
    settings = read_settings(folder / "partyline.toml", {})
    build(settings)
    found = export_release(settings, folder / "site", CODINGS, lambda line: None)
    assert found.findings.missing == {}
    return Exported(folder, folder / "site")


SERVERS = {"nginx": nginx, "Apache": apache, "Caddy": caddy}


@pytest.fixture(scope="module", params=SERVERS)
def port(
    request: pytest.FixtureRequest, music: Exported, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The port of another server of the files."""
    folder = tmp_path_factory.mktemp(request.param)
    with SERVERS[request.param](music.site, folder) as found:
        yield found


def get(port: int, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with Wire(port) as wire:
        fields = "".join(
            f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()
        )
        wire.send(f"GET {address} HTTP/1.1\r\nHost: e.org\r\n{fields}\r\n".encode())
        found = wire.response()
        return found.status, found.headers, found.body


def name_of(row: dict[str, Any]) -> str:
    return f"{row['address']} {row.get('accept', '-')}"


def check(row: dict[str, Any], status: int, headers: dict[str, str]) -> None:
    """Compare an answer with a row of the table."""
    assert status == row["status"]
    media_type = headers.get("content-type", "").partition(";")[0]
    assert media_type == row.get("type", media_type)
    location = urlsplit(headers.get("location", headers.get("content-location", ""))).path
    assert location == row.get("location", "")
    accept = "accept" in row and status in (303, 200)
    assert not (accept and "location" in row) or "Accept" in headers["vary"]


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_another_server_answers_from_the_files_like_this_one(
    port: int, row: dict[str, Any]
) -> None:
    accept = {"Accept": row["accept"]} if "accept" in row else {}
    status, headers, _ = get(port, row["address"], **accept)
    check(row, status, headers)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_this_server_answers_like_the_table(client: FlaskClient, row: dict[str, Any]) -> None:
    accept = {"Accept": row["accept"]} if "accept" in row else {}
    response = client.get(row["address"], headers=accept)
    check(row, response.status_code, {name.lower(): text for name, text in response.headers})
    response.close()


@pytest.fixture(scope="module")
def client(music: Exported) -> Iterator[FlaskClient]:
    """The application on the release that was exported."""
    settings = read_settings(music.folder / "partyline.toml", {})
    release = current_release(settings.releases)
    with QueryPool(release.store, settings.limits, {}, f"{settings.knowledge.base}sparql") as pool:
        yield create_app(Publication.of(release, settings.knowledge), pool, settings).test_client()


def test_bytes_are_those_of_the_server_but_for_links(music: Exported, client: FlaskClient) -> None:
    for path in (
        "doc/ensemble/brass-union.ttl",
        "terms.jsonld",
        "dumps/asserted.nt",
    ):
        response = client.get(f"/{path}")
        assert (music.site / path).read_bytes() == response.data
        response.close()


def test_descriptions_name_no_endpoint_unless_another_server_has_one(music: Exported) -> None:
    for path in ("dataset.ttl", "dataset.nt", ".well-known/api-catalog"):
        assert b"/sparql" not in (music.site / path).read_bytes().replace(b"sparql11-", b"")
    settings = read_settings(music.folder / "partyline.toml", {})
    address = "https://query.example.org/all"
    server = replace(settings.server, endpoint=address)
    release = current_release(settings.releases)
    publication = Publication.of(release, settings.knowledge)
    with QueryPool(release.store, settings.limits, {}, "x") as pool:
        client = create_app(publication, pool, replace(settings, server=server)).test_client()
        described = client.get("/dataset.nt").text
        assert f"sparqlEndpoint> <{address}>" in described
        assert f"endpointURL> <{address}>" in described
        assert "sparql>" in client.get("/sparql", headers={"Accept": "text/turtle"}).text


def test_headers_are_those_of_the_server(port: int, client: FlaskClient) -> None:
    for path in ("/doc/ensemble/caf%C3%A9.ttl", "/dataset.html", "/doc/ensemble/caf%C3%A9"):
        there, here = get(port, path)[1], client.get(path)
        for name in (
            *("link", "content-type", "cache-control", "content-security-policy"),
            *("access-control-allow-origin", "x-content-type-options", "referrer-policy"),
        ):
            assert there[name] == here.headers[name], (path, name)
        assert there["etag"]


def test_programs_of_other_sites_may_ask_before_they_read(port: int) -> None:
    for path in ("/doc/ensemble/brass-union", "/id/ensemble/brass-union", "/terms.ttl"):
        with Wire(port) as wire:
            wire.send(
                f"OPTIONS {path} HTTP/1.1\r\nHost: e.org\r\nOrigin: https://o.org\r\n\r\n".encode()
            )
            found = wire.response()
        assert found.status == 204
        assert found.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
        assert found.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-methods" not in get(port, path)[1]


def test_a_copy_that_is_compressed_is_sent_to_whoever_reads_it(port: int, music: Exported) -> None:
    path = "/doc/ensemble/brass-union"
    status, headers, body = get(port, path, Accept="text/html", Accept_Encoding="gzip")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert headers["content-location"] == f"{path}.html"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert gzip.decompress(body) == (music.site / f"{path[1:]}.html").read_bytes()
    assert "content-encoding" not in get(port, path)[1]


def test_addresses_that_differ_in_case_alone_have_answers_of_their_own(port: int) -> None:
    for name, other in (("Plays", "plays"), ("plays", "Plays")):
        status, _, body = get(port, f"/resource.nt?iri=https://other.example/{name}")
        assert status == 200
        assert f"<https://other.example/{name}>".encode() in body
        assert f"<https://other.example/{other}>".encode() not in body


def test_what_is_unchanged_is_not_sent_again(port: int) -> None:
    tag = get(port, "/dataset.ttl")[1]["etag"]
    assert get(port, "/dataset.ttl", If_None_Match=tag)[0] == 304


def test_the_files_of_the_export_itself_are_not_served(port: int) -> None:
    own = ("/.partyline/manifest.json", "/.htaccess", "/.partyline/nginx.conf", "/_headers")
    for path in own:
        assert get(port, path)[0] in (403, 404)


def test_every_link_within_the_site_leads_to_a_file(music: Exported) -> None:
    dead = set()
    for page in music.site.rglob("*.html"):
        for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', page.read_text("utf-8")):
            address = unescape(link).partition("#")[0]
            path = music.site / unquote(address).lstrip("/")
            places = (path, path / "index.html")
            if not is_only_served(address.partition("?")[0]) and not any(
                place.is_file() for place in places
            ):
                dead.add(address)
    assert dead == {"/id/ensemble/invented"}  # it was withdrawn, which the link tells


def test_where_a_link_leads_is_known_without_asking_or_is_asked(
    music: Exported, client: FlaskClient
) -> None:
    settings = read_settings(music.folder / "partyline.toml", {})
    publication = Publication.of(current_release(settings.releases), settings.knowledge)
    pages, known = ResourcePages(publication), 0
    for node in publication.statements.table.terms.starting_with("<https://music.example.org/"):
        iri = publication.statements.table.terms.term(node).value
        path = publication.addresses.page(iri).partition("#")[0]
        if "?" not in path and (found := pages.find(path)):
            known += 1
            answer = client.get(path, headers={"Accept": "text/html"})
            assert (answer.status_code, answer.location) == (303, found), path
            answer.close()
    assert known >= 5
    # Merged, withdrawn, unknown, an ontology: the application says what is there.
    for path in ("/id/ensemble/old-brass", "/id/ensemble/invented", "/id/nobody", "/terms"):
        assert pages.find(path) == ""


def test_every_address_of_the_application_is_exported_or_needs_a_server(
    music: Exported, client: FlaskClient
) -> None:
    manifest = json.loads((music.site / OWN / "manifest.json").read_text())["files"]
    for address in entries(client.application):
        found = client.get(address, headers={"Accept": "text/html"})
        if found.status_code == 200:
            path = address.removeprefix("/")
            names = {path, f"{path}.html", f"{path}index.html"}
            assert names & manifest.keys(), address
        found.close()


def test_what_a_reader_chooses_and_what_needs_a_server_is_not_exported() -> None:
    assert not is_exported("/doc/x.html?asOf=1990-01-01")
    assert not is_exported("/sparql?query=ASK%20{}")
    assert is_exported("/why?subject=a&predicate=b&object=c")


def test_manifest_and_files_agree(music: Exported) -> None:
    manifest = json.loads((music.site / OWN / "manifest.json").read_text())["files"]
    listed = {
        name
        for path, row in manifest.items()
        for name in (path, *(f"{path}.{ending}" for ending in row["codings"]))
    }
    found = {
        path.relative_to(music.site).as_posix()
        for path in music.site.rglob("*")
        if path.is_file() and path.name not in ("manifest.json", "lock")
    }
    assert found == listed
    for path, row in manifest.items():
        assert hashlib.sha256((music.site / path).read_bytes()).hexdigest() == row["sha256"]


@pytest.fixture
def exported(music: Exported, tmp_path: Path) -> Exported:
    """A copy, to change as a test likes."""
    folder = copytree(music.folder, tmp_path / "ensembles", symlinks=True)
    return Exported(folder, folder / "site")


def export(site: Exported) -> Changes:
    settings = read_settings(site.folder / "partyline.toml", {})
    return export_release(settings, site.site, CODINGS, lambda line: None).changes


def state(site: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(site).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in site.rglob("*")
        if path.is_file() and OWN not in path.parts
    }


def test_only_what_has_changed_is_written_and_what_is_gone_is_removed(exported: Exported) -> None:
    before = state(exported.site)
    musicians = exported.folder / "kb" / "musicians.ttl"
    musicians.write_text(musicians.read_text().replace("anna-horn", "berta-horn"))
    shutil.rmtree(exported.folder / "releases")  # a release keeps what an earlier one published
    build(read_settings(exported.folder / "partyline.toml", {}))
    changes = export(exported)
    after = state(exported.site)
    assert "doc/musician/anna-horn.ttl" not in after
    assert "doc/musician/anna-horn.html.gz" not in after
    assert "doc/musician/berta-horn.ttl" in after
    assert changes.removed >= 5
    assert after["doc/ensemble/café.ttl"] == before["doc/ensemble/café.ttl"]
    assert after["doc/ensemble/café.ttl"][0] == before["doc/ensemble/café.ttl"][0]


def test_the_same_release_changes_nothing_however_many_processes_write(exported: Exported) -> None:
    before = state(exported.site)
    done = partyline(
        *("export", "--static", exported.site, "--processes", "2"),
        *("--codings", ",".join(CODINGS)),
        *("--settings", exported.folder / "partyline.toml"),
    )
    assert done.returncode == 0, done.stderr
    assert "2 processes write" in done.stderr
    # But for the settings of the servers, which name the folder.
    assert re.match("[1-7] files written, 0 removed", done.stdout)
    after = state(exported.site)
    assert {path for path in after if after[path] != before.get(path)} <= {".htaccess"}
    assert after.keys() == before.keys()


TEXT = "text/plain; charset=utf-8"
LONG = b"a line that is worth a compressed copy\n" * 40


def write(site: Path, files: dict[str, bytes]) -> Changes:
    with SiteFolder.opened(site, CODINGS) as folder:
        for path, content in files.items():
            folder.add(path, TEXT, [content])
        return folder.finish()


def test_a_file_that_was_lost_is_written_again_with_its_copies(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": LONG, "b.txt": LONG})
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt.gz").unlink()
    assert write(tmp_path, {"a.txt": LONG, "b.txt": LONG}) == Changes(2, 0, 0)
    assert (tmp_path / "a.txt").read_bytes() == LONG
    assert gzip.decompress((tmp_path / "b.txt.gz").read_bytes()) == LONG
    assert write(tmp_path, {"a.txt": LONG, "b.txt": LONG}) == Changes(0, 0, 2)


def test_a_short_file_loses_the_copies_of_a_long_one(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": LONG})
    assert write(tmp_path, {"a.txt": b"short"}) == Changes(1, 0, 0)
    assert state(tmp_path).keys() == {"a.txt"}


def test_a_file_may_become_a_folder_and_the_other_way_round(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"1", "b/c": b"2"})
    write(tmp_path, {"a/x": b"3", "b": b"4"})
    assert {path: text for path, (_, text) in state(tmp_path).items()} == {"a/x": b"3", "b": b"4"}


def test_what_would_be_a_file_and_a_folder_is_refused_by_name(tmp_path: Path) -> None:
    with SiteFolder.opened(tmp_path, ()) as folder:
        folder.add("a/b", TEXT, [b"1"])
        for path in ("a", "a/b/c"):
            with pytest.raises(ExportError, match=f"{path}: a part of this path"):
                folder.check(path)


def test_files_of_somebody_else_stay(tmp_path: Path) -> None:
    write(tmp_path, {"a/b": b"1"})
    (tmp_path / "CNAME").write_text("e.org")
    (tmp_path / "a" / "note").write_text("mine")
    write(tmp_path, {})
    assert state(tmp_path).keys() == {"CNAME", "a/note"}


def test_a_run_that_is_cut_before_it_renames_leaves_the_site_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": LONG, "b.txt": b"1"})
    before = state(tmp_path)
    with contextlib.suppress(KeyboardInterrupt), SiteFolder.opened(tmp_path, CODINGS) as folder:
        folder.add("a.txt", TEXT, [b"new"])
        raise KeyboardInterrupt
    assert state(tmp_path) == before


def test_a_run_that_is_cut_anywhere_leaves_whole_files_and_the_next_one_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {f"{name}.txt": name.encode() * 1000 for name in "abcde"}
    new = {f"{name}.txt": name.upper().encode() * 1000 for name in "acefg"}
    third = {f"{name}.txt": name.encode() * 999 for name in "ax"}
    real = os.replace
    for limit in range(25):
        site = tmp_path / str(limit)
        write(site, old)
        left = itertools.count()

        def replace(
            source: Path, target: Path, left: Iterator[int] = left, limit: int = limit
        ) -> None:
            if next(left) == limit:
                raise KeyboardInterrupt
            real(source, target)

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", replace)
            with contextlib.suppress(KeyboardInterrupt):
                write(site, new)
        for path, (_, text) in state(site).items():
            if path.endswith(".txt"):
                assert text in (old.get(path), new.get(path))
        assert {path for path in state(site) if path.endswith(".txt")} >= new.keys() & old.keys()
        # Whether the same site follows or another one: nothing of the old ones is left.
        wanted = new if limit % 2 else third
        write(site, wanted)
        whole = {path: text for path, (_, text) in state(site).items()}
        assert {path: whole[path] for path in wanted} == wanted
        assert {path.removesuffix(f".{row}") for path in whole for row in ("gz", "br", "zst")}
        assert {re.sub(r"\.(gz|br|zst)$", "", path) for path in whole} == wanted.keys()
        for path in wanted:
            assert gzip.decompress(whole[f"{path}.gz"]) == wanted[path]


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ExportError, match=r"thesis\.tex"):
        write(tmp_path, {"a": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_two_exports_into_one_folder_do_not_mix(tmp_path: Path) -> None:
    with SiteFolder.opened(tmp_path, ()), pytest.raises(ExportError, match="another export"):
        write(tmp_path, {"a": b"1"})


def test_below_a_path_links_and_redirects_have_it(exported: Exported) -> None:
    settings = exported.folder / "partyline.toml"
    settings.write_text(settings.read_text() + '\n[server]\naddress = "https://e.org/kg"\n')
    site = Exported(exported.folder, exported.folder / "below")
    export(site)
    page = (site.site / "doc" / "ensemble" / "brass-union.html").read_text()
    links = re.findall(r'href="(/[^"]*)"', page)
    assert links
    assert all(link.startswith("/kg/") for link in links)
    root = exported.folder / "root"
    root.mkdir()
    site.site.rename(root / "kg")
    found = replace(site, site=root / "kg")
    export(found)  # the settings of the servers name the folder
    for name, serve in (
        ("nginx", nginx),
        ("Caddy", caddy),
        ("Apache", partial(apache, root=root)),
    ):
        place = exported.folder / name
        place.mkdir()
        with serve(found.site, place) as port:
            check_below(port, name)


def check_below(port: int, name: str) -> None:
    """Ask a server of a site that is below a path."""
    document = "/kg/doc/ensemble/caf%C3%A9"
    for address, accept, expected in (
        ("/kg/id/ensemble/caf%C3%A9", "text/turtle", (303, f"{document}.ttl")),
        (document, "text/html", (200, f"{document}.html")),
        (f"{document}.nt", "*/*", (200, "")),
        ("/kg/terms", "text/html", (200, "/kg/terms.html")),
        ("/kg/", "text/turtle", (303, "/kg/dataset.ttl")),
        ("/kg/", "text/html", (200, "")),
        ("/kg/dataset/", "text/html", (308, "/kg/dataset")),
        ("/kg/browse/?class=https://music.example.org/terms%23Ensemble", "text/html", (200, "")),
        ("/kg/id/ensemble/old-brass", "text/html", (301, "/kg/id/ensemble/brass-union")),
        ("/kg/id/ensemble/invented", "text/html", (410, "")),
        ("/kg/id/ensemble/nobody", "text/html", (404, "")),
        ("/kg/id/ensemble/caf%C3%A9", "image/png", (406, "")),
    ):
        status, headers, body = get(port, address, Accept=accept)
        there = urlsplit(headers.get("location", headers.get("content-location", ""))).path
        assert (status, there) == expected, (name, address, accept)
        if status == 404:
            assert b"There is no page at this address" in body, name
    assert f"<{document}.nt>" in get(port, f"{document}.ttl")[1]["link"]


def test_the_host_of_permanent_iris_redirects_to_the_documents(
    music: Exported, tmp_path: Path
) -> None:
    folder = tmp_path / "w3id"
    folder.mkdir()
    shutil.copy(music.site / OWN / "w3id.htaccess", folder / ".htaccess")
    root = "https://music.example.org/"
    with apache(folder, tmp_path) as port:
        for accept, ending in (
            ("text/html", "html"),
            ("application/rdf+xml", "rdf"),
            ("*/*", "ttl"),
        ):
            status, headers, _ = get(port, "/id/ensemble/brass-union", Accept=accept)
            assert (status, headers["location"]) == (
                303,
                f"{root}doc/ensemble/brass-union.{ending}",
            )
        assert get(port, "/id/ensemble/x", Accept="image/png")[0] == 406
        assert get(port, "/terms")[1]["location"] == f"{root}terms"


def host_headers(site: Path, path: str) -> dict[str, list[str]]:
    """Return what a host sends that reads ``_headers``: of all rules that fit, all values."""
    found: dict[str, list[str]] = {}
    fits = False
    for line in (site / "_headers").read_text().splitlines():
        if line.startswith("/"):
            fits = re.fullmatch(re.escape(line).replace(r"\*", ".*"), path) is not None
        elif fits and not line.startswith("#"):
            name, _, value = line.strip().partition(": ")
            found.setdefault(name, []).append(value)
    return found


def test_a_host_of_static_pages_sends_one_policy_for_each_page(
    music: Exported, client: FlaskClient
) -> None:
    manifest = json.loads((music.site / OWN / "manifest.json").read_text())["files"]
    pages = [path for path in manifest if path.endswith(".html") and path != "sparql.html"]
    own = {"search.html", "404.html", "406.html", "410.html", "501.html"}
    for path in pages:
        policies = host_headers(music.site, f"/{path}")["content-security-policy"]
        assert len(policies) == 1, path
        if path not in own:
            assert "script-src" not in policies[0]
    of_queries = host_headers(music.site, "/sparql")["content-security-policy"][0]
    # A checkout without Node has no engine for browsers.
    assert ("wasm" in of_queries) == (ASSETS / "oxigraph.wasm").is_file()
    assert host_headers(music.site, "/doc/x.ttl")["access-control-allow-origin"] == ["*"]
    lines = (music.site / "_headers").read_text().splitlines()
    assert sum(line.startswith("/") for line in lines) <= 100


def test_a_host_of_static_pages_leads_iris_to_pages(music: Exported) -> None:
    lines = (music.site / "_redirects").read_text().splitlines()
    rules = [line.split(" ") for line in lines if not line.startswith("#")]
    assert ["/id/ensemble/old-brass", "/id/ensemble/brass-union", "301"] in rules
    source, target, status = rules[-1]
    assert (source, status) == ("/id/*", "303")
    assert (music.site / target.replace(":splat", "ensemble/brass-union")[1:]).is_file()
    # Rules for single paths go before those for many.
    assert [rule for rule in rules[:-1] if "*" in rule[0]] == []


def test_the_commands_of_the_guide_are_commands() -> None:
    guide = (ROOT / "docs" / "how-to" / "static-site.md").read_text("utf-8")
    commands = re.findall(r"^ *(?:- run: )?partyline (.+)$", guide, re.MULTILINE)
    assert len(commands) >= 5
    for command in commands:
        command_parser(COMMANDS).parse_args(shlex.split(command))
