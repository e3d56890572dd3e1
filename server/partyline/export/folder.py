"""The folder of a site: only what has changed is written, and nothing is half written.

What is new is written beside the site first. Then each file is renamed into its place; what is
no longer part of the site is removed last. A run that is cut before leaves the site as it was; one
that is cut between two renames leaves whole files of the old and of the new site, and the next run
completes it.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from partyline.errors import ExportError
from partyline.web.kept.codings import CODINGS, is_compressible

#: The folder, below that of the site, of what the export itself needs.
OWN = ".partyline"
_SUFFIXES = {"gzip": "gz", "br": "br", "zstd": "zst"}
#: Names of the codings, each with the ending of files in it.
ENDINGS = {name: _SUFFIXES[name] for name in CODINGS}
#: Bytes of a file that is compressed; a larger one is a dump, and most of those are small already.
_MOST = 64_000_000


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of the site."""

    sha256: str
    size: int
    #: The value of Content-Type.
    media_type: str
    #: Endings of the compressed files beside it.
    codings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that was written beside the site."""

    path: str
    row: ExportedFile
    #: Its name among the staged files; empty where the site has these bytes.
    name: str


@dataclass(frozen=True, slots=True)
class Changes:
    """How many files were written, removed, and left as they were; without compressed copies."""

    written: int
    removed: int
    unchanged: int


class Staging:
    """Writes files beside those of a site; several processes may, each with one of its own."""

    def __init__(self, folder: Path, codings: Iterable[str]) -> None:
        """*codings* are the content codings of compressed copies."""
        self.folder, self.own = folder, folder / OWN
        self.place = self.own / "staged"
        self.earlier = _read(self.own / "manifest.json")
        self.interrupted = _read(self.own / "next.json")
        self._codings = tuple(codings)
        self._written = 0

    def write(self, path: str, media_type: str, parts: Iterable[bytes]) -> StagedFile:
        """Write the file *path*, unless the site has it with these bytes."""
        self._written += 1
        name = f"{os.getpid()}-{self._written}"  # a folder may be here where a file will be
        staged = self.place / name
        with staged.open("wb") as file:
            digest, size = _write(file, parts)
        row = ExportedFile(digest, size, media_type, self._wanted(path, media_type, size))
        is_same = self.earlier.get(path) == row and path not in self.interrupted
        if is_same and self._is_there(path, row):
            staged.unlink()
            return StagedFile(path, row, "")
        self._compress(staged, row.codings)
        return StagedFile(path, row, name)

    def discard(self, file: StagedFile) -> None:
        """Remove *file*, of which the site has another."""
        for name in _with_copies(file.name, file.row) if file.name else ():
            (self.place / name).unlink()

    def _wanted(self, path: str, media_type: str, size: int) -> tuple[str, ...]:
        if size > _MOST or not is_compressible(media_type, size):
            return ()
        if path.startswith("dumps/"):  # dumps have compressed copies of their own
            return ()
        return tuple(ENDINGS[name] for name in self._codings)

    def _is_there(self, path: str, row: ExportedFile) -> bool:
        place = self.folder / path
        try:
            copies = all(Path(f"{place}.{ending}").is_file() for ending in row.codings)
            return copies and place.stat().st_size == row.size
        except OSError:
            return False

    def _compress(self, staged: Path, endings: Iterable[str]) -> None:
        wanted = set(endings)
        content = staged.read_bytes() if wanted else b""
        for name, ending in ENDINGS.items():
            if ending in wanted:
                Path(f"{staged}.{ending}").write_bytes(CODINGS[name].encode(content))


class SiteFolder:
    """The folder while a site is written into it."""

    def __init__(self, folder: Path, codings: Iterable[str]) -> None:
        """*codings* are as for `Staging`. Use `opened`."""
        self._folder = folder
        self.staging = Staging(folder, codings)
        self.files: dict[str, ExportedFile] = {}
        self._changed: dict[str, str] = {}
        self._folders: set[str] = set()

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, codings: Iterable[str]) -> Iterator["SiteFolder"]:
        """Open *folder* for one process alone.

        Raises ExportError where it holds something else, or another export runs.
        """
        own = folder / OWN
        if folder.is_dir() and not own.is_dir():
            others = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
            if others:
                raise ExportError(
                    f"{folder}: the folder holds {sorted(others)[0]} and is not an export; name an"
                    " empty folder, or one that an export has written"
                )
        try:
            own.mkdir(parents=True, exist_ok=True)
            with (own / "lock").open("w") as lock:
                _lock(lock.fileno(), folder)
                opened = cls(folder, codings)
                shutil.rmtree(opened.staging.place, ignore_errors=True)
                opened.staging.place.mkdir()
                yield opened
        except OSError as error:
            raise ExportError(f"{error.filename or folder}: {error.strerror}") from error

    def check(self, path: str) -> None:
        """Raise ExportError where *path* would be a file and a folder."""
        folders = [str(row) for row in PurePosixPath(path).parents]
        if path in self._folders or any(row in self.files for row in folders):
            raise ExportError(f"{path}: a part of this path is the name of another file")

    def add(self, path: str, media_type: str, parts: Iterable[bytes]) -> None:
        """Write the file *path*, which is below the folder, unless it was written already."""
        if path not in self.files:
            self.take(self.staging.write(path, media_type, parts))

    def take(self, file: StagedFile) -> None:
        """Make *file* a part of the site, unless it has one of this path.

        Raises ExportError where it would be a file and a folder.
        """
        if file.path in self.files:
            self.staging.discard(file)
            return
        try:
            self.check(file.path)
        except ExportError:
            self.staging.discard(file)
            raise
        self.files[file.path] = file.row
        self._folders.update(str(place) for place in PurePosixPath(file.path).parents)
        if file.name:
            self._changed[file.path] = file.name

    def finish(self) -> Changes:
        """Rename what is new into its place, remove what is gone, and write the manifest."""
        earlier, interrupted = self.staging.earlier, self.staging.interrupted
        before = {name for row in (earlier, interrupted) for name in _all(row)}
        table = {path: asdict(row) for path, row in sorted(self.files.items())}
        own = self.staging.own
        _replace(own / "next.json", {"files": table})
        gone = before - set(_all(self.files))
        in_the_way = self._in_the_way(gone)
        for name in sorted(in_the_way):
            _remove(self._folder, self._folder / name)
        for path, staged in self._changed.items():
            (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
            row = self.files[path]
            names = zip(_with_copies(staged, row), _with_copies(path, row), strict=True)
            for source, name in names:
                os.replace(self.staging.place / source, self._folder / name)
        for name in sorted(gone - in_the_way):
            _remove(self._folder, self._folder / name)
        os.replace(own / "next.json", own / "manifest.json")
        shutil.rmtree(self.staging.place, ignore_errors=True)
        removed = len((earlier.keys() | interrupted.keys()) - self.files.keys())
        written = len(self._changed)
        return Changes(written, removed, len(self.files) - written)

    def _in_the_way(self, gone: Set[str]) -> set[str]:
        """Return what of *gone* is a file where a folder must be, or a folder where a file must."""
        folders = {str(row) for path in self._changed for row in PurePosixPath(path).parents}
        return {
            name
            for name in gone
            if name in folders or any(str(row) in self.files for row in PurePosixPath(name).parents)
        }


def _read(path: Path) -> Mapping[str, ExportedFile]:
    """Return the files of a manifest; none if it is missing or cannot be read."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))["files"]
        return {
            name: ExportedFile(**{**row, "codings": tuple(row["codings"])})
            for name, row in table.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # everything is written anew


def _replace(path: Path, table: object) -> None:
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(table, file, ensure_ascii=False, indent=0)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _write(file: BinaryIO, parts: Iterable[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for part in parts:
        digest.update(part)
        size += len(part)
        file.write(part)
    return digest.hexdigest(), size


def _with_copies(path: str, row: ExportedFile) -> list[str]:
    return [path, *(f"{path}.{ending}" for ending in row.codings)]


def _all(files: Mapping[str, ExportedFile]) -> Iterator[str]:
    for path, row in files.items():
        yield from _with_copies(path, row)


def _remove(folder: Path, place: Path) -> None:
    """Remove the file *place* and the folders that it leaves empty."""
    if not place.is_file():
        return
    place.unlink()
    for parent in place.parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ExportError(f"{folder}: another export is writing into this folder") from error
