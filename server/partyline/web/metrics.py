"""Numbers for operators, in the format of Prometheus."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

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
        self.seconds = Histogram(
            "partyline_request_seconds",
            "Time from a request to the last byte of its answer",
            ("route",),
            registry=self.registry,
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
        )
        self.sent = Counter(
            "partyline_sent_bytes", "Bytes of answers", ("route",), registry=self.registry
        )

    def watch(self, current: Callable[[], ServedRelease]) -> None:
        """Show the release that is *current*, and its query processes."""
        self.registry.register(_Engine(current))

    def text(self) -> bytes:
        """Return all numbers."""
        return generate_latest(self.registry)


class _Engine(Collector):
    """Reads the current release whenever the metrics are collected."""

    def __init__(self, current: Callable[[], ServedRelease]) -> None:
        self._current = current

    def describe(self) -> Iterable[Metric]:
        """Return nothing: what there is to see is seen when it is collected."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics of the release and its processes."""
        served = self._current()
        yield InfoMetricFamily("partyline_release", "Release", {"release": served.release})
        status: Mapping[str, int] = served.pool.status()
        for name, number in status.items():
            yield GaugeMetricFamily(f"partyline_query_{name}", _HELP[name], value=number)
