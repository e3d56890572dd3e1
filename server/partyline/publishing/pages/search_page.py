"""Search by name: what was found, of which kind, and by which name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import NamedNode

from partyline.edtf import Bounds, bounds
from partyline.publishing.as_of import Lifetimes, known_bounds
from partyline.publishing.labels import Text
from partyline.publishing.pages.resource_page import kinds
from partyline.publishing.pages.view_models import Link
from partyline.publishing.publication import Publication
from partyline.search import Likeness, Match, NameKind, folded
from partyline.vocabulary import RDF

#: Results on a page, and suggestions.
_ON_A_PAGE = 30
_SUGGESTED = 10
#: By how much each doubling of the statements that lead to a resource raises it, and the most
#: doublings: a person who is often named stands above documents whose titles begin with the name.
_FAME = 0.015
_MOST_FAME = 8


@dataclass(frozen=True, slots=True)
class Period:
    """Days that a resource may have to do with: a search for what lasted or happened in them."""

    #: The two dates as they were written, each of which may be empty.
    begin: str
    end: str

    def overlaps(self, known: Bounds) -> bool:
        """Tell whether what lies within *known* may have lasted or happened in the period."""
        first = bounds(self.begin).begin_earliest if self.begin else None
        last = bounds(self.end).end_latest if self.end else None
        is_over = first is not None and known.end_latest is not None and known.end_latest < first
        is_later = (
            last is not None and known.begin_earliest is not None and known.begin_earliest > last
        )
        return not is_over and not is_later


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A resource that was found."""

    link: Link
    kinds: tuple[Link, ...]
    #: The name by which it was found, where that is not its label; else None.
    found_by: Text | None
    score: float
    #: What that name is to the resource, and in which way it is like what is looked for.
    name_kind: NameKind
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Results of a search, best first."""

    query: str
    #: The IRI of the class of all results; empty for any.
    kind: str
    results: tuple[SearchResult, ...]
    total: int
    #: The kinds of what was found, each with the number of results.
    facets: tuple[tuple[Link, int], ...]
    page: int
    pages: int
    period: Period | None = None
    #: Results without a date, which are left out where a period is asked for.
    undated: int = 0


def search_page(
    publication: Publication,
    query: str,
    kind: str = "",
    page: int = 1,
    period: Period | None = None,
    lifetimes: Lifetimes = lambda iri: None,
) -> SearchPage:
    """Return page *page* of what is found for *query*.

    Where they are given, it is of the class *kind*, and its date or its line, of which *lifetimes*
    knows, may lie in *period*.
    """
    presenter = publication.presenter
    found = found_resources(publication, query)
    undated = 0
    if period is not None:
        known = [known_bounds(publication.reader, lifetimes, row.resource) for row, _ in found]
        undated = known.count(None)
        dated = zip(found, known, strict=True)
        found = [row for row, dates in dated if dates is not None and period.overlaps(dates)]
    classes = {node: tuple(kinds(presenter, node)) for _, node in found}
    counts = Counter(row for rows in classes.values() for row in rows)
    chosen = [row for row in found if not kind or NamedNode(kind) in classes[row[1]]]
    pages = max(1, -(-len(chosen) // _ON_A_PAGE))
    page = min(max(page, 1), pages)
    shown = chosen[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]
    facets = [(presenter.link(row), number) for row, number in counts.items()]
    return SearchPage(
        query=query,
        kind=kind,
        results=tuple(_result(publication, match, node, classes[node]) for match, node in shown),
        total=len(chosen),
        facets=tuple(sorted(facets, key=lambda row: (-row[1], row[0].name.order))),
        page=page,
        pages=pages,
        period=period,
        undated=undated,
    )


def suggestions(publication: Publication, query: str, kind: str = "") -> tuple[SearchResult, ...]:
    """Return the ten best results for what has been typed so far; of the class *kind* if given."""
    presenter = publication.presenter
    members = _members(publication, kind, found_resources(publication, query))
    found = tuple(islice(members, _SUGGESTED))
    return tuple(_result(publication, match, node, kinds(presenter, node)) for match, node in found)


def found_resources(publication: Publication, query: str) -> list[tuple[Match, NamedNode]]:
    """Return the matches in order: equal names, then by likeness and by statements that lead there.

    That a resource is a class of many members is not counted.
    """
    table = publication.release.table
    of_class = table.number(RDF.type)

    def order(match: Match) -> tuple[bool, float, int]:
        leading = table.count(object_=match.resource)
        if of_class is not None:
            leading -= table.count(predicate=of_class, object_=match.resource)
        fame = _FAME * min(leading.bit_length(), _MOST_FAME)
        return match.likeness is not Likeness.SAME, -match.score - fame, len(match.name)

    matches = sorted(publication.release.names.search(query), key=order)
    nodes = ((match, table.terms.term(match.resource)) for match in matches)
    return [(match, node) for match, node in nodes if isinstance(node, NamedNode)]


def _members(
    publication: Publication, kind: str, found: Iterable[tuple[Match, NamedNode]]
) -> Iterator[tuple[Match, NamedNode]]:
    """Yield those of *found* that are members of the class *kind*; all where it is empty."""
    class_ = NamedNode(kind) if kind else None
    for match, node in found:
        if class_ is None or publication.statements.some(1, node, RDF.type, class_):
            yield match, node


def _result(
    publication: Publication, match: Match, node: NamedNode, classes: Sequence[NamedNode]
) -> SearchResult:
    presenter = publication.presenter
    link = presenter.link(node)
    is_label = folded(match.name) == folded(link.name.text) or match.kind is NameKind.IDENTIFIER
    return SearchResult(
        link=link,
        kinds=tuple(sorted(map(presenter.link, classes), key=lambda row: row.name.order)),
        found_by=None if is_label else Text(match.name, match.language),
        score=round(match.score, 3),
        name_kind=match.kind,
        likeness=match.likeness,
    )
