"""Measure the dumps of a large table: CPU seconds and memory, beside the dump of the engine.

Takes the numbers of lines of invented lineage data, 10⁶ if none are given, and --output FILE. The
table is made and sealed in one process; each kind of dump is written in a process of its own, which
maps the table as a server does. Its memory is what it has of its own (RssAnon), not the pages of
the table.
"""

import argparse
import contextlib
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from generation import triples as lines
from pyoxigraph import DefaultGraph, RdfFormat, Store, parse
from result_files import save, with_earlier

from partyline.dataset import Table, TableBuilder, read_table, write_table
from partyline.releases.dumps import DumpContents, canonical_sha256, write_dumps
from partyline.releases.dumps.ntriples import NTriplesDumps
from partyline.releases.dumps.output import write_file
from partyline.releases.dumps.turtle import TurtleDumps
from partyline.settings import Dumps

PREFIXES = {"xsd": "http://www.w3.org/2001/XMLSchema#", "l": "https://example.org/lineage#"}
GRAPH = "https://example.org/graph/accepted"
_HEAD = """\
# Dumps

Written by `bench/dumps.py`: invented lineage data, CPU seconds of one process for each row on a
machine shared with other work, the memory that the process has of its own (RssAnon, without the
pages of the table), and what it writes. Rows of other sizes are those of an earlier run.

| triples | what | CPU s | MiB | MB written |
| ---: | --- | ---: | ---: | ---: |"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000_000])
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args()
    rows = []
    for size in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            in_process(make, Path(folder), size)
            for name, work in WORK.items():
                seconds, memory, written = in_process(work, Path(folder), size)
                rows.append(
                    f"| {size:,} | {name} | {seconds:.1f} | {memory:,.0f} | {written / 1e6:,.0f} |"
                )
                print(rows[-1], flush=True)
    if asked.output:
        every = with_earlier(asked.output, rows, asked.sizes)
        save(asked.output, "\n".join([_HEAD, *every]) + "\n")


def in_process(work, folder: Path, size: int) -> tuple[float, float, int]:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Run *work* in a process of its own; return its seconds, its memory, the bytes written."""
    context = get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=measured, args=(work, folder, size, answers))
    process.start()
    found: tuple[float, float, int] = answers.get()
    process.join()
    return found


def measured(work, folder: Path, size: int, answers) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with sampled() as peak:
        started = time.process_time()
        written = work(folder, size)
        seconds = time.process_time() - started
    answers.put((seconds, peak[0] / 1024, written))


@contextlib.contextmanager
def sampled() -> Iterator[list[int]]:
    """Give the most kibibytes of its own that this process has had meanwhile."""
    peak, ended = [0], threading.Event()

    def sample() -> None:
        while not ended.wait(0.02):
            status = Path("/proc/self/status").read_text(encoding="ascii")
            (line,) = (row for row in status.splitlines() if row.startswith("RssAnon"))
            peak[0] = max(peak[0], int(line.split()[1]))

    thread = threading.Thread(target=sample)
    thread.start()
    yield peak
    ended.set()
    thread.join()


def make(folder: Path, size: int) -> int:
    """Seal the table, and load the same statements into a store."""
    builder = TableBuilder(["accepted"])
    text = folder / "statements.nt"
    with text.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines("lineage", size))
    parsed = parse(path=str(text), format=RdfFormat.N_TRIPLES)
    builder.add_all((quad.triple for quad in parsed), "accepted")
    with (folder / "table").open("wb") as file:
        write_table(builder.table(), file.write)
    Store(str(folder / "store")).bulk_load(path=str(text), format=RdfFormat.N_TRIPLES)
    text.unlink()
    return 0


def dumps_in(folder: Path, **settings: object) -> int:
    """Write the dumps of the table as *settings* say; return their bytes."""
    table = read_table(folder / "table", verify=False)
    rows = table.rows()
    contents = DumpContents(table, PREFIXES, {"asserted": rows}, {"dataset": {GRAPH: rows}})
    with tempfile.TemporaryDirectory(dir=folder) as place:
        write_dumps(Path(place), contents, Dumps(**settings))  # type: ignore[arg-type]
        return sum(file.stat().st_size for file in Path(place).iterdir())


def turtle(folder: Path, size: int) -> int:
    table = read_table(folder / "table", verify=False)
    return graph_and_dataset(folder, table, TurtleDumps(table, PREFIXES))


def n_triples(folder: Path, size: int) -> int:
    table = read_table(folder / "table", verify=False)
    return graph_and_dataset(folder, table, NTriplesDumps(table))


def graph_and_dataset(folder: Path, table: Table, writer: TurtleDumps | NTriplesDumps) -> int:
    """Write all rows as a graph and as a dataset; return the bytes."""
    rows, written = table.rows(), 0
    for parts in (writer.graph(rows), writer.dataset({GRAPH: rows})):
        path = folder / "dump"
        written += write_file(path, parts).size
        path.unlink()
    return written


def compressed(folder: Path, size: int) -> int:
    return dumps_in(folder, all_formats_up_to=0)


def every_format(folder: Path, size: int) -> int:
    return dumps_in(folder, all_formats_up_to=size)


def of_engine(folder: Path, size: int) -> int:
    """Write the same statements from the store, in N-Triples and in Turtle."""
    store, written = Store.read_only(str(folder / "store")), 0
    for syntax in (RdfFormat.N_TRIPLES, RdfFormat.TURTLE):
        path = folder / f"engine.{syntax.file_extension}"
        store.dump(str(path), format=syntax, from_graph=DefaultGraph())
        written += path.stat().st_size
        path.unlink()
    return written


def canonical(folder: Path, size: int) -> int:
    """Hash the dataset in canonical form."""
    table = read_table(folder / "table", verify=False)
    contents = DumpContents(table, PREFIXES, {}, {"dataset": {GRAPH: table.rows()}})
    with tempfile.TemporaryDirectory(dir=folder) as place:
        write_dumps(Path(place), contents, Dumps(all_formats_up_to=0, codings=()))
        file = Path(place) / "dataset.nq"
        started = time.process_time()
        canonical_sha256(file)
        print(f"hash alone: {time.process_time() - started:.1f} s", flush=True)
        return file.stat().st_size


WORK = {
    "N-Triples, N-Quads": n_triples,
    "Turtle, TriG": turtle,
    "both with copies in zstd and gzip": compressed,
    "every format with copies": every_format,
    "TriG, N-Quads, and the canonical hash": canonical,
    "the engine: N-Triples, Turtle": of_engine,
}

if __name__ == "__main__":
    main()
