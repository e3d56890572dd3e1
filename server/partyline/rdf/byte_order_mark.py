"""The byte order mark that some editors put before UTF-8: no syntax of RDF mentions it."""

from codecs import BOM_UTF8
from pathlib import Path
from typing import BinaryIO


def without_byte_order_mark(content: bytes) -> bytes:
    """Return *content* without a byte order mark at its beginning."""
    return content.removeprefix(BOM_UTF8)


def open_behind_byte_order_mark(path: Path) -> BinaryIO:
    """Open a file for reading, behind the byte order mark if there is one. Raises OSError."""
    file = path.open("rb")
    if file.read(len(BOM_UTF8)) != BOM_UTF8:
        file.seek(0)
    return file
