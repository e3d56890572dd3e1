"""The contradictions that a release is published with, as a page and as notes on other pages."""

from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from partyline.publishing.pages.view_models import Link, Value
from partyline.publishing.publication import Publication
from partyline.publishing.statements import Standing
from partyline.releases import PublishedContradiction


@dataclass(frozen=True, slots=True)
class ConflictingStatement:
    """A statement that takes part in a contradiction."""

    subject: Value
    predicate: Link
    object_: Value
    #: ``file:line`` of every place that asserts it.
    origins: tuple[str, ...]
    withheld: bool


@dataclass(frozen=True, slots=True)
class ContradictionView:
    """A contradiction: what is wrong, about what, and the statements that it rests on."""

    rule: str
    message: str
    remedy: str
    resources: tuple[Link, ...]
    statements: tuple[ConflictingStatement, ...]


def contradictions_page(publication: Publication) -> tuple[ContradictionView, ...]:
    """Return every contradiction of *publication*."""
    return tuple(_view(publication, row) for row in publication.contradictions.rows)


def contradictions_concerning(publication: Publication, iri: str) -> tuple[str, ...]:
    """Return the messages of the contradictions that concern the resource *iri*."""
    return tuple(row.message for row in publication.contradictions.rows if iri in row.concerned)


def _view(publication: Publication, row: PublishedContradiction) -> ContradictionView:
    link = publication.presenter.link
    return ContradictionView(
        rule=row.rule,
        message=row.message,
        remedy=row.remedy,
        resources=tuple(link(NamedNode(iri)) for iri in row.resources),
        statements=tuple(
            view for one in row.statements for view in _statements(publication, one.triple)
        ),
    )


def _statements(publication: Publication, triple: Triple) -> list[ConflictingStatement]:
    presenter = publication.presenter
    return [
        ConflictingStatement(
            subject=presenter.value(row.triple.subject, row),
            predicate=presenter.link(row.triple.predicate),
            object_=presenter.value(row.triple.object, row),
            origins=tuple(map(str, presenter.statements.table.origins(row.row))),
            withheld=row.standing is Standing.DISPUTED,
        )
        for row in presenter.statements.match(triple.subject, triple.predicate, triple.object)
    ]
