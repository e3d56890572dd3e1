"""The statements that no declared part of a page shows: each once, and none that only restates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partyline.publishing.documents.description import Description
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.statements import Standing, Statement
from partyline.releases.page_plans import Route
from partyline.vocabulary import LABEL_PROPERTIES, OTHER_NAMES, RDF, VIEW


@dataclass(frozen=True)
class FurtherStatements:
    """Chooses statements of one description."""

    reader: PageReader
    description: Description
    subject: int

    def about(self) -> list[Statement]:
        """Return the statements about the subject that are shown nowhere else."""
        covered = self._covered()
        labels = self.reader.presenter.labels
        named = {*LABEL_PROPERTIES, *OTHER_NAMES, *labels.properties, RDF.type}
        if not self.reader.is_declared(self.subject):
            named.discard(RDF.type)
        return [
            row
            for row in self._new(self.description.about)
            if row.triple.predicate not in named and (self._number(row), False) not in covered
        ]

    def incoming(self) -> list[Statement]:
        """Return the statements that refer to the subject and are shown nowhere else."""
        covered = self._covered()
        return [
            row
            for row in self._new(self.description.incoming)
            # That a resource is a member of some list says nothing without the list.
            if row.triple.predicate != RDF.first and (self._number(row), True) not in covered
        ]

    def _number(self, row: Statement) -> int:
        return self.reader.presenter.statements.table.numbers(row.row)[1]

    def _new(self, rows: Iterable[Statement]) -> Iterator[Statement]:
        """Yield the statements that do not only restate an asserted one.

        Where a page is declared, it says itself what of the inferred statements it shows.
        """
        table, restatements = self.reader.presenter.statements.table, self.reader.restatements
        is_declared = self.reader.is_declared(self.subject)
        for row in rows:
            if row.standing is not Standing.INFERRED or not (
                is_declared or restatements.is_restated(*table.numbers(row.row))
            ):
                yield row

    def _covered(self) -> set[tuple[int, bool]]:
        """Return the properties that the declared parts read, with their direction."""
        covered: set[tuple[int, bool]] = set()
        for route in self._routes():
            number = self.reader.walks.number(route[0].predicate)
            if number is None:
                continue
            covered.add((number, route[0].inverse))
            covered.update(
                (other, turned != route[0].inverse)
                for other, turned in self.reader.restatements.implying(number)
            )
        return covered

    def _routes(self) -> Iterator[Route]:
        """Yield the routes that the declared parts follow, and those that viewers read."""
        for row in self.reader.properties(self.subject):
            yield from (route for route in row.routes if route)
        if self.reader.is_declared(self.subject):
            for role in (VIEW.date, VIEW.evidence, VIEW.reason):
                yield from self.reader.plan.role(role.value).routes
