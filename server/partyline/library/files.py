"""What the functions of the library take: the names of files, or a graph."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeGuard, cast

from pyoxigraph import Quad, Triple

if TYPE_CHECKING:
    import rdflib

#: One file or several.
Files: TypeAlias = Path | str | Iterable[Path | str]
#: A graph in memory.
Graph: TypeAlias = "Iterable[Triple | Quad] | rdflib.Graph"


def split_source(source: "Files | Graph") -> "tuple[list[Path], Graph]":
    """Return the files that *source* names and the graph that it is: one of them is empty.

    >>> split_source(["a.ttl", Path("b.nt")])
    ([PosixPath('a.ttl'), PosixPath('b.nt')], ())
    """
    if isinstance(source, Path | str):
        return [Path(source)], ()
    rows: object = source
    if isinstance(source, Iterator):  # the files of a folder, or the triples of a parser
        first = list(islice(source, 1))
        rest = chain(first, source)
        rows = list(rest) if _are_paths(first) else rest
    if _are_paths(rows):
        return list(map(Path, rows)), ()
    return [], cast("Graph", rows)


def _are_paths(rows: object) -> TypeGuard[list[Path | str]]:
    return isinstance(rows, list | tuple) and all(isinstance(row, Path | str) for row in rows)
