"""Builds on disks that fail, are full or are read-only, and builds that are killed."""

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from partyline.cli import main
from partyline.errors import ReleaseError
from partyline.releases import build, build_in_process, current_name, current_release
from partyline.releases.build import write_release
from partyline.releases.contents import ReleaseContents
from partyline.settings import Settings, read_settings
from partyline.sparql.workers import sandbox
from partyline.validation.check_pipeline import run_checks
from sampling import examples, some_of

#: Everything through which a release reaches the disk; the files of the store are RocksDB's.
CALLS = ("write", "fsync", "rename", "replace", "symlink", "mkdir")


@pytest.fixture
def settings(ensembles: Path) -> Settings:
    return read_settings(ensembles / "partyline.toml")


@pytest.fixture
def built(built_ensembles: Path) -> Settings:
    """Settings of which there is a release already."""
    return read_settings(built_ensembles / "partyline.toml")


def contents_of(settings: Settings) -> ReleaseContents:
    return ReleaseContents.of(run_checks(settings, "auto", lambda step: None), settings)


def another_title(settings: Settings) -> Settings:
    """Settings of which another release is made."""
    return replace(settings, knowledge=replace(settings.knowledge, title="Another title"))


class FailingCall:
    """A function of `os` whose call number *failing* fails, as one of a full disk does."""

    def __init__(self, function: Callable[..., object], failing: int) -> None:
        self._function, self._failing = function, failing
        self.number = 0

    def __call__(self, *arguments: object, **options: object) -> object:
        self.number += 1
        if self.number == self._failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._function(*arguments, **options)


@pytest.mark.parametrize("name", CALLS)
def test_whichever_write_fails_there_is_a_message_and_the_earlier_release(
    built: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Some of the writes of each kind, the first and the last among them."""
    served = current_release(built.releases)
    contents = contents_of(another_title(built))
    number, message = failure(contents, monkeypatch, name, 0)
    assert (number > 1 or name in ("rename", "replace", "symlink"), message) == (True, "")
    assert current_name(built.releases) != served.path.name
    # The first folder is that of the releases, which is there.
    calls = range(2 if name == "mkdir" else 1, number + 1)
    for failing in {*some_of(calls, 4), number}:
        start_again(built, served.path)
        reached, message = failure(contents, monkeypatch, name, failing)
        assert reached >= failing
        assert "No space left on device" in message
        unchanged = current_name(built.releases) == served.path.name
        assert ("The current release is unchanged" in message) == unchanged
        current_release(built.releases)
        assert not list(built.releases.glob(".building-*"))


def failure(
    contents: ReleaseContents, monkeypatch: pytest.MonkeyPatch, name: str, failing: int
) -> tuple[int, str]:
    """Write a release with one call that fails; return the number of calls and what is said."""
    call = FailingCall(getattr(os, name), failing)
    with monkeypatch.context() as patched:
        patched.setattr(os, name, call)
        try:
            write_release(contents)
        except ReleaseError as error:
            return call.number, str(error)
    return call.number, ""


def start_again(settings: Settings, kept: Path) -> None:
    """Have *kept* as the only release, and as the current one."""
    (settings.releases / "current").unlink()
    (settings.releases / "current").symlink_to(kept.name)
    for path in settings.releases.iterdir():
        if path.is_dir() and not path.is_symlink() and path != kept:
            shutil.rmtree(path)


@pytest.mark.parametrize("most", some_of([4_000, 0, 100, 30_000], 1))
def test_a_file_that_cannot_grow_ends_the_build_with_a_message(built: Settings, most: int) -> None:
    """A limit on the size of files is a full disk for RocksDB, too."""
    served = current_release(built.releases)
    text = built.path.read_text().replace("Ensembles of an invented town", "Another title")
    built.path.write_text(text)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))
    # What it reports goes through pipes, which may grow.
    command = [sys.executable, "-m", "partyline", "build", "--settings", str(built.path)]
    # Bytecode that was cut at the limit would break every later process.
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, env=environ)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "cannot be written" in done.stderr
    assert "The current release is unchanged" in done.stderr
    assert current_release(built.releases).path == served.path
    assert build(read_settings(built.path)).new


@pytest.mark.parametrize(
    ("options", "reason"),
    [("size=200k", ""), ("size=1m,ro", "Read-only file system")],
    ids=["full", "read-only"],
)
def test_a_full_disk_and_a_read_only_one_are_named(
    settings: Settings, options: str, reason: str
) -> None:
    settings.releases.mkdir()
    done = build_behind(f"mount -t tmpfs -o {options} tmpfs {settings.releases}", settings)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "cannot be written" in done.stderr
    assert reason in done.stderr


def test_a_server_that_cannot_build_offers_the_last_good_release(built: Settings) -> None:
    served = current_release(built.releases).path.name
    text = built.path.read_text().replace("Ensembles of an invented town", "Another title")
    built.path.write_text(text)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (4000, 4000))
    command = [sys.executable, "-m", "partyline", "serve", "--port", "0", "--settings"]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*command, str(built.path)], capture_output=True, text=True, preexec_fn=limit, env=environ
    )
    assert done.returncode == 1, done.stderr
    assert "cannot be written" in done.stderr
    assert f"'partyline serve --no-build' to serve the earlier release {served}" in done.stderr


def build_behind(mount: str, settings: Settings) -> subprocess.CompletedProcess[str]:
    """Build as somebody who sees what *mount* mounts."""
    command = f"{mount} && exec {sys.executable} -m partyline build --settings {settings.path}"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", command],
        capture_output=True,
        text=True,
    )
    if done.stderr.startswith(("unshare:", "mount:")):
        pytest.skip(f"this machine allows no mounts: {done.stderr}")
    return done


def test_a_release_of_the_same_sources_in_a_read_only_folder_is_unchanged(built: Settings) -> None:
    """Nothing can be noted there, and nothing needs to be."""
    path = built.releases
    assert main(["build", "--settings", str(built.path)]) == 0
    mount = f"mount --bind {path} {path} && mount -o remount,bind,ro {path}"
    done = build_behind(mount, built)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "unchanged, still in" in done.stdout


def test_where_a_file_is_in_the_place_of_the_releases_a_message_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.releases.write_text("a file")
    assert main(["build", "--settings", str(settings.path)]) == 1
    assert f"{settings.releases}: cannot be written: File exists" in capsys.readouterr().err


def test_a_killed_build_or_switch_leaves_a_good_release() -> None:
    """A sample of `make attack`."""
    done = subprocess.run(
        [sys.executable, "-m", "stress.kills", "--kills", str(examples(6, 100))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed" in done.stdout


def test_a_build_is_killed_before_the_query_workers_when_memory_is_out(settings: Settings) -> None:
    scores: list[int] = []

    def look(step: str) -> None:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        for child in children:
            score = Path(f"/proc/{child}/oom_score_adj").read_text()
            scores.append(int(score))

    build_in_process(settings, progress=look)
    assert max(scores) == 1000 > sandbox.OOM_SCORE


def children() -> set[int]:
    """Return the processes that this one has started, those of other tests included."""
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return set(map(int, text.split()))


def test_a_build_that_is_killed_is_reported_and_leaves_the_release(built: Settings) -> None:
    served = current_release(built.releases)
    others = children()

    def kill(step: str) -> None:
        if step == "reason":
            (child,) = children() - others
            os.kill(child, signal.SIGKILL)

    with pytest.raises(ReleaseError, match=r"ended by SIGKILL; .* build\.memory"):
        build_in_process(another_title(built), progress=kill)
    assert current_release(built.releases).path == served.path
