"""Measure the memory of a server and its query processes: the built-in knowledge, four workers.

Proportional set size (proc(5), smaps_rollup): a page that several processes share counts once.
Pages of files are shared with whatever else runs on the machine, so the sizes without them stand
beside it.

Usage: ``python bench/memory.py [--documents 100] [--output FILE]``
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from documents import BROWSER, ask, children, partyline
from result_files import save

JSON = "application/sparql-results+json"
COLUMNS = "server | fork server | each worker | together"


@dataclass(frozen=True)
class Size:
    """Mebibytes of one process: all, and those that are not pages of a file."""

    proportional: float
    anonymous: float


def sizes(pid: int) -> list[Size]:
    """Return the sizes of the server and of each process that it has started."""
    return [size(found) for found in (pid, *children(pid))]


def size(pid: int) -> Size:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    found = {line.split()[0]: int(line.split()[1]) for line in lines[1:]}
    return Size(found["Pss:"] / 1024, found["Pss_Anon:"] / 1024)


def read_documents(port: int, number: int) -> None:
    query = f"SELECT DISTINCT ?s {{ ?s a ?c FILTER(isIRI(?s)) }} LIMIT {number}"
    _, _, content = ask(port, f"/sparql?query={quote(query)}", {"Accept": JSON})
    iris = [row["s"]["value"] for row in json.loads(content)["results"]["bindings"]]
    for iri in iris:
        ask(port, f"/resource.html?iri={quote(iri, safe='')}", {**BROWSER, "Accept-Encoding": "br"})
        ask(port, f"/resource.ttl?iri={quote(iri, safe='')}", {"Accept-Encoding": "gzip"})
        ask(port, f"/sparql?query={quote(f'SELECT * {{ <{iri}> ?p ?o }}')}", {"Accept": JSON})


def row(name: str, found: list[Size]) -> str:
    def columns(mebibytes: list[float]) -> str:
        server, fork_server, *workers = mebibytes
        each = f"{min(workers):.1f}–{max(workers):.1f}"
        return f"{server:.0f} | {fork_server:.1f} | {each} | {sum(mebibytes):.0f}"

    every = columns([row.proportional for row in found])
    return f"| {name} | {every} | {columns([row.anonymous for row in found])} |"


def measure(folder: Path, documents: int) -> list[str]:
    with partyline(folder, 64) as (pid, port):
        time.sleep(1)  # workers open their store
        rows = [row("after the start", sizes(pid))]
        read_documents(port, documents)
        return [*rows, row(f"after {documents} pages, documents and queries", sizes(pid))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--output", type=Path, help="write the table to this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if "PARTYLINE_RELEASES" not in os.environ:
            os.environ["PARTYLINE_RELEASES"] = f"{folder}/releases"
            subprocess.run([sys.executable, "-m", "partyline", "build"], check=True)
        rows = "\n".join(measure(Path(folder), options.documents))
    text = f"""# Memory of a server and its query processes

`python bench/memory.py`: mebibytes of proportional set size, the built-in knowledge.

The second four columns leave out the pages of files.

| state | {COLUMNS} | {COLUMNS} |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
"""
    print(text)
    if options.output:
        save(options.output, text)


if __name__ == "__main__":
    main()
