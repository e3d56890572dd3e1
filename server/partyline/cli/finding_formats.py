"""Findings as text, JSON, annotations of GitHub Actions, or SARIF."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from partyline.display import visible
from partyline.findings import Finding
from partyline.version import __version__

#: Writes findings; paths that are not absolute are relative to the folder.
Format = Callable[[Sequence[Finding], Path], str]

_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"


def as_text(findings: Sequence[Finding], folder: Path) -> str:
    """Write each finding with its remedy, and how many there are."""
    return "\n".join([*map(str, findings), summary(findings)])


def as_json(findings: Sequence[Finding], folder: Path) -> str:
    """Write a list of objects with the fields of `Finding`."""
    return json.dumps([asdict(row) for row in findings], indent=2)


def as_github(findings: Sequence[Finding], folder: Path) -> str:
    """Write one workflow command a finding, which GitHub Actions shows at its line.

    Files are named from the current folder: run the command in the root of the repository.
    """
    return "\n".join([*(_workflow_command(row, folder) for row in findings), summary(findings)])


def as_sarif(findings: Sequence[Finding], folder: Path) -> str:
    """Write one run of the Static Analysis Results Interchange Format (OASIS SARIF 2.1.0).

    Files are named from the current folder, as code scanning expects of the repository's root.
    """
    codes = sorted({row.code for row in findings})
    driver = {
        "name": "partyline",
        "semanticVersion": __version__,
        "rules": [{"id": code} for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(row, codes.index(row.code), folder) for row in findings],
    }
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


FORMATS: dict[str, Format] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}


def summary(findings: Iterable[Finding]) -> str:
    """Count the findings in a sentence.

    >>> summary([])
    'no findings'
    """
    rows = list(findings)
    errors = sum(row.count for row in rows if row.severity == "error")
    warnings = sum(row.count for row in rows) - errors
    if not rows:
        return "no findings"
    return f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _workflow_command(row: Finding, folder: Path) -> str:
    """Write *row* as `::error file=…,line=…,title=…::message`."""
    place = {"file": _from_here(row.path, folder)}
    if row.line:
        place["line"] = str(row.line)
    place["title"] = row.code
    properties = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in place.items())
    return f"::{row.severity} {properties}::{_escaped(_message(row))}"


def _escaped(value: str, also: str = "") -> str:
    """Percent-encode what would end a workflow command: %, line ends, and *also* in properties."""
    for character in "%\r\n" + also:
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def _sarif_result(row: Finding, rule_index: int, folder: Path) -> dict[str, Any]:
    path = _from_here(row.path, folder)
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(path)}}
    if row.line:
        physical["region"] = {"startLine": row.line}
    return {
        "ruleId": row.code,
        "ruleIndex": rule_index,
        "level": str(row.severity),
        "message": {"text": _message(row)},
        "locations": [{"physicalLocation": physical}],
        "occurrenceCount": row.count,
    }


def _message(row: Finding) -> str:
    lines = [row.message, *row.details]
    if row.remedy:
        lines.append(f"remedy: {row.remedy}")
    return visible("\n".join(lines))


def _from_here(path: str, folder: Path) -> str:
    """Return *path*, which is relative to *folder*, from the current folder, with slashes."""
    return Path(os.path.relpath(folder / path)).as_posix()
