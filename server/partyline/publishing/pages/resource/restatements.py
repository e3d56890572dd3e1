"""Which statements say anew what others say: in another direction, or more generally."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from partyline.dataset import Table
from partyline.publishing.statements import Standing, Statements
from partyline.vocabulary import OWL, RDF, RDFS, SKOS

#: A property, and whether it leads the other way.
Direction = tuple[int, bool]


#: Symmetric properties of OWL itself, of which no ontology says so.
_SYMMETRIC = (
    *(OWL.sameAs, OWL.differentFrom, OWL.disjointWith, OWL.propertyDisjointWith),
    *(OWL.equivalentClass, OWL.equivalentProperty, OWL.inverseOf),
)
#: Properties of OWL and of SKOS, with those that entail them (SKOS Reference, sections 8 and 10).
_KNOWN: Mapping[NamedNode, tuple[tuple[NamedNode, bool], ...]] = {
    **{row: ((row, True),) for row in _SYMMETRIC},
    SKOS.broader: ((SKOS.narrower, True), (SKOS.broadMatch, False)),
    SKOS.narrower: ((SKOS.broader, True), (SKOS.narrowMatch, False)),
    SKOS.related: ((SKOS.related, True), (SKOS.relatedMatch, False)),
    SKOS.broaderTransitive: ((SKOS.narrowerTransitive, True), (SKOS.broader, False)),
    SKOS.narrowerTransitive: ((SKOS.broaderTransitive, True), (SKOS.narrower, False)),
    SKOS.semanticRelation: tuple(
        (SKOS[name], False)
        for name in ("broaderTransitive", "narrowerTransitive", "related", "mappingRelation")
    ),
    SKOS.mappingRelation: tuple(
        (SKOS[f"{name}Match"], False) for name in ("close", "broad", "narrow", "related")
    ),
    SKOS.closeMatch: ((SKOS.closeMatch, True), (SKOS.exactMatch, False)),
    SKOS.exactMatch: ((SKOS.exactMatch, True),),
    SKOS.relatedMatch: ((SKOS.relatedMatch, True),),
    SKOS.broadMatch: ((SKOS.narrowMatch, True),),
    SKOS.narrowMatch: ((SKOS.broadMatch, True),),
    SKOS.inScheme: ((SKOS.topConceptOf, False),),
    SKOS.topConceptOf: ((SKOS.hasTopConcept, True),),
    SKOS.hasTopConcept: ((SKOS.topConceptOf, True),),
}


@dataclass(frozen=True)
class Restatements:
    """Properties whose statements entail those of another property, by the axioms of a release.

    The axioms are those of ``rdfs:subPropertyOf``, ``owl:equivalentProperty``, ``owl:inverseOf``
    and ``owl:SymmetricProperty``: each concludes from one statement about the same two terms. Those
    of OWL and SKOS themselves are known: most data come without them.
    """

    statements: Statements
    _implied: dict[int, tuple[Direction, ...]] = field(default_factory=dict)

    def is_restated(self, subject: int, predicate: int, object_: int) -> bool:
        """Tell whether a statement about the same two terms, asserted or disputed, says as much."""
        table = self.statements.table
        for other, inverse in self.implying(predicate):
            ends = (object_, subject) if inverse else (subject, object_)
            row = table.row_of(ends[0], other, ends[1])
            if row is not None and self.statements.standing(row) is not Standing.INFERRED:
                return True
        return False

    def implying(self, predicate: int) -> tuple[Direction, ...]:
        """Return the properties whose statements entail those of *predicate*, itself excluded."""
        if predicate not in self._implied:
            self._implied[predicate] = self._closure(predicate)
        return self._implied[predicate]

    def is_above(self, upper: int, lower: int, *, inverse: bool = False) -> bool:
        """Tell whether *lower* entails *upper*; with *inverse*, in the other direction."""
        return (lower, inverse) in self.implying(upper)

    def _closure(self, predicate: int) -> tuple[Direction, ...]:
        found: dict[Direction, None] = {(predicate, False): None}
        waiting = [(predicate, False)]
        while waiting:
            here, inverse = waiting.pop()
            for other, turned in self._direct(here):
                direction = (other, inverse != turned)
                if direction not in found:
                    found[direction] = None
                    waiting.append(direction)
        del found[predicate, False]
        return tuple(found)

    def _direct(self, predicate: int) -> list[Direction]:
        table = self.statements.table
        same = [
            *self._subjects(RDFS.subPropertyOf, predicate),
            *self._subjects(OWL.equivalentProperty, predicate),
            *self._objects(predicate, OWL.equivalentProperty),
        ]
        turned = [
            *self._subjects(OWL.inverseOf, predicate),
            *self._objects(predicate, OWL.inverseOf),
        ]
        symmetric = _number(table, OWL.SymmetricProperty)
        if symmetric is not None and symmetric in self._objects(predicate, RDF.type):
            turned.append(predicate)
        return [
            *self._known(predicate),
            *((row, False) for row in same),
            *((row, True) for row in turned),
        ]

    def _known(self, predicate: int) -> list[Direction]:
        term = self.statements.table.terms.term(predicate)
        if not isinstance(term, NamedNode) or term not in _KNOWN:
            return []
        found = ((self.statements.table.number(other), turned) for other, turned in _KNOWN[term])
        return [(number, turned) for number, turned in found if number is not None]

    def _objects(self, subject: int, predicate: NamedNode) -> list[int]:
        number = _number(self.statements.table, predicate)
        return [] if number is None else self.statements.table.objects(subject, number)

    def _subjects(self, predicate: NamedNode, object_: int) -> list[int]:
        number = _number(self.statements.table, predicate)
        return [] if number is None else self.statements.table.subjects(number, object_)


def _number(table: Table, node: NamedNode) -> int | None:
    return table.number(node)
