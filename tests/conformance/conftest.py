"""The conformance targets need public test suites, which do not live in this repository."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--suites", default="", help="folder of the public test suites")


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("--suites")
    if not folder or not (Path(folder) / "owl2" / "all.rdf").is_file():
        raise pytest.UsageError(
            f"no test suites in {folder or 'SUITES'}: get all.rdf of the W3C OWL 2 test cases"
            " into owl2/ (it is in the repository owlcs/owlapi, contract/src/test/resources)"
            " and call make conformance SUITES=FOLDER"
        )
