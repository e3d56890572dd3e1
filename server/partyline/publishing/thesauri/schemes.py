"""Concept schemes as the statements have them: concepts, broader and narrower ones, mappings."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pyoxigraph import Literal, NamedNode

from partyline.dataset import Numbers
from partyline.publishing.statements import Standing, Statements
from partyline.vocabulary import RDF, SKOS

#: Properties that map a concept to one of another scheme (SKOS Reference, section 10).
MAPPINGS = tuple(
    SKOS[name] for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
)


@dataclass(frozen=True)
class Mapping:
    """A concept, a mapping property, and what the concept is mapped to; all by their numbers."""

    concept: int
    predicate: NamedNode
    target: int


@dataclass(frozen=True)
class Schemes:
    """The concept schemes of a release."""

    statements: Statements

    @cached_property
    def iris(self) -> tuple[NamedNode, ...]:
        """Return the schemes: what has that type, or has concepts."""
        table = self.statements.table
        found = set(self._subjects(RDF.type, SKOS.ConceptScheme))
        for name in (SKOS.inScheme, SKOS.topConceptOf):
            found.update(self._columns(name, "object"))
        found.update(self._columns(SKOS.hasTopConcept, "subject"))
        nodes = (table.terms.term(number) for number in sorted(found))
        return tuple(node for node in nodes if isinstance(node, NamedNode))

    def concepts(self, scheme: NamedNode) -> Numbers:
        """Return the numbers of the concepts of *scheme*: of the only one, every concept."""
        number = self.statements.table.number(scheme)
        found = {
            *self._subjects(SKOS.inScheme, scheme),
            *self._subjects(SKOS.topConceptOf, scheme),
            *(self._objects(number, SKOS.hasTopConcept) if number is not None else ()),
        }
        if len(self.iris) == 1:
            found.update(self._subjects(RDF.type, SKOS.Concept))
        return np.array(sorted(found), dtype=np.int32)

    def top_concepts(self, scheme: NamedNode) -> list[int]:
        """Return the top concepts; where none is stated, those that have no broader one."""
        number = self.statements.table.number(scheme)
        stated = {
            *self._subjects(SKOS.topConceptOf, scheme),
            *(self._objects(number, SKOS.hasTopConcept) if number is not None else ()),
        }
        if stated:
            return sorted(stated)
        return [row for row in self.concepts(scheme).tolist() if not self.broader(row)]

    def narrower(self, concept: int) -> list[int]:
        """Return the concepts that are narrower than *concept*, whoever of both says so."""
        return self._related(concept, SKOS.narrower, SKOS.broader)

    def broader(self, concept: int) -> list[int]:
        """Return the concepts that are broader than *concept*, whoever of both says so."""
        return self._related(concept, SKOS.broader, SKOS.narrower)

    def path(self, concept: int) -> list[int]:
        """Return the shortest line of narrower concepts from one at the top down to *concept*.

        Where all that is above *concept* is a loop, it is *concept* alone.
        """
        lines, seen = [[concept]], {concept}
        for line in lines:
            above = self.broader(line[0])
            if not above:
                return line
            lines += [[row, *line] for row in above if row not in seen]
            seen.update(above)
        return [concept]

    def notation(self, concept: int) -> str:
        """Return the notation of *concept*, or the empty string."""
        term = self.statements.table.terms.term
        rows = (term(number) for number in self._objects(concept, SKOS.notation))
        return next((row.value for row in rows if isinstance(row, Literal)), "")

    def by_notation(self, concepts: Iterable[int]) -> list[tuple[str, int]]:
        """Return those of *concepts* that have a notation, by it: ``2.9`` before ``2.10``."""
        found = [(self.notation(concept), concept) for concept in concepts]
        return sorted((row for row in found if row[0]), key=lambda row: notation_order(row[0]))

    def mappings(self, scheme: NamedNode) -> Iterator[Mapping]:
        """Yield the asserted mappings of the concepts of *scheme*."""
        table, concepts = self.statements.table, self.concepts(scheme)
        for predicate in MAPPINGS:
            number = table.number(predicate)
            if number is None:
                continue
            rows = table.rows(predicate=number)
            rows = rows[np.isin(table.columns["subject"][rows], concepts)]
            standings = self.statements.standings(rows)
            subjects = table.columns["subject"][rows].tolist()
            objects = table.columns["object"][rows].tolist()
            for concept, target, standing in zip(subjects, objects, standings, strict=True):
                if standing is Standing.INFERRED or target == concept:
                    continue
                if target in table.terms.iris:
                    yield Mapping(concept, predicate, target)

    def targets(self, scheme: NamedNode) -> list[tuple[str, NamedNode, int]]:
        """Return the namespaces that concepts are mapped to, by property, and how many are."""
        counts = Counter(
            (self.namespace(row.target), row.predicate) for row in self.mappings(scheme)
        )
        return [
            (*key, counts[key])
            for key in sorted(counts, key=lambda key: (key[0], MAPPINGS.index(key[1])))
        ]

    def namespace(self, node: int) -> str:
        """Return the IRI of *node* without its last part."""
        iri = self.statements.table.terms.text(node)[1:-1]
        return iri[: max(iri.rstrip("/#").rfind(sign) for sign in "/#:") + 1]

    def _related(self, concept: int, down: NamedNode, up: NamedNode) -> list[int]:
        table = self.statements.table
        number = table.number(up)
        inverse = table.subjects(number, concept) if number is not None else []
        found = {*self._objects(concept, down), *inverse} - {concept}
        return sorted(row for row in found if row in table.terms.iris)

    def _objects(self, subject: int, predicate: NamedNode) -> list[int]:
        number = self.statements.table.number(predicate)
        return self.statements.table.objects(subject, number) if number is not None else []

    def _subjects(self, predicate: NamedNode, object_: NamedNode) -> list[int]:
        table = self.statements.table
        numbers = table.number(predicate), table.number(object_)
        if numbers[0] is None or numbers[1] is None:
            return []
        return [row for row in table.subjects(numbers[0], numbers[1]) if row in table.terms.iris]

    def _columns(self, predicate: NamedNode, column: str) -> list[int]:
        table = self.statements.table
        number = table.number(predicate)
        if number is None:
            return []
        found: list[int] = table.columns[column][table.rows(predicate=number)].tolist()
        return found


def notation_order(notation: str) -> list[tuple[int, int, str]]:
    """Return what to sort notations by: numbers in them count as numbers.

    >>> sorted(["2.10", "2.9", "A1"], key=notation_order)
    ['2.9', '2.10', 'A1']
    """
    parts = re.findall(r"\d+|\D+", notation)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
