"""The numbers of a server as families of Prometheus, written in its text format."""

from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from partyline.web.hot_reload import ServedRelease

if TYPE_CHECKING:
    from partyline.web.metrics import Counter, Durations, Metrics

_HELP = {
    "workers": "Query workers that are running",
    "busy": "Queries that are running",
    "waiting": "Queries that are waiting",
    "killed": "Query workers killed since the release was opened",
    "isolated": "1 if the query workers have no network access",
}


def exposition(metrics: "Metrics") -> bytes:
    """Return all numbers of *metrics*."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Numbers(metrics))
    return generate_latest(registry)


class _Numbers(Collector):
    """Collects what was counted."""

    def __init__(self, metrics: "Metrics") -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        metrics = self._metrics
        yield _counted(metrics.requests)
        yield _counted(metrics.outcomes)
        yield _observed(metrics.seconds)
        yield _counted(metrics.sent)
        if metrics.current is not None:
            yield from _of_release(metrics.current())


def _counted(counter: "Counter") -> Metric:
    family = CounterMetricFamily(counter.name, counter.help_text, labels=counter.labels)
    for values, (count, began) in counter.counts().items():
        family.add_metric(values, count, created=began)
    return family


def _observed(durations: "Durations") -> Metric:
    family = HistogramMetricFamily(
        "partyline_request_seconds",
        "Time from a request to the last byte of its answer",
        labels=("route",),
    )
    bounds: list[str] = [floatToGoString(bound) for bound in durations.BOUNDS]  # type: ignore[no-untyped-call]
    for route, counts, seconds in durations.observed():
        buckets = list(zip(bounds, accumulate(counts), strict=True))
        family.add_metric([route], buckets, seconds)
    return family


def _of_release(served: ServedRelease) -> Iterable[Metric]:
    yield InfoMetricFamily("partyline_release", "Release", {"release": served.release})
    for name, number in served.pool.status().items():
        yield GaugeMetricFamily(f"partyline_query_{name}", _HELP[name], value=number)
