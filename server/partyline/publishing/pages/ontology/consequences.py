"""Statements that follow with a term: each is what a rule concludes that reads the term."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from pyoxigraph import NamedNode, Variable

from partyline.dataset import Table
from partyline.publishing.pages.view_models import Presenter, Value
from partyline.publishing.statements import Standing
from partyline.rdf.terms import Term
from partyline.reasoning import Pattern, Rule
from partyline.vocabulary import RDF

#: Statements that are shown: of a rule, and of all.
_OF_A_RULE, _MOST = 2, 10
#: Statements that are looked at for each pattern of a rule.
_LOOKED_AT = 200
#: What rules conclude from: what is withheld is excluded from reasoning.
_GRAPHS = ("ontology", "accepted", "inferred")

#: Numbers of terms by the variables that stand for them.
_Binding = Mapping[object, int]
_Slot = Term | Variable


@dataclass(frozen=True, slots=True)
class Consequence:
    """An inferred statement, the rule that concludes it with the term, and its explanation."""

    subject: Value
    predicate: Value
    object: Value
    rule: str
    why: str


def consequences(
    presenter: Presenter, node: NamedNode, rules: Sequence[Rule]
) -> tuple[Consequence, ...]:
    """Return some inferred statements that follow with *node*; *rules* are those that have it.

    A statement is shown where a rule that reads the term concludes it here, and nobody asserts it.
    It is not searched for at length: of each pattern of a rule, the first statements are tried.
    """
    reading = [rule for rule in rules if any(node in pattern for pattern in rule.body)]
    # Types follow in many ways, and whatever else follows says more of the term.
    reading.sort(key=lambda rule: rule.head[1] == RDF.type)
    found = chain.from_iterable(islice(_of_rule(presenter, rule), _OF_A_RULE) for rule in reading)
    distinct = {(row.subject, row.predicate, row.object): row for row in islice(found, 3 * _MOST)}
    return tuple(islice(distinct.values(), _MOST))


def _of_rule(presenter: Presenter, rule: Rule) -> Iterator[Consequence]:
    statements, seen = presenter.statements, set[int]()
    table = statements.table
    for binding in _solutions(table, rule.body, {}):
        row = _row(table, rule.head, binding)
        if row is None or row in seen or statements.standing(row) is not Standing.INFERRED:
            continue
        seen.add(row)
        (statement,) = statements.of(np.array([row]))
        if why := presenter.why(statement):
            subject, predicate, object_ = (
                presenter.bare_value(term, statement) for term in statement.triple
            )
            yield Consequence(subject, predicate, object_, rule.name, why)


def _solutions(table: Table, body: Sequence[Pattern], binding: _Binding) -> Iterator[_Binding]:
    """Yield what the variables of *body* may be: the pattern with most known terms goes first."""
    if not body:
        yield binding
        return
    pattern = max(body, key=lambda row: sum(slot in binding or _is_term(slot) for slot in row))
    rest = [row for row in body if row is not pattern]
    for row in _rows(table, pattern, binding):
        extended = _extended(binding, pattern, table.numbers(row))
        if extended is not None:
            yield from _solutions(table, rest, extended)


def _rows(table: Table, pattern: Pattern, binding: _Binding) -> Sequence[int]:
    """Return the first rows of *pattern*; none where no statement has one of its terms."""
    subject, predicate, object_ = (_number(table, slot, binding) for slot in pattern)
    numbers = zip((subject, predicate, object_), pattern, strict=True)
    if any(number is None and _is_term(slot) for number, slot in numbers):
        return ()
    graphs = [name for name in _GRAPHS if name in table.present_graphs]
    rows: list[int] = table.rows(subject, predicate, object_, graphs)[:_LOOKED_AT].tolist()
    return rows


def _row(table: Table, head: Pattern, binding: _Binding) -> int | None:
    """Return the row of what *head* concludes, where it is in the table."""
    subject, predicate, object_ = (_number(table, slot, binding) for slot in head)
    if subject is None or predicate is None or object_ is None:
        return None
    return table.row_of(subject, predicate, object_)


def _extended(
    binding: _Binding, pattern: Pattern, numbers: tuple[int, int, int]
) -> _Binding | None:
    """Return *binding* with the variables of *pattern*; None where they have other values."""
    found = dict(binding)
    for slot, number in zip(pattern, numbers, strict=True):
        if isinstance(slot, Variable) and found.setdefault(slot, number) != number:
            return None
    return found


def _number(table: Table, slot: _Slot, binding: _Binding) -> int | None:
    return binding.get(slot) if isinstance(slot, Variable) else table.number(slot)


def _is_term(slot: _Slot) -> bool:
    return not isinstance(slot, Variable)
