"""Which releases stay on the disk: all, a number of them, or those of the last days."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from partyline.releases import disk
from partyline.releases.history.publication_log import PublicationLog
from partyline.releases.release import current_name

#: The setting with which no release is removed.
KEEP_ALL = "all"
#: What the names of releases begin with while they are being removed.
REMOVED = ".removed-"
#: A server may still read a release that was replaced a moment ago.
_GRACE = timedelta(minutes=1)


def remove_old_releases(folder: Path, keep: str, now: datetime | None = None) -> tuple[str, ...]:
    """Remove the releases in *folder* that are not to be kept, and return their identifiers.

    The current release always stays, and so does, until the next build, one that was replaced less
    than a minute ago. What is not a publication of the log is left alone.

    Args:
        folder: the folder of the releases.
        keep: ``all``, a number of releases, or a number and ``days``.
        now: the present time.

    Raises OSError and ReleaseError.

    """
    if keep == KEEP_ALL:
        return ()
    log, now = PublicationLog.read(folder), now or datetime.now(UTC)
    ends = dict(_ends(log))
    newest = sorted(ends, key=lambda name: ends[name], reverse=True)
    number, _, unit = keep.partition(" ")
    if unit:
        old = [name for name in newest if ends[name] < now - timedelta(days=int(number))]
    else:
        old = [name for name in newest if log.is_kept(name)][int(number) :]
    current = current_name(folder)
    removed = [
        name for name in old if name != current and log.is_kept(name) and ends[name] < now - _GRACE
    ]
    for name in removed:
        _remove(folder, name)
    return tuple(removed)


def _ends(log: PublicationLog) -> Iterator[tuple[str, datetime]]:
    """Yield each release with the time at which it was replaced last."""
    for row, following in zip(log.rows, log.rows[1:], strict=False):
        yield row.release, following.time
    if log.rows:
        yield log.rows[-1].release, datetime.max.replace(tzinfo=UTC)


def _remove(folder: Path, name: str) -> None:
    """Remove a release so that no half of it is ever taken for one."""
    aside = folder / f"{REMOVED}{name}"
    disk.move(folder / name, aside)
    shutil.rmtree(aside)
    (folder / f".verified-{name}").unlink(missing_ok=True)
