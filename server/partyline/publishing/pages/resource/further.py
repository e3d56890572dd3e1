"""The statements that no declared part of a page shows: each once, and none that only restates."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from partyline.publishing.documents.description import Description
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.statements import Standing, Statement
from partyline.vocabulary import LABEL_PROPERTIES, OTHER_NAMES, RDF, SKOS

#: Relations between concepts, which say nothing of a concept and itself.
RELATIONS = frozenset(
    SKOS[name]
    for name in (
        *("semanticRelation", "broader", "narrower", "related", "broaderTransitive"),
        *("narrowerTransitive", "mappingRelation", "closeMatch", "exactMatch", "broadMatch"),
        *("narrowMatch", "relatedMatch"),
    )
)


@dataclass(frozen=True)
class FurtherStatements:
    """Chooses statements of one description."""

    reader: PageReader
    description: Description
    subject: int

    def about(self) -> list[Statement]:
        """Return the statements about the subject that are shown nowhere else."""
        covered = self.reader.covered(self.subject)
        labels = self.reader.presenter.labels
        named = {*LABEL_PROPERTIES, *OTHER_NAMES, *labels.properties, RDF.type}
        if not self.reader.is_declared(self.subject):
            named.discard(RDF.type)
        return [
            row
            for row in self._new(self.description.about, incoming=False)
            if row.triple.predicate not in named and (self._number(row), False) not in covered
        ]

    def incoming(self) -> list[Statement]:
        """Return the statements that refer to the subject and are shown nowhere else."""
        covered = self.reader.covered(self.subject)
        return [
            row
            for row in self._new(self.description.incoming, incoming=True)
            # That a resource is a member of some list says nothing without the list.
            if row.triple.predicate != RDF.first and (self._number(row), True) not in covered
        ]

    def _number(self, row: Statement) -> int:
        return self._numbers(row)[1]

    def _new(self, rows: Iterable[Statement], *, incoming: bool) -> Iterator[Statement]:
        """Yield the statements that do not only restate another one of the page.

        Where a page is declared, it says itself what of the inferred statements it shows.
        """
        is_declared = self.reader.is_declared(self.subject)
        for row in rows:
            if is_declared and row.standing is Standing.INFERRED:
                continue
            subject, _, object_ = self._numbers(row)
            if incoming and subject == object_:
                continue  # it is among those about the subject
            if is_declared or not self._is_repeated(row, incoming=incoming):
                yield row

    def _is_repeated(self, row: Statement, *, incoming: bool) -> bool:
        """Tell whether the page has another statement that says as much.

        Of two that say each other, the first says something new: what is asserted goes before what
        is inferred, and what is said of the subject before what refers to it.
        """
        subject, predicate, object_ = self._numbers(row)
        if row.standing is Standing.DISPUTED:
            return False
        if subject == object_:
            return row.triple.predicate in RELATIONS
        above = self.reader.restatements.is_above
        own = (row.standing is Standing.INFERRED, incoming, predicate)
        for other in self._links.get(subject if incoming else object_, ()):
            turned = other[1] != incoming
            says_as_much = other != own and above(predicate, other[2], inverse=turned)
            if says_as_much and (other < own or not above(other[2], predicate, inverse=turned)):
                return True
        return False

    @cached_property
    def _links(self) -> Mapping[int, list[tuple[bool, bool, int]]]:
        """Return what links the subject with each other term, in the order of `_is_repeated`."""
        found: dict[int, list[tuple[bool, bool, int]]] = {}
        for rows, incoming in ((self.description.about, False), (self.description.incoming, True)):
            for row in rows:
                if row.standing is not Standing.DISPUTED:
                    subject, predicate, object_ = self._numbers(row)
                    link = (row.standing is Standing.INFERRED, incoming, predicate)
                    found.setdefault(subject if incoming else object_, []).append(link)
        return {other: sorted(links) for other, links in found.items() if len(links) > 1}

    def _numbers(self, row: Statement) -> tuple[int, int, int]:
        return self.reader.presenter.statements.table.numbers(row.row)
