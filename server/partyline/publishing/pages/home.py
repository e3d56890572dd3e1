"""The home page: what is published here, how much of it, where to begin, and examples."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from partyline.errors import PublisherError
from partyline.publishing.labels import Text
from partyline.publishing.pages.class_listing import (
    ClassSize,
    Member,
    first_members,
    number_of_members,
)
from partyline.publishing.pages.example_queries import ExampleQuery, example_queries
from partyline.publishing.pages.proof_page import ProofPage
from partyline.publishing.pages.resource.citations import Citations, CitedSource
from partyline.publishing.pages.resource.disputes import Dispute, Disputes
from partyline.publishing.pages.resource.sections import Explain
from partyline.publishing.pages.view_models import Link
from partyline.publishing.publication import Publication
from partyline.vocabulary import RDFS

#: Members that are shown of a class, classes that are counted, and questions that are offered.
_FIRST = 3
_MOST_COUNTS = 6
_MOST_QUESTIONS = 2
#: Examples of either kind.
_MOST_EXAMPLES = 1


@dataclass(frozen=True, slots=True)
class ClassPreview:
    """A class, the number of its members, and the first of them by name."""

    kind: Link
    size: int
    members: tuple[Member, ...]
    browse: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many members a class has, in the words of its field."""

    size: int
    name: Text
    browse: str


@dataclass(frozen=True, slots=True)
class DisputeExample:
    """What sources disagree about, with the sources that are cited."""

    dispute: Dispute
    sources: tuple[CitedSource, ...]


@dataclass(frozen=True, slots=True)
class ProofExample:
    """A statement that no source makes, and why it follows."""

    #: The path of the page with the whole explanation.
    path: str
    page: ProofPage


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the home page shows of the release."""

    counts: tuple[Count, ...]
    starts: tuple[Link, ...]
    shelves: tuple[ClassPreview, ...]
    #: A resource to show how IRIs are dereferenced, or None where there is none.
    example: Link | None
    questions: tuple[ExampleQuery, ...]
    disputes: tuple[DisputeExample, ...]
    proofs: tuple[ProofExample, ...]


def home_page(publication: Publication, explain: Explain | None = None) -> HomePage:
    """Return the home page of *publication*; *explain* writes the proofs of its examples."""
    plan = publication.reader.plan.home
    classes = publication.classes
    if not classes:
        number = number_of_members(publication.presenter, RDFS.Resource)
        classes = (ClassSize(RDFS.Resource, number),) if number else ()
    shelves = tuple(_shelf(publication, row) for row in classes)
    starts = tuple(
        publication.presenter.link(row) for row in plan.starts if _is_known(publication, row)
    )
    members = (member.link for shelf in shelves for member in shelf.members)
    general, *named = example_queries(publication)
    return HomePage(
        counts=tuple(_counts(publication)),
        starts=starts,
        shelves=shelves,
        example=next((link for link in (*starts, *members) if _is_ours(publication, link)), None),
        questions=tuple((named or [general])[-_MOST_QUESTIONS:]),
        disputes=tuple(_disputes(publication))[:_MOST_EXAMPLES],
        proofs=tuple(_proofs(publication, explain))[:_MOST_EXAMPLES] if explain else (),
    )


def _is_known(publication: Publication, node: NamedNode) -> bool:
    return publication.statements.mentions(node)


def _is_ours(publication: Publication, link: Link) -> bool:
    return publication.addresses.is_published(link.iri)


def _counts(publication: Publication) -> Iterator[Count]:
    """Yield what is declared to be counted, or else the classes that are featured."""
    labels, declared = publication.presenter.labels, publication.reader.plan.home.counts
    for row in declared:
        size = number_of_members(publication.presenter, row.kind)
        name = labels.pick(row.names) or labels.best(row.kind)
        yield Count(size, name, _browse(publication, row.kind))
    if not declared:
        for known in [row for row in publication.classes if row.size][:_MOST_COUNTS]:
            name = labels.best(known.kind)
            yield Count(known.size, name, _browse(publication, known.kind))


def _browse(publication: Publication, kind: NamedNode) -> str:
    return f"/browse/?class={publication.addresses.query(kind.value)}"


def _shelf(publication: Publication, row: ClassSize) -> ClassPreview:
    presenter = publication.presenter
    return ClassPreview(
        kind=presenter.link(row.kind),
        size=row.size,
        members=first_members(presenter, row.kind, _FIRST),
        browse=_browse(publication, row.kind),
    )


def _disputes(publication: Publication) -> Iterator[DisputeExample]:
    reader = publication.reader
    for node in reader.plan.home.disputes:
        matter = reader.walks.number(node)
        if matter is None:
            continue
        citations = Citations(reader)
        for dispute in Disputes(reader, citations, matter).of([matter]):
            if dispute.is_contested:
                cited = (source for voice in citations.voices() for source in voice.sources)
                yield DisputeExample(dispute, tuple(sorted(cited, key=lambda row: row.number)))
                break


def _proofs(publication: Publication, explain: Explain) -> Iterator[ProofExample]:
    for statement in publication.reader.plan.home.proofs:
        if not isinstance(statement.subject, NamedNode) or not _is_known(
            publication, statement.subject
        ):
            continue
        page = _explained(statement, explain)
        if page and page.proofs:
            subject, predicate, object_ = statement
            yield ProofExample(publication.presenter.explanation(subject, predicate, object_), page)


def _explained(statement: Triple, explain: Explain) -> ProofPage | None:
    try:
        return explain(statement)
    except PublisherError:  # other proofs take all the time there is: the page goes without
        return None
