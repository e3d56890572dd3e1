"""Write the site of the current release."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from partyline.export.application import opened_site
from partyline.export.folder import ENDINGS, SiteFolder
from partyline.export.processes import VisitsHere, Work, processes, suitable_number
from partyline.export.site import ExportedSite, SiteWriter
from partyline.publishing import Publication
from partyline.releases import last_good_release
from partyline.settings import Settings
from partyline.vocabulary import OWL, XSD

_TRUE = Literal("true", datatype=XSD.boolean)


def export_release(
    settings: Settings,
    folder: Path,
    codings: Sequence[str],
    step: Callable[[str], None],
    *,
    has_proofs: bool = True,
    number: int | None = None,
) -> ExportedSite:
    """Write the site of the current release of *settings* into *folder*.

    Args:
        settings: those of the site.
        folder: an empty folder, one that does not exist, or one that an export has written.
        codings: names of content codings of compressed copies; one that is not installed is left
            out.
        step: is told of the progress.
        has_proofs: whether why statements are inferred is part of the site.
        number: of processes; None: as many as the release is worth on this machine.

    Raises:
        PublisherError: there is no release; the folder is in use, or holds something else, or
            cannot be written.

    """
    release, damage = last_good_release(settings.releases)
    if damage:
        step(f"{damage}; release {release.manifest.identifier} is exported instead")
    wanted = [name for name in codings if name in ENDINGS]
    work = Work(settings, release, folder, wanted, has_proofs)
    with (
        processes(work, number or suitable_number(release)) as elsewhere,
        opened_site(settings, release, has_proofs) as site,
        SiteFolder.opened(folder, wanted) as files,
    ):
        if elsewhere:
            step(f"{elsewhere.number} processes write")
        visitor = site.visitor(files.staging)
        writer = SiteWriter(site, visitor, files, step)
        more = sorted(_withdrawn(site.publication))
        return writer.write(elsewhere or VisitsHere(visitor), more, settings.server.origins)


def _withdrawn(publication: Publication) -> Iterator[str]:
    """Yield the addresses of resources that may have been withdrawn: nothing links to them."""
    for triple in publication.statements.table.match(None, OWL.deprecated, _TRUE):
        iri = triple.subject
        if isinstance(iri, NamedNode) and publication.addresses.is_published(iri.value):
            yield publication.addresses.page(iri.value).partition("#")[0]
    for row in publication.release.retired:
        yield publication.addresses.page(row.iri).partition("#")[0]
