"""Every example of the page for users of the data is run against a server, and prints something."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "clients.md"
#: Where npm has installed Comunica; `make examples` does so.
MODULES = Path(__file__).parent / "comunica" / "node_modules"
_PART = re.compile(
    r"^## (?P<heading>[^\n]*)$|^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)


def examples() -> list[tuple[str, str, str]]:
    """Return the heading, the language and the text of each example."""
    heading, found = "", []
    for match in _PART.finditer(PAGE.read_text(encoding="utf-8")):
        heading = match["heading"] or heading
        if match["language"]:
            found.append((heading, match["language"], match["code"]))
    return found


def of(*languages: str) -> list[object]:
    """Return the examples in *languages*, as parameters of a test."""
    return [
        pytest.param(language, code, id=f"{heading}: {language}")
        for heading, language, code in examples()
        if language in languages
    ]


def here(code: str, server: str) -> str:
    return code.replace("http://127.0.0.1:8000", server)


def output(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_is_in_a_language_that_is_run() -> None:
    languages = [language for _, language, _ in examples()]
    assert set(languages) == {"sh", "py", "r", "js"}
    assert (languages.count("sh"), languages.count("py")) >= (6, 6)


@pytest.mark.parametrize(("language", "code"), of("sh"))
def test_each_command_answers(language: str, code: str, server: str, tmp_path: Path) -> None:
    # --fail: an error of the server has a message, too.
    shown = output(
        [
            "bash",
            "-euo",
            "pipefail",
            "-c",
            'curl() { command curl --fail "$@"; }\n' + here(code, server),
        ],
        tmp_path,
    )
    assert shown.strip()


@pytest.mark.parametrize(("language", "code"), of("py"))
def test_each_example_in_python_prints(
    language: str,
    code: str,
    server: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(here(code, server), PAGE.name, "exec"), {})
    assert capsys.readouterr().out.strip()


@pytest.mark.skipif(not os.environ.get("EXAMPLES"), reason="make examples runs these")
@pytest.mark.parametrize(("language", "code"), of("r", "js"))
def test_each_example_in_r_and_javascript_prints(
    language: str, code: str, server: str, tmp_path: Path
) -> None:
    file = tmp_path / ("example.mjs" if language == "js" else "example.R")
    file.write_text(here(code, server), encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(MODULES)
    program = shutil.which("node" if language == "js" else "Rscript")
    assert program, f"{language}: the program that runs it is not installed"
    assert output([program, str(file)], tmp_path).strip()
