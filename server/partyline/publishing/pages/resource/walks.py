"""The values of a property of a page: along its routes through the table, with their standing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pyoxigraph import BlankNode, NamedNode

from partyline.publishing.pages.resource.restatements import Restatements
from partyline.publishing.statements import STANDING_ORDER, Standing, Statements, Term
from partyline.releases.page_plans import Role, Route, Step

#: Values of one property that a page reads; a country may have a million inhabitants.
_MOST = 500


class Reached(NamedTuple):
    """A value at the end of a route, as numbers of terms."""

    value: int
    #: The node before the last step.
    holder: int
    #: The weakest of the statements on the way; what only says anew what is asserted, is asserted.
    standing: Standing
    #: The last statement: subject, predicate, object.
    statement: tuple[int, int, int]


@dataclass(frozen=True)
class Walks:
    """Follows routes through the statements of a release."""

    statements: Statements
    restatements: Restatements
    #: Tells whether the statement in a row is followed; None: all are.
    shows: Callable[[int], bool] | None = None

    @cached_property
    def _numbers(self) -> dict[NamedNode, int | None]:
        return {}

    def number(self, node: NamedNode) -> int | None:
        """Return the number of *node* in the table, or None; those of properties are kept."""
        if node not in self._numbers:
            self._numbers[node] = self.statements.table.number(node)
        return self._numbers[node]

    def term(self, number: int) -> Term:
        """Return the term of *number*."""
        return self.statements.table.terms.term(number)

    def reach(self, start: int, routes: Iterable[Route]) -> list[Reached]:
        """Return the values at the end of *routes* from *start*, each once, the surest first."""
        best: dict[int, Reached] = {}
        for route in routes:
            for found in self._along(start, route):
                known = best.get(found.value)
                if known is None or STANDING_ORDER[found.standing] < STANDING_ORDER[known.standing]:
                    best[found.value] = found
                if len(best) >= _MOST:
                    break
        if len(best) < 2:
            return list(best.values())
        return sorted(best.values(), key=lambda row: (STANDING_ORDER[row.standing], row.value))

    def values(self, start: int, role: Role) -> list[int]:
        """Return what *role* reads of *start*; listed values in their order, without others."""
        found = [row.value for row in self.reach(start, role.routes)]
        if not role.listed:
            return found
        order = {self.number(node): rank for rank, node in enumerate(role.listed)}
        return sorted((row for row in found if row in order), key=lambda row: order[row])

    def _along(self, start: int, route: Route) -> Iterable[Reached]:
        if not route:
            return [Reached(start, start, Standing.ASSERTED, (start, start, start))]
        *before, last = route
        if not before:
            return self._step(start, last, Standing.ASSERTED)
        frontier = {start: Standing.ASSERTED}
        for step in before:
            following: dict[int, Standing] = {}
            for node, standing in frontier.items():
                for row in self._step(node, step, standing):
                    known = following.setdefault(row.value, row.standing)
                    if STANDING_ORDER[row.standing] < STANDING_ORDER[known]:
                        following[row.value] = row.standing
            frontier = following
        return (
            found
            for node, standing in frontier.items()
            for found in self._step(node, last, standing)
        )

    def _step(self, node: int, step: Step, before: Standing) -> list[Reached]:
        predicate = self.number(step.predicate)
        if predicate is None:
            return []
        found = []
        table = self.statements.table
        if step.inverse:
            links = table.links_to(predicate, node, _MOST)
        else:
            links = table.links(node, predicate, _MOST)
        for row, value in links:
            if self.shows and not self.shows(row):
                continue
            subject, object_ = (value, node) if step.inverse else (node, value)
            standing = self.statements.standing(row)
            if standing is Standing.INFERRED and self.restatements.is_restated(
                subject, predicate, object_
            ):
                standing = Standing.ASSERTED
            if STANDING_ORDER[standing] < STANDING_ORDER[before]:
                standing = before
            found.append(Reached(value, node, standing, (subject, predicate, object_)))
        return found

    def is_named(self, number: int) -> bool:
        """Tell whether *number* is that of an IRI or a literal."""
        return not isinstance(self.term(number), BlankNode)
