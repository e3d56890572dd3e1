"""The descriptions of the built-in release, tried with the validators of their own fields.

They have an environment of their own, of requirements/validators.txt, which ``make validators``
makes. The validator of RO-Crate reads the context from the web.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from partyline.publishing import Publication
from partyline.publishing.descriptions import croissant, datacite, ro_crate
from partyline.releases import Release, build
from partyline.settings import read_settings

TOOLS = Path(os.environ["VALIDATORS"])
_DATACITE = (
    "import json, sys; from datacite import schema45;"
    "schema45.validator.validate(json.load(open(sys.argv[1])))"
)


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    settings = replace(read_settings(environ={}), releases=tmp_path_factory.mktemp("releases"))
    return Publication.of(build(settings).release, settings.knowledge)


@pytest.fixture
def release(publication: Publication) -> Release:
    return publication.release


def run(*command: object, folder: Path) -> None:
    done = subprocess.run(
        [str(TOOLS / str(command[0])), *map(str, command[1:])],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def written(folder: Path, described: Mapping[str, object]) -> Path:
    file = folder / "description.json"
    file.write_text(json.dumps(described), encoding="utf-8")
    return file


def test_frictionless_validates_the_data_package_and_every_row(release: Release) -> None:
    run("frictionless", "validate", "datapackage.json", folder=release.dumps / "tables")


def test_csvw_validates_the_metadata_and_every_row(release: Release) -> None:
    run("csvwvalidate", "csv-metadata.json", folder=release.dumps / "tables")


def test_mlcroissant_accepts_the_description(publication: Publication, tmp_path: Path) -> None:
    file = written(tmp_path, croissant(publication))
    run("mlcroissant", "validate", "--jsonld", file, folder=tmp_path)


def test_datacite_is_valid_by_its_schema(publication: Publication, tmp_path: Path) -> None:
    run("python", "-c", _DATACITE, written(tmp_path, datacite(publication)), folder=tmp_path)


def test_the_validator_of_ro_crate_accepts_the_description(
    publication: Publication, tmp_path: Path
) -> None:
    file = written(tmp_path, ro_crate(publication)).rename(tmp_path / "ro-crate-metadata.json")
    options = ("--packaging-mode", "detached", "--skip-availability-check", "--no-paging")
    run("rocrate-validator", "validate", *options, file, folder=tmp_path)
