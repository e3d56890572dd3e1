"""Checksums of a release: written when it is sealed, compared when it is opened.

To compare is to read every byte. So a build notes beside the release in which state each file was
when it was last compared or written; as long as no file has another size, time or inode, opening
the release reads none of them.
"""

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from partyline.errors import ReleaseError
from partyline.releases import disk

CHECKSUMS = "SHA256SUMS"
_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>.+)")
#: What the names of notes begin with; they end with that of the release.
_NOTE = ".verified-"


def seal(path: Path, known: Mapping[str, str]) -> None:
    """Write the checksum of every file of the release in *path*, as ``sha256sum --check`` reads.

    Those of some files are *known*, by name. Raises OSError.
    """
    lines = [f"{known.get(name) or sha256(file)}  {name}\n" for name, file in _files(path)]
    disk.write(path / CHECKSUMS, "".join(lines).encode())


def verify(path: Path) -> None:
    """Compare every file of the release in *path* with its checksum, unless that was done.

    Raises ReleaseError, naming the file that differs.
    """
    if not _is_noted(path):
        compare(path)


def compare(path: Path) -> None:
    """Compare every file of the release in *path* with its checksum. Raises as `verify` does."""
    listed = read_checksums(path)
    present = {name for name, _ in _files(path)}
    for name in sorted(listed.keys() | present):
        if name not in present:
            raise ReleaseError(f"{path / name}: is missing; run 'partyline build'")
        if name not in listed or _digest(path / name) != listed[name]:
            raise ReleaseError(
                f"{path / name}: changed since the release was sealed; run 'partyline build'"
            )


def note_verified(path: Path) -> None:
    """Note that the files of the release in *path* are whole as they are now.

    Where it cannot be noted, the files are compared when the release is opened.
    """
    with suppress(OSError):
        disk.note(path.with_name(_NOTE + path.name), _states(path))


def _is_noted(path: Path) -> bool:
    note = path.with_name(_NOTE + path.name)
    try:
        return note.is_file() and note.read_text(encoding="ascii") == _states(path)
    except (OSError, UnicodeDecodeError):
        return False


def _states(path: Path) -> str:
    """Return a digest of what changes with the content of a file. Raises OSError."""
    digest = hashlib.sha256()
    for name, file in (*_files(path), (CHECKSUMS, path / CHECKSUMS)):
        found = file.stat()
        times = (found.st_mtime_ns, found.st_ctime_ns)
        digest.update(repr((name, found.st_size, found.st_dev, found.st_ino, times)).encode())
    return digest.hexdigest()


def digest_of_checksums(path: Path) -> str:
    """Return the SHA-256 of the list of checksums of the release in *path*.

    It stands for every file of the release. Raises ReleaseError.
    """
    return _digest(path / CHECKSUMS)


def sha256(path: Path) -> str:
    """Return the SHA-256 of the file *path* in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_special_file(path: Path) -> None:
    """Raise ReleaseError if *path* exists and is not a file: reading a named pipe would not end."""
    if path.exists() and not path.is_file():
        raise ReleaseError(f"{path}: is not a regular file; remove it and run 'partyline build'")


def _digest(path: Path) -> str:
    try:
        return sha256(path)
    except OSError as error:
        raise ReleaseError(f"{path}: cannot be read: {error.strerror}") from error


def _files(path: Path) -> list[tuple[str, Path]]:
    """Return the name below *path*, and the path, of each file but the checksums themselves."""
    found = [file for file in path.rglob("*") if file.is_file()]
    named = [(file.relative_to(path).as_posix(), file) for file in found]
    return sorted(row for row in named if row[0] != CHECKSUMS)


def read_checksums(release: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of the release in *release*, by name. Raises ReleaseError."""
    path = release / CHECKSUMS
    refuse_special_file(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(
            f"{path}: is missing, so the release is incomplete; run 'partyline build'"
        ) from error
    return dict(filter(None, map(checksum_line, lines)))


def checksum_line(line: str) -> tuple[str, str] | None:
    """Return the name and the digest on *line* of a list, or None where it is none.

    >>> checksum_line("ab" * 32 + "  dumps/a.nt") == ("dumps/a.nt", "ab" * 32)
    True
    """
    match = _LINE.fullmatch(line)
    return (match["name"], match["digest"]) if match else None
