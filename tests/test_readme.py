"""Every command in the README that asks something is run, and what it shows is compared."""

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"```sh\n(?P<command>.*?)```(?:\n\n```text\n(?P<shown>.*?)```)?", re.DOTALL)
#: They end only when somebody ends them; CI and test_commands run them.
_NOT_HERE = ("git clone", "partyline serve")

EXAMPLES = [
    (match["command"], match["shown"])
    for match in _BLOCK.finditer(README)
    if not match["command"].startswith(_NOT_HERE)
]


def test_the_readme_has_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[row[0][:40] for row in EXAMPLES])
def test_a_command_of_the_readme_works_as_shown(
    command: str, shown: str | None, server: str, tmp_path: Path
) -> None:
    for name in ("ontology", "kb"):
        (tmp_path / name).symlink_to(ROOT / name)
    # A copy: a command may build a release beside the settings.
    ensembles = Path("tests", "data", "ensembles")
    copytree(ROOT / ensembles, tmp_path / ensembles)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command.replace("http://127.0.0.1:8000", server)],
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if shown is not None:
        assert done.stdout.split() == shown.split()
    elif "curl" in command and "-O" not in command:
        assert done.stdout


def test_every_command_is_in_the_readme() -> None:
    from partyline.cli import COMMANDS

    for name in COMMANDS:
        assert f"`partyline {name}`" in README
