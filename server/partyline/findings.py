"""Findings: what is wrong in the sources, where, and how to fix it."""

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

    def __str__(self) -> str:
        # What was computed, or stands in no file, has no line.
        place = f"{self.path}:{self.line}" if self.line else self.path
        lines = [f"{place}: {self.severity}: {self.message} [{self.code}]"]
        lines += [f"    {detail}" for detail in self.details]
        if self.remedy:
            lines.append(f"    remedy: {self.remedy}")
        return visible("\n".join(lines))
