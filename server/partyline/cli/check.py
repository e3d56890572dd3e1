"""Check the sources: syntax, dates, shapes and contradictions, all findings at once."""

import argparse
import json
from dataclasses import asdict

from partyline.cli.given_sources import add_sources_argument, with_given_sources
from partyline.cli.progress import progress
from partyline.findings import Finding
from partyline.settings import Settings
from partyline.validation import run_checks

EXAMPLE = "partyline check --settings other.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_sources_argument(parser)
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the findings; return 1 if one of them would stop a build."""
    settings, _ = with_given_sources(options.sources, settings)
    with progress() as step:
        report = run_checks(settings, progress=step)
    if options.json:
        print(json.dumps([asdict(row) for row in report.findings], indent=2))
    else:
        for finding in report.findings:
            print(finding)
        print(summary(report.findings))
    return 1 if report.violations else 0


def summary(findings: tuple[Finding, ...]) -> str:
    """Count the findings in a sentence."""
    errors = sum(row.count for row in findings if row.severity == "error")
    warnings = sum(row.count for row in findings) - errors
    if not findings:
        return "no findings"
    return f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
