"""Write the files of the dumps: each is hashed while it is written."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from partyline.dataset import Numbers, Table
from partyline.errors import NotSerialisable
from partyline.rdf import DATASET_FORMATS, GRAPH_FORMATS
from partyline.releases import disk
from partyline.releases.dumps.jsonld import JsonLdDumps
from partyline.releases.dumps.ntriples import NTriplesDumps
from partyline.releases.dumps.rdfxml import RdfXmlDumps
from partyline.releases.dumps.turtle import TurtleDumps
from partyline.releases.release import DumpFile, OmittedDump

#: The name of the dump that has the graphs of the dataset.
_DATASET = "dataset"


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
    for name, count, make in _dumps(contents):
        found[name] = _write(folder / name, types[Path(name).suffix[1:]], count, make)
    names = [f"{name}.{row.extension}" for name in contents.graphs for row in GRAPH_FORMATS]
    names += [f"{_DATASET}.{row.extension}" for row in DATASET_FORMATS]
    return [found[name] for name in names]


#: Returns the content of a dump, part by part. Raises NotSerialisable.
_Make = Callable[[], Iterator[bytes]]


def _dumps(contents: DumpContents) -> Iterator[tuple[str, int, _Make]]:
    """Yield the name of each dump, the number of its statements, and what writes it.

    One syntax comes after the other, because each writer holds the texts of all terms.
    """
    table, prefixes = contents.table, contents.prefixes
    turtle = TurtleDumps(table, prefixes)
    yield from _of_graphs(contents, "ttl", turtle.graph)
    yield f"{_DATASET}.trig", contents.statements, partial(turtle.dataset, contents.dataset)
    del turtle
    ntriples = NTriplesDumps(table)
    yield from _of_graphs(contents, "nt", ntriples.graph)
    yield f"{_DATASET}.nq", contents.statements, partial(ntriples.dataset, contents.dataset)
    del ntriples
    yield from _of_graphs(contents, "jsonld", JsonLdDumps(table, prefixes).graph)
    yield from _of_graphs(contents, "rdf", RdfXmlDumps(table, prefixes).graph)


def _of_graphs(
    contents: DumpContents, extension: str, write: Callable[[Numbers], Iterator[bytes]]
) -> Iterator[tuple[str, int, _Make]]:
    for name, rows in contents.graphs.items():
        yield f"{name}.{extension}", len(rows), partial(write, rows)


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
