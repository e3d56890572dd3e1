"""The resources of a release by class: how many there are, and which."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from partyline.dataset import Numbers
from partyline.edtf import Certainty
from partyline.errors import BadQuery
from partyline.publishing.class_index import (
    OTHER_SIGNS,
    ClassIndex,
    SortedMembers,
    member_rows,
)
from partyline.publishing.pages.view_models import Link, Presenter
from partyline.publishing.statements import Standing
from partyline.vocabulary import OWL, RDF, RDFS

PER_PAGE = 500
#: Members that need no letters to be found.
_FEW = 50
#: Members of which a list tells whether they held on a day.
_MOST_AS_OF = 20_000
#: Tells whether the resource with a number held on a day; None where it has no date.
HeldOnDay = Callable[[int], Certainty | None]
#: Pages that are linked before and after the one that is shown.
_NEAR = 2
#: Namespaces of the classes of terms.
_META = (OWL, RDFS, RDF)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a class, and whether its membership is asserted, inferred or disputed."""

    link: Link
    standing: Standing
    #: Whether it held only possibly on the day that is asked for.
    possible: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that names begin with, and the page that has the first of them."""

    letter: str
    page: int
    #: What the fragment of the letter on its page is called.
    anchor: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the resources of a class, by name."""

    kind: Link
    #: The members of this page, below the letters that their names begin with.
    groups: tuple[tuple[Letter | None, tuple[Member, ...]], ...]
    total: int
    page: int
    pages: int
    #: All letters; none where the names are of scripts with too many signs.
    letters: tuple[Letter, ...]
    #: The language of the names, or empty for the best name in any.
    language: str
    #: The languages that there are indexes for, those of most members first.
    languages: tuple[str, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """Return the members of this page."""
        return tuple(member for _, members in self.groups for member in members)

    @property
    def near(self) -> tuple[int | None, ...]:
        """Return the numbers of pages to link: the first, the last, those near; None for a gap.

        >>> listed = Listing(None, (), 5000, 6, 10, (), "", ())
        >>> listed.near
        (1, None, 4, 5, 6, 7, 8, None, 10)
        """
        shown = sorted(
            {1, self.pages, *range(self.page - _NEAR, self.page + _NEAR + 1)}
            & set(range(1, self.pages + 1))
        )
        found: list[int | None] = []
        for number in shown:
            if found and found[-1] != number - 1:
                found.append(None)
            found.append(number)
        return tuple(found)


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


def number_of_members(presenter: Presenter, kind: NamedNode) -> int:
    """Return how many resources of class *kind* have an IRI; `listing` shows the same."""
    return len(member_rows(presenter.statements, presenter.labels, kind))


def listing(
    presenter: Presenter,
    index: ClassIndex,
    kind: NamedNode,
    page: int = 1,
    language: str = "",
    certainty: HeldOnDay | None = None,
) -> Listing:
    """Return the page *page* of the resources of class *kind*, by their names.

    With *language*, those that have a name in it, by this name. *certainty* tells whether a
    resource held on a day: those that did not are left out. Raises BadQuery if the class has too
    many members to decide that.
    """
    found = index.members(kind, language)
    if certainty is not None:
        found = _held(presenter, found, certainty)
    total = len(found.rows)
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    start = (page - 1) * PER_PAGE
    rows = found.rows[start : start + PER_PAGE]
    members = tuple(_members(presenter, index, rows, language, certainty))
    return Listing(
        kind=presenter.link(kind),
        groups=tuple(_by_letter(members, found.letters, start)),
        total=total,
        page=page,
        pages=pages,
        letters=tuple(_letter(*row) for row in found.letters) if total > _FEW else (),
        language=language,
        languages=found.languages,
    )


def _held(presenter: Presenter, found: SortedMembers, certainty: HeldOnDay) -> SortedMembers:
    """Return what of *found* held, with the letters of these."""
    if len(found.rows) > _MOST_AS_OF:
        raise BadQuery(
            f"The class has {len(found.rows):,} members. As of a day, classes of at most"
            f" {_MOST_AS_OF:,} are listed: leave asOf out, or ask a query."
        )
    subjects = presenter.statements.table.columns["subject"][found.rows].tolist()
    kept = [place for place, node in enumerate(subjects) if certainty(node) is not Certainty.NO]
    letters: dict[str, int] = {}
    for place, before in enumerate(kept if found.letters else ()):
        letter = next(row for row, first in reversed(found.letters) if first <= before)
        letters.setdefault(letter, place)
    return replace(found, rows=found.rows[kept], letters=tuple(letters.items()))


def _letter(letter: str, place: int) -> Letter:
    anchor = letter if letter != OTHER_SIGNS else "other"
    return Letter(letter, place // PER_PAGE + 1, f"letter-{anchor}")


def _by_letter(
    members: tuple[Member, ...], letters: Sequence[tuple[str, int]], start: int
) -> Iterator[tuple[Letter | None, tuple[Member, ...]]]:
    """Yield the *members*, which begin at the place *start*, below their letters."""
    end = start + len(members)
    places = [place for _, place in letters] + [end]
    for number, (letter, place) in enumerate(letters):
        first, last = max(place, start), min(places[number + 1], end)
        if first < last:
            yield _letter(letter, place), members[first - start : last - start]
    if not letters and members:
        yield None, members


def _members(
    presenter: Presenter,
    index: ClassIndex,
    rows: Numbers,
    language: str,
    certainty: HeldOnDay | None,
) -> Iterator[Member]:
    table = presenter.statements.table
    subjects = table.columns["subject"][rows].tolist()
    for subject, standing in zip(subjects, presenter.statements.standings(rows), strict=True):
        node = table.terms.term(subject)
        if isinstance(node, NamedNode):
            link = presenter.link(node)
            name = index.name(node, language) if language else None
            possible = certainty is not None and certainty(subject) is Certainty.POSSIBLE
            yield Member(link._replace(name=name) if name else link, standing, possible)


def first_members(presenter: Presenter, kind: NamedNode, limit: int) -> tuple[Member, ...]:
    """Return some resources of class *kind*, by name: the first where there are not too many."""
    table = presenter.statements.table
    rows = table.by_first_graph(member_rows(presenter.statements, presenter.labels, kind))
    return tuple(sorted(_some(presenter, rows[:PER_PAGE]), key=_by_name)[:limit])


def _by_name(member: Member) -> tuple[str, str]:
    return member.link.name.order, member.link.iri


def _some(presenter: Presenter, rows: Numbers) -> Iterator[Member]:
    table = presenter.statements.table
    subjects = map(table.terms.term, table.columns["subject"][rows].tolist())
    for subject, standing in zip(subjects, presenter.statements.standings(rows), strict=True):
        if isinstance(subject, NamedNode):
            yield Member(presenter.link(subject), standing)
