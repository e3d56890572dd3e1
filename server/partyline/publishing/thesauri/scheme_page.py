"""The pages of a concept scheme: its tree, its concepts by notation, and its mappings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pyoxigraph import NamedNode

from partyline.publishing.labels import Text
from partyline.publishing.pages.view_models import Link
from partyline.publishing.publication import Publication
from partyline.publishing.thesauri.schemes import Schemes, notation_order
from partyline.vocabulary import SKOS

#: Levels of a tree that one page shows, and the concepts on it; the others have pages of their own.
_LEVELS, _MOST_CONCEPTS = 3, 600
PER_PAGE = 500

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A concept in the tree, and the narrower ones below it."""

    link: Link
    notation: str
    children: tuple["TreeNode", ...]
    #: Number of narrower concepts that are not shown below it.
    more: int


@dataclass(frozen=True, slots=True)
class MappingTarget:
    """A namespace that concepts are mapped to by one property, and how many are."""

    namespace: str
    predicate: Link
    size: int


@dataclass(frozen=True, slots=True)
class SchemePage:
    """A concept scheme, or the part of its tree that begins at one concept."""

    scheme: Link
    summary: Text | None
    concepts: int
    #: The concept that the tree begins at, with the broader ones before it; empty: at the top.
    path: tuple[Link, ...]
    tree: tuple[TreeNode, ...]
    #: Concepts at the top of this page that are not shown.
    more: int
    notations: int
    targets: tuple[MappingTarget, ...]
    languages: tuple[str, ...]
    #: IRI of the class whose list is the alphabetical index.
    index: str


@dataclass(frozen=True, slots=True)
class NotationsPage:
    """One page of the concepts of a scheme that have a notation, by it."""

    scheme: Link
    rows: tuple[tuple[str, Link], ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class MappingsPage:
    """One page of the mappings of a scheme to one namespace, by the names of the concepts."""

    scheme: Link
    target: str
    rows: tuple[tuple[Link, Link, Link], ...]
    total: int
    page: int
    pages: int


def scheme_page(publication: Publication, scheme: NamedNode) -> SchemePage:
    """Return the page of *scheme*, with its tree from the top."""
    return _page(publication, scheme, publication.schemes.top_concepts(scheme), ())


def tree_page(publication: Publication, scheme: NamedNode, concept: NamedNode) -> SchemePage:
    """Return the page of the part of the tree of *scheme* that begins at *concept*."""
    schemes = publication.schemes
    number = schemes.statements.table.number(concept)
    if number is None:
        return scheme_page(publication, scheme)
    return _page(publication, scheme, schemes.narrower(number), schemes.path(number))


def notations_page(publication: Publication, scheme: NamedNode, page: int = 1) -> NotationsPage:
    """Return a page of the concepts of *scheme* by notation."""
    schemes = publication.schemes
    found = schemes.by_notation(schemes.concepts(scheme).tolist())
    rows, page, pages = _cut(found, page)
    return NotationsPage(
        scheme=publication.presenter.link(scheme),
        rows=tuple((notation, _link(publication, concept)) for notation, concept in rows),
        total=len(found),
        page=page,
        pages=pages,
    )


def mappings_page(
    publication: Publication, scheme: NamedNode, target: str, page: int = 1
) -> MappingsPage:
    """Return a page of the mappings of *scheme* to the namespace *target*."""
    schemes, link = publication.schemes, publication.presenter.link
    mappings = [row for row in schemes.mappings(scheme) if schemes.namespace(row.target) == target]
    found = [(_link(publication, row.concept), row) for row in mappings]
    found.sort(key=lambda row: (row[0].name.order, row[0].iri, row[1].target))
    rows, page, pages = _cut(found, page)
    return MappingsPage(
        scheme=link(scheme),
        target=target,
        rows=tuple((one, link(row.predicate), _link(publication, row.target)) for one, row in rows),
        total=len(found),
        page=page,
        pages=pages,
    )


def _page(
    publication: Publication, scheme: NamedNode, roots: Iterable[int], path: Sequence[int]
) -> SchemePage:
    schemes, presenter = publication.schemes, publication.presenter
    concepts = schemes.concepts(scheme).tolist()
    tree = _Tree(publication)
    nodes, more = tree.grow(roots, frozenset(path), _LEVELS)
    return SchemePage(
        scheme=presenter.link(scheme),
        summary=presenter.labels.pick(
            text
            for name in presenter.labels.descriptions
            for text in presenter.statements.objects(scheme, name)
        ),
        concepts=len(concepts),
        path=tuple(_link(publication, concept) for concept in path),
        tree=nodes,
        more=more,
        notations=sum(1 for concept in concepts if schemes.notation(concept)),
        targets=tuple(
            MappingTarget(namespace, presenter.link(predicate), size)
            for namespace, predicate, size in schemes.targets(scheme)
        ),
        languages=publication.class_index.members(SKOS.Concept).languages,
        index=SKOS.Concept.value,
    )


class _Tree:
    """Grows a tree of concepts, level by level, as far as one page goes."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self._schemes: Schemes = publication.schemes
        self._left = _MOST_CONCEPTS

    def grow(
        self, concepts: Iterable[int], above: frozenset[int], levels: int
    ) -> tuple[tuple[TreeNode, ...], int]:
        """Return the nodes of *concepts*, and how many of them are not shown.

        A concept that is also one of those *above* it is left out: a loop ends there.
        """
        found = sorted((row for row in concepts if row not in above), key=self._order)
        shown = found[: max(self._left, 0)]
        self._left -= len(shown)
        return tuple(self._node(row, above, levels) for row in shown), len(found) - len(shown)

    def _node(self, concept: int, above: frozenset[int], levels: int) -> TreeNode:
        narrower = [row for row in self._schemes.narrower(concept) if row not in above]
        children: tuple[TreeNode, ...] = ()
        more = len(narrower)
        if levels > 1:
            children, more = self.grow(narrower, above | {concept}, levels - 1)
        link = _link(self._publication, concept)
        return TreeNode(link, self._schemes.notation(concept), children, more)

    def _order(self, concept: int) -> tuple[bool, list[tuple[int, int, str]], str]:
        notation = self._schemes.notation(concept)
        name = _link(self._publication, concept).name.order
        return not notation, notation_order(notation), name


def _link(publication: Publication, number: int) -> Link:
    node = publication.statements.table.terms.term(number)
    if not isinstance(node, NamedNode):
        raise TypeError(f"{node} is not an IRI")
    return publication.presenter.link(node)


def _cut(rows: Sequence[_Row], page: int) -> tuple[Sequence[_Row], int, int]:
    """Return the part of *rows* on a page, the number of the page, and of all pages."""
    pages = max(1, -(-len(rows) // PER_PAGE))
    page = min(max(1, page), pages)
    return rows[(page - 1) * PER_PAGE : page * PER_PAGE], page, pages
