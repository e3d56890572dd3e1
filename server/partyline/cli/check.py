"""Check the sources: syntax, dates, shapes and contradictions, all findings at once."""

import argparse
from dataclasses import replace

from partyline.cli.finding_formats import FORMATS
from partyline.cli.options.given_sources import add_sources_argument, with_given_sources
from partyline.cli.progress import progress
from partyline.settings import Settings
from partyline.validation import CheckReport, run_checks

EXAMPLE = "partyline check --format github"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_sources_argument(parser)
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help="text (default), json, github: annotations of GitHub Actions, or sarif: SARIF 2.1.0",
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the findings; return 1 if one of them would stop a build."""
    settings, _ = with_given_sources(options.sources, settings)
    with progress() as step:
        report = run_checks(settings, progress=step)
        # Files that are given are a part of what the releases hold.
        if not options.sources and settings.releases.is_dir():
            step("compare with the release")
            report = _compared(report, settings)
    print(FORMATS[options.format](report.findings, settings.path.parent))
    return 1 if report.violations else 0


def _compared(report: CheckReport, settings: Settings) -> CheckReport:
    """Return *report* with what is wrong with the IRIs that earlier releases have published."""
    # Here and not above: who has no releases would wait for it.
    from partyline.releases import lost_iri_findings

    findings = (*report.findings, *lost_iri_findings(report, settings))
    return replace(report, findings=findings)
