"""Serve a release whose statements were loaded into an endpoint elsewhere."""

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Protocol

from partyline.errors import EndpointRefused
from partyline.loading.graphs import default_graph, graph_iris, marker_graph
from partyline.loading.journal import Journal
from partyline.loading.patience import PatientEndpoint
from partyline.releases import Release
from partyline.settings import Settings
from partyline.sparql import QueryPool
from partyline.sparql.remote.endpoint import Endpoint
from partyline.sparql.remote.engine import RemoteEngine
from partyline.sparql.remote.opening import exposure, open_endpoint
from partyline.sparql.remote.source import RemoteSource

logger = logging.getLogger(__name__)

#: Seconds that an endpoint has to say what it is, and which release it holds.
_SECONDS = 5.0
#: Seconds between two looks at which release it holds.
_PAUSE = 10.0
#: The kinds of problems that an operator reads of.
_AVAILABILITY, _CONTENT = "engine", "engine content"


class Problems(Protocol):
    """Where an operator reads what is wrong."""

    def set(self, kind: str, message: str) -> None:
        """Note the problem of *kind*; an empty *message*: there is none any more."""


def remote_engine(
    release: Release, settings: Settings, base: str, problems: Problems | None = None
) -> RemoteEngine:
    """Return what has the endpoint of *settings* answer the queries to *release*.

    *base* is what relative IRIs in queries are resolved against. Raises EngineError where the
    endpoint does not say which dialect it speaks, or workers do not start.
    """
    note: Callable[[str, str], object] = problems.set if problems else lambda kind, message: None
    endpoint, _ = open_endpoint(settings.remote, _SECONDS)
    if warning := exposure(endpoint):
        logger.warning("%s", warning)
    source = RemoteSource(
        endpoint.addresses.query,
        endpoint.dialect.name,
        endpoint.credentials,
        default_graph(release.manifest.base, endpoint.dialect) or "",
        graph_iris(release.manifest),
    )
    pool = QueryPool(
        source,
        settings.limits,
        release.manifest.prefixes,
        base,
        absent_graphs=release.absent_graphs,
    )
    watch = _ContentWatch(release, endpoint, lambda problem: note(_CONTENT, problem))
    return RemoteEngine(pool, endpoint, lambda problem: note(_AVAILABILITY, problem), watch.close)


class _ContentWatch:
    """Looks again and again whether an endpoint holds the release that is served."""

    def __init__(self, release: Release, endpoint: Endpoint, note: Callable[[str], object]) -> None:
        self._graph = marker_graph(release.manifest.base)
        self._release = release.manifest.identifier
        # Of its own, because a thread asks it.
        self._endpoint = Endpoint(endpoint.addresses, endpoint.dialect, endpoint.credentials)
        self._note, self._noted = note, ""
        self._ended = Event()
        self._look()
        Thread(target=self._run, name="engine-content", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(_PAUSE):
            self._look()

    def _look(self) -> None:
        patient = PatientEndpoint(self._endpoint, _SECONDS, waits=())
        try:
            current = Journal(patient, self._graph, "").current()
        except EndpointRefused:
            return  # which the first query that fails reports
        found = current.rpartition("/")[2]
        problem = "" if found == self._release else self._problem(found)
        if problem and problem != self._noted:
            logger.warning("%s", problem)
        if not self._ended.is_set():
            self._note(problem)
        self._noted = problem

    def _problem(self, found: str) -> str:
        holds = f"release {found}" if found else "no release"
        return (
            f"the engine that answers queries holds {holds}, and {self._release} is served; run"
            " 'partyline push'"
        )
