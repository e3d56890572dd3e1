"""Queries and their results: candidates in order, each with its score and what that is made of."""

from collections.abc import Sequence
from dataclasses import replace

from pyoxigraph import NamedNode

from partyline.publishing.external_links import IDENTITY
from partyline.publishing.publication import Publication
from partyline.publishing.reconciliation.candidates import Candidate, is_safe
from partyline.publishing.reconciliation.comparison import Comparison
from partyline.publishing.reconciliation.entities import Entities
from partyline.publishing.reconciliation.paths import Path, Properties
from partyline.publishing.reconciliation.queries import Constraint, Query
from partyline.publishing.reconciliation.retrieval import Retrieval
from partyline.search import folded
from partyline.vocabulary import RDF

#: Candidates whose properties are compared, the best by name.
_COMPARED = 60
#: Values of a property that are compared.
_MOST_VALUES = 200


class Reconciler:
    """Answers queries from a publication."""

    def __init__(self, publication: Publication) -> None:
        self._table = publication.statements.table
        self.entities = Entities(publication)
        self.properties = Properties(publication, self.entities)
        self._comparison = Comparison(publication, self.entities)
        self._retrieval = Retrieval(publication, self.entities, self._comparison)

    def answer(self, query: Query) -> list[dict[str, object]]:
        """Return the result of *query* as JSON has it (section 4.2). Raises BadQuery."""
        found = self.candidates(query)
        is_sure = bool(found) and is_safe(query, found)
        return [
            self._written(query, row, match=is_sure and place == 0)
            for place, row in enumerate(found[: query.limit])
        ]

    def candidates(self, query: Query) -> list[Candidate]:
        """Return the candidates for *query*, best first. Raises BadQuery."""
        constraints = [(self.properties.path(row.property), row) for row in query.constraints]
        if query.text:
            found = self._retrieval.by_name(query.text)
        else:
            found = self._retrieval.by_properties(constraints)
        types = [None if row is None else self._table.number(row) for row in self._types(query)]
        typed = [replace(row, fits_type=self._fits(row, types, query.strictness)) for row in found]
        if query.strictness != "should":
            typed = [row for row in typed if row.fits_type]
        typed.sort(key=lambda row: -row.score)
        # Namesakes are compared however many there are: they decide whether a match is safe.
        compared = [
            self._compared(row, constraints)
            for place, row in enumerate(typed)
            if place < _COMPARED or row.same_name
        ]
        return sorted(compared, key=self._order)

    def _types(self, query: Query) -> list[NamedNode | None]:
        return [self.entities.iri(row) for row in query.types]

    def _order(self, row: Candidate) -> tuple[float, int, int, str]:
        """Sort by score; of equal ones, that with most incoming links is first."""
        incoming = self._table.count(object_=row.number)
        return -row.score, -incoming, len(row.found_by), row.node.value

    def _fits(self, row: Candidate, types: Sequence[int | None], strictness: str) -> bool:
        """Tell whether *row* is of one of *types*, or of all if they are to be."""
        if not types:
            return True
        type_ = self._table.number(RDF.type)
        if type_ is None:
            return False
        has = (
            number is not None and self._table.row_of(row.number, type_, number) is not None
            for number in types
        )
        return all(has) if strictness == "all" else any(has)

    def _compared(
        self, row: Candidate, constraints: Sequence[tuple[Path, Constraint]]
    ) -> Candidate:
        found = tuple(self._likeness(row.number, *pair) for pair in constraints)
        identified = row.identified or any(
            likeness == 1.0 and len(path.steps) == 1 and path.steps[0].property in IDENTITY
            for likeness, (path, _) in zip(found, constraints, strict=True)
        )
        return replace(row, identified=identified, properties=found)

    def _likeness(self, number: int, path: Path, constraint: Constraint) -> float | None:
        """Return how much the best value is like one of *constraint*; None without a value.

        The values of a dispute count: the client may have any of its sides.
        """
        best: float | None = None
        for place, (value, _) in enumerate(self.properties.values(number, path)):
            if best == 1.0 or place >= _MOST_VALUES:
                break
            for wanted in constraint.values:
                best = max(best or 0.0, self._comparison.likeness(wanted, value))
        return best

    def _written(self, query: Query, row: Candidate, *, match: bool) -> dict[str, object]:
        return {
            **self.described(row),
            "type": self.entities.type_objects(row.node),
            "score": row.score,
            "features": _features(query, row),
            "match": match,
        }

    def described(self, row: Candidate) -> dict[str, object]:
        """Return identifier and name of *row*, and what tells it from namesakes.

        That are its kinds, its date, and the name by which it was found.
        """
        link = self.entities.link(row.node)
        parts = [", ".join(kind.name.text for kind in self.entities.types(row.node)), link.note]
        if row.found_by and folded(row.found_by) != folded(link.name.text):
            parts.append(row.found_by)
        found: dict[str, object] = {"id": link.iri, "name": link.name.text}
        description = " · ".join(filter(None, parts))
        return {**found, "description": description} if description else found


def _features(query: Query, row: Candidate) -> list[dict[str, object]]:
    """Return what the score is made of."""
    features: list[dict[str, object]] = []
    if query.text:
        features.append({"id": "name", "value": round(row.likeness, 3)})
    if query.types:
        features.append({"id": "type", "value": row.fits_type})
    for constraint, value in zip(query.constraints, row.properties, strict=True):
        if value is not None:
            identifier = f"property:{constraint.property}"
            features.append({"id": identifier, "value": round(value, 3)})
    return features
