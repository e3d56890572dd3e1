"""The shapes of the built-in ontology, each with a thing that violates it and nothing else."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from partyline.findings import Finding, Severity
from partyline.settings import Settings
from partyline.validation import CheckReport, run_checks

VIOLATIONS = Path(__file__).parent / "data" / "violations.ttl"


@pytest.fixture(scope="module")
def report(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> CheckReport:
    folder = tmp_path_factory.mktemp("kb")
    (folder / VIOLATIONS.name).write_bytes(VIOLATIONS.read_bytes())
    knowledge = replace(settings.knowledge, kb=folder)
    return run_checks(replace(settings, knowledge=knowledge))


def codes(settings: Settings) -> set[str]:
    """The codes of all checks, which their messages begin with."""
    shapes = settings.knowledge.shapes
    assert shapes is not None
    text = "".join(file.read_text(encoding="utf-8") for file in shapes.glob("*.ttl"))
    return set(re.findall(r'sh:message "([a-z-]+): ', text))


def test_each_thing_violates_the_check_that_it_is_named_for_and_no_other(
    report: CheckReport,
) -> None:
    found: dict[int, set[str]] = {}
    for finding in report.findings:
        found.setdefault(finding.line, set()).add(finding.code)
    for document in report.sources.kb:
        for statement in document.statements:
            subject = statement.triple.subject
            if isinstance(subject, NamedNode):
                slug = re.sub(r"-\d+\Z", "", subject.value.rpartition("/")[2])
                wanted = set() if slug.startswith("fine") else {slug}
                assert found.get(statement.origin.line, set()) == wanted, subject


def test_every_check_has_a_thing_that_violates_it(report: CheckReport, settings: Settings) -> None:
    known = codes(settings)
    assert len(known) > 50
    assert {finding.code for finding in report.findings} == known


def test_every_finding_says_what_would_be_right(report: CheckReport) -> None:
    assert all(finding.remedy for finding in report.findings)


def test_a_doubt_is_a_warning_and_stops_nothing(report: CheckReport) -> None:
    def weight(finding: Finding) -> Severity:
        return Severity.WARNING if finding.code == "left-after-end" else Severity.VIOLATION

    assert all(finding.severity is weight(finding) for finding in report.findings)
