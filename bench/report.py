"""Write bench/results/README.md: what the benches have found, in one page with plots.

Reads the tables that the other benches have written, and measures nothing; `make bench` runs it
last. A table that is not there is left out, and named.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path

from plots import dots, lines
from result_files import RESULTS, rows_of, save

_NUMBER = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")
_HEAD = """\
# Figures

`make bench` measures all of this again and writes this page: `bench/report.py` reads the tables of
the benches. Each is measured beside a peer in the same run, because the machine does other work;
ratios tell more than seconds. CPU seconds are those of whole processes: start, work, end.
"""


def number(cell: str) -> float | None:
    """Return the first number in *cell*."""
    found = _NUMBER.search(cell)
    return float(found[0].replace(",", "")) if found else None


def reasoning() -> Iterator[str]:
    path = RESULTS / "reasoning.md"
    head, *rows = rows_of(path, "Lineage")
    sizes = list(map(number, head[1:-1]))
    names = ("partyline auto", "owlrl", "reasonable", "sparq", "sparq-own")
    series = {
        row[0]: [
            (size, value)
            for size, cell in zip(sizes, row[1:-1], strict=True)
            if size and (value := number(cell))
        ]
        for row in rows
        if row[0] in names
    }
    draw("reasoning", lines("OWL 2 RL closure", "asserted triples", "CPU seconds", series))
    ours = dict(series["partyline auto"])
    yield "## Reasoning"
    yield ""
    yield "![CPU seconds of a closure, by asserted triples](reasoning.svg)"
    yield ""
    for name in names[1:]:
        last = max((size for size, _ in series.get(name, ()) if size in ours), default=None)
        if last:
            times = dict(series[name])[last] / ours[last]
            yield f"- {name}: {times:.1f} times Partyline's CPU at {last:,.0f} asserted triples"
    yield f"- growth from 10⁵ on: exponent {growth(series['partyline auto'])}"
    yield ""
    yield (
        "Invented lineages; reading and writing N-Triples included. *sparq-own* writes the format"
        " of its own. Which rules each of them knows: [peers](peers.md)."
    )


def growth(points: Sequence[tuple[float, float]]) -> str:
    large = [point for point in points if point[0] >= 100_000]
    (x1, y1), (x2, y2) = large[0], large[-1]
    return f"{log(y2 / y1) / log(x2 / x1):.2f}"


def builds() -> Iterator[str]:
    path = RESULTS / "build.md"
    rows = [row for row in rows_of(path) if row[0].replace(",", "").isdigit()]
    series: dict[str, list[tuple[float, float]]] = {"build": [], "load by the store": []}
    for row in rows:
        size = number(row[1]) or 1
        series["build"].append((size, number(row[2]) or 1))
        series["load by the store"].append((size, number(row[4]) or 1))
    draw("builds", lines("Builds", "statements", "CPU seconds", series))
    yield "## Builds"
    yield ""
    yield "![CPU seconds of a build and of a load, by statements](builds.svg)"
    yield ""
    yield "| asserted | statements | build | peak | / load of the store alone | start |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
    for row in rows:
        yield f"| {row[0]} | {row[1]} | {row[2]} | {row[3]} MB | {row[6]} | {row[9]} |"
    yield ""
    yield "From files to a sealed release with dumps; *start* is from `serve` to the first answer."


def queries() -> Iterator[str]:
    head, *rows = rows_of(RESULTS / "query_kinds.md")
    names = head[2:-1]
    plotted = {
        row[0]: {
            name: value
            for name, cell in zip(names, row[2:-1], strict=True)
            if (value := number(cell))
        }
        for row in rows
    }
    draw("query_kinds", dots("Kinds of queries over HTTP", "ms elapsed, median", plotted))
    ratios = sorted(value for row in rows if (value := number(row[-1])))
    yield "## Queries"
    yield ""
    yield "![Milliseconds of fourteen kinds of queries, by server](query_kinds.svg)"
    yield ""
    yield (
        f"Of {len(ratios)} kinds, Partyline takes from {ratios[0]:.1f} to {ratios[-1]:.1f} times"
        f" the time of the quickest other server (median {ratios[len(ratios) // 2]:.1f}); none"
        " comes from a cache. It evaluates a query in a process that may be killed, by the same"
        " engine as the oxigraph server."
    )
    yield ""
    yield "| small queries over HTTP | requests/s | / oxigraph server |"
    yield "| --- | ---: | ---: |"
    for row in rows_of(RESULTS / "small_select.md"):
        if row[0] != "query":
            yield f"| {row[0]} | {row[1]} | {row[3]} |"


def documents() -> Iterator[str]:
    rows = [row for row in rows_of(RESULTS / "documents.md", "Kept answers") if number(row[1])]
    ratios = {row[0]: {"Partyline / nginx": number(row[3]) or 1} for row in rows}
    draw("documents", dots("Kept answers", "requests a second, through those of nginx", ratios))
    yield "## Documents"
    yield ""
    yield "![Requests a second of kept answers, through those of nginx](documents.svg)"
    yield ""
    yield "The same bytes and header fields from both; nginx with one worker and default settings."


def memory() -> Iterator[str]:
    yield "## Memory"
    yield ""
    yield "| server and four query processes | MiB together | without pages of files |"
    yield "| --- | ---: | ---: |"
    for row in rows_of(RESULTS / "memory.md"):
        if row[0] != "state":
            yield f"| {row[0]} | {row[4]} | {row[8]} |"


SECTIONS = {
    "reasoning.md": reasoning,
    "build.md": builds,
    "query_kinds.md": queries,
    "documents.md": documents,
    "memory.md": memory,
}


def draw(name: str, text: str) -> None:
    (RESULTS / f"{name}.svg").write_text(text, encoding="utf-8")


def further() -> Iterator[str]:
    yield "## All tables"
    yield ""
    for path in sorted(RESULTS.glob("*.md")):
        if path.name != "README.md":
            title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
            yield f"- [{title}]({path.name})"


def main() -> None:
    parts = [_HEAD]
    for name, section in SECTIONS.items():
        if (RESULTS / name).exists():
            parts.append("\n".join(section()) + "\n")
        else:
            print(f"{name} is not there, and left out", file=sys.stderr)
    parts.append("\n".join(further()) + "\n")
    save(Path(RESULTS / "README.md"), "\n".join(parts))


if __name__ == "__main__":
    main()
