"""Numbers for operators, in the format of Prometheus.

To count takes microseconds of each answer, so numbers are kept in tables here; they are written by
the library of Prometheus, which is imported when they are asked for first.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from math import inf
from threading import Lock

from partyline.web.hot_reload import ServedRelease

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Counter:
    """Counts by the values of some labels."""

    def __init__(self, name: str, help_text: str, labels: tuple[str, ...]) -> None:
        self.name, self.help_text, self.labels = name, help_text, labels
        self._lock = Lock()
        #: The count of each, and when it began.
        self._counts: dict[tuple[str, ...], tuple[float, float]] = {}

    def add(self, values: tuple[str, ...], number: float = 1) -> None:
        """Count *number* more of those whose labels have *values*."""
        with self._lock:
            count, began = self._counts.get(values) or (0.0, time.time())
            self._counts[values] = count + number, began

    def counts(self) -> Mapping[tuple[str, ...], tuple[float, float]]:
        """Return the counts so far, and when each began."""
        with self._lock:
            return dict(self._counts)


class Durations:
    """A histogram of seconds by route, to which many equal ones can be added at once."""

    BOUNDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, inf)

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def observe(self, route: str, seconds: float, number: int = 1) -> None:
        """Add *number* requests to *route* that took *seconds* each."""
        with self._lock:
            counts = self._counts.setdefault(route, [0] * len(self.BOUNDS))
            counts[bisect_left(self.BOUNDS, seconds)] += number
            self._sums[route] = self._sums.get(route, 0.0) + number * seconds

    def observed(self) -> list[tuple[str, list[int], float]]:
        """Return each route, the numbers between the bounds, and the sum of its seconds."""
        with self._lock:
            return [(route, [*row], self._sums[route]) for route, row in self._counts.items()]


class Metrics:
    """Counts requests over all releases that one process serves."""

    def __init__(self) -> None:
        self.requests = Counter(
            "partyline_requests", "Requests that were answered", ("route", "method", "status")
        )
        self.outcomes = Counter("partyline_outcomes", "Requests by outcome", ("outcome",))
        self.sent = Counter("partyline_sent_bytes", "Bytes of answers", ("route",))
        self.seconds = Durations()
        #: Returns the release that is served; None: none is.
        self.current: Callable[[], ServedRelease] | None = None
        self._before: list[Callable[[], None]] = []

    def before_reading(self, call: Callable[[], None]) -> None:
        """Have *call* called before the numbers are read: it adds what it has collected."""
        self._before.append(call)

    def add_kept(self, route: str, method: str, status: int, number: int, sent: int) -> None:
        """Count *number* answers of *sent* bytes together that were ready when they were asked."""
        self.requests.add((route, method, str(status)), number)
        self.outcomes.add(("complete",), number)
        self.seconds.observe(route, 0.0, number)
        self.sent.add((route,), sent)

    def count(self, route: str, method: str, status: int, outcome: str) -> None:
        """Count a request."""
        self.requests.add((route, method, str(status)))
        self.outcomes.add((outcome,))

    def add(self, route: str, seconds: float, sent: int) -> None:
        """Note that an answer of *sent* bytes took *seconds*."""
        self.seconds.observe(route, seconds)
        self.sent.add((route,), sent)

    def watch(self, current: Callable[[], ServedRelease]) -> None:
        """Show the release that is *current*, and its query processes."""
        self.current = current

    def text(self) -> bytes:
        """Return all numbers."""
        # Here and not above: a server that nobody measures does without two mebibytes.
        from partyline.web.metrics.exposition import exposition

        for call in self._before:
            call()
        return exposition(self)
