"""Copy a file of a release: from another release here, or over HTTP from where it was cut off."""

import os
import random
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from partyline.errors import MirrorError, ReleaseError
from partyline.mirroring.origin import Origin
from partyline.releases import sha256
from partyline.releases.checksums import read_checksums
from partyline.zstandard import ZstdError, ZstdFile

#: Seconds between attempts without a new byte between them; after the last one, the copy fails.
_PAUSES = (0.2, 1.0, 3.0, 9.0)
_PART = 1 << 20
#: Seconds between two messages of progress.
_SECONDS = 2.0


class FilesHere:
    """Where the releases that are here have a file with some content."""

    def __init__(self, releases: Iterable[Path]) -> None:
        self._places: dict[str, list[Path]] = {}
        for release in releases:
            with suppress(ReleaseError):
                for name, digest in read_checksums(release).items():
                    self._places.setdefault(digest, []).append(release / name)

    def link(self, digest: str, target: Path) -> bool:
        """Make *target* the file with the SHA-256 *digest*; return whether it is here, and whole.

        Both names are of one file: nothing writes to a file of a release. Raises OSError where
        there is no room.
        """
        for place in self._places.get(digest, ()):
            with suppress(OSError):
                if sha256(place) != digest:
                    continue
                target.unlink(missing_ok=True)
                os.link(place, target)
                return True
        return False


def unpack(packed: Path, target: Path, digest: str) -> bool:
    """Make *target* of its compressed copy *packed*; return whether it has the SHA-256 *digest*.

    A copy may have been made by another program. Raises OSError where there is no room.
    """
    try:
        with ZstdFile(packed) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, _PART)
    except (ZstdError, EOFError):
        return False
    modified = packed.stat().st_mtime
    os.utime(target, (modified, modified))
    return sha256(target) == digest


class Download:
    """Fetches the files of one release into a folder."""

    def __init__(
        self,
        origin: Origin,
        release: str,
        folder: Path,
        pause: Callable[[float], object],
        step: Callable[[str], None],
    ) -> None:
        self._origin, self._release, self._folder = origin, release, folder
        self._pause, self._step = pause, step
        self._told = time.monotonic()
        #: Bytes that were fetched.
        self.fetched = 0

    def fetch(self, name: str, digest: str) -> None:
        """Fetch the file *name*, or the rest of it where a part is there.

        Raises MirrorError where it cannot be had with the SHA-256 *digest*, and OSError.
        """
        target = self._folder / name
        if self._attempts(name, digest, target) and sha256(target) != digest:
            # What was there before may have been of another file.
            target.unlink()
            self._attempts(name, digest, target)
        if sha256(target) != digest:
            target.unlink()
            raise MirrorError(
                f"{self._origin.address}: the file {name} of release {self._release} is not the"
                " one that the list of checksums names: it was changed on the way or at the site",
                is_passing=True,
            )

    def _attempts(self, name: str, digest: str, target: Path) -> bool:
        """Fetch *name* until it has ended; return whether a part of it was there before."""
        pauses, was_begun = iter(_PAUSES), target.exists()
        while True:
            before = self.fetched
            try:
                self._receive(name, digest, target)
            except MirrorError as error:
                if not error.is_passing:
                    raise
                pauses = iter(_PAUSES) if self.fetched > before else pauses
                wait = next(pauses, None)
                if wait is None:
                    raise
                self._pause(error.retry_after or wait * random.uniform(0.5, 1.5))  # noqa: S311
            else:
                return was_begun

    def _receive(self, name: str, digest: str, target: Path) -> None:
        start = target.stat().st_size if target.exists() else 0
        try:
            with self._origin.file(self._release, name, start, digest) as part:
                self._write(target, part.start, part.content)
        except MirrorError as error:
            if error.status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise
            target.unlink()  # it was longer than the file
            raise MirrorError(str(error), error.status, is_passing=True) from error
        if part.modified is not None:
            os.utime(target, (part.modified, part.modified))

    def _write(self, target: Path, start: int, content: Iterable[bytes]) -> None:
        if start == 0:
            target.unlink(missing_ok=True)
        with target.open("ab") as file:
            for piece in content:
                file.write(piece)
                self.fetched += len(piece)
                self._tell(target.name)

    def _tell(self, name: str) -> None:
        """Say now and then how far the copy is."""
        now = time.monotonic()
        if now > self._told + _SECONDS:
            self._told = now
            self._step(f"copying release {self._release}: {self.fetched / 1e6:.0f} MB, {name}")
