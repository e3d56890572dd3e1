"""When each release was current, and which releases stay on the disk."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ensembles_server import rename
from partyline.errors import ReleaseError, SettingsError
from partyline.releases import build
from partyline.releases.history.publication_log import LOG, PublicationLog, note_publication
from partyline.releases.history.retention import remove_old_releases
from partyline.settings import Settings, read_settings

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def settings(ensembles: Path) -> Settings:
    return read_settings(ensembles / "partyline.toml")


def made(folder: Path, names: Sequence[str], days: Sequence[int], current: str) -> None:
    """Make folders that pass for releases, which became current so many days before `NOW`."""
    for name in set(names):
        (folder / name).mkdir()
        (folder / name / "manifest.json").write_text("{}")
    (folder / "current").symlink_to(current)
    rows = [
        {"release": name, "published": (NOW - timedelta(days=row)).isoformat()}
        for name, row in zip(names, days, strict=True)
    ]
    (folder / LOG).write_text("".join(json.dumps(row) + "\n" for row in rows))


def left(folder: Path) -> str:
    return "".join(sorted(row.parent.name for row in folder.glob("[!c.]*/manifest.json")))


@pytest.mark.parametrize(
    ("keep", "stay"),
    [
        ("all", "ABDEF"),
        ("2", "EF"),
        ("3", "BEF"),  # B was current again after D
        ("1 days", "EF"),  # E was current until yesterday
        ("9 days", "BEF"),
        ("30 days", "ABDEF"),
    ],
)
def test_releases_are_kept_as_the_settings_say(tmp_path: Path, keep: str, stay: str) -> None:
    made(tmp_path, "ABDBEF", (40, 30, 20, 10, 5, 1), "F")
    removed = remove_old_releases(tmp_path, keep, NOW)
    assert left(tmp_path) == stay
    assert set(removed) == set("ABDEF") - set(stay)
    assert [row.release for row in PublicationLog.read(tmp_path).rows] == list("ABDBEF")
    assert "".join(sorted(row.release for row in PublicationLog.read(tmp_path).kept)) == stay


def test_the_current_release_and_one_that_was_just_replaced_stay(tmp_path: Path) -> None:
    made(tmp_path, "ABD", (9, 8, 7), "A")
    yesterday = (NOW - timedelta(days=1)).timestamp()
    os.utime(tmp_path / "current", (yesterday, yesterday), follow_symlinks=False)
    # Then, somebody went back to A.
    log = PublicationLog.read(tmp_path)
    assert [row.release for row in log.rows] == ["A", "B", "D", "A"]
    moment = log.rows[-1].time + timedelta(seconds=30)
    assert remove_old_releases(tmp_path, "1", moment) == ("B",)
    assert remove_old_releases(tmp_path, "1", moment + timedelta(minutes=1)) == ("D",)
    assert left(tmp_path) == "A"


def test_the_release_of_a_day_is_the_one_that_was_current_or_the_first(tmp_path: Path) -> None:
    made(tmp_path, "ABA", (30, 20, 10), "A")
    log = PublicationLog.read(tmp_path)

    def at(days: float) -> str:
        found = log.at(NOW - timedelta(days=days))
        return found.release if found else ""

    assert "".join(map(at, (99, 30, 25, 20, 15, 10, 0))) == "AAABBAA"


def test_every_switch_is_logged_and_a_build_of_the_same_is_not(settings: Settings) -> None:
    folder = settings.path.parent
    names = []
    for name in ("eins", "zwei", "zwei", "eins"):
        rename(folder, name)
        names.append(build(settings).release.path.name)
    log = PublicationLog.read(settings.releases)
    assert [row.release for row in log.rows] == [names[0], names[1], names[0]]
    times = [row.time for row in log.rows]
    assert times == sorted(set(times))


def test_a_lost_log_begins_with_the_releases_that_are_there(settings: Settings) -> None:
    names = []
    for name in ("eins", "zwei"):
        rename(settings.path.parent, name)
        names.append(build(settings).release.path.name)
    (settings.releases / LOG).unlink()
    found = {row.release for row in PublicationLog.read(settings.releases).rows}
    assert found == set(names)
    note_publication(settings.releases)
    lines = (settings.releases / LOG).read_text().splitlines()
    assert json.loads(lines[-1])["release"] == os.readlink(settings.releases / "current")


def test_a_damaged_log_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / LOG).write_text("{}\n")
    with pytest.raises(ReleaseError, match="restore it, or remove it"):
        PublicationLog.read(tmp_path)


def test_a_build_removes_what_is_not_to_be_kept(settings: Settings) -> None:
    keeping = replace(settings, history=replace(settings.history, keep="1"))
    rename(settings.path.parent, "eins")
    first = build(keeping).release
    rename(settings.path.parent, "zwei")
    assert build(keeping).removed == ()  # a server may still read it
    log = settings.releases / LOG
    old, new = map(json.loads, log.read_text().splitlines())
    old["published"], new["published"] = "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"
    log.write_text(f"{json.dumps(old)}\n{json.dumps(new)}\n")
    assert build(keeping).removed == (first.path.name,)
    assert not first.path.exists()


@pytest.mark.parametrize(
    ("text", "keep"),
    [('keep = "all"', "all"), ("keep = 7", "7"), ('keep = "30 days"', "30 days")],
)
def test_the_settings_say_which_releases_stay(tmp_path: Path, text: str, keep: str) -> None:
    file = tmp_path / "partyline.toml"
    head = '[knowledge]\ntitle = "T"\nbase = "https://e.org/"\n'
    file.write_text(f'{head}[releases]\nfolder = "past"\n{text}\n')
    settings = read_settings(file)
    assert (settings.history.keep, settings.releases) == (keep, tmp_path / "past")
    changed = read_settings(file, {"PARTYLINE_RELEASES_KEEP": "3", "PARTYLINE_RELEASES": "x"})
    assert (changed.history.keep, changed.releases) == ("3", Path.cwd() / "x")


@pytest.mark.parametrize("keep", ['""', "0", '"some"', "true", '"-1 days"'])
def test_a_number_of_releases_that_makes_no_sense_is_refused(tmp_path: Path, keep: str) -> None:
    file = tmp_path / "partyline.toml"
    head = '[knowledge]\ntitle = "T"\nbase = "https://e.org/"\n'
    file.write_text(f"{head}[releases]\nkeep = {keep}\n")
    with pytest.raises(SettingsError, match=r"releases\.keep"):
        read_settings(file)
