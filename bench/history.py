"""Measure what it costs to compare two large releases: lost IRIs, statements, resources.

Usage: ``python bench/history.py 100000 1000000``. Two tables of invented resources are made, each
with a label, a type and two links, and blank nodes for every fourth one. The newer one lacks one
resource in a thousand and has another label for one in a hundred. Each number is measured in a
process of its own, in seconds of the processor.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pyoxigraph import BlankNode, Literal, NamedNode
from result_files import save

from partyline.dataset import Numbering, Table, TableBuilder, read_table, write_table
from partyline.history import LabelledTable, changes_between, resource_changes
from partyline.history.resource_changes import AssertedResources
from partyline.releases.history.lost_iris import described_terms, disappeared_iris
from partyline.settings import Knowledge

RESULT = Path(__file__).parent / "results" / "history.md"
BASE = "https://example.org/"
GRAPHS = ("ontology", "accepted", "inferred", "withheld")
#: Statements of each resource.
EACH = 4.5
HEAD = """# Comparing releases

Written by `bench/history.py`: invented resources, of which the newer release lacks one in a
thousand and has another label for one in a hundred; CPU seconds of one process on a machine shared
with other work, and its peak of memory, in which the two tables count as far as they were read.

*Lost IRIs* is what every build does; *statements* is `partyline diff`, with the hashes of blank
nodes; *resources* is what feeds need, with those.

| statements | lost IRIs | MB | statements | MB | resources | MB |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def table(resources: int, *, is_newer: bool) -> Table:
    """Return a table of so many resources."""
    numbering = Numbering()
    number = numbering.number
    label, link, kind, about = (number(NamedNode(f"{BASE}ns#{name}")) for name in "abcd")
    classes = [number(NamedNode(f"{BASE}ns#C{row}")) for row in range(10)]

    def rows() -> Iterator[tuple[int, int, int]]:
        for row in range(resources):
            if is_newer and row % 1000 == 7:
                continue
            subject = number(NamedNode(f"{BASE}id/{row}"))
            name = f"Renamed {row}" if is_newer and row % 100 == 3 else f"Resource {row}"
            yield subject, label, number(Literal(name, language="en"))
            yield subject, link, number(NamedNode(f"{BASE}id/{(row * 7919) % resources}"))
            yield subject, link, number(NamedNode(f"{BASE}id/{(row + 1) % resources}"))
            yield subject, kind, classes[row % 10]
            if row % 4 == 0:
                # As a file names them: by order, so that all later ones have other names.
                node = number(BlankNode(f"n{len(numbering)}"))
                yield subject, about, node
                yield node, label, number(Literal(str(row % 500)))

    columns = np.fromiter(rows(), np.dtype((np.int32, 3)))
    builder = TableBuilder(GRAPHS, numbering)
    builder.add_columns((columns[:, 0], columns[:, 1], columns[:, 2]), "accepted")
    return builder.table()


def lost(older: Table, newer: Table) -> int:
    found = disappeared_iris(older, newer, described_terms(newer), Knowledge("", BASE))
    return len(list(found))


def statements(older: Table, newer: Table) -> int:
    changes = changes_between(LabelledTable(older), LabelledTable(newer))
    return sum(map(sum, map(changes.count, changes.graphs)))


def resources(older: Table, newer: Table) -> int:
    before, now = (AssertedResources(LabelledTable(row)) for row in (older, newer))
    return len(resource_changes(changes_between(before.labelled, now.labelled), now, before))


CALLS: tuple[Callable[[Table, Table], int], ...] = (lost, statements, resources)


def measure(folder: Path, name: str) -> None:
    """Print seconds and mebibytes of one call."""
    (call,) = (row for row in CALLS if row.__name__ == name)
    older, newer = (read_table(folder / row, verify=False) for row in ("older", "newer"))
    started = time.process_time()
    if not call(older, newer):
        raise RuntimeError("nothing has changed")
    seconds = time.process_time() - started
    print(f"{seconds:.2f} s | {_peak()}")


def _peak() -> int:
    """Return the mebibytes that this process had at most; getrusage counts those before exec."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = (row for row in lines if row.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def main() -> None:
    if sys.argv[1:2] == ["measure"]:
        measure(Path(sys.argv[2]), sys.argv[3])
        return
    text = HEAD
    for size in map(int, sys.argv[1:] or ("100000", "1000000")):
        with TemporaryDirectory() as folder:
            for number, name in enumerate(("older", "newer")):
                with (Path(folder) / name).open("wb") as file:
                    write_table(table(int(size / EACH), is_newer=bool(number)), file.write)
            cells = [
                subprocess.run(
                    [sys.executable, __file__, "measure", folder, call.__name__],
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout.strip()
                for call in CALLS
            ]
        text += f"| {size:,} | {' | '.join(cells)} |\n"
    save(RESULT, text)
    print(text)


if __name__ == "__main__":
    main()
