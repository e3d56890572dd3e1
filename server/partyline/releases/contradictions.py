"""The contradictions of a release as a file of it, in JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import RdfFormat, Triple, parse

from partyline.validation import Contradiction


@dataclass(frozen=True, slots=True)
class WithheldOrNot:
    """An asserted statement that takes part in a contradiction."""

    triple: Triple
    #: Whether it is excluded from reasoning.
    withheld: bool


@dataclass(frozen=True, slots=True)
class PublishedContradiction:
    """Asserted statements that contradict each other, as a release holds them."""

    #: Name of the rule of OWL 2 RL that concludes ``false``.
    rule: str
    message: str
    remedy: str
    #: IRIs of the resources that the message is about.
    resources: tuple[str, ...]
    statements: tuple[WithheldOrNot, ...]

    @property
    def concerned(self) -> frozenset[str]:
        """Return the IRIs of the resources on whose pages it is shown."""
        subjects = (row.triple.subject for row in self.statements if row.withheld)
        return frozenset((*self.resources, *(getattr(node, "value", "") for node in subjects)))


@dataclass(frozen=True, slots=True)
class Contradictions:
    """All contradictions of a release; it has none unless its settings allow them."""

    rows: tuple[PublishedContradiction, ...] = ()
    #: False where excluding fewer statements from reasoning might do.
    is_smallest: bool = True

    @property
    def withheld(self) -> int:
        """Return the number of statements that are excluded from reasoning."""
        return len({one.triple for row in self.rows for one in row.statements if one.withheld})


def contradictions_json(contradictions: Iterable[Contradiction], is_smallest: bool) -> str:
    """Return the text of the file; statements are N-Triples, with every place that asserts them."""
    rows = [
        {
            "rule": row.rule,
            "message": row.message,
            "remedy": row.remedy,
            "resources": row.resources,
            "statements": [
                {
                    "statement": f"{one.triple.subject} {one.triple.predicate}"
                    f" {one.triple.object} .",
                    "origins": one.origins,
                    "withheld": one.withheld,
                }
                for one in row.statements
            ],
        }
        for row in contradictions
    ]
    content = {"smallest": is_smallest, "contradictions": rows}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read_contradictions(text: str) -> Contradictions:
    """Read what `contradictions_json` wrote. Raises ValueError or KeyError for anything else."""
    content = json.loads(text)
    rows = tuple(
        PublishedContradiction(
            rule=row["rule"],
            message=row["message"],
            remedy=row["remedy"],
            resources=tuple(row["resources"]),
            statements=tuple(_statements(row["statements"])),
        )
        for row in content["contradictions"]
    )
    return Contradictions(rows, bool(content["smallest"]))


def _statements(rows: Sequence[Mapping[str, Any]]) -> Iterator[WithheldOrNot]:
    for row in rows:
        (quad,) = parse(row["statement"], RdfFormat.N_TRIPLES)
        yield WithheldOrNot(quad.triple, bool(row["withheld"]))
