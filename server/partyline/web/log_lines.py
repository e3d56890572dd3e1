"""The lines of the access log, written together several times a second.

To hand each line to a thread that writes it costs more than to answer many a request: the thread
has to be woken for it.
"""

import atexit
import json
import logging
import time
from datetime import UTC, datetime
from functools import lru_cache
from threading import Event, Lock, Thread

#: Seconds for which lines wait for others.
_PAUSE = 0.1

#: Return a text in JSON; clients, paths and releases are the same in many lines.
quoted = lru_cache(1024)(json.dumps)


def timestamp() -> str:
    """Return the time to the millisecond (RFC 3339)."""
    now = time.time()
    second = int(now)
    return f"{_second(second)}.{int(1000 * (now - second)):03}+00:00"


@lru_cache(2)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class LogLines:
    """Collects lines in the order of their requests; a thread hands them to a logger."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._lock, self._writing = Lock(), Lock()
        self._lines: list[str] = []
        self._has_lines = Event()
        self._thread: Thread | None = None

    @property
    def is_enabled(self) -> bool:
        """Tell whether the lines are logged at all."""
        return self._logger.isEnabledFor(logging.INFO)

    def add(self, line: str) -> None:
        """Have *line* written soon."""
        with self._lock:
            self._lines.append(line)
            is_first = len(self._lines) == 1
            if self._thread is None:  # not earlier: a thread does not survive the fork of a server
                self._start()
        if is_first:
            self._has_lines.set()

    def flush(self) -> None:
        """Write what there is."""
        with self._writing:  # or a later line could be written before an earlier one
            with self._lock:
                lines, self._lines = self._lines, []
            if lines:
                self._logger.info("%s", "\n".join(lines))

    def _start(self) -> None:
        self._thread = Thread(target=self._run, name="access-log", daemon=True)
        self._thread.start()
        atexit.register(self.flush)

    def _run(self) -> None:
        while True:
            self._has_lines.wait()
            self._has_lines.clear()
            time.sleep(_PAUSE)
            self.flush()
