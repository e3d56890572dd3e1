"""One file of a dump and its compressed copies, written and hashed in one pass."""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from partyline.releases import disk
from partyline.releases.dump_files import CompressedDump
from partyline.zstandard import ZstdCompressor

#: Measured on 27 MB of dumps: gzip at 6 takes twice the time for 15 % less, zstd at 9 seven times.
_GZIP_LEVEL, _ZSTD_LEVEL = 3, 3
#: Has zlib write the header of gzip, whose time is 0.
_AS_GZIP = 16 + zlib.MAX_WBITS


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Compression:
    extension: str
    make: Callable[[], _Compressor]


#: By the name of the content coding (RFC 9110, section 8.4.1). The same content gives the same
#: bytes, as long as the library is the same.
COMPRESSIONS: Mapping[str, _Compression] = {
    "zstd": _Compression("zst", lambda: ZstdCompressor(level=_ZSTD_LEVEL)),
    "gzip": _Compression(
        "gz",
        lambda: zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _AS_GZIP),
    ),
}


@dataclass(frozen=True, slots=True)
class Written:
    """Size and SHA-256 of a file that was written, and its compressed copies."""

    size: int
    sha256: str
    compressed: tuple[CompressedDump, ...]


def write_file(
    path: Path, parts: Iterable[bytes], codings: Iterable[str] = (), most: int = 0
) -> Written:
    """Write *parts* to the new file *path*, and beside it a copy in each of *codings*.

    The copies are removed where the file has more than *most* bytes. Raises OSError.
    """
    with ExitStack() as opened:
        plain = _Output(path, opened)
        copies = {name: _Output(_beside(path, name), opened, name) for name in codings}
        for part in parts:
            plain.write(part)
            for copy in copies.values():
                if plain.size <= most:
                    copy.write(part)
        for copy in copies.values():
            copy.finish()
    if plain.size > most:
        for name in copies:
            _beside(path, name).unlink()
        copies = {}
    compressed = (
        CompressedDump(_beside(path, name).name, name, copy.size, copy.sha256)
        for name, copy in copies.items()
    )
    return Written(plain.size, plain.sha256, tuple(compressed))


def _beside(path: Path, coding: str) -> Path:
    return path.with_name(f"{path.name}.{COMPRESSIONS[coding].extension}")


class _Output:
    """A new file, which is compressed where it has a coding."""

    def __init__(self, path: Path, opened: ExitStack, coding: str = "") -> None:
        self._file = opened.enter_context(disk.new_file(path))
        self._compressor = COMPRESSIONS[coding].make() if coding else None
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes) -> None:
        """Write *content*."""
        self._add(self._compressor.compress(content) if self._compressor else content)

    def finish(self) -> None:
        """Write what the compressor has kept back."""
        if self._compressor:
            self._add(self._compressor.flush())

    def _add(self, content: bytes) -> None:
        self._digest.update(content)
        self.size += self._file.write(content)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what was written, in hexadecimal."""
        return self._digest.hexdigest()
