"""Lists of kinds, and resources, in plain JSON."""

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.publishing.api.kinds import Kind, Kinds
from partyline.publishing.api.values import (
    Json,
    bounds_json,
    name_json,
    reference_json,
    term_json,
)
from partyline.publishing.as_of import known_bounds
from partyline.publishing.labels import Text
from partyline.publishing.pages.resource_page import kinds as kinds_of
from partyline.publishing.pages.view_models import Presenter
from partyline.publishing.statements import Statement
from partyline.vocabulary import OA, PL


def item_json(kinds: Kinds, kind: Kind, node: NamedNode) -> Json:
    """Return a member of *kind* as a list has it."""
    presenter = kinds.publication.presenter
    link = presenter.link(node)
    return {
        **reference_json(presenter, link),
        "slug": kind.slug(node.value),
        "dates": link.note or None,
    }


def object_json(kinds: Kinds, kind: Kind, node: NamedNode) -> Json:
    """Return what the release says of *node*: each statement with its standing."""
    publication = kinds.publication
    presenter = publication.presenter
    described = publication.describe(node.value)
    statements: dict[str, list[Json]] = {}
    for row in described.about:
        predicate = row.triple.predicate.value
        key = presenter.labels.compact(predicate) or predicate
        statements.setdefault(key, []).append(_statement(presenter, row))
    number = publication.statements.table.number(node)
    known = None if number is None else known_bounds(publication.reader, kinds.lifetimes, number)
    return {
        "release": publication.release.manifest.identifier,
        **item_json(kinds, kind, node),
        "kinds": [
            reference_json(presenter, presenter.link(row)) for row in kinds_of(presenter, node)
        ],
        "names": [
            name_json(Text(row.value, row.language or ""))
            for row in presenter.labels.literals(node)
        ],
        "bounds": None if known is None else bounds_json(known),
        "statements": statements,
        "passages": list(_passages(presenter, node)),
        "complete": described.complete,
    }


def _statement(presenter: Presenter, row: Statement) -> Json:
    why = presenter.why(row)
    return {
        **term_json(presenter, row.triple.object),
        "standing": row.standing.value,
        "why": presenter.addresses.published(why) if why else None,
    }


def _passages(presenter: Presenter, node: NamedNode) -> Iterator[Json]:
    """Yield the passages of sources that are evidence of what is said of *node*."""
    statements = presenter.statements
    for passage in statements.objects(node, PL.evidencedBy):
        if isinstance(passage, NamedNode | BlankNode):
            yield {
                "passage": passage.value if isinstance(passage, NamedNode) else None,
                "sources": [
                    reference_json(presenter, presenter.link(row))
                    for row in statements.objects(passage, OA.hasSource)
                    if isinstance(row, NamedNode)
                ],
                "quotations": [
                    name_json(Text(text.value, text.language or ""))
                    for selector in statements.objects(passage, OA.hasSelector)
                    if not isinstance(selector, Literal | Triple)
                    for text in statements.objects(selector, OA.exact)
                    if isinstance(text, Literal)
                ],
            }
