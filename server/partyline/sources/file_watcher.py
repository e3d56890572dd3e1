"""Notice that files change, by looking at their times and sizes again and again.

Notices of the kernel (inotify) do not come for folders on a network or shared with a virtual
machine, and would have to be compared with a listing all the same: what a look costs is a few
microseconds a file.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import NamedTuple

#: Seconds between two looks, and their largest share of the time of one processor.
_PAUSE, _SHARE = 0.1, 0.1
#: Seconds for which nothing more may change, and the most that is waited for that.
_SETTLING, _LONGEST = 0.05, 2.0


class FileState(NamedTuple):
    """What differs when the content of a file may: an editor may replace the file, or write it."""

    modified: int
    size: int
    inode: int


def file_state(path: Path | str) -> FileState | None:
    """Return the state of the file at *path*, or None where there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return FileState(found.st_mtime_ns, found.st_size, found.st_ino)


class FileWatcher:
    """Waits for changes of the files in some places: new ones, deleted ones, other content."""

    def __init__(self, places: Callable[[], Iterable[Path]], left_out: Iterable[Path] = ()) -> None:
        """Treat the present state as known.

        Args:
            places: returns the files and folders to look at, present or not.
            left_out: folders that are not looked into. Hidden files and folders never are.

        """
        self._places = places
        self._left_out = {os.path.realpath(path) for path in left_out}
        self._known = self._look()

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self._known)

    def wait(self, ended: Event, woken: Event | None = None) -> frozenset[Path]:
        """Return the files that have changed since the last call, when they have settled.

        Files that are written one after the other, as by ``git checkout``, are one change. Returns
        nothing when *ended* or *woken* is set.
        """
        pause = _PAUSE
        while not ended.wait(pause) and not (woken and woken.is_set()):
            begun = time.monotonic()
            found = self._look()
            pause = max(_PAUSE, (time.monotonic() - begun) / _SHARE)
            if found != self._known:
                found = self._settled(found, ended)
                names = found.keys() | self._known.keys()
                changed = {row for row in names if found.get(row) != self._known.get(row)}
                self._known = found
                if changed:  # or the file is as it was
                    return frozenset(map(Path, changed))
        return frozenset()

    def _settled(self, found: dict[str, FileState], ended: Event) -> dict[str, FileState]:
        """Return the states when two looks have found the same, or the longest time is over."""
        ends = time.monotonic() + _LONGEST
        while not ended.wait(_SETTLING) and time.monotonic() < ends:
            before, found = found, self._look()
            if found == before:
                break
        return found

    def _look(self) -> dict[str, FileState]:
        states = {}
        for place in self._places():
            for path in self._files(place):
                state = file_state(path)
                if state is not None:
                    states[path] = state
        return states

    def _files(self, place: Path) -> Iterator[str]:
        if not place.is_dir():
            yield os.fspath(place)
            return
        for folder, folders, names in os.walk(place):
            # In place: os.walk goes into what is left.
            folders[:] = [row for row in folders if self._is_looked_into(folder, row)]
            yield from (os.path.join(folder, name) for name in names if not name.startswith("."))

    def _is_looked_into(self, folder: str, name: str) -> bool:
        path = os.path.join(folder, name)
        return not name.startswith(".") and os.path.realpath(path) not in self._left_out
