"""All sides of what is disputed about a resource, each with its words, sources and reserve.

A conflict is what the declarations of pages say of claims (docs/reference/pages.md): values of one
property of one matter, or claims that contradict one another; or statements of a release that
contradict its ontology. No side is ever left out of a conflict.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pyoxigraph import NamedNode

from partyline.publishing.agents.records import passage_record, resource_record, value_record
from partyline.publishing.publication import Publication
from partyline.publishing.statements import Standing
from partyline.vocabulary import VIEW

#: Places in the list of ranks up to which a claim is one of those that are relied upon.
_RELIED = 2
FOLLOWED, DISPUTED = "followed", "disputed"
Conflict = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Finds the conflicts of one release."""

    publication: Publication

    def about(self, nodes: Iterable[NamedNode]) -> list[Callable[[], Conflict]]:
        """Return what writes each conflict that one of *nodes* has a part in, each once.

        A node is a claim, or something that claims are about.
        """
        found: dict[str, Callable[[], Conflict]] = {}
        for node in nodes:
            number = self.publication.statements.table.number(node)
            if number is not None:
                for key, write in self._of(number):
                    found.setdefault(key, write)
            for place, row in enumerate(self.publication.contradictions.rows):
                if node.value in row.concerned:
                    found.setdefault(f"inconsistency {place}", partial(self._inconsistency, place))
        return [*found.values()]

    def _of(self, node: int) -> Iterator[tuple[str, Callable[[], Conflict]]]:
        reader = self.publication.reader
        claims = reader.with_role(node, VIEW.matter)
        own = [node] if claims else []
        for matter in dict.fromkeys(own + reader.role(node, VIEW.matter)):
            yield from self._values(matter)
        for claim in (node, *claims):
            members = self._opposed(claim)
            if len(members) > 1:
                yield f"contradiction {members[0]}", partial(self._contradiction, members)

    # Values of one property

    def _values(self, matter: int) -> Iterator[tuple[str, Callable[[], Conflict]]]:
        """Yield each property of *matter* of which something else is claimed than is followed."""
        reader = self.publication.reader
        claims: dict[int | None, list[int]] = {}
        for claim in reader.with_role(matter, VIEW.matter):
            property_ = next(iter(reader.role(claim, VIEW.claimedProperty)), None)
            claims.setdefault(property_, []).append(claim)
        for property_, rows in claims.items():
            followed = self._followed(matter, property_)
            values = {self._value(claim) for claim in rows} - {None}
            weak = any(self._rank(claim) >= _RELIED for claim in rows)
            if len(values.union(followed)) > 1 or weak:
                key = f"values {matter} {property_}"
                yield key, partial(self._disagreement, matter, property_, rows, followed)

    def _disagreement(
        self, matter: int, property_: int | None, claims: Sequence[int], followed: Sequence[int]
    ) -> Conflict:
        sides = [self._side(claim, followed) for claim in sorted(claims, key=self._order)]
        claimed = {self._value(claim) for claim in claims}
        for value in followed:
            if value not in claimed:  # followed, and no claim says it
                sides.insert(0, self._stated(matter, value))
        return {
            "kind": "values",
            "about": self._resource(matter),
            "property": None if property_ is None else self._resource(property_),
            "sides": sides,
        }

    def _followed(self, matter: int, property_: int | None) -> list[int]:
        if property_ is None:
            return []
        statements = self.publication.statements
        return [
            int(statements.table.columns["object"][row])
            for row in statements.table.rows(matter, property_).tolist()
            if statements.standing(row) is Standing.ASSERTED
        ]

    # Claims that contradict one another

    def _opposed(self, claim: int) -> list[int]:
        """Return *claim* and all that it contradicts, and these contradict, and so on."""
        found, new = {claim}, [claim]
        while new:
            others = self.publication.reader.role(new.pop(), VIEW.contradicting)
            new += [row for row in others if row not in found]
            found.update(others)
        return sorted(found)

    def _contradiction(self, claims: Sequence[int]) -> Conflict:
        reader = self.publication.reader
        sides = []
        for claim in sorted(claims, key=self._order):
            matter = next(iter(reader.role(claim, VIEW.matter)), None)
            property_ = next(iter(reader.role(claim, VIEW.claimedProperty)), None)
            followed = [] if matter is None else self._followed(matter, property_)
            against = map(reader.walks.term, reader.role(claim, VIEW.contradicting))
            sides.append(
                {
                    **self._side(claim, followed),
                    "about": None if matter is None else self._resource(matter),
                    "contradicts": [row.value for row in against if isinstance(row, NamedNode)],
                }
            )
        return {"kind": "contradiction", "sides": sides}

    # Sides

    def _side(self, claim: int, followed: Sequence[int]) -> dict[str, Any]:
        reader, value = self.publication.reader, self._value(claim)
        rank = next(iter(reader.role(claim, VIEW.rank)), None)
        is_followed = value in followed if followed else self._rank(claim) < _RELIED
        return {
            "claim": self._resource(claim),
            "value": None if value is None else value_record(self.publication, value),
            "standing": FOLLOWED if is_followed else DISPUTED,
            "rank": None if rank is None else reader.text(rank).text,
            "hedges": [reader.text(row).text for row in reader.role(claim, VIEW.manner)],
            "reason": " ".join(row.text for row in reader.texts(claim, VIEW.reason)),
            "passages": self._passages(claim),
        }

    def _stated(self, matter: int, value: int) -> dict[str, Any]:
        return {
            "claim": None,
            "value": value_record(self.publication, value),
            "standing": FOLLOWED,
            "rank": None,
            "hedges": [],
            "reason": " ".join(
                row.text for row in self.publication.reader.texts(matter, VIEW.reason)
            ),
            "passages": self._passages(matter),
        }

    def _passages(self, node: int) -> list[dict[str, Any]]:
        found = self.publication.reader.role(node, VIEW.evidence)
        return [passage_record(self.publication, passage) for passage in found]

    def _resource(self, node: int) -> dict[str, Any]:
        return resource_record(self.publication, node)

    def _value(self, claim: int) -> int | None:
        reader = self.publication.reader
        found = reader.role(claim, VIEW.claimedObject) or reader.role(claim, VIEW.claimedValue)
        return next(iter(found), None)

    def _rank(self, claim: int) -> int:
        """Return the place of the rank of *claim*, the best first; of one without, one behind."""
        reader = self.publication.reader
        ranks = [reader.walks.number(node) for node in reader.plan.role(VIEW.rank.value).listed]
        found = reader.role(claim, VIEW.rank)
        return ranks.index(found[0]) if found and found[0] in ranks else len(ranks)

    def _order(self, claim: int) -> tuple[int, int]:
        return self._rank(claim), claim

    # Contradictions of statements

    def _inconsistency(self, place: int) -> Conflict:
        row, statements = self.publication.contradictions.rows[place], self.publication.statements
        sides = [
            {
                "statement": str(found.triple),
                "standing": found.standing.value,
                "origins": list(map(str, statements.table.origins(found.row))),
            }
            for one in row.statements
            for found in statements.match(
                one.triple.subject, one.triple.predicate, one.triple.object
            )
        ]
        return {"kind": "inconsistency", "message": row.message, "sides": sides}
