"""Write to disk so that a crash leaves no partial file, and every failure has a clear error.

Every file of a release but those of the store is written through this module.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from partyline.errors import ReleaseError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _OutputFile(io.RawIOBase):
    """A new file; every byte that is written to it passes `os.write`."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)

    def writable(self) -> bool:
        """Return True; the base class returns False."""
        return True

    def write(self, content: "ReadableBuffer", /) -> int:
        """Write a part of *content* and return its length in bytes."""
        return os.write(self._handle, content)

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            super().close()
            os.close(self._handle)


@contextmanager
def new_file(path: Path) -> Iterator["io.BufferedWriter[_OutputFile]"]:
    """Create *path*, which must not exist, and close it at the end. Raises OSError."""
    with io.BufferedWriter(_OutputFile(path)) as file:
        yield file


def write(path: Path, content: bytes) -> None:
    """Write *content* to the new file *path*. Raises OSError."""
    with new_file(path) as file:
        file.write(content)


def note(path: Path, text: str) -> None:
    """Write or replace the file *path*, which may be lost with a crash. Raises OSError."""
    beside = path.with_name(f"{path.name}-{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


def replace(path: Path, text: str) -> None:
    """Write *path*, or replace it in one step, so that it outlasts a crash. Raises OSError."""
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        write(beside, text.encode())
        sync(beside)
        move(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def sync_tree(folder: Path) -> None:
    """Flush *folder*, and every file and folder below it, to the disk. Raises OSError."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Flush the file, or the entries of the folder, *path* to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move(path: Path, target: Path) -> None:
    """Rename *path* to *target* beside it, and have that on the disk. Raises OSError."""
    os.rename(path, target)
    sync(target.parent)


def point(link: Path, target: str) -> None:
    """Let *link* point to *target* in one step: readers see the earlier target or this one.

    Raises OSError.
    """
    beside = link.with_name(f".{link.name}-{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        os.symlink(target, beside)
        os.replace(beside, link)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync(link.parent)


@contextmanager
def failures_named(folder: Path, link: Path) -> Iterator[None]:
    """Turn the OSError of a full disk, a read-only folder and the like into a ReleaseError.

    Its message says whether *link*, which names the current release, is as it was.
    """
    before = _target(link)
    try:
        yield
    except OSError as error:
        # The store gives a text and no number.
        reason = error.strerror or str(error)
        raise ReleaseError(
            f"{error.filename or folder}: cannot be written: {reason};"
            f" make room for the release or make {folder} writable, then build again."
            f" {_outcome(before, _target(link))}"
        ) from error


def _target(link: Path) -> str | None:
    try:
        return os.readlink(link)
    except OSError:
        return None


def _outcome(before: str | None, after: str | None) -> str:
    if before == after:
        return "The current release is unchanged"
    # Only the last fsync has failed, or the log of publications, which is read as if it had not.
    return f"Release {after} is current, but a power failure may bring back the earlier one"
