"""Write what a bench has measured to bench/results/, beside what people have noted there."""

from collections.abc import Iterable, Iterator
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
#: What follows this heading in a file is written by people, and stays.
NOTES = "\n## Notes\n"


def save(path: Path, text: str) -> None:
    """Write *text* to *path*, above the notes that it has."""
    earlier = path.read_text(encoding="utf-8") if path.exists() else ""
    _, heading, notes = earlier.partition(NOTES)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.rstrip("\n") + "\n" + heading + notes, encoding="utf-8")


def rows_of(path: Path, heading: str = "") -> Iterator[list[str]]:
    """Yield the cells of each row of the tables in *path*, the heads among them.

    Only those below *heading*, and above the next one, if it is given; nothing without a file.
    """
    inside = not heading
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        if heading and line.startswith("#"):
            inside = line.lstrip("# ") == heading
        elif inside and line.startswith("|") and set(line) - set("|-: "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def with_earlier(path: Path, rows: Iterable[str], measured: Iterable[int]) -> list[str]:
    """Return *rows* and those that *path* has of sizes that were not *measured* now, by size.

    A row begins with its size.
    """
    known = {f"{size:,}" for size in measured}
    earlier = [
        f"| {' | '.join(row)} |"
        for row in rows_of(path)
        if row[0].replace(",", "").isdigit() and row[0] not in known
    ]
    return sorted([*rows, *earlier], key=_size)


def _size(row: str) -> int:
    return int(row.split("|")[1].replace(",", ""))
