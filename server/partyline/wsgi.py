"""The application for any WSGI server: ``gunicorn --threads 64 "partyline.wsgi:create()"``."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from partyline.publishing import Publication
from partyline.releases import current_mark, last_good_release
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool
from partyline.web import (
    AccessLogMiddleware,
    Metrics,
    Problems,
    PublicAddress,
    ReleaseWatcher,
    ServedRelease,
    ServedReleases,
    create_app,
)
from partyline.web.kept import AnswerStore, KeepingMiddleware, KeptRecorder

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)


def create() -> "WSGIApplication":
    """Open the current release and build the application around it.

    Raises PublisherError at start-up rather than serve less.
    """
    return assemble(os.environ).application


@dataclass(frozen=True, slots=True)
class Assembly:
    """The application and what works beside it while it runs."""

    application: AccessLogMiddleware
    releases: ServedReleases
    watcher: ReleaseWatcher
    #: The answers that leave without the application, and their log.
    store: AnswerStore
    recorder: KeptRecorder


def assemble(environ: Mapping[str, str]) -> Assembly:
    """Build the application that *environ* describes, and what changes it while it runs.

    Raises PublisherError.
    """
    metrics = Metrics()
    settings = read_settings(environ=environ)
    problems = Problems()

    def open_release() -> ServedRelease:
        return open_served_release(read_settings(environ=environ), metrics, problems)

    releases = ServedReleases(open_release, problems)
    metrics.watch(lambda: releases.current)
    seconds = settings.server.release_seconds
    watcher = ReleaseWatcher(releases, lambda: current_mark(settings.releases), seconds)
    server = settings.server
    prefixed = PublicAddress(releases, server.address, server.trusted_proxies)
    store = AnswerStore(lambda: releases.generation, server.kept_size)
    keeping = KeepingMiddleware(prefixed, store, server.trusted_proxies)
    application = AccessLogMiddleware(keeping, metrics, server.trusted_proxies)
    return Assembly(application, releases, watcher, store, KeptRecorder(metrics))


def open_served_release(
    settings: Settings, metrics: Metrics, problems: Problems | None = None
) -> ServedRelease:
    """Open the current release as *settings* say, or the last good one where it is damaged.

    Raises PublisherError.
    """
    # Before the release: one that becomes current in the meantime must be noticed.
    mark = current_mark(settings.releases)
    release, damage = last_good_release(settings.releases)
    publication = Publication.of(release, settings.knowledge)
    base = settings.knowledge.base + "sparql"
    pool = QueryPool(release.store, settings.limits, release.manifest.prefixes, base)
    if not pool.status()["isolated"]:
        logger.warning(
            "this machine forbids network namespaces, so the query workers have no network"
            " isolation; SERVICE and LOAD are refused by the parser alone"
        )
    try:
        app = create_app(publication, pool, settings, metrics, problems)
    except BaseException:
        pool.close()
        raise
    identifier = release.manifest.identifier
    problem = f"{damage}; release {identifier} is served in its place" if damage else ""
    return ServedRelease(identifier, app, pool, mark, problem)
