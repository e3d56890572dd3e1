"""The application for any WSGI server: ``gunicorn --threads 64 "partyline.wsgi:create()"``."""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from partyline.errors import ReleaseError
from partyline.loading import remote_engine
from partyline.publishing import Publication
from partyline.releases import (
    PreviewState,
    PublicationLog,
    PublishedRelease,
    Release,
    current_mark,
    last_good_release,
)
from partyline.releases import (
    open_release as verified_release,
)
from partyline.settings import Limits, Server, Settings, read_settings
from partyline.sparql import QueryEngine, QueryPool
from partyline.web import (
    ENDPOINT,
    AccessLogMiddleware,
    Archive,
    History,
    Memento,
    Metrics,
    OpenedReleases,
    Problems,
    PublicAddress,
    ReleaseWatcher,
    ServedRelease,
    ServedReleases,
    create_app,
)
from partyline.web.access_log import access_log
from partyline.web.kept import AnswerStore, Keeper, KeepingMiddleware, KeptRecorder
from partyline.web.log_lines import LogLines
from partyline.web.preview import PreviewMiddleware, ShownPreview

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
    public: PublicAddress
    releases: ServedReleases
    #: Whether nothing changes the answers of a release on their way.
    is_direct: bool
    #: The answers that leave without the application, and their log.
    store: AnswerStore
    keeper: Keeper
    recorder: KeptRecorder
    lines: LogLines
    #: Renews the release now, whether it has changed or not.
    renew: Callable[[], None]
    #: Ends what works beside it.
    close: Callable[[], None]
    #: What an operator has to know, for the health page.
    problems: Problems


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
    seconds = settings.server.release_seconds
    watcher = ReleaseWatcher(releases, lambda: current_mark(settings.releases), seconds)

    def open_earlier(row: PublishedRelease) -> ServedRelease:
        return open_earlier_release(read_settings(environ=environ), row)

    opened = OpenedReleases(open_earlier, settings.history.opened)

    def close() -> None:
        watcher.close()
        opened.close()

    archive = Archive(releases, opened)
    pages = Memento(archive, lambda: archive.log)
    return _assembly(
        releases, pages, settings.server, metrics, problems, watcher.wake, close, is_direct=True
    )


def assemble_preview(
    state: PreviewState, renew: Callable[[], None]
) -> tuple[Assembly, ShownPreview]:
    """Build the application that serves *state*, and what shows it the states that follow.

    *renew* is called on a SIGHUP. Raises PublisherError.
    """
    metrics, problems = Metrics(), Problems()

    def open_release(state: PreviewState) -> ServedRelease:
        if state.release is None:
            raise ReleaseError("there is nothing to serve yet; fix the sources")
        return serve_release(state.release, state.settings, metrics, problems)

    shown = ShownPreview(state, open_release, problems)
    pages = PreviewMiddleware(shown.releases, lambda: shown.state)
    # Nothing is kept: the same page has other findings a moment later.
    server = replace(state.settings.server, kept_size=0)
    assembly = _assembly(
        shown.releases, pages, server, metrics, problems, renew, lambda: None, is_direct=False
    )
    return assembly, shown


def _assembly(
    releases: ServedReleases,
    pages: "WSGIApplication",
    server: Server,
    metrics: Metrics,
    problems: Problems,
    renew: Callable[[], None],
    close: Callable[[], None],
    *,
    is_direct: bool,
) -> Assembly:
    """Put around *pages*, which answer from *releases*, what every server needs."""
    metrics.watch(lambda: releases.current)
    prefixed = PublicAddress(pages, server.address, server.trusted_proxies)
    store = AnswerStore(
        lambda: releases.generation, server.kept_size, lambda: releases.current.languages
    )
    keeper = Keeper(store, server.trusted_proxies)
    keeping = KeepingMiddleware(prefixed, keeper)
    lines = LogLines(access_log)
    application = AccessLogMiddleware(keeping, metrics, lines, server.trusted_proxies)
    return Assembly(
        application,
        prefixed,
        releases,
        is_direct,
        store,
        keeper,
        KeptRecorder(metrics, lines),
        lines,
        renew,
        close,
        problems,
    )


def open_served_release(
    settings: Settings, metrics: Metrics, problems: Problems | None = None
) -> ServedRelease:
    """Open the current release as *settings* say, or the last good one where it is damaged.

    Raises PublisherError.
    """
    # Before the release: one that becomes current in the meantime must be noticed.
    mark = current_mark(settings.releases)
    release, damage = last_good_release(settings.releases)
    identifier = release.manifest.identifier
    problem = f"{damage}; release {identifier} is served instead" if damage else ""
    log = PublicationLog.read(settings.releases)
    return serve_release(
        release,
        settings,
        metrics,
        problems,
        mark=mark,
        problem=problem,
        log=log,
        elsewhere=bool(settings.remote.endpoint),
    )


def open_earlier_release(settings: Settings, row: PublishedRelease) -> ServedRelease:
    """Open a release that was current before, with one process for queries.

    Raises PublisherError.
    """
    release = verified_release(settings.releases / row.release)
    manifest = release.manifest
    knowledge = replace(settings.knowledge, base=manifest.base, title=manifest.title)
    root = settings.server.address or manifest.base.rstrip("/#")
    server = replace(settings.server, address=f"{root}/releases/{row.release}")
    limits = replace(settings.limits, workers=1)
    settings = replace(settings, knowledge=knowledge, server=server, limits=limits)
    return serve_release(release, settings, earlier=row)


def serve_release(
    release: Release,
    settings: Settings,
    metrics: Metrics | None = None,
    problems: Problems | None = None,
    *,
    mark: str | None = None,
    problem: str = "",
    log: PublicationLog | None = None,
    earlier: PublishedRelease | None = None,
    elsewhere: bool = False,
) -> ServedRelease:
    """Open *release* as *settings* say. Raises PublisherError.

    *mark*, *problem* and *log* are those of the `ServedRelease`; *earlier* says when a release was
    published that another one has replaced; *elsewhere* is whether the endpoint of the settings
    answers queries.
    """
    publication = Publication.of(release, settings.knowledge)
    base = settings.knowledge.base + "sparql"
    pool: QueryEngine
    if elsewhere:
        pool = remote_engine(release, settings, base, problems)
    else:
        pool = _local_engine(release, settings.limits, base)
    try:
        app = create_app(
            publication, pool, settings, metrics, problems, History(log=log, earlier=earlier)
        )
    except BaseException:
        pool.close()
        raise
    identifier = release.manifest.identifier
    return ServedRelease(
        identifier,
        app,
        pool,
        mark,
        problem,
        app.extensions[ENDPOINT],
        log,
        settings.page_languages,
    )


def _local_engine(release: Release, limits: Limits, base: str) -> QueryPool:
    manifest = release.manifest
    pool = QueryPool(
        release.store, limits, manifest.prefixes, base, absent_graphs=release.absent_graphs
    )
    if not pool.status()["isolated"]:
        logger.warning(
            "this machine forbids network namespaces, so the query workers have no network"
            " isolation; SERVICE and LOAD are refused by the parser alone"
        )
    return pool
