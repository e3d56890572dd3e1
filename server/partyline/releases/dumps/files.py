"""Write the files of the dumps: each is hashed while it is written."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from partyline.dataset import Numbers, Table
from partyline.errors import NotSerialisable
from partyline.rdf import DATASET_FORMATS, GRAPH_FORMATS, GraphFormat
from partyline.releases import disk
from partyline.releases.dumps.jsonld import JsonLdDumps
from partyline.releases.dumps.ntriples import NTriplesDumps
from partyline.releases.dumps.rdfxml import RdfXmlDumps
from partyline.releases.dumps.turtle import TurtleDumps
from partyline.releases.dumps.whole import WholeDumps
from partyline.releases.release import DumpFile, OmittedDump

_Writer = TurtleDumps | NTriplesDumps | JsonLdDumps | RdfXmlDumps | WholeDumps
#: The name of the dump that has the graphs of the dataset.
_DATASET = "dataset"
#: What writes the dumps of a format part by part. Those of other formats are written whole.
_WRITERS: Mapping[str, Callable[[Table, Mapping[str, str]], _Writer]] = {
    "ttl": TurtleDumps,
    "nt": lambda table, prefixes: NTriplesDumps(table),
    "jsonld": JsonLdDumps,
    "rdf": RdfXmlDumps,
}


@dataclass(frozen=True, slots=True)
class DumpContents:
    """What the dumps of a release hold."""

    table: Table
    prefixes: Mapping[str, str]
    #: The rows of each dump of a graph, by its name.
    graphs: Mapping[str, Numbers]
    #: The rows of each graph of the dataset, by its IRI.
    dataset: Mapping[str, Numbers]

    @property
    def statements(self) -> int:
        """Return the number of statements of the dataset."""
        return sum(map(len, self.dataset.values()))


def write_dumps(folder: Path, contents: DumpContents) -> list[DumpFile | OmittedDump]:
    """Write every dump in every format into *folder*, unless a format cannot represent it.

    Raises OSError.
    """
    types = {row.extension: row.media_type for row in (*GRAPH_FORMATS, *DATASET_FORMATS)}
    found: dict[str, DumpFile | OmittedDump] = {}
    for name, count, make in _dumps(contents, folder):
        found[name] = _write(folder / name, types[Path(name).suffix[1:]], count, make)
        del make  # and the writer, before the next one is made
    names = [f"{name}.{row.extension}" for name in contents.graphs for row in GRAPH_FORMATS]
    names += [f"{_DATASET}.{row.extension}" for row in DATASET_FORMATS]
    return [found[name] for name in names]


#: Returns the content of a dump, part by part. Raises NotSerialisable.
_Make = Callable[[], Iterator[bytes]]


def _dumps(contents: DumpContents, folder: Path) -> Iterator[tuple[str, int, _Make]]:
    """Yield the name of each dump, the number of its statements, and what writes it.

    Those before are in *folder* then.

    One syntax comes after the other, because each writer holds the texts of all terms.
    """
    for syntax in GRAPH_FORMATS:
        writer = _writer(syntax, contents)
        for name, rows in contents.graphs.items():
            yield f"{name}.{syntax.extension}", len(rows), partial(writer.graph, rows)
        if isinstance(writer, TurtleDumps | NTriplesDumps):
            (dataset,) = (row for row in DATASET_FORMATS if row.of_graphs is syntax)
            make = partial(writer.dataset, contents.dataset)
            if isinstance(writer, TurtleDumps):
                make = partial(make, _written(contents, folder, syntax))
            yield f"{_DATASET}.{dataset.extension}", contents.statements, make
            del make
        del writer


def _written(contents: DumpContents, folder: Path, syntax: GraphFormat) -> dict[str, Path]:
    """Return the files in *syntax* that have the rows of a graph of the dataset, by its IRI."""
    return {
        iri: file
        for iri, rows in contents.dataset.items()
        for name, others in contents.graphs.items()
        if np.array_equal(rows, others) and (file := folder / f"{name}.{syntax.extension}").exists()
    }


def _writer(syntax: GraphFormat, contents: DumpContents) -> _Writer:
    chosen = _WRITERS.get(syntax.extension, partial(WholeDumps, syntax))
    return chosen(contents.table, contents.prefixes)


def _write(path: Path, media_type: str, count: int, make: _Make) -> DumpFile | OmittedDump:
    """Write a dump of *count* statements, or leave out what its format cannot represent."""
    try:
        parts = make()
    except NotSerialisable as error:
        return OmittedDump(path.name, media_type, str(error))
    digest, size = hashlib.sha256(), 0
    with disk.new_file(path) as file:
        for part in parts:
            digest.update(part)
            size += file.write(part)
    return DumpFile(path.name, media_type, size, digest.hexdigest(), count)
