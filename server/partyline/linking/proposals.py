"""Proposals of links: what an endpoint answers, scored as candidates of a reconciliation are."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from pyoxigraph import Literal, NamedNode

from partyline.linking.names import Wanted
from partyline.linking.options import OTHER_LABELS
from partyline.publishing.reconciliation import (
    Candidate,
    Comparison,
    EntityReference,
    Path,
    Properties,
    is_acronym,
    is_same_name,
)
from partyline.publishing.statements import Term
from partyline.search import folded, similarity

#: What a name counts less for that is another name than the label, on either side.
_OTHER_NAME = 0.005
#: What remains of the confidence where no property agrees, where the name has several bearers, and
#: of an acronym alone.
_NAME_ALONE, _SEVERAL, _ACRONYM = 0.9, 0.8, 0.6
#: Values of a property of ours that are compared.
_MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A resource of the target, by one of the names that were looked for."""

    item: NamedNode
    property: str
    name: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A link that somebody has to look at."""

    subject: str
    label: str
    target: str
    target_label: str
    #: The name that both have.
    name: str
    confidence: float
    #: What speaks for it and against it, in words.
    reasons: str


@dataclass(frozen=True)
class Scoring:
    """Compares our resources with those that were found."""

    comparison: Comparison
    properties: Properties
    #: The paths from our resources to the values that are compared, each with its name.
    paths: Sequence[Path] = ()

    def proposals(
        self,
        wanted: Sequence[Wanted],
        found: Sequence[Found],
        values: Sequence[Mapping[NamedNode, Sequence[Term]]],
        labels: Mapping[NamedNode, str],
    ) -> Iterator[Proposal]:
        """Yield a proposal for each pair with the same name, the most likely first.

        *values* are those of the target for each of the paths, by resource; *labels* its labels.
        """
        by_name: dict[str, list[Found]] = defaultdict(list)
        for row in found:
            by_name[folded(row.name)].append(row)
        pairs = {
            (row.node, candidate.node): (row, candidate)
            for row in wanted
            for candidate in self._candidates(row, by_name, values)
        }
        ours = Counter(target for (_, target), (_, row) in pairs.items() if not row.contradicted)
        theirs = Counter(node for (node, _), (_, row) in pairs.items() if not row.contradicted)
        rows = [
            self._proposal(row, candidate, theirs[row.node], ours[candidate.node], labels)
            for row, candidate in pairs.values()
        ]
        yield from sorted(rows, key=lambda row: (row.subject, -row.confidence, row.target))

    def _candidates(
        self,
        row: Wanted,
        by_name: Mapping[str, Sequence[Found]],
        values: Sequence[Mapping[NamedNode, Sequence[Term]]],
    ) -> Iterator[Candidate]:
        best: dict[NamedNode, Candidate] = {}
        looked_for = {folded(literal.value) for literal in row.literals}
        for form in looked_for:
            for found in by_name.get(form, ()):
                candidate = self._candidate(row, found)
                before = best.get(found.item)
                if before is None or candidate.likeness > before.likeness:
                    best[found.item] = candidate
        for candidate in best.values():
            likenesses = tuple(
                self._likeness(row.number, path, rows.get(candidate.node, ()))
                for path, rows in zip(self.paths, values, strict=True)
            )
            yield replace(candidate, properties=likenesses)

    def _candidate(self, row: Wanted, found: Found) -> Candidate:
        likeness = max(similarity(folded(name), folded(found.name)) for name in row.names)
        if folded(row.names[0]) != folded(found.name):
            likeness -= _OTHER_NAME
        if found.property in OTHER_LABELS:
            likeness -= _OTHER_NAME
        same = any(is_same_name(found.name, name) for name in row.names)
        return Candidate(found.item, row.number, likeness, found.name, same_name=same)

    def _likeness(self, number: int, path: Path, values: Sequence[Term]) -> float | None:
        """Return how much a value of *path* is like one of *values*; None without any.

        An IRI of theirs says nothing about a literal of ours.
        """
        term = self.properties.publication.statements.table.terms.term
        best: float | None = None
        for own, _ in islice(self.properties.values(number, path), _MOST_VALUES):
            is_literal = isinstance(term(own), Literal)
            for value in map(_value, values):
                if value is not None and not (is_literal and isinstance(value, EntityReference)):
                    best = max(best or 0.0, self.comparison.likeness(value, own))
        return best

    def _proposal(
        self,
        row: Wanted,
        candidate: Candidate,
        theirs: int,
        ours: int,
        labels: Mapping[NamedNode, str],
    ) -> Proposal:
        """Return the proposal of *candidate*; *theirs* and *ours* are the bearers of the name."""
        confidence, reasons = candidate.score / 100, []
        for path, likeness in zip(self.paths, candidate.properties, strict=True):
            if likeness is not None:
                reasons.append(f"{self.properties.name(path)}: {likeness:.2f}")
        if not candidate.confirmed:
            confidence *= _NAME_ALONE
        if theirs > 1:
            confidence *= _SEVERAL
            reasons.append(f"one of {theirs} with this name there")
        if ours > 1:
            confidence *= _SEVERAL
            reasons.append(f"{ours} have this name here")
        if is_acronym(candidate.found_by) and not candidate.confirmed:
            confidence *= _ACRONYM
            reasons.append("an acronym alone")
        return Proposal(
            subject=row.node.value,
            label=row.names[0],
            target=candidate.node.value,
            target_label=labels.get(candidate.node, candidate.found_by),
            name=candidate.found_by,
            confidence=round(confidence, 3),
            reasons="; ".join(reasons),
        )


def _value(term: Term) -> str | EntityReference | None:
    if isinstance(term, Literal):
        return term.value
    return EntityReference(term.value) if isinstance(term, NamedNode) else None
