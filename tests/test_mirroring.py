"""Copies of a site: a release file by file, what goes wrong on the way, replicas that follow."""

import errno
import hashlib
import http.client
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from command_line import partyline
from ensembles_server import Server, releases_of, serving
from faulty_site import Answer, FaultySite, faulty_site
from network import free_port, wait_until
from partyline.errors import MirrorError, ReleaseError
from partyline.mirroring import Mirror, Origin
from partyline.mirroring.copying import Download, unpack
from partyline.mirroring.file_list import read_file_list
from partyline.releases import current_name, current_release, open_release
from partyline.releases.checksums import CHECKSUMS, compare, read_checksums
from partyline.settings import Settings, read_settings
from partyline.zstandard import compress
from servers_of_files import nginx_with

TABLE = "statements.table"


@pytest.fixture(scope="module")
def origin(ensembles_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A site that offers the files of its releases."""
    folder = copytree(ensembles_release, tmp_path_factory.mktemp("o") / "e", symlinks=True)
    with serving(
        folder, ("--no-build",), releases_files="true", server_release_seconds=0.05
    ) as server:
        yield server


@pytest.fixture
def copy(tmp_path: Path, ensembles_release: Path) -> Settings:
    """The settings of the same site with an empty folder for releases."""
    found = read_settings(ensembles_release / "partyline.toml", {})
    return replace(found, releases=tmp_path / "copies")


@pytest.fixture
def site(ensembles_release: Path) -> Iterator[FaultySite]:
    folder = ensembles_release / "releases"
    release = current_name(folder)
    assert release
    with faulty_site(folder, release) as found:
        yield found


def mirror(address: str, settings: Settings, **more: object) -> Mirror:
    found = Mirror(Origin(address), settings, pause=lambda seconds: None)
    return replace(found, **more)  # type: ignore[arg-type]  # fields of the class


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def leftovers(settings: Settings) -> list[str]:
    return [path.name for path in settings.releases.glob(".copying-*")]


def test_a_copy_has_every_byte_the_times_and_the_publications(
    origin: Server, copy: Settings
) -> None:
    follower = mirror(address(origin), copy)
    pulled = follower.pull()
    assert pulled is not None
    assert (pulled.new, pulled.copied, pulled.reused) == (True, 1, 0)
    theirs, ours = origin.folder / "releases", copy.releases
    assert current_name(ours) == current_name(theirs)
    for name in (pulled.release.path.name + "/" + CHECKSUMS, "publications.jsonl"):
        assert (ours / name).read_bytes() == (theirs / name).read_bytes()
    compare(ours / "current")
    for name in read_checksums(ours / "current"):
        times = [int((folder / "current" / name).stat().st_mtime) for folder in (theirs, ours)]
        assert times[0] == times[1], name  # Last-Modified is the same everywhere
    assert follower.pull() is None
    again = mirror(address(origin), copy).pull()
    assert again is not None
    assert (again.new, again.copied, again.fetched) == (False, 0, 0)


def test_only_what_has_changed_is_fetched_and_earlier_releases_if_they_are_wanted(
    origin: Server, copy: Settings
) -> None:
    first = mirror(address(origin), copy).pull()
    assert first is not None
    (newer,) = releases_of(origin.folder, ["Zwei"])
    wait_until(lambda: newer.encode() in origin.get("/health")[1])
    second = mirror(address(origin), copy).pull()
    assert second is not None
    assert second.release.path.name == newer == current_name(copy.releases)
    files = read_checksums(second.release.path)
    before = set(read_checksums(first.release.path).values())
    assert second.reused == sum(digest in before for digest in files.values()) > 0
    assert 0 < second.fetched < first.fetched
    assert (second.release.path / "dumps").stat()
    compare(second.release.path)
    everything = replace(copy, releases=copy.releases.with_name("all"))
    third = mirror(address(origin), everything, all_releases=True).pull()
    assert third is not None
    assert third.copied == 2
    for name in (first.release.path.name, newer):
        open_release(everything.releases / name)


def test_the_command_says_what_it_did_and_a_site_that_offers_nothing_is_named(
    origin: Server, visited: Server, tmp_path: Path
) -> None:
    environ = {"PARTYLINE_RELEASES": str(tmp_path / "copies")}
    settings = origin.folder / "partyline.toml"
    done = partyline("pull", address(origin), "--settings", settings, environ=environ)
    assert (done.returncode, "copied: " in done.stdout) == (0, True), done.stderr
    other = {"PARTYLINE_RELEASES": str(tmp_path / "other")}
    done = partyline("pull", address(visited), "--settings", settings, environ=other)
    assert done.returncode == 1
    assert "404" in done.stderr
    assert "releases.files = true" in done.stderr
    assert not (tmp_path / "other" / "current").exists()
    # The built-in knowledge has another base.
    done = partyline("pull", address(origin), cwd=tmp_path, environ=other)
    assert (done.returncode, "knowledge.base" in done.stderr) == (1, True), done.stderr


def test_what_is_not_listed_and_releases_that_are_gone_have_no_address(origin: Server) -> None:
    release = current_release(origin.folder / "releases").path.name
    begin = f"/releases/files/{release}"
    status, body, headers = origin.get(f"{begin}/{TABLE}", Range="bytes=0-7")
    assert (status, body) == (206, b"PARTYTAB")
    digest = read_checksums(origin.folder / "releases" / release)[TABLE]
    assert headers["ETag"] == f'"{digest}"'
    paths = ("/../publications.jsonl", "/%2e%2e/.lock", "/../../partyline.toml", "/store", "/x")
    for path in (*(begin + row for row in paths), "/releases/files/000000000000/SHA256SUMS"):
        assert origin.get(path)[0] == 404, path


def test_a_connection_that_breaks_is_continued_where_it_ended(
    site: FaultySite, copy: Settings
) -> None:
    whole = (site.folder / site.release / TABLE).read_bytes()
    cuts = iter([1000, 500, 0, 0, None])

    def cut(path: str, answer: Answer) -> None:
        if path.endswith(TABLE):
            answer.cut = next(cuts)

    site.fault = cut
    pulled = mirror(site.address, copy).pull()
    assert pulled is not None
    ranges = [wanted for path, wanted in site.asked if path.endswith(TABLE)]
    assert ranges == ["", "bytes=1000-", *["bytes=1500-"] * 3]
    assert (pulled.release.path / TABLE).read_bytes() == whole
    names = read_checksums(pulled.release.path)
    # What has a compressed copy is made of that, here.
    sent = [name for name in names if name + ".zst" not in names]
    assert pulled.fetched == sum((pulled.release.path / name).stat().st_size for name in sent)


def test_a_compressed_copy_of_something_else_is_not_used(tmp_path: Path) -> None:
    packed, target = tmp_path / "a.zst", tmp_path / "a"
    packed.write_bytes(compress(b"content"))
    digest = hashlib.sha256(b"content").hexdigest()
    assert unpack(packed, target, digest)
    assert target.read_bytes() == b"content"
    for content in (compress(b"other"), packed.read_bytes()[:-1], b"no such format"):
        packed.write_bytes(content)
        assert not unpack(packed, target, digest)


def test_a_copy_that_was_ended_goes_on_with_what_is_there(site: FaultySite, copy: Settings) -> None:
    def always(path: str, answer: Answer) -> None:
        if path.endswith(TABLE):
            answer.cut = 100 if answer.status == 200 else 0

    site.fault = always
    with pytest.raises(MirrorError, match="too early"):
        mirror(site.address, copy).pull()
    assert current_name(copy.releases) is None
    assert leftovers(copy) == [f".copying-{site.release}"]
    partial = copy.releases / leftovers(copy)[0]
    (partial / "names.sqlite").write_bytes(b"of something else")
    (partial / "foreign").symlink_to("/etc/passwd")
    (partial / "old").mkdir()
    (partial / "old" / "x").touch()
    site.asked.clear()
    site.fault = lambda path, answer: None
    pulled = mirror(site.address, copy).pull()
    assert pulled is not None
    compare(pulled.release.path)
    asked = [row for row in site.asked if "/files/" in row[0]]
    dumps = [path for path, _ in asked if "/dumps/" in path]
    assert dumps == []  # they had been copied
    assert (f"/releases/files/{site.release}/{TABLE}", "bytes=100-") in asked
    assert leftovers(copy) == []


def changed(path: str, answer: Answer) -> None:
    if path.endswith(TABLE):
        answer.body = answer.body[:-1] + bytes([answer.body[-1] ^ 1])


def other_list(path: str, answer: Answer) -> None:
    if path.endswith(CHECKSUMS):
        answer.body = answer.body.replace(b"dumps/", b"../../dumps/")


def elsewhere(path: str, answer: Answer) -> None:
    if path.endswith(CHECKSUMS):
        answer.status, answer.headers = 302, {"Location": "http://127.0.0.1:9/SHA256SUMS"}


def page(path: str, answer: Answer) -> None:
    if path == "/releases/":
        answer.body = b"<!DOCTYPE html>"


def hostile_identifier(path: str, answer: Answer) -> None:
    if path == "/releases/":
        answer.body = answer.body.replace(b'"identifier": "', b'"identifier": "../')


def unknown_manifest(path: str, answer: Answer) -> None:
    if path.endswith("manifest.json"):
        answer.status, answer.body = 500, b""


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (changed, "is not the one that the list of checksums names"),
        (other_list, "the list of checksums is not the one that /releases/ names"),
        (elsewhere, "leads to http://127.0.0.1:9/SHA256SUMS"),
        (page, "is not a list of releases"),
        (hostile_identifier, "is not a list of releases"),
        (unknown_manifest, "500"),
    ],
)
def test_a_site_that_sends_something_else_changes_nothing(
    site: FaultySite, copy: Settings, fault: Callable[[str, Answer], None], message: str
) -> None:
    site.fault = fault
    with pytest.raises(MirrorError, match=message):
        mirror(site.address, copy).pull()
    assert current_name(copy.releases) is None
    assert list(copy.releases.parent.glob("dumps")) == []


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "/etc/x", "a/../../x", "a//b", "./a", "a\\b", "a\x00b", "a\x1b[2Jb", "\u202ea"),
        *("", "SHA256SUMS", "dumps", "a" * 256, "dumps/a.nt"),
    ],
)
def test_a_list_with_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    digest = "ab" * 32
    good = f"{digest}  dumps/a.nt\n{digest}  manifest.json\n"
    assert set(read_file_list(good.encode(), "x")) == {"dumps/a.nt", "manifest.json"}
    with pytest.raises(MirrorError, match="x"):
        read_file_list(f"{good}{digest}  {name}\n".encode(), "x")


@pytest.mark.parametrize("content", [b"", b"abc\n", b"\xff\n", b"ab" * 32 + b"  manifest.json"])
def test_a_list_that_is_cut_or_empty_is_refused(content: bytes) -> None:
    with pytest.raises(MirrorError):
        read_file_list(content, "x")


def test_on_a_full_disk_nothing_is_left_and_the_earlier_release_is_current(
    site: FaultySite, copy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror(site.address, copy).pull()
    monkeypatch.setattr(site, "release", site.release)
    write = Download._write
    (copy.releases / site.release / CHECKSUMS).write_text("")  # another list than the site has
    (copy.releases / site.release / TABLE).write_bytes(b"")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(copy.releases))

    monkeypatch.setattr(Download, "_write", full)
    with pytest.raises(ReleaseError, match=r"No space left .* The current release is unchanged"):
        mirror(site.address, copy).pull()
    assert leftovers(copy) == []
    assert current_name(copy.releases) == site.release
    monkeypatch.setattr(Download, "_write", write)
    pulled = mirror(site.address, copy).pull()
    assert pulled is not None
    assert (pulled.copied, pulled.new) == (1, False)
    compare(pulled.release.path)  # and the damaged one was set aside


def test_a_folder_with_releases_that_were_built_there_is_left_alone(
    site: FaultySite, built_ensembles: Path
) -> None:
    settings = read_settings(built_ensembles / "partyline.toml", {})
    with pytest.raises(ReleaseError, match="were built here"):
        mirror(site.address, settings).pull()


@pytest.mark.parametrize(
    "text", ["ftp://example.org", "example.org", "http://", "http://a:b@c/", "http://x/?q=1"]
)
def test_what_is_not_the_address_of_a_site_is_refused(text: str) -> None:
    with pytest.raises(MirrorError, match="is not the address of a site"):
        Origin(text)


class Reader(threading.Thread):
    """Reads pages through the balancer until it is stopped, and notes what it received."""

    paths = (
        "/doc/ensemble/red-brass.ttl",
        "/doc/ensemble/red-brass.jsonld",
        "/",
        "/dumps/asserted.nt",
    )

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port
        self.stopped = threading.Event()
        self.statuses: list[int] = []
        self.tags: dict[str, set[str]] = {path: set() for path in self.paths}

    def run(self) -> None:
        while not self.stopped.is_set():
            for path in self.paths:
                self._read(path)
            time.sleep(0.01)

    def _read(self, path: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            self.statuses.append(response.status)
            self.tags[path].add(response.headers["ETag"])
        except (OSError, http.client.HTTPException):
            self.statuses.append(0)
        finally:
            connection.close()


def test_three_replicas_answer_alike_follow_and_lose_no_request_when_one_is_killed(
    origin: Server, tmp_path: Path
) -> None:
    options = {"releases_follow_seconds": 0.2, "server_release_seconds": 0.05}
    with ExitStack() as ends:
        replicas = [
            ends.enter_context(
                serving(
                    copytree(
                        origin.folder,
                        tmp_path / str(number),
                        ignore=lambda *_: {"releases", "access.log"},
                    ),
                    ("--follow", address(origin)),
                    limits_workers=1,
                    **options,
                )
            )
            for number in range(3)
        ]
        port = free_port()
        text = (Path(__file__).parents[1] / "deploy" / "balancer.conf").read_text()
        for number, replica in enumerate(replicas, 1):
            text = text.replace(f"replica-{number}:8000", f"127.0.0.1:{replica.port}")
        text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
        ends.enter_context(nginx_with(text, port, tmp_path))
        for path in Reader.paths:
            answers = [replica.get(path) for replica in (origin, *replicas)]
            assert len({(row[0], row[1], row[2]["ETag"]) for row in answers}) == 1, path
            assert len({row[2]["Last-Modified"] for row in answers}) == 1, path
        readers = [Reader(port) for _ in range(2)]
        for reader in readers:
            reader.start()
        wait_until(lambda: all(len(reader.statuses) > 20 for reader in readers), 30)
        replicas[0].process.send_signal(signal.SIGKILL)
        newer = origin.rebuild("Drei")
        for replica in replicas[1:]:
            wait_until(lambda r=replica: newer.encode() in r.get("/health")[1], 30)  # type: ignore[misc]  # pytest
        seen = [len(reader.statuses) for reader in readers]
        wait_until(
            lambda: all(
                len(reader.statuses) > number + 20
                for reader, number in zip(readers, seen, strict=True)
            ),
            30,
        )
        for reader in readers:
            reader.stopped.set()
            reader.join()
            assert set(reader.statuses) == {200}
            assert max(map(len, reader.tags.values())) <= 2  # one of each release
        # The site goes away: what was copied is served, and the operator is told.
        origin.process.send_signal(signal.SIGSTOP)
        try:
            assert replicas[1].get("/doc/ensemble/red-brass.ttl")[0] == 200
        finally:
            origin.process.send_signal(signal.SIGCONT)
