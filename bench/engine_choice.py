"""Measure SPARQL, arrays, DuckDB and ``auto`` around the thresholds of `engine_selection`.

CPU seconds (user and system) of whole ``partyline materialise`` processes, the median of three.
Writes bench/results/engines.md.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from generation import triples
from pyoxigraph import RdfFormat, parse
from reasoning import resources

from partyline.reasoning import is_axiom

HERE = Path(__file__).parent
ROOT = HERE.parent
ENGINES = ("auto", "sparql", "arrays", "duckdb")
RUNS = 3
SIZES = (5_000, 10_000, 15_000, 20_000, 25_000)


RESULTS = HERE / "results" / "engines.md"
HEAD = f"""\
# The choice of an engine

Written by `python bench/engine_choice.py`. CPU seconds of `partyline materialise`: the
median of three runs, start of Python, reading and writing included. An *axiom* is a
triple that `is_axiom` counts.

| graph | triples | axioms | {" | ".join(ENGINES)} |
| --- | --- | --- |{" --- |" * len(ENGINES)}
"""


def main() -> None:
    """Measure the graphs that are named, or all; keep the rows of the others."""
    rows = dict[str, list[str]]()
    for line in RESULTS.read_text(encoding="utf-8").splitlines()[HEAD.count("\n") :]:
        rows.setdefault(line.split(" | ")[0].removeprefix("| "), []).append(f"{line}\n")
    measured: set[str] = set()
    with tempfile.TemporaryDirectory() as name:
        for graph, ontology, data in inputs(Path(name)):
            if len(sys.argv) == 1 or graph in sys.argv:
                kept = rows.setdefault(graph, []) if graph in measured else []
                rows[graph] = [*kept, row(graph, ontology, data)]
                measured.add(graph)
    RESULTS.write_text(HEAD + "".join(chain.from_iterable(rows.values())), encoding="utf-8")


def row(graph: str, ontology: list[Path], data: list[Path]) -> str:
    size, axioms = counts(ontology, data)
    cells = [f"{seconds(engine, ontology, data):.2f}" for engine in ENGINES]
    line = f"| {graph} | {size:,} | {axioms:,} | {' | '.join(cells)} |\n"
    print(line, end="", flush=True)
    return line


def inputs(folder: Path) -> Iterator[tuple[str, list[Path], list[Path]]]:
    """Yield the name, the ontology files and the data files of each graph."""
    ontology = sorted((ROOT / "ontology").glob("*.ttl"))
    data = list(dict.fromkeys(statements(sorted((ROOT / "kb").rglob("*.ttl")))))
    for size in SIZES:
        path = folder / f"kb-{size}.nt"
        path.write_text("".join(data[: size - 2_900]), encoding="utf-8")
        yield "built-in", ontology, [path]
    whole = folder / "whole.nt"
    whole.write_text("".join([*statements(ontology), *data]), encoding="utf-8")
    yield "built-in, one file", [whole], []
    for kind in ("lineage", "university"):
        for size in SIZES[:4]:
            path = folder / f"{kind}-{size}.nt"
            path.write_text("".join(f"{line}\n" for line in triples(kind, size)), encoding="utf-8")
            yield kind, [HERE / "ontologies" / f"{kind}.ttl"], [path]
    tree = folder / "tree.ttl"
    tree.write_text("".join(classes(7_000)), encoding="utf-8")
    yield "class tree", [tree], []


def statements(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for quad in parse(path=path, format=RdfFormat.TURTLE):
            yield f"{quad.triple} .\n"


def classes(number: int) -> Iterator[str]:
    """Yield a tree of classes, ten below each, with disjoint siblings."""
    yield "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    yield "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    yield "@prefix : <http://example.org/> .\n"
    for index in range(1, number):
        yield f":C{index} a owl:Class ; rdfs:subClassOf :C{index // 10} ; rdfs:label 'C{index}' .\n"


def counts(ontology: list[Path], data: list[Path]) -> tuple[int, int]:
    found = {
        quad.triple
        for path in [*ontology, *data]
        for quad in parse(path=path, format=RdfFormat.from_extension(path.suffix[1:]))
    }
    return len(found), sum(map(is_axiom, found))


def seconds(engine: str, ontology: list[Path], data: list[Path]) -> float:
    command = [sys.executable, "-m", "partyline", "materialise", "--engine", engine]
    command += ["--ontology", *map(str, ontology)]
    command += ["--data", *map(str, data)] if data else []
    with tempfile.TemporaryDirectory() as name:
        command += ["--output", f"{name}/inferred.nt"]
        runs = [resources(command) for _ in range(RUNS)]
    return statistics.median(run[0] for run in runs if run is not None)


if __name__ == "__main__":
    main()
