"""The home page: what is published here, how much of it, and where to begin."""

from dataclasses import dataclass

from partyline.publishing.pages.class_listing import ClassSize, Member, first_members
from partyline.publishing.pages.view_models import Link
from partyline.publishing.publication import Publication

_FIRST = 12


@dataclass(frozen=True, slots=True)
class ClassPreview:
    """A class, the number of its members, and the first of them by name."""

    kind: Link
    size: int
    members: tuple[Member, ...]
    browse: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the home page shows of the release."""

    shelves: tuple[ClassPreview, ...]
    #: A resource to show how IRIs are dereferenced, or None where there is none.
    example: Link | None
    default_triples: int


def home_page(publication: Publication) -> HomePage:
    """Return the home page of *publication*."""
    shelves = tuple(_shelf(publication, row) for row in publication.classes)
    members = (member.link for shelf in shelves for member in shelf.members)
    counts = publication.release.manifest.counts
    return HomePage(
        shelves=shelves,
        example=next((link for link in members if _is_thing(publication, link)), None),
        default_triples=sum(number for name, number in counts.items() if name != "withheld"),
    )


def _is_thing(publication: Publication, link: Link) -> bool:
    return publication.addresses.is_published(link.iri)


def _shelf(publication: Publication, row: ClassSize) -> ClassPreview:
    presenter = publication.presenter
    return ClassPreview(
        kind=presenter.link(row.kind),
        size=row.size,
        members=first_members(presenter, row.kind, _FIRST),
        browse=f"/browse/?class={publication.addresses.query(row.kind.value)}",
    )
