"""Tables as Parquet, written by DuckDB from their CSV: typed columns, and lists of values."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from partyline.releases.dumps.tables.columns import ClassTable, Column
from partyline.releases.dumps.tables.types import type_of


class ParquetWriter:
    """One connection that writes the tables of a release."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def write(self, table: ClassTable, source: Path, target: Path) -> None:
        """Write the CSV file *source* of *table* as the new file *target*."""
        columns = ", ".join(f"{_text(row.name)}: 'VARCHAR'" for row in table.columns)
        chosen = ", ".join(map(_expression, table.columns))
        self._connection.execute(
            f"COPY (SELECT {chosen} FROM read_csv({_text(str(source))}, header = true,"  # noqa: S608
            " auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
            f" new_line = '\\r\\n', nullstr = '', columns = {{{columns}}}))"
            f" TO {_text(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )


@contextmanager
def parquet_writer() -> Iterator[ParquetWriter]:
    """Give what writes Parquet; one thread writes the same bytes for the same rows."""
    connection = duckdb.connect(config={"threads": 1, "preserve_insertion_order": True})
    try:
        yield ParquetWriter(connection)
    finally:
        connection.close()


def _expression(column: Column) -> str:
    name, kind = _name(column.name), type_of(column).parquet
    if column.separator:
        return f"CAST(string_split({name}, {_text(column.separator)}) AS {kind}[]) AS {name}"
    return f"CAST({name} AS {kind}) AS {name}"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
