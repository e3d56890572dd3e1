"""Three releases of the second knowledge base, one after the other, and a client."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from werkzeug.test import Client, TestResponse

from conftest import locked
from ensembles_server import rename
from partyline.releases import build
from partyline.releases.history.publication_log import LOG
from partyline.settings import Settings, read_settings
from partyline.wsgi import assemble
from test_publishing import add

#: When the three were published, and what else each of them states.
TIMES = [datetime(2020, 1, day, 12, tzinfo=UTC) for day in (1, 2, 3)]
_STATED = (
    "",
    """
ensemble:new a t:Ensemble ; rdfs:label "Neues Blech"@de ;
    rdfs:seeAlso [ rdfs:label "inside" ; rdfs:seeAlso [ rdfs:comment "deeper" ] ] .
[] a owl:AllDifferent ; owl:distinctMembers ( ensemble:new ensemble:red-brass ) .
""",
    'ensemble:old owl:deprecated true ; rdfs:comment "Never there."@en .',
)


@dataclass(frozen=True)
class Succession:
    """The releases, and a client."""

    folder: Path
    settings: Settings
    #: Identifiers, the earliest first.
    releases: list[str]
    client: Client

    def get(self, path: str, **headers: str) -> TestResponse:
        """Send a request; underscores stand for hyphens in the names of fields."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=fields, buffered=True)


@dataclass(frozen=True)
class ThreeReleases:
    """A folder with the releases, built once for all tests. Nothing may write to it."""

    folder: Path
    #: Identifiers, the earliest first.
    names: list[str]

    def copy(self, place: Path) -> Path:
        """Return a copy below *place*, to change as a test likes."""
        return copytree(self.folder, place / "e", symlinks=True)


@pytest.fixture(scope="session")
def three_releases(ensembles_release: Path, shared: Path) -> ThreeReleases:
    """Three releases, built by the process that needs them first."""
    folder, names = shared / "three", shared / "three.json"
    with locked(shared / "three.lock"):
        if not names.exists():
            copytree(ensembles_release, folder, symlinks=True)
            names.write_text(json.dumps(_build(folder)), encoding="utf-8")
    return ThreeReleases(folder, json.loads(names.read_text(encoding="utf-8")))


def _build(folder: Path) -> list[str]:
    """Build the releases in *folder*, which has the first; return their identifiers."""
    names = []
    settings = read_settings(folder / "partyline.toml")
    accepting = replace(settings, history=replace(settings.history, lost_iris="withdraw"))
    for number, stated in enumerate(_STATED):
        if number:
            rename(folder, f"Nummer {number}")
            add(folder, stated)
        names.append(build(accepting).release.path.name)
    write_log(settings.releases, names)
    return names


def write_log(releases: Path, names: list[str]) -> None:
    """Say that the releases were published on three days in 2020."""
    rows = [
        {"release": name, "published": (time + timedelta(milliseconds=5)).isoformat()}
        for name, time in zip(names, TIMES, strict=True)
    ]
    (releases / LOG).write_text("".join(json.dumps(row) + "\n" for row in rows))


@contextmanager
def client_of(folder: Path, **environ: str) -> Iterator[Client]:
    """Give a client of the whole application, without a socket."""
    assembly = assemble({"PARTYLINE_SETTINGS": str(folder / "partyline.toml"), **environ})
    try:
        yield Client(assembly.application)
    finally:
        assembly.close()
        assembly.releases.close()


@pytest.fixture(scope="module")
def succession(
    three_releases: ThreeReleases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Succession]:
    """Three releases and their client."""
    folder = three_releases.copy(tmp_path_factory.mktemp("three"))
    settings = read_settings(folder / "partyline.toml")
    with client_of(folder) as client:
        yield Succession(folder, settings, three_releases.names, client)
