"""Measure small SELECT queries over HTTP beside the `oxigraph` server on the same store.

Each server answers a series of different queries one after the other, for some rounds: first with
another comment in each, so that none is sent twice, then the same again and again.
Needs `wrk` and the `oxigraph` server (``pip install oxigraph``).

Usage: ``python bench/small_select.py [--oxigraph PATH] [--rounds 5] [--seconds 2] [--output FILE]``
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import quote

from documents import ask, children, free_port, partyline, running
from result_files import save

CONNECTIONS = 8
JSON = "application/sparql-results+json"
#: By their names: queries of which each subject makes one.
QUERIES = {
    "statements of a subject": "SELECT ?p ?o {{ <{0}> ?p ?o }} LIMIT 10",
    "a join": "SELECT ?o ?l {{ <{0}> ?p ?o . ?o <http://www.w3.org/2000/01/rdf-schema#label> ?l }}"
    " LIMIT 10",
    "ASK": "ASK {{ <{0}> ?p ?o }}",
}
SUBJECTS = 200
#: What a script appends to each query: nothing, or a comment that no other query has.
ENDINGS = {"each once": '"%20%23" .. started .. "." .. number', "again and again": '""'}
_SCRIPT = """
local paths = {{ {paths} }}
local started = {started}
local number = 0
request = function()
  number = number + 1
  local path = paths[number % #paths + 1] .. {ending}
  return wrk.format("GET", path, {{ ["Accept"] = "{media_type}" }})
end
"""


@dataclass(frozen=True)
class Figure:
    """What one run of wrk has shown: requests a second, and µs of CPU a request."""

    rate: float
    server: float
    workers: float


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(pid: int, port: int, script: "Script", seconds: int) -> Figure:
    def used() -> tuple[float, float]:
        return cpu_seconds(pid), sum(map(cpu_seconds, children(pid)))

    before = used()
    address = f"http://127.0.0.1:{port}"
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-s",
        str(script.written()),
        address,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in done:
        raise SystemExit(done)
    lines = [line.split() for line in done.splitlines()]
    number = next(int(row[0]) for row in lines if row[1:2] == ["requests"])
    server, workers = (b - a for a, b in zip(before, used(), strict=True))
    return Figure(number / seconds, 1e6 * server / number, 1e6 * workers / number)


@contextmanager
def oxigraph(program: str, store: Path) -> Iterator[tuple[int, int]]:
    """Serve *store*; give process and port."""
    port = free_port()
    place = ["--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with running([program, "serve-read-only", *place], port, "/") as pid:
        yield pid, port


def subjects(port: int) -> list[str]:
    query = f"SELECT DISTINCT ?s {{ ?s a ?c FILTER(isIRI(?s)) }} LIMIT {SUBJECTS}"
    _, _, content = ask(port, f"/sparql?query={quote(query)}", {"Accept": JSON})
    return [row["s"]["value"] for row in json.loads(content)["results"]["bindings"]]


@dataclass(frozen=True)
class Script:
    """The requests of wrk: one query after the other, on each of some subjects."""

    file: Path
    path: str
    query: str
    iris: Sequence[str]
    ending: str

    def written(self) -> Path:
        """Write the script anew: a number in it is that of this run."""
        queries = [quote(self.query.format(iri)) for iri in self.iris]
        paths = ", ".join(json.dumps(f"{self.path}?query={row}") for row in queries)
        started = time.monotonic_ns()
        self.file.write_text(
            _SCRIPT.format(paths=paths, media_type=JSON, ending=self.ending, started=started)
        )
        return self.file


def measure(folder: Path, program: str, rounds: int, seconds: int) -> list[str]:
    store = Path(os.environ["PARTYLINE_RELEASES"]) / "current" / "store"
    rows = []
    with partyline(folder, 64) as (ours, port), oxigraph(program, store) as (theirs, other):
        iris = subjects(port)
        for (name, query), (kind, ending) in product(QUERIES.items(), ENDINGS.items()):
            mine = Script(folder / "ours.lua", "/sparql", query, iris, ending)
            yours = Script(folder / "theirs.lua", "/query", query, iris, ending)
            load(ours, port, mine, 1), load(theirs, other, yours, 1)
            pairs = [
                (load(ours, port, mine, seconds), load(theirs, other, yours, seconds))
                for _ in range(rounds)
            ]
            rows.append(row(f"{name}, {kind}", pairs))
            print(rows[-1], flush=True)
    return rows


def row(name: str, pairs: Sequence[tuple[Figure, Figure]]) -> str:
    def median(value: Callable[[Figure, Figure], float]) -> float:
        return statistics.median(value(*pair) for pair in pairs)

    return (
        f"| {name} | {median(lambda a, b: a.rate):,.0f} | {median(lambda a, b: b.rate):,.0f}"
        f" | {median(lambda a, b: a.rate / b.rate):.2f} | {median(lambda a, b: a.server):.0f}"
        f" | {median(lambda a, b: a.workers):.0f} | {median(lambda a, b: b.server):.0f}"
        f" | {median(lambda a, b: (a.server + a.workers) / b.server):.1f} |"
    )


def report(rows: Sequence[str], rounds: int, seconds: int) -> str:
    table, (busy, *_) = "\n".join(rows), os.getloadavg()
    return f"""# Small SELECT beside the oxigraph server

`python bench/small_select.py`: medians of {rounds} rounds of {seconds} s for each server in turn,
`wrk -t1 -c{CONNECTIONS}` on the same machine, {os.cpu_count()} processors, load average {busy:.0f};
{SUBJECTS} different queries of each kind, the same store; each with a comment that no other has, so
that none is sent twice, or the same again and again. Partyline evaluates a query in a process that
may be killed, counts the rows, writes a log and counts metrics, and keeps the answer when it is
asked for again; the oxigraph server has one process with threads, and no limits.

| query | requests/s | oxigraph | ratio | µs CPU web | workers | oxigraph | CPU ratio |
| --- | --- | --- | --- | --- | --- | --- | --- |
{table}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--oxigraph", default=shutil.which("oxigraph"), help="the server")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--output", type=Path, help="write the table to this file")
    options = parser.parse_args()
    if shutil.which("wrk") is None or options.oxigraph is None:
        raise SystemExit("wrk and the oxigraph server are needed: pip install oxigraph")
    with tempfile.TemporaryDirectory() as folder:
        if "PARTYLINE_RELEASES" not in os.environ:
            os.environ["PARTYLINE_RELEASES"] = f"{folder}/releases"
            subprocess.run([sys.executable, "-m", "partyline", "build"], check=True)
        rows = measure(Path(folder), options.oxigraph, options.rounds, options.seconds)
    text = report(rows, options.rounds, options.seconds)
    print(text)
    if options.output:
        save(options.output, text)


if __name__ == "__main__":
    main()
