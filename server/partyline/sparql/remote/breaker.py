"""A circuit breaker: queries are not sent to an engine that does not answer the smallest one."""

import time
from collections.abc import Callable
from math import ceil
from threading import Lock, Thread

from partyline.errors import EndpointUnavailable

#: Seconds between two probes of an engine that does not answer: the first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 4.0
UNAVAILABLE = "the engine that answers queries here is not available; try again in a moment"


class Breaker:
    """Whether an engine answers: a failed query is followed by a probe, which decides.

    So no query that is too much for the engine can have it declared dead, and it is found alive as
    soon as it is asked for again.
    """

    def __init__(
        self,
        probe: Callable[[], object],
        report: Callable[[str], object] = lambda problem: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use *probe*, which raises an error where the engine does not answer a tiny query.

        *report* is called with what is wrong, and with an empty text when nothing is any more.
        """
        self._probe, self._report, self._clock = probe, report, clock
        self._lock = Lock()
        self._is_probing = False
        self._pause = 0.0
        self._open_until = 0.0

    @property
    def is_closed(self) -> bool:
        """Tell whether queries are sent to the engine."""
        return not self._pause

    def check(self) -> None:
        """Raise EndpointUnavailable if no query should be sent now; probe if it is time to."""
        if not self._pause:
            return
        with self._lock:
            left = self._open_until - self._clock()
            if left > 0 or self._is_probing:
                raise EndpointUnavailable(UNAVAILABLE, retry_after=max(1, ceil(left)))
            self._is_probing = True
        self._decide()
        if self._pause:
            raise EndpointUnavailable(UNAVAILABLE, retry_after=max(1, ceil(self._pause)))

    def suspect(self) -> None:
        """Probe the engine in the background, because a query has failed."""
        with self._lock:
            if self._is_probing or self._pause:
                return
            self._is_probing = True
        Thread(target=self._decide, name="engine-probe", daemon=True).start()

    def _decide(self) -> None:
        try:
            self._probe()
        except Exception as error:  # whatever it is, the engine has not answered
            problem = str(error)
        else:
            problem = ""
        with self._lock:
            was_open = bool(self._pause)
            self._is_probing = False
            self._pause = min(_LONGEST_PAUSE, 2 * self._pause or _FIRST_PAUSE) if problem else 0.0
            self._open_until = self._clock() + self._pause
        if problem or was_open:
            self._report(problem)
