"""The conformance targets need public test suites, which do not live in this repository."""

from pathlib import Path

import pytest

#: A file of each suite, and where to get it.
_OWL = (
    "owl2/all.rdf",
    "get all.rdf of the W3C OWL 2 test cases into owl2/ (it is in the repository owlcs/owlapi,"
    " contract/src/test/resources) and call make conformance SUITES=FOLDER",
)
_SPARQL = (
    "rdf-tests/sparql/sparql11/manifest-all.ttl",
    "get the repository w3c/rdf-tests into rdf-tests/ and call make conformance-sparql"
    " SUITES=FOLDER",
)
_SHACL = (
    "data-shapes/data-shapes-test-suite/tests/manifest.ttl",
    "get the repository w3c/data-shapes into data-shapes/ and call make conformance-shacl"
    " SUITES=FOLDER",
)
_RECONCILIATION = (
    "reconciliation/0.2/schemas/manifest.json",
    "get the folder 0.2 of the repository reconciliation-api/specs into reconciliation/ and call"
    " make conformance-reconciliation SUITES=FOLDER",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--suites", default="", help="folder of the public test suites")


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("--suites")
    arguments = str(config.args)
    named = {"sparql.py": _SPARQL, "shacl.py": _SHACL, "reconciliation.py": _RECONCILIATION}
    needed, remedy = next((row for name, row in named.items() if name in arguments), _OWL)
    if not folder or not (Path(folder) / needed).is_file():
        raise pytest.UsageError(f"no {needed} in {folder or 'SUITES'}: {remedy}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the W3C cases of each kind; those beyond the rules are among the ones that pass."""
    kinds: dict[str, list[bool]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            kind, colon, _ = report.nodeid.partition("[")[2].partition(":")
            if colon:
                kinds.setdefault(kind, []).append(outcome == "passed")
    for kind, passed in sorted(kinds.items()):
        terminalreporter.write_line(f"{kind}: as expected {sum(passed)} of {len(passed)}")
