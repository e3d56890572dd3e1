"""The list of checksums of a release that somebody else publishes, read with suspicion."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from partyline.display import HIDDEN
from partyline.errors import MirrorError
from partyline.releases.checksums import CHECKSUMS, checksum_line
from partyline.releases.release import MANIFEST

#: Files of a release; each class has tables, and each named query a file.
_MOST_FILES = 100_000
#: Bytes of a name, which file systems limit.
_LONGEST_SEGMENT = 255
_REFUSED = re.compile(rf"[{HIDDEN}\\\n\t\ud800-\udfff]")


def read_file_list(content: bytes, where: str) -> Mapping[str, str]:
    """Return the SHA-256 of each file by its name, which is a path below the release.

    Raises MirrorError for a list in which a name leads out of the release, is there twice, or is
    that of a file and of a folder; *where* begins its message.
    """
    try:
        lines = content.decode().split("\n")
    except UnicodeDecodeError as error:
        raise MirrorError(f"{where}: the list of checksums is not UTF-8") from error
    if lines.pop():
        raise MirrorError(f"{where}: the list of checksums ends within a line")
    if len(lines) > _MOST_FILES:
        raise MirrorError(f"{where}: the list of checksums has more than {_MOST_FILES} files")
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, digest = _read(line, f"{where}, line {number}")
        if name in found:
            raise MirrorError(f"{where}, line {number}: {name!r} is in the list twice")
        found[name] = digest
    _check_folders(found, where)
    if MANIFEST not in found:
        raise MirrorError(f"{where}: the list of checksums has no {MANIFEST}")
    return found


def _read(line: str, where: str) -> tuple[str, str]:
    row = checksum_line(line)
    if row is None:
        raise MirrorError(f"{where}: is not a checksum, two spaces and the name of a file")
    if not is_safe(row[0]):
        raise MirrorError(f"{where}: {row[0]!r} is not a name of a file in a release")
    return row


def is_safe(name: str) -> bool:
    r"""Tell whether *name* is a path that stays below the folder it is read in.

    >>> [is_safe(name) for name in ("dumps/a.nt", "../a", "/a", "a//b", "a\\b", "SHA256SUMS")]
    [True, False, False, False, False, False]
    """
    segments = name.split("/")
    return (
        name != CHECKSUMS
        and not _REFUSED.search(name)
        and all(
            part not in ("", ".", "..") and len(part.encode()) <= _LONGEST_SEGMENT
            for part in segments
        )
    )


def _check_folders(names: Mapping[str, str], where: str) -> None:
    for name in names:
        for folder in PurePosixPath(name).parents:
            if str(folder) in names:
                raise MirrorError(f"{where}: {folder} is a file and a folder")
