"""One writer at a time in the directory of releases, and what makes room for a release there."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from partyline.errors import ReleaseError
from partyline.releases import disk
from partyline.releases.history.retention import REMOVED
from partyline.releases.release import CURRENT, open_release

#: What the names of releases begin with while they are being written.
UNFINISHED = ".building-"
_DAMAGED = ".damaged-"


@contextmanager
def locked(releases: Path) -> Iterator[None]:
    """Let one build or copy at a time write into *releases*; remove what killed builds left.

    Raises ReleaseError where another one is running.
    """
    releases.mkdir(parents=True, exist_ok=True)
    with (releases / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReleaseError(
                f"{releases}: another build or copy is running; wait for it"
            ) from error
        for beginning in (UNFINISHED, REMOVED):
            for left_over in releases.glob(beginning + "*"):
                shutil.rmtree(left_over)
        for link in releases.glob(f".{CURRENT}-*"):
            link.unlink()
        yield


def set_aside_if_damaged(path: Path) -> str:
    """Rename the release *path* if it does not open; return what is wrong with it."""
    if not path.exists():
        return ""
    try:
        open_release(path)
    except ReleaseError as error:
        return f"{error}. It was set aside as {set_aside(path)}"
    return ""


def set_aside(path: Path) -> Path:
    """Rename the release *path*, so that another one can be in its place; return where it is."""
    aside = path.with_name(_DAMAGED + path.name)
    if aside.exists():
        shutil.rmtree(aside)
    disk.move(path, aside)
    return aside
