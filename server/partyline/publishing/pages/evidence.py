"""The passages that carry a statement: quotation, place in the source, and the source itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from partyline.publishing.labels import Text
from partyline.publishing.pages.view_models import Link, Presenter
from partyline.publishing.statements import Term
from partyline.vocabulary import DCT, LABEL_PROPERTIES, OA, PL


@dataclass(frozen=True, slots=True)
class SourceView:
    """The document that contains a passage."""

    link: Link
    title: Text
    #: Addresses at which the document can be read.
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassageView:
    """Words of a source, and what they are evidence of."""

    link: Link
    quotations: tuple[Text, ...]
    #: Offsets of the quotation in the text of the source, in code points.
    offsets: tuple[str, ...]
    source: SourceView | None
    supports: tuple[Link, ...]


def evidence(presenter: Presenter, resources: Iterable[NamedNode]) -> tuple[PassageView, ...]:
    """Return every passage that is evidence of one of *resources*, in the order of its text."""
    supported: dict[NamedNode, list[NamedNode]] = {}
    for resource in resources:
        for passage in presenter.statements.objects(resource, PL.evidencedBy):
            if isinstance(passage, NamedNode):
                supported.setdefault(passage, []).append(resource)
    return tuple(passage_view(presenter, *row) for row in sorted(supported.items(), key=_by_iri))


def is_passage(presenter: Presenter, node: NamedNode) -> bool:
    """Tell whether *node* has a selector, and so is a passage itself."""
    return bool(presenter.statements.objects(node, OA.hasSelector))


def own_passage(presenter: Presenter, node: NamedNode) -> PassageView:
    """Return *node* as a passage, with everything that it is evidence of."""
    found = presenter.statements.subjects(PL.evidencedBy, node)
    return passage_view(
        presenter, node, [resource for resource in found if isinstance(resource, NamedNode)]
    )


def passage_view(
    presenter: Presenter, node: NamedNode, resources: Iterable[NamedNode] = ()
) -> PassageView:
    """Return the passage *node*, as evidence of *resources*."""
    statements = presenter.statements
    selectors = statements.objects(node, OA.hasSelector)
    quotations = [text for row in selectors for text in statements.objects(row, OA.exact)]
    offsets = [_offsets(presenter, row) for row in selectors]
    source = statements.object_(node, OA.hasSource)
    return PassageView(
        link=presenter.link(node),
        quotations=tuple(presenter.labels.best(text) for text in quotations),
        offsets=tuple(text for text in offsets if text),
        source=_source(presenter, source) if isinstance(source, NamedNode) else None,
        supports=tuple(presenter.link(resource) for resource in resources),
    )


def _offsets(presenter: Presenter, selector: Term) -> str:
    start = presenter.statements.object_(selector, OA.start)
    end = presenter.statements.object_(selector, OA.end)
    if isinstance(start, Literal) and isinstance(end, Literal):
        return f"{start.value}–{end.value}"
    return ""


def _source(presenter: Presenter, node: NamedNode) -> SourceView:
    statements, labels = presenter.statements, presenter.labels
    titles = [
        title for name in (DCT.title, *LABEL_PROPERTIES) for title in statements.objects(node, name)
    ]
    addresses = [
        term.value for term in statements.objects(node, DCT.source) if isinstance(term, NamedNode)
    ]
    link = presenter.link(node)
    return SourceView(link, labels.pick(titles) or link.name, tuple(addresses))


def _by_iri(row: tuple[NamedNode, list[NamedNode]]) -> str:
    return row[0].value
