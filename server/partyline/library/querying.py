"""SPARQL for Python programs, with limits of time and memory that hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import Quad, RdfFormat, Triple, parse

from partyline.errors import SourceError
from partyline.releases import Release
from partyline.sparql import GraphResult, Solutions, query_graph

if TYPE_CHECKING:
    import rdflib


def query(
    source: "Release | Path | str | Sequence[Path | str] | Iterable[Triple | Quad] | rdflib.Graph",
    text: str,
    *,
    seconds: float = 10.0,
    memory: int = 512,
    prefixes: Mapping[str, str] | None = None,
) -> Solutions | bool | GraphResult:
    """Evaluate a SPARQL 1.1 query in a process that is ended when it exceeds a limit.

    Args:
        source: a release; one RDF file or several, of which the format is known by the extension;
            triples or quads of pyoxigraph; or a graph or dataset of rdflib.
        text: the query. It may use the prefixes of the release, and *prefixes*.
        seconds: to the end of the answer. The time to read the source is not counted.
        memory: mebibytes that the evaluation may need beside the source.
        prefixes: further prefixes.

    Returns:
        `Solutions` for SELECT (rows, ``to_pandas()``, ``to_polars()``, ``to_arrow()``), a truth
        value for ASK, a `GraphResult` for CONSTRUCT and DESCRIBE.

    Raises:
        BadQuery: the text is not SPARQL.
        QueryTimeout: the query took longer than *seconds*.
        QueryTooLarge: the query or its answer needed more than *memory*.
        SourceError: a file cannot be read.

    """
    known = dict(source.manifest.prefixes) if isinstance(source, Release) else {}
    paths = _paths(source)
    return query_graph(
        _read(paths) if paths else source,  # type: ignore[arg-type]  # paths are taken out above
        text,
        seconds=seconds,
        memory=memory,
        prefixes=known | dict(prefixes or {}),
    )


def _paths(source: object) -> list[Path]:
    """Return the files that *source* names, or nothing where it is a graph."""
    if isinstance(source, Path | str):
        return [Path(source)]
    if isinstance(source, list | tuple):
        return [Path(row) for row in source if isinstance(row, Path | str)]
    return []


def _read(paths: Iterable[Path]) -> Iterator[Quad]:
    """Yield the quads of RDF files; blank nodes of two files are never the same."""
    for path in paths:
        format_ = RdfFormat.from_extension(path.suffix.removeprefix(".").lower())
        if format_ is None:
            raise SourceError(f"{path}: the extension is not that of an RDF format")
        try:
            yield from parse(path=str(path), format=format_, rename_blank_nodes=True)
        except (OSError, SyntaxError) as error:
            raise SourceError(f"{path}: cannot be read: {error}") from error
