"""The application on the current release, as it answers for a site of files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flask import Flask

from partyline.export.client import SiteClient
from partyline.export.folder import Staging
from partyline.export.local_engine import LocalEngine
from partyline.export.resource_pages import ResourcePages
from partyline.export.visitor import PublicRoot, Visitor
from partyline.publishing import Publication
from partyline.releases import Release
from partyline.settings import NO_ENDPOINT, Settings
from partyline.sparql import QueryPool
from partyline.web import PublicAddress, create_app
from partyline.web.public_address import prefix_of


@dataclass(frozen=True, slots=True)
class OpenedSite:
    """An application that answers, and what its pages need in browsers."""

    app: Flask
    publication: Publication
    engine: LocalEngine
    root: PublicRoot
    #: The beginnings of paths that do not become files.
    leaves_out: tuple[str, ...]
    client: SiteClient

    def visitor(self, staging: Staging) -> Visitor:
        """Return what visits the application and writes by *staging*."""
        pages = ResourcePages(self.publication)
        return Visitor(self.client, staging, pages, self.root, self.leaves_out)


@contextmanager
def opened_site(settings: Settings, release: Release, has_proofs: bool) -> Iterator[OpenedSite]:
    """Open the site of *release*. Raises PublisherError.

    *has_proofs* tells whether why statements are inferred is part of the site.
    """
    publication = Publication.of(release, settings.knowledge)
    with QueryPool(
        release.store,
        settings.limits,
        release.manifest.prefixes,
        settings.knowledge.base + "sparql",
        absent_graphs=release.absent_graphs,
    ) as pool:
        # Nobody answers at the address of a file.
        server = replace(settings.server, endpoint=settings.server.endpoint or NO_ENDPOINT)
        site = replace(settings.site, languages=())
        app = create_app(publication, pool, replace(settings, server=server, site=site))
        root = _root(settings, publication)
        engine = LocalEngine(publication, root.address, root.prefix)
        # In the place of False: a form that has an engine, or has nobody to ask.
        app.jinja_env.globals["is_static"] = {
            "query": engine.query_attributes(),
            "search": engine.search_attributes(),
        }
        client = SiteClient(PublicAddress(app, settings.server.address, ()))
        yield OpenedSite(app, publication, engine, root, () if has_proofs else ("/why",), client)


def _root(settings: Settings, publication: Publication) -> PublicRoot:
    public = settings.server.address
    root = f"{public}/" if public else publication.addresses.published("/")
    return PublicRoot(root, prefix_of(public))
