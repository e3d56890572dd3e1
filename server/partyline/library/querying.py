"""SPARQL for Python programs, with limits of time and memory that hold."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, parse

from partyline.errors import SourceError
from partyline.library.files import Files, Graph, split_source
from partyline.library.materialisation import Materialisation
from partyline.rdf.byte_order_mark import open_behind_byte_order_mark
from partyline.releases import Release
from partyline.sparql import GraphResult, Solutions, query_graph


def query(
    source: "Release | Files | Graph",
    text: str,
    *,
    seconds: float = 10.0,
    memory: int = 512,
    prefixes: Mapping[str, str] | None = None,
) -> Solutions | bool | GraphResult:
    """Evaluate a SPARQL 1.1 query in a process that is ended when it exceeds a limit.

    Args:
        source: a release; one RDF file or several, of which the format is known by the extension;
            triples or quads of pyoxigraph, such as a materialisation; or a graph or dataset of
            rdflib.
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
    known: Mapping[str, str] = {}
    if isinstance(source, Release):
        graph: Release | Graph = source
        known = source.manifest.prefixes
    elif isinstance(source, Materialisation):
        graph, known = source, source.prefixes
    else:
        paths, graph = split_source(source)
        graph = _read(paths) if paths else graph
    return query_graph(
        graph,
        text,
        seconds=seconds,
        memory=memory,
        prefixes={**known, **(prefixes or {})},
    )


def _read(paths: Iterable[Path]) -> Iterator[Quad]:
    """Yield the quads of RDF files; blank nodes of two files are never the same."""
    for path in paths:
        format_ = RdfFormat.from_extension(path.suffix.removeprefix(".").lower())
        if format_ is None:
            raise SourceError(f"{path}: the extension is not that of an RDF format")
        try:
            with open_behind_byte_order_mark(path) as content:
                yield from parse(content, format=format_, rename_blank_nodes=True)
        except (OSError, SyntaxError) as error:
            raise SourceError(f"{path}: cannot be read: {error}") from error
