"""All statements of a description, each once: by the term at the other end."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pyoxigraph import NamedNode

from partyline.publishing.documents.description import Description
from partyline.publishing.pages.resource.restatements import Restatements
from partyline.publishing.pages.view_models import Link, Presenter, Value
from partyline.publishing.statements import STANDING_ORDER, Standing, Statement, Term
from partyline.vocabulary import RDF


class PredicateView(NamedTuple):
    """A predicate that links the resource with the term of its row."""

    name: str
    #: Whether the resource is the object.
    is_incoming: bool
    standing: Standing
    #: Path of the explanation of what is not asserted; empty where it only restates what is.
    why: str
    #: ``file:line`` of every place that asserts it.
    origins: tuple[str, ...]
    #: The graphs in which the sources state it.
    graphs: tuple[Link, ...]


class StatementRow(NamedTuple):
    """A term, and all predicates that link it with the resource."""

    #: A link by its prefixed name, a literal, or a blank node with what is said of it.
    value: Value
    name: str
    #: Whether another part of the page links it already.
    is_linked: bool
    predicates: tuple[PredicateView, ...]


def statement_rows(
    presenter: Presenter,
    restatements: Restatements,
    description: Description,
    linked: Collection[int] = (),
) -> tuple[StatementRow, ...]:
    """Return all statements about the subject of *description*, and all that refer to it.

    *linked* are the numbers of resources that other parts of the page link.
    """
    rows: dict[Term, list[tuple[Statement, bool]]] = {}
    for statement in description.about:
        rows.setdefault(statement.triple.object, []).append((statement, False))
    for statement in description.incoming:
        rows.setdefault(statement.triple.subject, []).append((statement, True))
    found = [
        _row(presenter, restatements, term, statements, linked) for term, statements in rows.items()
    ]
    return tuple(sorted(found, key=_order))


def _row(
    presenter: Presenter,
    restatements: Restatements,
    term: Term,
    pairs: Sequence[tuple[Statement, bool]],
    linked: Collection[int],
) -> StatementRow:
    new = set(_new(presenter, restatements, pairs))
    views = [
        PredicateView(
            name=_name(presenter, statement.triple.predicate),
            is_incoming=incoming,
            standing=statement.standing,
            why=presenter.why(statement) if statement.row in new else "",
            origins=tuple(map(str, presenter.statements.table.origins(statement.row))),
            graphs=presenter.stated_in(statement.row),
        )
        for statement, incoming in pairs
    ]
    views.sort(key=lambda row: (STANDING_ORDER[row.standing], row.is_incoming, row.name))
    name = _name(presenter, term) if isinstance(term, NamedNode) else ""
    statement, incoming = pairs[0]
    ends = presenter.statements.table.numbers(statement.row)
    is_linked = ends[0 if incoming else 2] in linked
    return StatementRow(presenter.bare_value(term, statement), name, is_linked, tuple(views))


def _new(
    presenter: Presenter, restatements: Restatements, pairs: Sequence[tuple[Statement, bool]]
) -> Iterator[int]:
    """Yield the rows of the statements that no other of *pairs* says as well.

    Of two that say each other, as inverses do, the first says something new.
    """
    if len(pairs) == 1:
        ((statement, _),) = pairs
        if statement.standing is Standing.DISPUTED or statement.triple.predicate != RDF.type:
            yield statement.row
        return
    numbers, above = presenter.statements.table.numbers, restatements.is_above
    ordered = [
        (statement, numbers(statement.row)[1], incoming)
        for statement, incoming in sorted(pairs, key=_standing)
    ]

    def is_implied(place: int) -> bool:
        own, predicate, incoming = ordered[place]
        return any(
            above(predicate, other, inverse=incoming != direction)
            and (index < place or not above(other, predicate, inverse=incoming != direction))
            for index, (statement, other, direction) in enumerate(ordered)
            if index < place or (index > place and statement.standing is own.standing)
        )

    for place, (statement, _, _) in enumerate(ordered):
        if statement.standing is Standing.DISPUTED or (
            statement.triple.predicate != RDF.type and not is_implied(place)
        ):
            yield statement.row


def _standing(pair: tuple[Statement, bool]) -> tuple[int, bool, int]:
    statement, incoming = pair
    return STANDING_ORDER[statement.standing], incoming, statement.row


def _name(presenter: Presenter, node: NamedNode) -> str:
    """Return *node* as Turtle has it."""
    return "a" if node == RDF.type else presenter.labels.compact(node.value) or node.value


def _order(row: StatementRow) -> tuple[bool, bool, str, str]:
    first = row.predicates[0]
    value = row.value
    text = row.name if value.link else value.words.literal if value.words else ""
    return value.link is not None, first.is_incoming, first.name, text


def counted(rows: Iterable[StatementRow]) -> Mapping[Standing, int]:
    """Return the number of statements in *rows*, by their standing."""
    found = dict.fromkeys(Standing, 0)
    for row in rows:
        for predicate in row.predicates:
            found[predicate.standing] += 1
    return {standing: count for standing, count in found.items() if count}


def common_graphs(rows: Iterable[StatementRow]) -> tuple[Link, ...]:
    """Return the graphs in which all asserted statements in *rows* are stated; else none."""
    found = {it.graphs for row in rows for it in row.predicates if it.origins}
    return found.pop() if len(found) == 1 else ()


def main_file(rows: Iterable[StatementRow]) -> str:
    """Return the file that asserts most of the statements in *rows*; empty where none does."""
    files = Counter(
        origin.rpartition(":")[0]
        for row in rows
        for predicate in row.predicates
        for origin in predicate.origins
    )
    return max(files, key=lambda name: (files[name], name), default="")
