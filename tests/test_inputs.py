"""Builds of what has not changed since the current release was built."""

from dataclasses import replace
from pathlib import Path

import pytest

from partyline.releases import build, build_in_process
from partyline.settings import Settings, read_settings


@pytest.fixture
def settings(ensembles: Path) -> Settings:
    return read_settings(ensembles / "partyline.toml", {})


def test_a_release_of_the_same_files_settings_and_program_is_not_built_again(
    settings: Settings,
) -> None:
    def steps(changed: Settings, engine: str = "auto") -> list[str]:
        done: list[str] = []
        build(changed, engine, done.append)
        return done

    whole = steps(settings)
    assert whole
    assert steps(settings) == []
    assert not build_in_process(settings).new
    assert steps(settings, "sparql") == whole

    file = settings.knowledge.kb / "more.ttl"
    file.write_text("", encoding="utf-8")
    assert steps(settings) == whole
    assert steps(settings) == []
    file.write_text("# a comment", encoding="utf-8")
    assert steps(settings) == whole
    assert steps(settings) == []
    another = replace(settings, knowledge=replace(settings.knowledge, title="Another"))
    assert steps(another) == whole
    assert steps(settings) == whole


def test_a_release_is_built_again_where_that_may_say_more(settings: Settings) -> None:
    """What was warned of is warned of again, and JSON-LD may lead to other files."""
    file = settings.knowledge.kb / "notes.txt"
    file.write_text("This is not RDF.", encoding="utf-8")
    assert build(settings).warnings == build(settings).warnings != ()
    file.unlink()
    build(settings)
    (settings.knowledge.kb / "more.jsonld").write_text("{}", encoding="utf-8")
    done: list[str] = []
    for _ in range(2):
        build(settings, progress=done.append)
    assert len(done) == 2 * len(set(done))
