"""Everything that the web serves from: one release, opened, and the words around it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pyoxigraph import Triple

from partyline.errors import UnknownResource
from partyline.publishing.addresses import Addresses
from partyline.publishing.documents.description import (
    Description,
    describe,
    description_triples,
    named_node,
)
from partyline.publishing.labels import Labels
from partyline.publishing.pages.class_listing import ClassSize, class_sizes
from partyline.publishing.pages.ontology_page import version_iri
from partyline.publishing.pages.resource_page import ResourcePage, resource_page
from partyline.publishing.pages.view_models import Links, Presenter
from partyline.publishing.statements import Statements
from partyline.releases import Release
from partyline.settings import Knowledge


@dataclass(frozen=True, slots=True)
class Publication:
    """An opened release. Made before the first request, and written by nobody."""

    release: Release
    knowledge: Knowledge
    addresses: Addresses
    presenter: Presenter
    classes: tuple[ClassSize, ...]
    #: Names this release as these settings publish it; entity tags begin with it.
    version: str

    @classmethod
    def of(cls, release: Release, knowledge: Knowledge) -> "Publication":
        """Open *release* for reading. Raises ReleaseError where it cannot be read."""
        statements = Statements(release.table)
        labels = Labels.of(statements, knowledge, release.manifest.prefixes)
        addresses = Addresses.of(knowledge)
        links = Links(statements, labels, addresses)
        presenter = Presenter(statements, labels, addresses, links)
        return cls(
            release=release,
            knowledge=knowledge,
            addresses=addresses,
            presenter=presenter,
            classes=class_sizes(presenter),
            version=_version(release, knowledge),
        )

    @property
    def prefixes(self) -> Mapping[str, str]:
        """Return the prefixes in which the release is written."""
        return self.release.manifest.prefixes

    @property
    def statements(self) -> Statements:
        """Return all statements of the release."""
        return self.presenter.statements

    @property
    def ontology_paths(self) -> tuple[str, ...]:
        """Return the paths of the ontology and of its version."""
        version = version_iri(self.statements, self.addresses)
        within = version.startswith(self.addresses.base)
        paths = [self.addresses.ontology, *([self.addresses.local(version)] if within else [])]
        return tuple(dict.fromkeys(paths))

    def describe(self, iri: str) -> Description:
        """Describe the resource *iri*. Raises UnknownResource."""
        return describe(self.statements, named_node(iri))

    def triples(self, description: Description) -> set[Triple]:
        """Return the graph of the document that holds *description*."""
        return description_triples(description, self.presenter.labels, self.knowledge)

    def page(self, description: Description) -> ResourcePage:
        """Return the page that shows *description*."""
        return resource_page(replace(self.presenter, nested=description.nested), description)


def describe_all(publication: Publication, iris: Iterable[str]) -> set[Triple]:
    """Return the documents of the resources *iris* in one graph; what is unknown adds nothing."""
    triples: set[Triple] = set()
    for iri in iris:
        try:
            triples |= publication.triples(publication.describe(iri))
        except UnknownResource:
            continue
    return triples


def _version(release: Release, knowledge: Knowledge) -> str:
    # The same statements look different under another title, or in other languages.
    digest = hashlib.sha256(f"{release.manifest!r}{knowledge!r}".encode()).hexdigest()
    return f"{release.manifest.identifier}-{digest[:8]}"
