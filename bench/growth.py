"""Measure shapes whose closure may grow faster than they do: equal names, chains, lists, schemas.

CPU seconds (user and system) and peak memory of whole ``partyline materialise`` processes, one run
each. Writes bench/results/growth.md.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain as flattened
from pathlib import Path

from reasoning import resources

HERE = Path(__file__).parent
Shape = Callable[[int], Iterator[str]]
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


def subclasses(size: int) -> Iterator[str]:
    yield from (f":C{index} rdfs:subClassOf :C{index + 1} .\n" for index in range(size))


def equivalent_classes(size: int) -> Iterator[str]:
    yield from (f":C{index} owl:equivalentClass :C{index + 1} .\n" for index in range(size))


def subproperties(size: int) -> Iterator[str]:
    yield ":a :p0 :b .\n"
    yield from (f":p{index} rdfs:subPropertyOf :p{index + 1} .\n" for index in range(size))


def inverse_properties(size: int) -> Iterator[str]:
    yield ":a :p0 :b .\n"
    yield from (f":p{index} owl:inverseOf :p{index + 1} .\n" for index in range(size))


def class_tree(size: int) -> Iterator[str]:
    for index in range(1, size):
        yield f":C{index} a owl:Class ; rdfs:subClassOf :C{index // 10} .\n"


def restrictions(size: int) -> Iterator[str]:
    """A chain of classes, each equivalent to a restriction to the next one; each has a member."""
    for index in range(size):
        yield f":C{index} rdfs:subClassOf :C{index + 1} ; owl:equivalentClass"
        yield f" [ owl:onProperty :p ; owl:someValuesFrom :C{index + 1} ] .\n"
        yield f":a{index} :p :a{index + 1} ; a :C{index} .\n"


def equal_restrictions(size: int) -> Iterator[str]:
    yield ":a :p [ a :D ] .\n"
    for index in range(size):
        yield f":C{index} owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom :D ] .\n"


def nested_restrictions(size: int) -> Iterator[str]:
    opened = "[ owl:onProperty :p ; owl:someValuesFrom " * size
    yield f":C rdfs:subClassOf {opened} :D {']' * size} .\n"


def disjoint_classes(size: int) -> Iterator[str]:
    for index in range(size):
        yield f":C{index} owl:disjointWith :C{index + 1} . :a{index} a :C{index} .\n"


def _members(name: str, size: int) -> str:
    return " ".join(f":{name}{index}" for index in range(size))


def all_disjoint(size: int) -> Iterator[str]:
    yield f"[] a owl:AllDisjointClasses ; owl:members ({_members('C', size)}) .\n"
    yield from (f":a{index} a :C{index} .\n" for index in range(size))


def all_different(size: int) -> Iterator[str]:
    yield f"[] a owl:AllDifferent ; owl:distinctMembers ({_members('a', size)}) .\n"


def one_of(size: int) -> Iterator[str]:
    yield f":C owl:oneOf ({_members('a', size)}) .\n"


def intersection(size: int) -> Iterator[str]:
    yield f":C owl:intersectionOf ({_members('C', size)}) .\n"
    yield from (f":a a :C{index} .\n" for index in range(size))


def long_chain(size: int) -> Iterator[str]:
    yield f":q owl:propertyChainAxiom ({_members('p', size)}) .\n"
    yield from (f":a{index} :p{index} :a{index + 1} .\n" for index in range(size))


def long_key(size: int) -> Iterator[str]:
    yield f":C owl:hasKey ({_members('p', size)}) . :a a :C . :b a :C .\n"
    yield from (f":a :p{index} 1 . :b :p{index} 1 .\n" for index in range(size))


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
    subclasses: (500, 1_000, 2_000, 10_000),
    equivalent_classes: (500, 1_000, 5_000),
    subproperties: (500, 1_000, 2_000),
    inverse_properties: (1_000, 5_000),
    class_tree: (1_000, 5_000, 20_000),
    restrictions: (50, 100, 200),
    equal_restrictions: (50, 100, 200),
    nested_restrictions: (1_000, 3_000),
    disjoint_classes: (1_000, 10_000),
    all_disjoint: (500, 2_000),
    all_different: (500, 2_000),
    one_of: (500, 2_000),
    intersection: (100, 1_000),
    long_chain: (100, 1_000),
    long_key: (100, 300),
}


RESULTS = HERE / "results" / "growth.md"
HEAD = """\
# Growth

Written by `python bench/growth.py`: `partyline materialise` on shapes whose closure
may grow faster than they do. One run each, start of Python, reading and writing
included. A closure of more than 20 million triples is refused.

| shape | members | inferred | CPU s | MB |
| --- | --- | --- | --- | --- |
"""


def main() -> None:
    """Measure the shapes that are named, or all; keep the rows of the others."""
    rows: dict[str, list[str]] = {}
    for line in RESULTS.read_text(encoding="utf-8").splitlines():
        name, _, _ = line.removeprefix("| ").partition(" | ")
        rows.setdefault(name.replace(" ", "_"), []).append(f"{line}\n")
    with tempfile.TemporaryDirectory() as folder:
        for shape, sizes in SHAPES.items():
            if len(sys.argv) == 1 or shape.__name__ in sys.argv:
                rows[shape.__name__] = [row(shape, size, Path(folder)) for size in sizes]
    chosen = (rows.get(shape.__name__, ()) for shape in SHAPES)
    RESULTS.write_text(HEAD + "".join(flattened.from_iterable(chosen)), encoding="utf-8")


def row(shape: Shape, size: int, folder: Path) -> str:
    path = folder / "input.ttl"
    path.write_text(PREFIXES + "".join(shape(size)), encoding="utf-8")
    cells = " | ".join(measured(path, folder / "output.nt"))
    line = f"| {shape.__name__.replace('_', ' ')} | {size:,} | {cells} |\n"
    print(line, end="", flush=True)
    return line


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
