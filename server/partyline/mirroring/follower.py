"""Ask a site again and again for its releases, and copy those that are new."""

import logging
import random
from collections.abc import Callable
from threading import Event, Thread

from partyline.errors import MirrorError, PublisherError
from partyline.mirroring.mirror import Mirror

logger = logging.getLogger(__name__)

#: How much the time between two requests varies, so that replicas do not ask at the same time.
_JITTER = 0.2
#: The longest time between two attempts after failures, in seconds.
_LONGEST = 600.0


class Follower:
    """A thread that copies what is new; *report* is given what is wrong, or an empty text."""

    def __init__(self, mirror: Mirror, seconds: float, report: Callable[[str], None]) -> None:
        """Ask every *seconds*; after failures, at longer and longer intervals."""
        self._mirror, self._seconds, self._report = mirror, seconds, report
        self._ended = Event()
        self._failures = 0
        mirror.pause = self._wait
        self._thread = Thread(target=self._run, name="follower", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread; a copy that is being made goes on with the next start."""
        self._ended.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        wait = self._seconds
        while not self._ended.wait(wait * random.uniform(1 - _JITTER, 1 + _JITTER)):  # noqa: S311
            wait = self._try()

    def _try(self) -> float:
        """Follow once; return the seconds until the next time."""
        try:
            pulled = self._mirror.pull()
        except PublisherError as error:
            if self._ended.is_set():
                return 0
            logger.error("the site is not followed: %s", error)
            self._failed(str(error))
            asked = error.retry_after if isinstance(error, MirrorError) else None
            return max(asked or 0, interval(self._seconds, self._failures))
        except Exception as error:
            logger.exception("the site is not followed")
            self._failed(f"{type(error).__name__}; see the log")
            return interval(self._seconds, self._failures)
        self._failures = 0
        self._report("")
        if pulled and pulled.copied:
            logger.info("copied release %s, %d bytes", pulled.release.path.name, pulled.fetched)
        return self._seconds

    def _failed(self, reason: str) -> None:
        self._failures += 1
        self._report(f"{self._mirror.origin.address} is not followed: {reason}")

    def _wait(self, seconds: float) -> None:
        """Wait within a copy. Raises MirrorError where the server ends."""
        if self._ended.wait(seconds):
            raise MirrorError("the server ends")


def interval(seconds: float, failures: int) -> float:
    """Return the seconds to wait after a number of failures in a row.

    >>> [interval(60, failures) for failures in (0, 1, 2, 5)]
    [60, 120, 240, 600.0]
    >>> interval(3600, 1)
    3600
    """
    longer: float = seconds * 2 ** min(failures, 20)
    return max(seconds, min(_LONGEST, longer))
