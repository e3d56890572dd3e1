"""Measure the table of statements: to number, to seal, bytes a triple, look-ups.

Takes the numbers of lines of invented lineage data, 10⁵ and 10⁶ if none are given. CPU seconds of
this process; each size in a process of its own, so that its peak of memory is its own.
"""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path

from generation import triples as lines
from pyoxigraph import RdfFormat, parse
from result_files import RESULTS, save, with_earlier

from partyline.dataset import Table, TableBuilder, read_table, write_table

LOOKUPS = 2000
_HEAD = f"""\
# The table of statements

Written by `bench/dataset.py`: invented lineage data, CPU seconds of one process on a machine shared
with other work. Look-ups: {LOOKUPS:,} of each kind, by the text of a term, by subject, by predicate
and object, by object; and the count of a predicate. Rows of other sizes are those of earlier runs.

| triples | number | sort | write | MB peak | bytes a triple | open and verify | term µs | S µs \
| P+O µs | O µs | count P µs |
{"| ---: " * 12}|"""


def main(sizes: list[int]) -> None:
    rows, context = [], get_context("spawn")
    for size in sizes:
        answers = context.Queue()
        process = context.Process(target=measure, args=(size, answers))
        process.start()
        rows.append(answers.get())
        process.join()
        print(rows[-1], flush=True)
    path = RESULTS / "dataset.md"
    save(path, "\n".join([_HEAD, *with_earlier(path, rows, sizes)]))


def measure(size: int, answers: "Queue[str]") -> None:
    builder = TableBuilder(["accepted"])
    parsed = parse("\n".join(lines("lineage", size)), format=RdfFormat.N_TRIPLES)
    numbering = seconds(lambda: builder.add_all((quad.triple for quad in parsed), "accepted"))
    made: list[Table] = []
    sorting = seconds(lambda: made.append(builder.table()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statements"
        with path.open("wb") as file:
            writing = seconds(lambda: write_table(made[0], file.write))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        opening = seconds(lambda: made.append(read_table(path)))
        table = made[1]
        row = [
            f"{len(table):,}",
            *(f"{figure:.2f} s" for figure in (numbering, sorting, writing)),
            str(peak),
            f"{path.stat().st_size / len(table):.0f}",
            f"{opening:.2f} s",
            *(f"{1e6 * figure / LOOKUPS:.1f}" for figure in lookups(table)),
        ]
    answers.put(f"| {' | '.join(row)} |")


def lookups(table: Table) -> list[float]:
    """Return the seconds that 2,000 look-ups of each kind take."""
    chance = random.Random(1)
    rows = [table.numbers(chance.randrange(len(table))) for _ in range(LOOKUPS)]
    terms = [table.terms.term(subject) for subject, _, _ in rows]
    return [
        seconds(lambda: [table.number(term) for term in terms]),
        seconds(lambda: [table.rows(subject) for subject, _, _ in rows]),
        seconds(lambda: [table.rows(None, predicate, object_) for _, predicate, object_ in rows]),
        seconds(lambda: [table.rows(object_=object_) for _, _, object_ in rows]),
        seconds(lambda: [table.count(predicate=predicate) for _, predicate, _ in rows]),
    ]


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [100_000, 1_000_000])
