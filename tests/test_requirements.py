"""Every dependency is pinned with hashes, in the file for those who need it."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
BUILD = [*PROJECT["build-system"]["requires"], "editables"]
#: The extras that are installed from each file, besides what the program runs with.
FILES = {
    "runtime": ("fast",),
    "development": ("fast", "cards", "mcp", "dev"),
    "trials": ("fast", "cards", "mcp", "dev", "dl", "mutation", "spark"),
}

_PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>\S+)(?: ;[^\\\n]*)? \\\n"
    r"(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.MULTILINE,
)


def pins(name: str) -> dict[str, str]:
    """Return the versions in a file, of which nothing but pins with hashes is left over."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert _PIN.sub("", text) == ""
    return {canonicalize_name(row["name"]): row["version"] for row in _PIN.finditer(text)}


@pytest.mark.parametrize("name", FILES)
def test_every_dependency_is_pinned_with_hashes(name: str) -> None:
    pinned = pins(name)
    wanted = [*BUILD, *PROJECT["project"]["dependencies"]]
    wanted += [row for extra in FILES[name] for row in EXTRAS[extra]]
    for requirement in map(Requirement, wanted):
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier, requirement


@pytest.mark.parametrize("name", ["validators", "fuzzing"])
def test_what_has_an_environment_of_its_own_is_pinned_with_hashes(name: str) -> None:
    pinned = pins(name)
    lines = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    assert wanted
    assert {canonicalize_name(line) for line in wanted} <= pinned.keys()


def test_the_files_agree_and_leave_no_extra_out() -> None:
    runtime, development, trials = map(pins, FILES)
    assert runtime.items() <= development.items() <= trials.items()
    assert {extra for extras in FILES.values() for extra in extras} == set(EXTRAS)
