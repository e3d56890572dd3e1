"""The table of statements as one file, which is mapped into memory: layout version 1.

The file begins with 24 bytes: ``PARTYTAB``, the version, the length of the header and its CRC-32
(each an unsigned integer of 4 bytes), and 4 bytes of zero. The header is JSON. It names the
graphs, the sets of graphs, the files, and each column with its type, its length in items and the
CRC-32 of its bytes. The columns follow in that order, each filled up with zeros to a multiple of
64 bytes. All numbers are little-endian.

docs/explanation/dataset.md describes the columns.
"""

import json
import mmap
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from partyline.dataset.arrays import Numbers
from partyline.dataset.dictionary import Dictionary
from partyline.dataset.table import Table
from partyline.errors import DatasetError

VERSION = 1
_MAGIC = b"PARTYTAB"
_HEAD = struct.Struct("<8sIII4x")
_ALIGNMENT = 64
#: The columns of the dictionary and of the table, in the order of the file.
COLUMNS = (
    "terms",
    "ends",
    "subject",
    "predicate",
    "object",
    "graphs",
    "subject_start",
    "predicate_start",
    "predicate_object",
    "predicate_row",
    "object_start",
    "object_subject",
    "object_row",
    "origin_start",
    "origin_file",
    "origin_line",
)


def write_table(table: Table, write: Callable[[bytes | memoryview], object]) -> None:
    """Hand the bytes of *table* to *write*, part by part; the same table gives the same bytes."""
    columns = {"terms": table.terms.terms, "ends": table.terms.ends, **table.columns}
    columns = {name: _little_endian(column) for name, column in columns.items()}
    rows = [
        {
            "name": name,
            "type": columns[name].dtype.str,
            "length": len(columns[name]),
            "crc32": zlib.crc32(_filling(columns[name].nbytes), zlib.crc32(_bytes(columns[name]))),
        }
        for name in COLUMNS
    ]
    header = {
        "graphs": table.graphs,
        "graph_sets": table.graph_sets,
        "files": table.files,
        "columns": rows,
    }
    encoded = json.dumps(header, separators=(",", ":")).encode()
    # Filled up with spaces, which JSON allows, so that the checksum covers them.
    encoded += b" " * (-(_HEAD.size + len(encoded)) % _ALIGNMENT)
    write(_HEAD.pack(_MAGIC, VERSION, len(encoded), zlib.crc32(encoded)))
    write(encoded)
    for name in COLUMNS:
        write(_bytes(columns[name]))
        write(_filling(columns[name].nbytes))


def read_table(path: Path, *, verify: bool = True) -> Table:
    """Map the table in the file *path* into memory.

    With *verify*, every byte is read and compared with its checksum; without, only the header and
    the size of the file are. Raises DatasetError for a file that is missing, damaged, cut off or
    of another version.
    """
    try:
        with path.open("rb") as file:
            if not file.seek(0, 2):
                raise _damaged(path, "is empty")
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}; {_REMEDY}") from error
    header, end = _header(content, path)
    columns = dict(_columns(content, end, header, path, verify=verify))
    return Table(
        terms=Dictionary(columns.pop("terms"), columns.pop("ends")),
        graphs=tuple(header["graphs"]),
        graph_sets=tuple(map(tuple, header["graph_sets"])),
        files=tuple(header["files"]),
        columns=columns,
    )


def _header(content: memoryview, path: Path) -> tuple[dict[str, Any], int]:
    """Return the header, and where it ends."""
    if len(content) < _HEAD.size or content[: len(_MAGIC)] != _MAGIC:
        raise _damaged(path, "is not a table of statements")
    _, version, length, checksum = _HEAD.unpack_from(content)
    if version != VERSION:
        raise DatasetError(
            f"{path}: has layout version {version}; this program reads version {VERSION}; {_REMEDY}"
        )
    end = _HEAD.size + length
    if bytes(content[20 : _HEAD.size]) != bytes(4) or zlib.crc32(content[24:end]) != checksum:
        raise _damaged(path, "has a damaged header")
    header: dict[str, Any] = json.loads(bytes(content[_HEAD.size : end]))
    return header, end


def _columns(
    content: memoryview, position: int, header: dict[str, Any], path: Path, *, verify: bool
) -> Iterator[tuple[str, Numbers]]:
    for row in header["columns"]:
        size = np.dtype(row["type"]).itemsize * row["length"]
        end = position + size + len(_filling(size))
        if end > len(content):
            raise _damaged(path, f"is truncated in the column {row['name']}")
        if verify and zlib.crc32(content[position:end]) != row["crc32"]:
            raise _damaged(path, f"has a damaged column {row['name']}")
        yield row["name"], np.frombuffer(content, row["type"], row["length"], position)
        position = end
    if position != len(content):
        raise _damaged(path, "has bytes after its last column")


_REMEDY = "run 'partyline build'"


def _damaged(path: Path, what: str) -> DatasetError:
    return DatasetError(f"{path}: {what}; {_REMEDY}")


def _little_endian(column: Numbers) -> Numbers:
    return column.astype(column.dtype.newbyteorder("<"), copy=False)


def _bytes(column: Numbers) -> memoryview:
    return np.ascontiguousarray(column).data.cast("B") if len(column) else memoryview(b"")


def _filling(size: int) -> bytes:
    return bytes(-size % _ALIGNMENT)
