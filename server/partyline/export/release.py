"""Open the current release and write its site."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from partyline.export.client import SiteClient
from partyline.export.folder import ENDINGS
from partyline.export.site import ExportedSite, SiteWriter
from partyline.publishing import Publication
from partyline.releases import last_good_release
from partyline.settings import NO_ENDPOINT, Settings
from partyline.sparql import QueryPool
from partyline.vocabulary import OWL, XSD
from partyline.web import PublicAddress, create_app

_TRUE = Literal("true", datatype=XSD.boolean)


def export_release(
    settings: Settings,
    folder: Path,
    codings: Sequence[str],
    step: Callable[[str], None],
    *,
    has_proofs: bool = True,
) -> ExportedSite:
    """Write the site of the current release of *settings* into *folder*.

    *codings* are the content codings of compressed copies; one that is not installed is left out.
    *has_proofs* tells whether why statements are inferred is part of the site.

    Raises PublisherError.
    """
    release, damage = last_good_release(settings.releases)
    if damage:
        step(f"{damage}; release {release.manifest.identifier} is exported instead")
    publication = Publication.of(release, settings.knowledge)
    pool = QueryPool(
        release.store,
        settings.limits,
        release.manifest.prefixes,
        settings.knowledge.base + "sparql",
        absent_graphs=release.absent_graphs,
    )
    with pool:
        # Nobody answers at the address of a file.
        server = replace(settings.server, endpoint=settings.server.endpoint or NO_ENDPOINT)
        site = replace(settings.site, languages=())
        app = create_app(publication, pool, replace(settings, server=server, site=site))
        public = PublicAddress(app, settings.server.address, ())
        writer = SiteWriter(app, SiteClient(public), publication, settings, has_proofs)
        wanted = [name for name in codings if name in ENDINGS]
        return writer.write(folder, wanted, sorted(_withdrawn(publication)), step)


def _withdrawn(publication: Publication) -> Iterator[str]:
    """Yield the addresses of resources that may have been withdrawn: nothing links to them."""
    for triple in publication.statements.table.match(None, OWL.deprecated, _TRUE):
        iri = triple.subject
        if isinstance(iri, NamedNode) and publication.addresses.is_published(iri.value):
            yield publication.addresses.page(iri.value).partition("#")[0]
    for row in publication.release.retired:
        yield publication.addresses.page(row.iri).partition("#")[0]
