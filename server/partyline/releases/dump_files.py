"""What a manifest says of the files of the dumps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Media types of the copies in a content coding, as files of their own.
COMPRESSED_TYPES = {"zstd": "application/zstd", "gzip": "application/gzip"}


@dataclass(frozen=True, slots=True)
class CompressedDump:
    """A copy of a dump in a content coding: its name, and its size in bytes."""

    name: str
    #: Name of the content coding: ``gzip`` or ``zstd``.
    coding: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file that people download: its size in bytes and the number of statements in it."""

    name: str
    media_type: str
    size: int
    sha256: str
    triples: int
    compressed: tuple[CompressedDump, ...] = ()

    @property
    def checksums(self) -> dict[str, str]:
        """Return the SHA-256 of the file and of its compressed copies, by name."""
        copies = {row.name: row.sha256 for row in self.compressed}
        return {self.name: self.sha256, **copies}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "DumpFile":
        """Read what a manifest says of a file. Raises TypeError for anything else."""
        copies = tuple(CompressedDump(**copy) for copy in row.get("compressed", ()))
        return cls(**{**row, "compressed": copies})


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of the tables: of a class, or of what describes them."""

    name: str
    media_type: str
    size: int
    sha256: str
    #: The number of rows without the head, the IRI and the label of the class, for a table.
    rows: int = 0
    class_iri: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class OmittedDump:
    """A dump that the release does not have, because its format cannot represent the graph."""

    name: str
    media_type: str
    #: The term that cannot be written, and why.
    reason: str


@dataclass(frozen=True, slots=True)
class WrittenDumps:
    """Everything that people download of one release."""

    files: tuple[DumpFile, ...] = ()
    omitted: tuple[OmittedDump, ...] = ()
    tables: tuple[TableFile, ...] = ()
    #: SHA-256 of the dataset in canonical form (RDFC-1.0); empty where it has none.
    canonical_sha256: str = ""
