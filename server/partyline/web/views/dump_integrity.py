"""Whether the files of the dumps are still those that the release was sealed with."""

from collections.abc import Mapping
from pathlib import Path

from partyline.errors import DamagedDump
from partyline.releases import sha256
from partyline.web.hot_reload import Problems


class IntegrityGuard:
    """Detects when a dump is no longer the file that the release was sealed with.

    The digest is compared before the file is sent for the first time, and again whenever size,
    times or inode of the file differ from what they were.
    """

    def __init__(self, folder: Path, checksums: Mapping[str, str], problems: Problems) -> None:
        """Guard the files in *folder*, whose SHA-256 are *checksums*, by name."""
        self._folder, self._checksums, self._problems = folder, checksums, problems
        #: The states of files that were compared and are whole.
        self._states: dict[str, tuple[int, ...] | None] = {}
        for name in checksums:
            problems.set(f"dump {name}", "")

    def check(self, name: str) -> None:
        """Raise DamagedDump where the file *name* is not as the manifest describes it."""
        state = self._state(name)
        if state is not None and state == self._states.get(name):
            return
        path = self._folder / name
        try:
            is_whole = sha256(path) == self._checksums[name]
        except OSError:
            is_whole = False
        if is_whole:
            self._states[name] = state
            self._problems.set(f"dump {name}", "")
            return
        self._problems.set(
            f"dump {name}", f"{path}: changed since the release was sealed; run 'partyline build'"
        )
        raise DamagedDump(
            f"The file {name} is damaged on the server and is not sent. The operator can see"
            " this at /health; try again later, or use another format."
        )

    def _state(self, name: str) -> tuple[int, ...] | None:
        try:
            found = (self._folder / name).stat()
        except OSError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
