"""Write the tables of a release: a file of CSV for each class, and what describes them."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from partyline.dataset import Table
from partyline.releases.checksums import sha256
from partyline.releases.dump_files import TableFile
from partyline.releases.dumps.output import write_file
from partyline.releases.dumps.tables.cells import Statements
from partyline.releases.dumps.tables.columns import ClassTable, TableMaker
from partyline.releases.dumps.tables.csv_files import csv_parts
from partyline.releases.dumps.tables.csvw import NAME as CSVW
from partyline.releases.dumps.tables.csvw import csvw_metadata
from partyline.releases.dumps.tables.datapackage import NAME as DATA_PACKAGE
from partyline.releases.dumps.tables.datapackage import data_package
from partyline.settings import Settings

#: The folder of the tables, and the archive with all of them but Parquet.
TABLES, ARCHIVE = "tables", "tables.zip"
_JSON, _CSV, _ZIP = "application/json", "text/csv", "application/zip"
_CSVW_JSON, _PARQUET = "application/csvm+json", "application/vnd.apache.parquet"
#: The least that an archive can say (PKZIP, section 4.4.6).
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_tables(
    folder: Path, table: Table, prefixes: Mapping[str, str], settings: Settings
) -> list[TableFile]:
    """Write the tables of *table* into *folder*, the folder of the dumps.

    A release without classes, or with more statements than the settings allow, has none.

    Raises OSError.
    """
    if len(table) > settings.dumps.tables_up_to:
        return []
    statements = Statements(table, settings.knowledge)
    maker = TableMaker(statements, prefixes)
    tables = [maker.table(cells) for cells in statements.classes()]
    if not tables:
        return []
    place = folder / TABLES
    place.mkdir()
    files = [_written(place, found) for found in tables]
    described = data_package(list(zip(tables, files, strict=True)), settings.knowledge)
    files.append(_described(place / DATA_PACKAGE, _JSON, described))
    about = csvw_metadata(tables, settings.knowledge)
    files.append(_described(place / CSVW, _CSVW_JSON, about))
    files.append(_archive(folder / ARCHIVE, [folder / row.name for row in files]))
    if settings.dumps.parquet:
        files += _parquet(place, tables)
    return files


def _written(place: Path, table: ClassTable) -> TableFile:
    path = place / f"{table.name}.csv"
    found = write_file(path, csv_parts(table))
    name = f"{TABLES}/{path.name}"
    return TableFile(name, _CSV, found.size, found.sha256, table.size, table.iri, table.title)


def _described(path: Path, media_type: str, content: bytes) -> TableFile:
    found = write_file(path, [content])
    return TableFile(f"{TABLES}/{path.name}", media_type, found.size, found.sha256)


def _archive(path: Path, files: Sequence[Path]) -> TableFile:
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _NO_TIME)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return TableFile(path.name, _ZIP, path.stat().st_size, sha256(path))


def _parquet(place: Path, tables: Sequence[ClassTable]) -> Iterator[TableFile]:
    from partyline.releases.dumps.tables.parquet import parquet_writer  # it loads DuckDB

    with parquet_writer() as writer:
        for table in tables:
            path = place / f"{table.name}.parquet"
            writer.write(table, place / f"{table.name}.csv", path)
            name, size = f"{TABLES}/{path.name}", path.stat().st_size
            yield TableFile(name, _PARQUET, size, sha256(path), table.size, table.iri, table.title)
