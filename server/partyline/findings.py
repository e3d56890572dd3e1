"""Findings: what is wrong in the sources, where, and how to fix it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from partyline.display import visible


class Severity(StrEnum):
    """How much a finding weighs: only a violation stops a build."""

    VIOLATION = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in the sources: where it is, what it is, and what would be right.

    >>> print(Finding("kb/people.ttl", 7, "prp-rng", "not a person", "give it a type"))
    kb/people.ttl:7: error: not a person [prp-rng]
        remedy: give it a type
    """

    path: str
    line: int
    code: str
    message: str
    remedy: str = ""
    severity: Severity = Severity.VIOLATION
    #: Further lines that belong to the finding, such as the premises of a contradiction.
    details: tuple[str, ...] = ()
    #: How many findings this one stands for.
    count: int = 1

    def __str__(self) -> str:
        # What was computed, or is in no file, has no line.
        place = f"{self.path}:{self.line}" if self.line else self.path
        lines = [f"{place}: {self.severity}: {self.message} [{self.code}]"]
        lines += [f"    {detail}" for detail in self.details]
        if self.remedy:
            lines.append(f"    remedy: {self.remedy}")
        return visible("\n".join(lines))


#: Findings of one kind that are listed; what more there are is counted.
_LISTED = 20


def condensed(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return *findings* with at most 20 of each code; one more counts the rest.

    >>> many = [Finding("kb/a.ttl", line, "iri", "not valid") for line in range(1, 1000)]
    >>> print(condensed(many)[-1])
    kb/a.ttl:21: error: and 979 more findings with this code, in 1 file [iri]
    """
    kept: list[Finding] = []
    seen: dict[tuple[str, Severity], int] = {}
    more: dict[tuple[str, Severity], list[Finding]] = {}
    for row in findings:
        kind = (row.code, row.severity)
        seen[kind] = seen.get(kind, 0) + 1
        (kept if seen[kind] <= _LISTED else more.setdefault(kind, [])).append(row)
    return (*kept, *(_counted(rows) for rows in more.values()))


def _counted(rows: list[Finding]) -> Finding:
    first, files = rows[0], len({row.path for row in rows})
    if len(rows) == 1:
        return first
    message = f"and {len(rows)} more findings with this code, in {files} file{'s' * (files > 1)}"
    return Finding(
        *(first.path, first.line, first.code, message),
        severity=first.severity,
        count=sum(row.count for row in rows),
    )
