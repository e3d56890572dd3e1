"""What a WSGI server imports: ``waitress-serve --call partyline.wsgi:create``."""

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from partyline.publishing import Publication
from partyline.releases import current_name, current_release
from partyline.settings import Settings, read_settings
from partyline.sparql import QueryPool
from partyline.web import (
    AccessLogMiddleware,
    Metrics,
    ReleaseWatcher,
    ServedRelease,
    ServedReleases,
    create_app,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)


def create() -> "WSGIApplication":
    """Open the current release and build the application around it.

    Raises PublisherError at start-up rather than serve less.
    """
    application, _, _ = assemble(os.environ)
    return application


def assemble(
    environ: Mapping[str, str],
) -> tuple["WSGIApplication", ServedReleases, ReleaseWatcher]:
    """Build the application that *environ* describes, and what changes it while it runs."""
    metrics = Metrics()
    settings = read_settings(environ=environ)
    editions = ServedReleases(lambda: open_served_release(read_settings(environ=environ), metrics))
    metrics.watch(lambda: editions.current)
    seconds = settings.server.release_seconds
    watch = ReleaseWatcher(editions, lambda: current_name(settings.releases), seconds)
    return AccessLogMiddleware(editions, metrics, settings.server.trusted_proxies), editions, watch


def open_served_release(settings: Settings, metrics: Metrics) -> ServedRelease:
    """Open the current release as *settings* say. Raises PublisherError."""
    release = current_release(settings.releases)
    publication = Publication.of(release, settings.knowledge)
    base = settings.knowledge.base + "sparql"
    pool = QueryPool(release.store, settings.limits, release.manifest.prefixes, base)
    if not pool.status()["isolated"]:
        logger.warning(
            "this machine forbids network namespaces, so the query processes are not cut off from"
            " the network; SERVICE and LOAD are refused by their words alone"
        )
    app = create_app(publication, pool, settings, metrics)
    return ServedRelease(release.manifest.identifier, app, pool)
