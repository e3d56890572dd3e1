"""A folder of releases that follows the releases of another site.

A release is copied beside the others, file by file; when every file has the checksum that the
site's list names, it is renamed to its place, and ``current`` is switched to it. What has been
copied when a copy fails is used by the next one.
"""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from partyline.errors import MirrorError, ReleaseError
from partyline.mirroring.copying import Download, FilesHere, unpack
from partyline.mirroring.file_list import read_file_list
from partyline.mirroring.origin import Origin, Publications
from partyline.releases import MANIFEST, Manifest, Release, disk, sha256
from partyline.releases.build import tidy
from partyline.releases.checksums import CHECKSUMS, digest_of_checksums, note_verified
from partyline.releases.history.publication_log import replace_log
from partyline.releases.release import CURRENT, DUMPS, QUESTIONS, current_name, open_unsealed
from partyline.releases.switching import locked, set_aside
from partyline.settings import Settings

#: The file that says where the releases beside it come from.
SOURCE = ".mirrored"
_PARTIAL = ".copying-"
#: The ending of the copy that a file is made of, in place of being fetched.
PACKED = ".zst"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a copy has done."""

    release: Release
    #: Whether another release is current than before.
    new: bool
    #: Releases that were copied, files in them that were here already, and bytes that were fetched.
    copied: int = 0
    reused: int = 0
    fetched: int = 0
    seconds: float = 0.0
    #: The identifiers of the releases that were removed, because no more are to be kept.
    removed: tuple[str, ...] = ()


@dataclass
class Mirror:
    """The folder of the releases of *settings* as a copy of what *origin* publishes."""

    origin: Origin
    settings: Settings
    #: Whether earlier releases are copied, too.
    all_releases: bool = False
    step: Callable[[str], None] = lambda text: None
    pause: Callable[[float], object] = time.sleep
    #: The entity tag of the list of publications that the folder agrees with.
    _tag: str = field(default="", init=False)

    @property
    def folder(self) -> Path:
        """Return the folder of the releases."""
        return self.settings.releases

    def pull(self) -> Pulled | None:
        """Copy what the folder lacks and switch to it; return None where the site is as before.

        Raises MirrorError or ReleaseError; the current release is as it was then.
        """
        try:
            found = self.origin.publications(self._tag)
            if found is None:
                return None
            pulled = self._copy(found)
        finally:
            self.origin.close()
        self._tag = found.tag
        return pulled

    def _copy(self, found: Publications) -> Pulled:
        if not found.rows or found.rows[-1].release not in found.digests:
            raise MirrorError(f"{self.origin.address}: has no release", is_passing=True)
        current, started = found.rows[-1].release, time.monotonic()
        wanted = [name for name in found.digests if self.all_releases or name == current]
        with disk.failures_named(self.folder, self.folder / CURRENT), locked(self.folder):
            self._claim()
            before = current_name(self.folder)
            copies = [
                _Copy(self, name, found.digests[name])
                for name in wanted
                if not self._has(name, found.digests[name])
            ]
            for copy in copies:
                copy.make()
            if copies or before != current:
                disk.point(self.folder / CURRENT, current)
            replace_log(self.folder, found.rows)
            for left_over in self.folder.glob(_PARTIAL + "*"):
                shutil.rmtree(left_over)
        return Pulled(
            open_unsealed(self.folder / current),
            before != current,
            len(copies),
            sum(copy.reused for copy in copies),
            sum(copy.fetched for copy in copies),
            time.monotonic() - started,
            tidy(self.settings),
        )

    def _claim(self) -> None:
        """Say whose releases are in the folder. Raises ReleaseError where some were built there."""
        note = self.folder / SOURCE
        if not note.exists() and current_name(self.folder):
            raise ReleaseError(
                f"{self.folder}: holds releases that were built here; name a folder for the copy of"
                f" {self.origin.address} with PARTYLINE_RELEASES or releases.folder"
            )
        disk.note(note, self.origin.address + "\n")

    def _has(self, release: str, digest: str) -> bool:
        """Tell whether the folder has *release*, whose list of checksums has this *digest*.

        Its files are compared with the list when the server opens it.
        """
        path = self.folder / release
        try:
            return path.is_dir() and digest_of_checksums(path) == digest
        except ReleaseError:
            return False


def _turn(name: str) -> tuple[int, str]:
    """Sort first what tells whether this program reads the release, then what others are made of.

    >>> sorted(["a.nt", "a.nt.zst", "manifest.json"], key=_turn)
    ['manifest.json', 'a.nt.zst', 'a.nt']
    """
    return (0 if name == MANIFEST else 1 if name.endswith(PACKED) else 2), name


@dataclass
class _Copy:
    """One release that is being copied."""

    mirror: Mirror
    release: str
    #: The SHA-256 of its list of checksums.
    digest: str
    reused: int = 0
    fetched: int = 0

    @property
    def place(self) -> Path:
        """Return where it is until it is whole."""
        return self.mirror.folder / (_PARTIAL + self.release)

    def make(self) -> None:
        """Copy the release, and rename it to its place. Raises MirrorError, ReleaseError, OSError.

        On an error of the disk nothing is left: it may be full. After others, the next copy goes on
        with what is there.
        """
        self.mirror.step(f"copying release {self.release}")
        content = self.mirror.origin.checksums(self.release)
        where = f"{self.mirror.origin.address}, release {self.release}"
        if hashlib.sha256(content).hexdigest() != self.digest:
            raise MirrorError(
                f"{where}: the list of checksums is not the one that /releases/ names: the release"
                " has been replaced meanwhile, or the list was changed on the way",
                is_passing=True,
            )
        names = read_file_list(content, f"{where}, {CHECKSUMS}")
        with self._nothing_left_on_a_full_disk():
            self._fill(names)
            self._verify(where)
            (self.place / CHECKSUMS).unlink(missing_ok=True)
            disk.write(self.place / CHECKSUMS, content)
            disk.sync_tree(self.place)
            self._move()

    @contextmanager
    def _nothing_left_on_a_full_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            shutil.rmtree(self.place, ignore_errors=True)
            raise

    def _fill(self, names: Mapping[str, str]) -> None:
        """Have every file of *names* in its place, and no other."""
        self.place.mkdir(exist_ok=True)
        self.place.chmod(0o755)
        for folder in (DUMPS, QUESTIONS):  # which may be empty
            (self.place / folder).mkdir(exist_ok=True)
        self._remove_others(names)
        here = FilesHere(self._releases())
        mirror = self.mirror
        download = Download(mirror.origin, self.release, self.place, mirror.pause, mirror.step)
        for name in sorted(names, key=_turn):
            target = self.place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            packed = name + PACKED
            if target.exists() and sha256(target) == names[name]:
                continue  # an earlier attempt has copied it
            if here.link(names[name], target):
                self.reused += 1
            elif packed not in names or not unpack(self.place / packed, target, names[name]):
                download.fetch(name, names[name])
            if name == MANIFEST:
                self._check_manifest(target)
        self.fetched = download.fetched

    def _remove_others(self, names: Mapping[str, str]) -> None:
        """Remove what an earlier copy has left and this one does not want."""
        found = sorted(self.place.rglob("*"), reverse=True)  # what is in a folder before it
        folders = {str(row) for name in names for row in Path(name).parents} | {DUMPS, QUESTIONS}
        for path in found:
            name = path.relative_to(self.place).as_posix()
            if path.is_symlink() or not path.is_dir():
                if name not in names or path.is_symlink():
                    path.unlink()
            elif name not in folders:
                path.rmdir()

    def _releases(self) -> Sequence[Path]:
        """Return the releases that are here, that of this name first."""
        found = {path.parent for path in self.mirror.folder.glob(f"*/{CHECKSUMS}")}
        return sorted(found, key=lambda path: (path.name != self.release, path.name))

    def _check_manifest(self, path: Path) -> None:
        """Raise an error where this program cannot serve the release with its settings."""
        try:
            manifest = Manifest.from_json(path.read_text(encoding="utf-8"))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ReleaseError(
                f"{self.mirror.origin.address}, release {self.release}: is not one that this"
                f" version reads ({error}); install the version of partyline that the site has"
            ) from error
        base = self.mirror.settings.knowledge.base
        if manifest.base != base:
            raise ReleaseError(
                f"{self.mirror.origin.address}: publishes {manifest.base}, and the settings say"
                f" knowledge.base = {base!r}; name a copy of the settings of that site with"
                " --settings"
            )

    def _verify(self, where: str) -> None:
        """Raise ReleaseError where the table is not one that this version reads."""
        try:
            _ = open_unsealed(self.place).table
        except ReleaseError as error:
            raise ReleaseError(
                f"{where}: {error}; install the version of partyline that the site has"
            ) from error

    def _move(self) -> None:
        path = self.mirror.folder / self.release
        if path.exists():
            set_aside(path)
        disk.move(self.place, path)
        note_verified(path)
