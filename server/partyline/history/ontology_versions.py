"""The versions of ontologies in all releases that are kept, each with the last one that has it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from partyline.dataset import Table
from partyline.errors import DatasetError, ReleaseError
from partyline.releases import PublicationLog, PublishedRelease
from partyline.releases.release import open_unsealed
from partyline.vocabulary import OWL

logger = logging.getLogger(__name__)
#: What files assert, whether an editor has withheld it or not.
_ASSERTED = ("ontology", "accepted")


@dataclass(frozen=True, slots=True)
class OntologyVersion:
    """A version of an ontology, and the last release that has it."""

    ontology: str
    #: IRI of the version.
    iri: str
    #: As ``owl:versionInfo`` names it; else its IRI.
    name: str
    release: PublishedRelease


@dataclass(frozen=True)
class OntologyVersions:
    """The versions that the releases of *log* have; they are read when one is asked for."""

    log: PublicationLog

    @cached_property
    def rows(self) -> Sequence[OntologyVersion]:
        """Return each version once, that of the last release first."""
        found: dict[str, OntologyVersion] = {}
        for release in reversed(self.log.kept):
            for row in self._of(release):
                found.setdefault(row.iri, row)
        return tuple(found.values())

    def find(self, iri: str) -> OntologyVersion | None:
        """Return the version *iri*, or None."""
        return next((row for row in self.rows if row.iri == iri), None)

    def of(self, ontology: str) -> Sequence[OntologyVersion]:
        """Return the versions of *ontology*."""
        return [row for row in self.rows if row.ontology == ontology]

    def _of(self, release: PublishedRelease) -> Sequence[OntologyVersion]:
        try:
            table = open_unsealed(self.log.folder / release.release).table
            return tuple(_versions(table, release))
        except (ReleaseError, DatasetError) as error:
            logger.warning("%s: versions of ontologies are left out: %s", release.release, error)
            return ()


def _versions(table: Table, release: PublishedRelease) -> Sequence[OntologyVersion]:
    return [
        OntologyVersion(
            row.subject.value,
            row.object.value,
            _name(table, row.subject) or row.object.value,
            release,
        )
        for row in table.match(None, OWL.versionIRI, graphs=_ASSERTED)
        if isinstance(row.subject, NamedNode) and isinstance(row.object, NamedNode)
    ]


def _name(table: Table, ontology: NamedNode) -> str:
    infos = table.match(ontology, OWL.versionInfo, graphs=_ASSERTED)
    return next((row.object.value for row in infos if isinstance(row.object, Literal)), "")
