"""The files that people download, with their addresses, as every description lists them."""

from collections.abc import Iterator
from dataclasses import dataclass

from partyline.publishing.publication import Publication

CSV = "text/csv"


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file: its name below ``/dumps/``, and the address under which it is published."""

    name: str
    address: str
    media_type: str
    size: int
    sha256: str
    #: What it holds, in a few words.
    about: str


def published_files(
    publication: Publication, *, compressed: bool = False
) -> Iterator[PublishedFile]:
    """Yield the dumps, their *compressed* copies where they are asked for, and the tables."""
    manifest, base = publication.release.manifest, publication.knowledge.base
    for row in manifest.files:
        about = f"{row.triples:,} statements: {row.name.partition('.')[0]}"
        address = f"{base}dumps/{row.name}"
        yield PublishedFile(row.name, address, row.media_type, row.size, row.sha256, about)
    for table in manifest.tables:
        about = f"Table: {table.title or table.class_iri}" if table.class_iri else "Tables"
        address = f"{base}dumps/{table.name}"
        yield PublishedFile(table.name, address, table.media_type, table.size, table.sha256, about)
