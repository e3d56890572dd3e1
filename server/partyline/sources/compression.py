"""Compressed files: gzip (RFC 1952) and Zstandard (RFC 8878), known by their first bytes."""

import gzip
import zlib
from pathlib import Path

from partyline import zstandard
from partyline.errors import SourceError

_GZIP, _ZSTANDARD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def read_decompressed(path: Path) -> bytes:
    """Return the content of the file *path*, decompressed if it is compressed.

    Raises SourceError where the file cannot be read or its compression is damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        if content.startswith(_GZIP):
            return gzip.decompress(content)
        if content.startswith(_ZSTANDARD):
            return zstandard.decompress(content)
    except (EOFError, OSError, zlib.error, zstandard.ZstdError) as error:
        raise SourceError(
            f"{path}: cannot be decompressed: {error}; copy the file again"
        ) from error
    return content
