"""Measure shapes whose closure grows faster than they do: equal names, transitive chains, lists.

CPU seconds (user and system) and peak memory of whole ``partyline materialise`` processes, one run
each. Writes bench/results/growth.md.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reasoning import resources

HERE = Path(__file__).parent
PREFIXES = (
    "@prefix : <http://example.org/> .\n"
    "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)


def same(size: int) -> Iterator[str]:
    yield from (f":a0 owl:sameAs :a{index} .\n" for index in range(1, size))


def functional(size: int) -> Iterator[str]:
    yield ":p a owl:FunctionalProperty .\n"
    yield from (f":x :p :a{index} .\n" for index in range(size))


def key(size: int) -> Iterator[str]:
    yield ":C owl:hasKey (:k) .\n"
    yield from (f":a{index} a :C ; :k 'x' .\n" for index in range(size))


def chain(size: int) -> Iterator[str]:
    yield ":p a owl:TransitiveProperty .\n"
    yield from (f":a{index} :p :a{index + 1} .\n" for index in range(size))


def circle(size: int) -> Iterator[str]:
    yield from chain(size)
    yield f":a{size} :p :a0 .\n"


def both_ways(size: int) -> Iterator[str]:
    yield ":p a owl:SymmetricProperty .\n"
    yield from chain(size)


def closed(size: int) -> Iterator[str]:
    """A chain with its closure stated."""
    yield ":p a owl:TransitiveProperty .\n"
    for one in range(size):
        yield f":a{one} :p {', '.join(f':a{two}' for two in range(one + 1, size + 1))} .\n"


def listed(size: int) -> Iterator[str]:
    yield ":x :p ("
    yield from (f":a{index}\n" for index in range(size))
    yield ") .\n"


#: What to measure: the shape, and its sizes.
SHAPES = {
    same: (250, 500, 1_000, 5_000),
    functional: (250, 500, 1_000, 5_000),
    key: (250, 500, 1_000, 5_000),
    chain: (500, 1_000, 2_000, 20_000),
    circle: (500, 1_000, 2_000, 5_000),
    both_ways: (500, 1_000, 2_000),
    closed: (300, 600),
    listed: (1_000, 10_000, 100_000),
}


def main() -> None:
    lines = [
        "# Growth",
        "",
        "Written by `python bench/growth.py`: `partyline materialise` on shapes whose closure",
        "grows faster than they do. One run each, start of Python, reading and writing included.",
        "A closure of more than 20 million triples is refused.",
        "",
        "| shape | members | inferred | CPU s | MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    with tempfile.TemporaryDirectory() as name:
        for shape, sizes in SHAPES.items():
            for size in sizes:
                path, output = Path(name, "input.ttl"), Path(name, "output.nt")
                path.write_text(PREFIXES + "".join(shape(size)), encoding="utf-8")
                cells = " | ".join(measured(path, output))
                lines.append(f"| {shape.__name__.replace('_', ' ')} | {size:,} | {cells} |")
                print(lines[-1], flush=True)
    (HERE / "results" / "growth.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def measured(path: Path, output: Path) -> tuple[str, str, str]:
    command = [sys.executable, "-m", "partyline", "materialise"]
    command += ["--ontology", str(path), "--output", str(output)]
    taken = resources(command, refused=True)
    if taken is None:
        return "failed", "", ""
    cpu, megabytes = taken
    inferred = "refused"
    if output.is_file():
        with output.open("rb") as lines:
            inferred = f"{sum(1 for _ in lines):,}"
        output.unlink()
    return inferred, f"{cpu:.2f}", f"{megabytes:.0f}"


if __name__ == "__main__":
    main()
