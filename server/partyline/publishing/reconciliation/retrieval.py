"""Candidates for a query: what its name identifies or resembles, or what has its properties."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from partyline.publishing.publication import Publication
from partyline.publishing.reconciliation.candidates import AGREES, Candidate, is_same_name
from partyline.publishing.reconciliation.comparison import Comparison
from partyline.publishing.reconciliation.entities import Entities
from partyline.publishing.reconciliation.paths import Path, Step
from partyline.publishing.reconciliation.queries import Constraint, EntityReference, Value

#: Resources that are looked for as the values of a property, and rows that are read.
_MOST_NAMED, _MOST_ROWS = 20, 20_000
#: The least similarity of a name that may be the same but for a qualifier, and what it counts for.
_ALIKE, _QUALIFIED = 0.8, 0.95


@dataclass(frozen=True)
class Retrieval:
    """Finds candidates in a publication."""

    publication: Publication
    entities: Entities
    comparison: Comparison

    def by_name(self, text: str) -> Iterator[Candidate]:
        """Yield what *text* identifies, and what has a name like it."""
        identified = self.entities.find(text)
        if identified is not None:
            yield self._candidate(identified, identified=True)
        term = self.publication.statements.table.terms.term
        for match in self.publication.release.names.search(text):
            node = term(match.resource)
            if isinstance(node, NamedNode) and node != identified and self.entities.is_entity(node):
                same = match.score >= _ALIKE and self._has_name(node, text)
                likeness = max(match.score, _QUALIFIED) if same else match.score
                yield Candidate(node, match.resource, likeness, match.name, same)

    def _has_name(self, node: NamedNode, text: str) -> bool:
        """Tell whether *text* is a name of *node*, which may have a qualifier in brackets."""
        return any(is_same_name(text, row.text) for row in self.entities.names(node))

    def by_properties(self, constraints: Sequence[tuple[Path, Constraint]]) -> Iterator[Candidate]:
        """Yield the entities that the first constraint with any is true of."""
        term = self.publication.statements.table.terms.term
        for path, constraint in constraints:
            numbers = {row for value in constraint.values for row in self._with_value(path, value)}
            nodes = map(term, sorted(numbers))
            entities = [row for row in nodes if isinstance(row, NamedNode)]
            if entities := list(filter(self.entities.is_entity, entities)):
                yield from map(self._candidate, entities)
                return

    def _candidate(self, node: NamedNode, *, identified: bool = False) -> Candidate:
        number = self.publication.statements.table.terms.number(node)
        if number is None:
            raise LookupError(f"{node} is not a term of the table")
        return Candidate(node, number, 1.0, "", identified=identified)

    def _with_value(self, path: Path, value: Value) -> set[int]:
        """Return the resources from which *path* leads to what is like *value*."""
        table = self.publication.statements.table
        text = value.identifier if isinstance(value, EntityReference) else str(value)
        node = self.entities.iri(text)
        if node is not None:
            numbers = [table.number(node)]
        elif isinstance(value, EntityReference):
            numbers = [table.number(row) for row in self.entities.linked(text)]
        else:
            matches = self.publication.release.names.search(text)
            numbers = [row.resource for row in matches[:_MOST_NAMED]]
            numbers += self._literals(path.steps[-1], value)
        reached = {row for row in numbers if row is not None}
        for step in reversed(path.steps):
            reached = {row for number in reached for row in self._before(number, step)}
        return reached

    def _literals(self, step: Step, value: Value) -> list[int | None]:
        """Return the literals that *step* leads to and that agree with *value*."""
        if step.inverse:
            return []
        table = self.publication.statements.table
        rows = table.rows(None, step.number, table.terms.literals)[:_MOST_ROWS]
        distinct = dict.fromkeys(table.columns["object"][rows].tolist())
        return [row for row in distinct if self.comparison.likeness(value, row) >= AGREES]

    def _before(self, number: int, step: Step) -> list[int]:
        """Return what *step* leads from to *number*."""
        table = self.publication.statements.table
        if step.inverse:
            return [row for _, row in table.links(number, step.number, _MOST_ROWS)]
        return [row for _, row in table.links_to(step.number, number, _MOST_ROWS)]
