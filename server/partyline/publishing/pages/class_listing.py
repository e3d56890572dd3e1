"""The resources of a release by class: how many there are, and which."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import NamedNode

from partyline.publishing.pages.view_models import Link, Presenter
from partyline.publishing.statements import Standing, Statement
from partyline.vocabulary import OWL, RDF, RDFS

#: Resources of a class that a listing sorts by name; sorting millions would take minutes.
_MOST = 5000
PER_PAGE = 500
#: Namespaces of the classes of terms.
_META = (OWL, RDFS, RDF)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a class, and whether its membership is asserted, inferred or disputed."""

    link: Link
    standing: Standing


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the resources of a class, by name."""

    kind: Link
    members: tuple[Member, ...]
    total: int
    page: int
    pages: int
    #: False where the class has more resources than listings hold.
    complete: bool


@dataclass(frozen=True, slots=True)
class ClassSize:
    """A class and the number of its resources."""

    kind: NamedNode
    size: int


def class_sizes(presenter: Presenter) -> tuple[ClassSize, ...]:
    """Count the resources of the featured classes, or of every class where none is featured.

    One pass over all types: run once, when the release is opened.
    """
    knowledge = presenter.labels.knowledge
    counts = _sizes(presenter)
    featured = [NamedNode(iri) for iri in knowledge.featured]
    listed = featured or sorted(counts, key=lambda kind: (-counts[kind], kind.value))
    return tuple(ClassSize(kind, counts[kind]) for kind in listed)


def _sizes(presenter: Presenter) -> Counter[NamedNode]:
    """Return the number of members of each class that describes data; `listing` shows the same.

    Classes and members have IRIs, wherever these lie.
    """
    table = presenter.statements.table
    type_ = table.number(RDF.type)
    if type_ is None:
        return Counter()
    rows = table.rows(table.terms.iris, type_)
    counts = Counter(table.columns["object"][rows].tolist())
    named = {kind: table.terms.term(kind) for kind in counts}
    return Counter(
        {
            term: counts[kind]
            for kind, term in named.items()
            if isinstance(term, NamedNode) and not any(term in namespace for namespace in _META)
        }
    )


def listing(presenter: Presenter, kind: NamedNode, page: int = 1) -> Listing:
    """Return the page *page* of the resources of class *kind*."""
    rows = list(islice(presenter.statements.match(None, RDF.type, kind), _MOST + 1))
    members = sorted(_members(presenter, rows[:_MOST]), key=_by_name)
    pages = max(1, -(-len(members) // PER_PAGE))
    page = min(max(1, page), pages)
    return Listing(
        kind=presenter.link(kind),
        members=tuple(members[(page - 1) * PER_PAGE : page * PER_PAGE]),
        total=len(members),
        page=page,
        pages=pages,
        complete=len(rows) <= _MOST,
    )


def first_members(presenter: Presenter, kind: NamedNode, limit: int) -> tuple[Member, ...]:
    """Return some resources of class *kind*, by name: the first where there are not too many."""
    rows = presenter.statements.some(PER_PAGE, None, RDF.type, kind)
    return tuple(sorted(_members(presenter, rows), key=_by_name)[:limit])


def _by_name(member: Member) -> tuple[str, str]:
    return member.link.name.order, member.link.iri


def _members(presenter: Presenter, rows: Iterable[Statement]) -> Iterator[Member]:
    for row in rows:
        if isinstance(row.triple.subject, NamedNode):
            yield Member(presenter.link(row.triple.subject), row.standing)
