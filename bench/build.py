"""Measure builds: of the built-in knowledge, and of invented lineages beside the store's own load.

Without sizes, prints seconds of the built-in knowledge: the median of several whole processes, and
the smallest and largest. With sizes, writes bench/results/build.md: CPU seconds and peak memory of
whole processes, medians of three for the built-in knowledge and one run each for the sizes.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import reasoning
from generation import triples
from reasoning import resources
from result_files import RESULTS, save, with_earlier

RUNS = 5
#: Seconds that a build, or a load, may take on a busy machine.
reasoning.PATIENCE = 7200
HERE = Path(__file__).parent
#: Loads the N-Triples of a release into a store, in pieces that keep memory low.
_LOAD = """
import sys
from pathlib import Path
from pyoxigraph import RdfFormat, Store
target, *dumps = sys.argv[1:]
store = Store(target)
for dump in dumps:
    with open(dump, "rb") as file:
        while piece := b"".join(file.readlines(25_000_000)):
            store.bulk_load(piece, RdfFormat.N_TRIPLES, lenient=True)
store.optimize()
store.flush()
"""
_SETTINGS = """
[knowledge]
title = "Invented lineages"
base = "https://bench.example.org/"
ontology_iri = "https://bench.example.org/lineage"
ontology = "ontology"
kb = "kb"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"

[build]
memory = 16384

[dumps]
codings = []
tables_up_to = 0
"""


_ABOUT = """\
Written by `bench/build.py`: invented lineage data, one run of whole processes on a machine
shared with other work. *Load*: the same statements from N-Triples into the store alone, once
each, in pieces of 25 MB, which keep memory low. Dumps are not compressed, and there are no tables
of the classes. *Start*: from `partyline serve` after the build to the first answer of the endpoint,
elapsed. The last line is the exponent of growth between the first size and the last of one run.
"""


@dataclass(frozen=True)
class Measured:
    """What the build of one size took, and the load of its statements by the store alone."""

    asserted: int
    statements: int
    build_cpu: float
    build_megabytes: float
    load_cpu: float
    load_megabytes: float
    #: Bytes on disk but for the dumps, and of the dumps.
    release: int
    dumps: int
    start_seconds: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(*words: str, settings: Path | None = None) -> list[str]:
    chosen = ["--settings", str(settings)] if settings else []
    return [sys.executable, "-m", "partyline", words[0], *chosen, *words[1:]]


def environment(releases: str) -> dict[str, str]:
    return {**os.environ, "PARTYLINE_RELEASES": releases}


def build(releases: str) -> None:
    subprocess.run(command("build"), env=environment(releases), check=True, capture_output=True)


def seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def whole_build() -> float:
    with tempfile.TemporaryDirectory() as releases:
        return seconds(lambda: build(releases))


def first_answer(serve: Sequence[str], environ: dict[str, str]) -> float:
    """Start a server on a built release and ask it until it answers a SPARQL query."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D"
    started = time.perf_counter()
    server = subprocess.Popen(
        [*serve, "--port", str(port)],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - started < 60:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    answer.read()
                    return time.perf_counter() - started
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.01)
        raise SystemExit("the server did not answer within 60 s")
    finally:
        server.terminate()
        server.wait()


def report(name: str, figures: list[float]) -> None:
    median = statistics.median(figures)
    print(f"{name:<32} {median:6.2f} s  ({min(figures):.2f} to {max(figures):.2f}, n={RUNS})")


def invented(folder: Path, size: int) -> Path:
    """Write the sources of *size* invented statements into *folder*; return the settings."""
    settings = folder / "partyline.toml"
    settings.write_text(_SETTINGS, encoding="utf-8")
    for part in ("ontology", "kb"):
        (folder / part).mkdir()
    ontology = (HERE / "ontologies" / "lineage.ttl").read_bytes()
    (folder / "ontology" / "lineage.ttl").write_bytes(ontology)
    with (folder / "kb" / "data.nt").open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in triples("lineage", size))
    return settings


def triples_of(release: Path) -> list[Path]:
    """Return the dumps in N-Triples that hold each statement of *release* once."""
    return [release / "dumps" / f"{name}.nt" for name in ("ontology", "asserted", "inferred")]


def measured(size: int) -> Measured:
    """Build *size* invented statements and load what the release holds into a store alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = invented(folder, size)
        built = resources(command("build", settings=settings))
        if built is None:
            raise SystemExit(f"the build of {size} statements failed")
        release = (folder / "releases" / "current").resolve()
        dumps = list(map(str, triples_of(release)))
        loaded = resources([sys.executable, "-c", _LOAD, str(folder / "store"), *dumps])
        if loaded is None:
            raise SystemExit(f"the store did not load {size} statements")
        manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
        in_dumps = sum(row["size"] for row in manifest["files"])
        whole = sum(file.stat().st_size for file in release.rglob("*") if file.is_file())
        return Measured(
            size,
            sum(manifest["counts"].values()),
            *built,
            *loaded,
            whole - in_dumps,
            in_dumps,
            first_answer(command("serve", settings=settings), dict(os.environ)),
        )


def builtin() -> str:
    """Return what the build of the built-in knowledge takes, and its libraries alone."""
    found, floors = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as releases:
            words = ["env", f"PARTYLINE_RELEASES={releases}", *command("build")]
            if (built := resources(words)) is None:
                raise SystemExit("the build of the built-in knowledge failed")
            found.append(built)
            floors.append(floor(Path(releases) / "current"))
    seconds, megabytes = (statistics.median(row[place] for row in found) for place in (0, 1))
    alone = {name: statistics.median(row[name] for row in floors) for name in floors[0]}
    listed = ", ".join(f"{name} {100 * row / seconds:.0f} %" for name, row in alone.items())
    return (
        f"The built-in knowledge: {seconds:.1f} CPU s, {megabytes:.0f} MB (medians of 3 runs).\n"
        f"What the libraries alone take for the same in the same minutes (`bench/build_floor.py`):"
        f"\n{100 * sum(alone.values()) / seconds:.0f} % of it ({listed})."
    )


def floor(release: Path) -> dict[str, float]:
    """Return the CPU seconds of what a build of *release* cannot do without, by step."""
    sources = [str(HERE.parent / name) for name in ("ontology", "kb")]
    words = [sys.executable, str(HERE / "build_floor.py"), str(release), *sources]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def exponent(rows: Sequence[Measured], cost: Callable[[Measured], float]) -> str:
    """Return how *cost* grows with the number of statements, from the smallest to the largest."""
    if len(rows) < 2:
        return "–"
    first, last = rows[0], rows[-1]
    return f"{log(cost(last) / cost(first)) / log(last.statements / first.statements):.2f}"


def table(rows: Sequence[Measured], known: str) -> Iterator[str]:
    yield "# Builds"
    yield ""
    yield _ABOUT
    yield known
    yield ""
    yield (
        "| asserted | statements | build CPU | MB peak | load CPU | MB peak | build / load |"
        " bytes a statement without dumps | dumps MB | start |"
    )
    yield "| ---: " * 10 + "|"
    measured_now = [
        (
            f"| {row.asserted:,} | {row.statements:,} | {row.build_cpu:.1f} s |"
            f" {row.build_megabytes:,.0f} | {row.load_cpu:.1f} s | {row.load_megabytes:,.0f} |"
            f" {row.build_cpu / row.load_cpu:.1f} | {row.release / row.statements:.0f} |"
            f" {row.dumps / 1e6:,.0f} | {row.start_seconds:.1f} s |"
        )
        for row in rows
    ]
    yield from with_earlier(RESULTS / "build.md", measured_now, (row.asserted for row in rows))
    yield (
        f"| | | {exponent(rows, lambda row: row.build_cpu)} |"
        f" {exponent(rows, lambda row: row.build_megabytes)} |"
        f" {exponent(rows, lambda row: row.load_cpu)} | | | | | |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int)
    options = parser.parse_args()
    if options.sizes:
        known = builtin()
        print(known, flush=True)
        rows: list[Measured] = []
        for size in options.sizes:
            rows.append(measured(size))
            print(rows[-1], flush=True)
            # After each, because a larger one may not end.
            text = "\n".join(table(rows, known)) + "\n"
            save(RESULTS / "build.md", text)
        return
    report("build, whole process", [whole_build() for _ in range(RUNS)])
    with tempfile.TemporaryDirectory() as releases:
        build(releases)
        serve = command("serve", "--no-build")
        starts = [first_answer(serve, environment(releases)) for _ in range(RUNS)]
        report("start to first SPARQL answer", starts)


if __name__ == "__main__":
    main()
