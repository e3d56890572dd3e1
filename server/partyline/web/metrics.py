"""Numbers for operators, in the format of Prometheus."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import accumulate
from math import inf
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import (
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from partyline.web.hot_reload import ServedRelease

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_HELP = {
    "workers": "Query workers that are running",
    "busy": "Queries that are running",
    "waiting": "Queries that are waiting",
    "killed": "Query workers killed since the release was opened",
    "isolated": "1 if the query workers have no network access",
}


class Metrics:
    """Counts requests over all releases that one process serves."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "partyline_requests",
            "Requests that were answered",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.outcomes = Counter(
            "partyline_outcomes", "Requests by outcome", ("outcome",), registry=self.registry
        )
        self.seconds = Durations()
        self.registry.register(self.seconds)
        self.sent = Counter(
            "partyline_sent_bytes", "Bytes of answers", ("route",), registry=self.registry
        )

        # To find the counter of some labels takes longer than to count.
        self._request = lru_cache(1024)(self.requests.labels)
        self._outcome = lru_cache(256)(self.outcomes.labels)
        self._sent = lru_cache(256)(self.sent.labels)
        self._before: list[Callable[[], None]] = []

    def before_reading(self, call: Callable[[], None]) -> None:
        """Have *call* called before the numbers are read: it adds what it has collected."""
        self._before.append(call)

    def add_kept(self, route: str, method: str, status: int, number: int, sent: int) -> None:
        """Count *number* answers of *sent* bytes together that were ready when they were asked."""
        self.requests.labels(route, method, str(status)).inc(number)
        self.outcomes.labels("complete").inc(number)
        self.seconds.observe(route, 0.0, number)
        self._sent(route).inc(sent)

    def count(self, route: str, method: str, status: int, outcome: str) -> None:
        """Count a request."""
        self._request(route, method, str(status)).inc()
        self._outcome(outcome).inc()

    def add(self, route: str, seconds: float, sent: int) -> None:
        """Note that an answer of *sent* bytes took *seconds*."""
        self.seconds.observe(route, seconds)
        self._sent(route).inc(sent)

    def watch(self, current: Callable[[], ServedRelease]) -> None:
        """Show the release that is *current*, and its query processes."""
        self.registry.register(_Engine(current))

    def text(self) -> bytes:
        """Return all numbers."""
        for call in self._before:
            call()
        return generate_latest(self.registry)


class Durations(Collector):
    """A histogram of seconds by route, to which many equal ones can be added at once."""

    _BOUNDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, inf)

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def observe(self, route: str, seconds: float, number: int = 1) -> None:
        """Add *number* requests to *route* that took *seconds* each."""
        with self._lock:
            counts = self._counts.setdefault(route, [0] * len(self._BOUNDS))
            counts[bisect_left(self._BOUNDS, seconds)] += number
            self._sums[route] = self._sums.get(route, 0.0) + number * seconds

    def describe(self) -> Iterable[Metric]:
        """Return the family without numbers: the registry reads its name."""
        return [self._family()]

    def collect(self) -> Iterable[Metric]:
        """Return the numbers of all routes."""
        family = self._family()
        with self._lock:
            for route, counts in self._counts.items():
                bounds = map(floatToGoString, self._BOUNDS)
                buckets = list(zip(bounds, accumulate(counts), strict=True))
                family.add_metric([route], buckets, self._sums[route])
        return [family]

    @staticmethod
    def _family() -> HistogramMetricFamily:
        return HistogramMetricFamily(
            "partyline_request_seconds",
            "Time from a request to the last byte of its answer",
            labels=("route",),
        )


class _Engine(Collector):
    """Reads the current release whenever the metrics are collected."""

    def __init__(self, current: Callable[[], ServedRelease]) -> None:
        self._current = current

    def describe(self) -> Iterable[Metric]:
        """Return nothing: values are read when they are collected."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics of the release and its processes."""
        served = self._current()
        yield InfoMetricFamily("partyline_release", "Release", {"release": served.release})
        status: Mapping[str, int] = served.pool.status()
        for name, number in status.items():
            yield GaugeMetricFamily(f"partyline_query_{name}", _HELP[name], value=number)
