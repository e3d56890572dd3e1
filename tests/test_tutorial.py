"""The tutorials are followed to the letter: files saved, commands run, output compared."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from network import free_port, wait_for

DOCS = Path(__file__).parents[1] / "docs"
_BLOCK = re.compile(r"```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL)
_FILE = re.compile(r"`(?P<path>(?:newspapers|library)/[\w./-]+\.(?:ttl|toml|rdf|md|svg))`")


def blocks(tutorial: str) -> list[tuple[str, str, str]]:
    """Return the language, the text, and the paragraph before it, of each block."""
    found, end = [], 0
    text = (DOCS / tutorial).read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        before = text[end : match.start()].strip().rpartition("\n\n")[2]
        found.append((match["language"], match["text"], before))
        end = match.end()
    return found


class Reader:
    """Somebody who follows the tutorial in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.server: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def save(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def append(self, path: str, text: str) -> None:
        with (self.folder / path).open("a", encoding="utf-8") as file:
            file.write(text)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self._here(command)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def serve(self, command: str) -> None:
        self.server = subprocess.Popen(
            self._here(command).split(),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )
        wait_for(f"http://127.0.0.1:{self.port}/health", self.server)

    def _here(self, command: str) -> str:
        return command.replace("8123", str(self.port))

    def leave(self) -> None:
        if self.server is not None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(20)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A reader, whose server ends with the test."""
    reader = Reader(tmp_path)
    try:
        yield reader
    finally:
        reader.leave()


def follow(reader: Reader, tutorial: str) -> tuple[str, int, list[int]]:
    """Do what *tutorial* says; return the last output, the number of outputs, all exit codes."""
    last, shown, codes = "", [], []
    for language, text, before in blocks(tutorial):
        file = _FILE.search(before)
        if language in ("turtle", "toml", "xml", "markdown"):
            assert file is not None, before
            (reader.append if "Add this" in before else reader.save)(file["path"], text)
        elif language == "text":
            assert text.split() == last.split()[-len(text.split()) :]
            shown.append(text)
        elif text.startswith("partyline serve"):
            reader.serve(text)
        else:
            done = reader.run(text)
            last = done.stdout
            codes.append(done.returncode)
    return last, len(shown), codes


def test_every_step_of_the_tutorial_works_as_written(reader: Reader) -> None:
    last, shown, codes = follow(reader, "tutorial.md")

    # Only the last check fails: it comes after the mistake.
    assert codes == [0, 0, 0, 0, 1]
    assert shown == 2
    assert "prp-irp" in last


def test_a_folder_of_rdf_xml_becomes_a_site(reader: Reader) -> None:
    _, shown, codes = follow(reader, "tutorial-site.md")

    assert codes == [0, 0, 0]
    assert shown == 2
    home = urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{reader.port}/", headers={"Accept": "text/html"})
    ).read()
    page = home.decode()
    assert "<h1>The library of our town</h1>" in page
    assert "<strong>linked data</strong>" in page
    assert 'href="https://creativecommons.org/licenses/by/4.0/"' in page
    assert 'href="https://library.example.org/contact"' in page
    assert re.search(r'<img src="/static/logo\.[0-9a-f]+\.svg"', page)
    assert "Henry David Thoreau" in page
