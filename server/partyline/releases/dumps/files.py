"""Which files the dumps are, and what writes each of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from partyline.dataset import Numbers, Table
from partyline.errors import NotSerialisable
from partyline.rdf import DATASET_FORMATS, GRAPH_FORMATS, DatasetFormat, GraphFormat
from partyline.releases.dump_files import DumpFile, OmittedDump
from partyline.releases.dumps.jsonld import JsonLdDumps
from partyline.releases.dumps.ntriples import NTriplesDumps
from partyline.releases.dumps.output import write_file
from partyline.releases.dumps.rdfxml import RdfXmlDumps
from partyline.releases.dumps.turtle import TurtleDumps
from partyline.releases.dumps.whole import WholeDumps
from partyline.settings import Dumps

_DatasetWriter = TurtleDumps | NTriplesDumps | JsonLdDumps
_Writer = TurtleDumps | NTriplesDumps | JsonLdDumps | RdfXmlDumps | WholeDumps
#: What writes the dumps of a format part by part. Those of other formats are written whole.
_WRITERS: Mapping[str, Callable[[Table, Mapping[str, str]], _Writer]] = {
    "ttl": TurtleDumps,
    "nt": lambda table, prefixes: NTriplesDumps(table),
    "jsonld": JsonLdDumps,
    "rdf": RdfXmlDumps,
}
#: The endings of the formats in which a release of any size has dumps.
_OF_ANY_SIZE = ("ttl", "nt")
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class DumpContents:
    """What the dumps of a release hold."""

    table: Table
    prefixes: Mapping[str, str]
    #: The rows of each dump of a graph, by its name.
    graphs: Mapping[str, Numbers]
    #: The rows of each graph of each dump of a dataset, by the IRI of the graph and the name.
    datasets: Mapping[str, Mapping[str, Numbers]]


def write_dumps(
    folder: Path, contents: DumpContents, settings: Dumps
) -> list[DumpFile | OmittedDump]:
    """Write every dump in every format into *folder*, unless a format cannot represent it.

    What *settings* do not allow for a release of this size is left out with that reason.

    Raises OSError.
    """
    types = {row.extension: row.media_type for row in (*GRAPH_FORMATS, *DATASET_FORMATS)}
    found: dict[str, DumpFile | OmittedDump] = {}
    for name, count, make in _dumps(contents, folder, settings):
        path = folder / name
        found[name] = write_dump(path, types[path.suffix[1:]], count, make, settings)
        del make  # and the writer, before the next one is made
    names = [f"{name}.{row.extension}" for name in contents.graphs for row in GRAPH_FORMATS]
    names += [f"{name}.{row.extension}" for name in contents.datasets for row in DATASET_FORMATS]
    return [found[name] for name in names]


#: Returns the content of a dump, part by part. Raises NotSerialisable.
_Make = Callable[[], Iterator[bytes]]


def _dumps(
    contents: DumpContents, folder: Path, settings: Dumps
) -> Iterator[tuple[str, int, _Make]]:
    """Yield the name of each dump, the number of its statements, and what writes it.

    Those before are in *folder* then.

    One syntax comes after the other, because each writer holds the texts of all terms.
    """
    for syntax in GRAPH_FORMATS:
        names = {name: f"{name}.{syntax.extension}" for name in contents.graphs}
        if not _is_allowed(syntax, contents, settings):
            make = partial(_refuse, syntax, len(contents.table), settings.all_formats_up_to)
            yield from ((file, len(contents.graphs[name]), make) for name, file in names.items())
            for name, graphs in contents.datasets.items():
                for row in DATASET_FORMATS:
                    if row.of_graphs is syntax:
                        yield f"{name}.{row.extension}", sum(map(len, graphs.values())), make
            continue
        writer = _writer(syntax, contents)
        for name, file in names.items():
            yield file, len(contents.graphs[name]), partial(writer.graph, contents.graphs[name])
        for row in DATASET_FORMATS:
            if row.of_graphs is syntax and isinstance(writer, _DatasetWriter):
                yield from _datasets(row, writer, contents, folder)
        del writer


def _datasets(
    syntax: DatasetFormat, writer: _DatasetWriter, contents: DumpContents, folder: Path
) -> Iterator[tuple[str, int, _Make]]:
    """Yield what `_dumps` does, of the datasets in *syntax*."""
    for name, graphs in contents.datasets.items():
        make = partial(writer.dataset, graphs)
        if isinstance(writer, TurtleDumps):
            make = partial(make, _written(contents, graphs, folder, syntax.of_graphs))
        yield f"{name}.{syntax.extension}", sum(map(len, graphs.values())), make


def _is_allowed(syntax: GraphFormat, contents: DumpContents, settings: Dumps) -> bool:
    is_small = len(contents.table) <= settings.all_formats_up_to
    return is_small or syntax.extension in _OF_ANY_SIZE


def _refuse(syntax: GraphFormat, count: int, most: int) -> Iterator[bytes]:
    raise NotSerialisable(
        f"The release has {count:,} statements, and dumps.all_formats_up_to allows {syntax.name}"
        f" for {most:,}. Use Turtle or N-Triples."
    )


def _written(
    contents: DumpContents, graphs: Mapping[str, Numbers], folder: Path, syntax: GraphFormat
) -> dict[str, Path]:
    """Return the files in *syntax* that have the rows of one of *graphs*, by its IRI."""
    return {
        iri: file
        for iri, rows in graphs.items()
        for name, others in contents.graphs.items()
        if np.array_equal(rows, others) and (file := folder / f"{name}.{syntax.extension}").exists()
    }


def _writer(syntax: GraphFormat, contents: DumpContents) -> _Writer:
    chosen = _WRITERS.get(syntax.extension, partial(WholeDumps, syntax))
    return chosen(contents.table, contents.prefixes)


def write_dump(
    path: Path, media_type: str, count: int, make: _Make, settings: Dumps
) -> DumpFile | OmittedDump:
    """Write a dump of *count* statements, or leave out what its format cannot represent.

    Raises OSError.
    """
    try:
        parts = make()
    except NotSerialisable as error:
        return OmittedDump(path.name, media_type, str(error))
    codings = dict.fromkeys(settings.codings)
    written = write_file(path, parts, codings, settings.compressed_up_to * _MEBIBYTE)
    return DumpFile(path.name, media_type, written.size, written.sha256, count, written.compressed)
