"""Measure how long after an edit `partyline serve --watch` serves it, on the built-in knowledge."""

import argparse
import contextlib
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from result_files import save

ROOT = Path(__file__).parents[1]
EDITED = Path("kb", "organisations", "funcinpec.ttl")
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=15)
    parser.add_argument("--output", type=Path, help="write the result to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("kb", "ontology"):
            shutil.copytree(ROOT / name, folder / name)
        shutil.copy(ROOT / "partyline.toml", folder)
        with watching(folder) as (process, port):
            found = measure(folder / EDITED, process, port, options.edits)
    print(found)
    if options.output:
        save(options.output, f"# Previews\n\nWritten by `bench/preview.py`: {found}\n")


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[tuple[int, int]]:
    """Give the process and the port of a server that watches *folder*."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "partyline", "serve", "--watch", "--port", str(port)]
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        try:
            until_other(port, "")
            yield process.pid, port
        finally:
            process.terminate()
            process.wait()


def state(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/.preview/state", timeout=60) as answer:
        return str(json.load(answer)["state"])


def until_other(port: int, before: str) -> None:
    """Return once another state than *before* is served."""
    while True:
        with contextlib.suppress(OSError):
            if state(port) != before:
                return
        time.sleep(0.01)


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def until_idle(process: int) -> None:
    """Return once the process does nothing more: shapes are checked after the page is served."""
    before = -1.0
    while processor_seconds(process) - before > 0.1:
        before = processor_seconds(process)
        time.sleep(1)


def measure(file: Path, process: int, port: int, edits: int) -> str:
    """Edit *file* again and again; return the times until each edit is served."""
    content = file.read_text(encoding="utf-8")
    served, spent = [], []
    for number in range(edits):
        until_idle(process)
        before, used, begun = state(port), processor_seconds(process), time.monotonic()
        text = re.sub(r'"(?=@en)', f' {number}"', content, count=1)
        beside = file.with_name(".beside")
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
        until_other(port, before)
        served.append(time.monotonic() - begun)
        spent.append(processor_seconds(process) - used)
    return (
        f"{edits} edits of one of the files of the built-in knowledge: served after"
        f" {statistics.median(served):.2f} s (median), {max(served):.2f} s (worst);"
        f" {statistics.median(spent):.2f} CPU s (median); load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
