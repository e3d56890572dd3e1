"""The log of publications: which release became current when, the earliest first.

It is one file beside the releases, to which a build appends a line of JSON whenever it switches to
a release. Nothing in a release depends on it: the identifier of a release depends on what it
holds, and not on the clock.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from partyline.errors import ReleaseError
from partyline.releases import disk
from partyline.releases.release import (
    MANIFEST,
    creation_times,
    current_name,
    current_since,
)

LOG = "publications.jsonl"


@dataclass(frozen=True, slots=True)
class PublishedRelease:
    """That a release became current."""

    release: str
    #: RFC 3339, UTC, to the millisecond; later than that of the publication before.
    published: str

    @property
    def time(self) -> datetime:
        """Return when the release became current."""
        return datetime.fromisoformat(self.published)


@dataclass(frozen=True, slots=True)
class PublicationLog:
    """All publications, and the folder of the releases that are still there."""

    folder: Path
    rows: tuple[PublishedRelease, ...]

    @classmethod
    def read(cls, folder: Path) -> "PublicationLog":
        """Read the log beside the releases in *folder*. Raises ReleaseError where it is damaged.

        Releases that were built before there was a log come first, by the time of their creation;
        a release that somebody else made current comes last.
        """
        rows = _logged(folder / LOG)
        if not rows:
            rows = [
                PublishedRelease(name, created) for created, name in sorted(creation_times(folder))
            ]
        current = current_name(folder)
        if current and (not rows or rows[-1].release != current):
            rows.append(PublishedRelease(current, current_since(folder)))
        return cls(folder, tuple(_in_succession(rows)))

    def is_kept(self, release: str) -> bool:
        """Tell whether *release* is still on the disk."""
        return (self.folder / release / MANIFEST).is_file()

    def first(self, release: str) -> PublishedRelease | None:
        """Return the first publication of *release*; None where it was never current."""
        return next((row for row in self.rows if row.release == release), None)

    @property
    def kept(self) -> Sequence[PublishedRelease]:
        """Return the first publication of each release that is still there."""
        names = dict.fromkeys(row.release for row in self.rows if self.is_kept(row.release))
        found = map(self.first, names)
        return [row for row in found if row is not None]

    def at(self, time: datetime) -> PublishedRelease | None:
        """Return the release that was current at *time*, if it is kept; else the nearest later one.

        HTTP dates have no fractions of a second: what was published within the second of *time*
        counts. Returns None where no release is kept.
        """
        kept = [row for row in self.rows if self.is_kept(row.release)]
        before = [row for row in kept if row.time.replace(microsecond=0) <= time]
        return before[-1] if before else next(iter(kept), None)


def note_publication(folder: Path) -> None:
    """Write to the log which release is current now. Raises OSError, ReleaseError.

    Call it after a switch. Where that is not reached, the log is read as if it had been, with the
    time of the switch.
    """
    replace_log(folder, PublicationLog.read(folder).rows)


def replace_log(folder: Path, rows: Sequence[PublishedRelease]) -> None:
    """Make *rows* the log beside the releases in *folder*. Raises OSError, ReleaseError."""
    if tuple(rows) != tuple(_logged(folder / LOG)):
        lines = [json.dumps(asdict(row)) + "\n" for row in rows]
        disk.replace(folder / LOG, "".join(lines))


def _logged(path: Path) -> list[PublishedRelease]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [PublishedRelease(**json.loads(line)) for line in lines]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, TypeError) as error:
        raise ReleaseError(
            f"{path}: is not a log of publications ({error}); restore it, or remove it to begin"
            " with the releases that are there"
        ) from error


def _in_succession(rows: Iterable[PublishedRelease]) -> Iterable[PublishedRelease]:
    """Yield *rows*, each later than the one before, even if a clock went back."""
    before = datetime.min.replace(tzinfo=UTC)
    for row in rows:
        with suppress(ValueError):
            time = max(row.time, before + timedelta(milliseconds=1))
            before = time
            text = time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            yield PublishedRelease(row.release, text)
