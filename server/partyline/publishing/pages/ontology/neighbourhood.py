"""What is next to a class: the classes above and below it, the properties that it is an end of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import NamedNode

from partyline.publishing.pages.view_models import Link, Presenter
from partyline.publishing.statements import Standing, Statements, Term
from partyline.vocabulary import RDFS

#: Classes and properties that are shown in each place.
_MOST = 12


@dataclass(frozen=True, slots=True)
class ClassRelation:
    """A property that members of the class have, or are values of."""

    property: Link
    #: The class at the other end, or the datatype; None where nothing says which.
    other: Link | None


@dataclass(frozen=True, slots=True)
class Place:
    """What is shown in one place, and how many more there are."""

    relations: tuple[ClassRelation, ...] = ()
    classes: tuple[Link, ...] = ()
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.relations or self.classes)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A class among its neighbours, as the ontology asserts them: a picture and a list show it."""

    centre: Link
    above: Place
    below: Place
    outgoing: Place
    incoming: Place

    def __bool__(self) -> bool:
        return any((self.above, self.below, self.outgoing, self.incoming))


def neighbourhood(presenter: Presenter, node: NamedNode) -> Neighbourhood:
    """Return what is next to the class *node*."""
    statements, link = presenter.statements, presenter.link
    above = _named(statements, (node, RDFS.subClassOf, None))
    below = _named(statements, (None, RDFS.subClassOf, node))
    outgoing = _relations(presenter, node, RDFS.domain, RDFS.range)
    incoming = _relations(presenter, node, RDFS.range, RDFS.domain)
    return Neighbourhood(
        centre=link(node),
        above=_classes(map(link, above)),
        below=_classes(map(link, below)),
        outgoing=_place(outgoing),
        incoming=_place(
            row for row in incoming if row.other is None or row.other.iri != node.value
        ),
    )


def _classes(links: Iterable[Link]) -> Place:
    found = sorted(links, key=lambda row: (row.name.order, row.iri))
    return Place(classes=tuple(found[:_MOST]), more=max(0, len(found) - _MOST))


def _place(relations: Iterable[ClassRelation]) -> Place:
    found = sorted(relations, key=lambda row: (row.property.name.order, row.property.iri))
    return Place(relations=tuple(found[:_MOST]), more=max(0, len(found) - _MOST))


def _relations(
    presenter: Presenter, node: NamedNode, end: NamedNode, other_end: NamedNode
) -> Iterator[ClassRelation]:
    """Yield the properties that have *node* at one *end*, with what is at the other."""
    statements, link = presenter.statements, presenter.link
    for predicate in _named(statements, (None, end, node)):
        others = _named(statements, (predicate, other_end, None))
        named = [link(other) for other in islice(others, 1)]
        yield ClassRelation(link(predicate), named[0] if named else None)


def _named(
    statements: Statements, pattern: tuple[NamedNode | None, NamedNode, NamedNode | None]
) -> Sequence[NamedNode]:
    """Return the other ends of what the ontology asserts of a *pattern*, each once."""
    rows = (row for row in statements.match(*pattern) if row.standing is Standing.ASSERTED)
    ends: Iterable[Term] = (
        row.triple.object if pattern[2] is None else row.triple.subject for row in rows
    )
    found = dict.fromkeys(end for end in ends if isinstance(end, NamedNode))
    return [end for end in found if end not in (pattern[0], pattern[2])]
