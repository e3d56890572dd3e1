"""Measure the reasoner and three others in one run, and write a table to bench/results/.

CPU seconds and peak memory are those of whole processes: start, load, reason, write. The others
are installed in a virtual environment that is thrown away; one that does not install is left out.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import log
from pathlib import Path

from generation import triples
from pyoxigraph import RdfFormat, parse
from result_files import RESULTS, save

HERE = Path(__file__).parent
SIZES = (1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000, 5_000_000)
#: Runs of ours up to this size; larger ones, and those of the peers, run once.
REPEATED, RUNS = 100_000, 3
#: Seconds after which a run is given up.
PATIENCE = 900
#: Peers, what to install for them, and the largest input they are given.
PEERS = {
    "owlrl": ("owlrl", 10_000),
    "reasonable": ("reasonable", 100_000),
    "sparq": ("sparq-rdf", 1_000_000),
    "sparq-own": ("sparq-rdf", 1_000_000),
}
#: Our engines, and the largest input each is given.
OURS = {"auto": 10**9, "sparql": 50_000, "arrays": 10**9, "duckdb": 10**9}
_UNCOMPILED = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True)
class Run:
    """What one process took, and the triples in what it wrote."""

    cpu: float
    megabytes: float
    triples: int | None


@dataclass(frozen=True)
class Input:
    """One generated graph: ontology and data apart, and together."""

    kind: str
    size: int
    ontology: Path
    data: Path
    whole: Path

    @property
    def whole_as_turtle(self) -> Path:
        """The same file under a name that the one peer reads that knows no N-Triples."""
        return self.whole.with_suffix(".ttl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--kinds", nargs="+", default=["lineage", "university"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = install(folder / "peers")
        lines = [*heading(python)]
        for kind in options.kinds:
            lines += table(kind, [make(folder, kind, size) for size in options.sizes], python)
        text = "\n".join(lines) + "\n"
    save(RESULTS / "reasoning.md", text)


def install(folder: Path) -> Path:
    """Make a virtual environment with the peers that install; return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    for package in sorted({package for package, _ in PEERS.values()}):
        command = [str(python), "-m", "pip", "install", "--quiet", package]
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode:
            print(f"{package} does not install and is left out")
    return python


def heading(python: Path) -> Iterator[str]:
    code = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    versions = {name: version(name) for name in ("pyoxigraph", "duckdb", "numpy")}
    for package, _ in PEERS.values():
        found = subprocess.run([str(python), "-c", code, package], capture_output=True, text=True)
        versions[package] = found.stdout.strip() or "not installed"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield "# The reasoner and its peers"
    yield ""
    yield "Written by `make bench-reasoning`. CPU seconds (user and system) and peak megabytes of"
    yield "the whole process: start, load, reason, write. Ours: the median of three runs up to"
    yield f"{REPEATED:,} asserted triples, one run above; the peers: one run. All write N-Triples,"
    yield "sparq through CONSTRUCT, for it has no writer of RDF; sparq-own is the same with the"
    yield "format of its own, which no other program reads."
    yield ""
    yield f"Machine: {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}."
    yield "Versions: " + ", ".join(f"{name} {found}" for name, found in versions.items()) + "."


def make(folder: Path, kind: str, size: int) -> Input:
    ontology = HERE / "ontologies" / f"{kind}.ttl"
    data, whole = folder / f"{kind}-{size}.nt", folder / f"{kind}-{size}-whole.nt"
    axioms = [f"{quad.triple} .\n" for quad in parse(path=str(ontology), format=RdfFormat.TURTLE)]
    # Written line by line: the peak of a process that is started from a large one is not its own.
    with data.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in triples(kind, size))
    with whole.open("w", encoding="utf-8") as file, data.open(encoding="utf-8") as lines:
        file.writelines(axioms)
        shutil.copyfileobj(lines, file)
    made = Input(kind, size, ontology, data, whole)
    made.whole_as_turtle.hardlink_to(whole)
    return made


def table(kind: str, inputs: Sequence[Input], python: Path) -> Iterator[str]:
    engines = [*(f"partyline {name}" for name in OURS), *PEERS]
    rows: dict[str, dict[int, Run]] = {engine: {} for engine in engines}
    for row in inputs:
        for engine in engines:
            found = measured(engine, row, python)
            if found is not None:
                rows[engine][row.size] = found
                print(f"{kind} {row.size:>9,} {engine:17} {found}", flush=True)
    yield ""
    yield f"## {kind.capitalize()}"
    yield ""
    sizes = [row.size for row in inputs]
    yield "| asserted | " + " | ".join(f"{size:,}" for size in sizes) + " | exponent |"
    yield "| --- |" + " --- |" * (len(sizes) + 1)
    for engine, runs in rows.items():
        cells = [cell(runs.get(size)) for size in sizes]
        yield f"| {engine} | " + " | ".join([*cells, exponent(runs)]) + " |"
    ours = rows["partyline auto"]
    for engine in PEERS:
        cells = [ratio(rows[engine].get(size), ours.get(size)) for size in sizes]
        yield f"| {engine} / partyline auto | " + " | ".join([*cells, ""]) + " |"
    inferred = [
        f"{found.triples:,}" if (found := ours.get(size)) and found.triples else ""
        for size in sizes
    ]
    yield "| inferred by partyline | " + " | ".join([*inferred, ""]) + " |"


def measured(engine: str, row: Input, python: Path) -> Run | None:
    """Return the median run of an engine, or None where it is not given so much."""
    limit = OURS.get(engine.partition(" ")[2]) or PEERS[engine][1]
    if row.size > limit:
        return None
    repeat = RUNS if row.size <= REPEATED and engine not in PEERS else 1
    runs = [run(engine, row, python) for _ in range(repeat)]
    done = [found for found in runs if found is not None]
    if not done:
        return None
    cpu = statistics.median(found.cpu for found in done)
    return Run(cpu, statistics.median(found.megabytes for found in done), done[0].triples)


def run(engine: str, row: Input, python: Path) -> Run | None:
    name, _, ours = engine.partition(" ")
    output = row.data.with_suffix(".out" if name == "sparq-own" else ".out.nt")
    if ours:
        command = [sys.executable, "-m", "partyline", "materialise", "--engine", ours]
        command += ["--ontology", str(row.ontology), "--data", str(row.data)]
        command += ["--output", str(output)]
    else:
        source = row.whole_as_turtle if name == "reasonable" else row.whole
        command = [str(python), str(HERE / "peers.py"), name, str(source), str(output)]
    taken = resources(command)
    if taken is None:
        return None
    count = None
    if output.is_file():
        with output.open("rb") as lines:
            count = sum(1 for _ in lines)
        output.unlink()
    return Run(*taken, count)


def resources(command: Sequence[str], *, refused: bool = False) -> tuple[float, float] | None:
    """Run a command; return its CPU seconds and peak megabytes, or None where it fails.

    With *refused*, exit code 1, with a message, is not a failure.
    """
    quiet = subprocess.DEVNULL
    # As an installation runs: the peers, which pip has compiled, and ours alike.
    environ = {name: value for name, value in os.environ.items() if name != _UNCOMPILED}
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, env=environ)
    deadline = time.monotonic() + PATIENCE
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            break
        if time.monotonic() > deadline:
            process.kill()
        time.sleep(0.01)
    if process.returncode and not (refused and process.returncode == 1):
        return None
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def cell(found: Run | None) -> str:
    return f"{found.cpu:.2f} s, {found.megabytes:.0f} MB" if found else "–"


def ratio(theirs: Run | None, ours: Run | None) -> str:
    return f"{theirs.cpu / ours.cpu:.1f} ×" if theirs and ours else "–"


def exponent(runs: dict[int, Run]) -> str:
    """Return the growth of the last step of a factor of ten or more."""
    sizes = sorted(runs)
    for small in reversed(sizes[:-1]):
        if sizes[-1] >= 10 * small:
            growth = log(runs[sizes[-1]].cpu / runs[small].cpu) / log(sizes[-1] / small)
            return f"{growth:.2f}"
    return ""


if __name__ == "__main__":
    main()
