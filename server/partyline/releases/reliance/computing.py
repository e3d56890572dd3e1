"""Compute, for every statement and every source at once, what would not hold without the source."""

from collections.abc import Iterator, Sequence

import numpy as np
from pyoxigraph import Literal, Triple

from partyline.dataset import Numbers, Table
from partyline.dataset.graph_names import DEFAULT_GRAPH
from partyline.errors import EngineError
from partyline.rdf.terms import Term
from partyline.reasoning import RuleSet, is_axiom
from partyline.reasoning import fact as as_fact
from partyline.reasoning.literals.datatypes import inside
from partyline.reasoning.proof.applications import Applications, FactColumns, all_applications
from partyline.reasoning.proof.dependence import (
    Bits,
    empty_bits,
    groups_in,
    holds_without,
    set_bits,
)
from partyline.releases.page_plans import PagePlan
from partyline.releases.reliance.columns import Reliance
from partyline.releases.reliance.groups import Groups, groups_of
from partyline.sources.computed_bounds import COMPUTED, bounds_of_date
from partyline.vocabulary import PL, RDF

_ASSERTED = ("ontology", "accepted")
_TOO_MANY = "There are too many ways in which its statements follow from one another."
_AXIOMS = "A source is evidence of an axiom."


def compute_reliance(table: Table, plan: PagePlan, rules: RuleSet) -> Reliance:
    """Return what of *table* would not hold without each source.

    *rules* are those that inferred it. Nothing is computed where the resources of *plan* have no
    sources; where it cannot be, the answer says why.
    """
    groups = groups_of(table, plan)
    if not groups.resources:
        return Reliance.of((), ())
    if _rests_on_axioms(table, groups):
        return Reliance.without_answer(_AXIOMS)
    try:
        return _Computation(table, groups, rules).reliance()
    except EngineError:
        return Reliance.without_answer(_TOO_MANY)


def _rests_on_axioms(table: Table, groups: Groups) -> bool:
    """Tell whether an axiom is withdrawn with a source: rules, which it made, would go with it."""
    rows = (row for node in set(groups.resources) for row in table.rows(node).tolist())
    return any(is_axiom(table.triple(row)) for row in rows)


class _Computation:
    """The facts of a table in the order of its rows, then those that no release publishes."""

    def __init__(self, table: Table, groups: Groups, rules: RuleSet) -> None:
        self._table, self._groups, self._rules = table, groups, rules
        self._others: dict[Term, int] = {}
        self._rows: Numbers = table.rows(graphs=DEFAULT_GRAPH)
        columns = (table.columns[name][self._rows] for name in ("subject", "predicate", "object"))
        self._subjects, self._predicates, self._objects = (row.astype(np.int64) for row in columns)
        self._facts = FactColumns((self._subjects, self._predicates, self._objects), self._number)

    def _number(self, term: Term) -> int:
        """Return the number of *term*: one below 0 where the table does not have it."""
        found = self._table.number(term)
        return self._others.setdefault(term, -1 - len(self._others)) if found is None else found

    def reliance(self) -> Reliance:
        typed = list(self._typed_literals())
        applications = all_applications(self._facts, self._rules.rules)
        places = self._facts.places_of(self._subjects, self._predicates, self._objects)
        held = self._asserted(places)
        if typed:
            held[self._facts.places_of(*map(np.array, zip(*typed, strict=True)))] = ~np.uint64(0)
        applications += self._bounds(places)
        return self._sets(holds_without(held, applications)[places])

    def _typed_literals(self) -> Iterator[tuple[int, int, int]]:
        """Yield the memberships of literals in datatypes that rules read, and add them."""
        type_ = self._number(RDF.type)
        for datatype in self._rules.datatypes:
            for number in np.unique(self._objects).tolist():
                term = self._table.terms.term(number)
                if isinstance(term, Literal) and inside(term, datatype):
                    row = number, type_, self._number(datatype)
                    self._facts.add(type_, self._facts.packed(*row))
                    yield row

    @property
    def _size(self) -> int:
        # One more than the groups: nothing is withdrawn.
        return len(self._groups.sources) + 1

    def _asserted(self, places: Numbers) -> Bits:
        """Return the groups without which each fact is asserted."""
        withdrawn = empty_bits(len(self._table.terms), self._size)
        resources, indexes = np.array(self._groups.resources), np.array(self._groups.indexes)
        set_bits(withdrawn, resources, indexes)
        held = empty_bits(len(self._facts), self._size)
        asserted = np.isin(self._rows, self._table.rows(graphs=_ASSERTED))
        held[places[asserted]] = ~withdrawn[self._subjects[asserted]]
        return held

    def _bounds(self, places: Numbers) -> Sequence[Applications]:
        """Return how the bounds of dates follow from these: a build computes them, not a rule."""
        number = self._table.number
        date = number(PL.date)
        names = [row for row in map(number, COMPUTED) if row is not None]
        place_of: dict[tuple[int, ...], int] = {}
        for index in np.flatnonzero(np.isin(self._predicates, names)).tolist():
            key = self._subjects[index], self._predicates[index], self._objects[index]
            place_of[tuple(map(int, key))] = int(places[index])
        found: list[tuple[int, int]] = []
        for index in np.flatnonzero(self._predicates == date).tolist() if place_of else ():
            for bound in bounds_of_date(self._table.triple(int(self._rows[index]))):
                place = place_of.get(self._numbers(bound))
                if place is not None:
                    found.append((place, int(places[index])))
        if not found:
            return []
        conclusions, premises = map(np.array, zip(*found, strict=True))
        return [Applications(conclusions, (premises,))]

    def _numbers(self, triple: Triple) -> tuple[int, ...]:
        return tuple(map(self._number, as_fact(triple)))

    def _sets(self, held: Bits) -> Reliance:
        """Return the groups without which each row of the table does not hold."""
        groups = len(self._groups.sources)
        all_groups, nothing = empty_bits(1, self._size), empty_bits(1, self._size)
        set_bits(all_groups, np.zeros(groups, np.int64), np.arange(groups))
        set_bits(nothing, np.zeros(1, np.int64), np.array([groups]))
        without = ~held & all_groups
        # Of a row that no rule is seen to conclude nothing is known: none is said to fall.
        chosen = without.any(axis=1) & (held & nothing).any(axis=1)
        found: list[tuple[int, ...]] = [()] * len(self._table)
        sets: dict[bytes, tuple[int, ...]] = {}
        for row, bits in zip(self._rows[chosen].tolist(), without[chosen], strict=True):
            key = bits.tobytes()
            if key not in sets:
                sets[key] = tuple(groups_in(bits, groups).tolist())
            found[row] = sets[key]
        return Reliance.of(self._groups.sources, found)
