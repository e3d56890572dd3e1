"""The worked example of the guide for contributors of knowledge, checked and reasoned over."""

import re
from dataclasses import replace

import pytest
from pyoxigraph import NamedNode, Triple

from knowledge_slice import copy_slice
from partyline.rdf import write_turtle
from partyline.settings import Settings
from partyline.sources import Sources, parse_turtle
from partyline.validation import CheckReport, run_checks
from partyline.vocabulary import PL

THINGS = "https://w3id.org/partyline/id/"


@pytest.fixture(scope="module")
def guide(settings: Settings) -> str:
    return (settings.knowledge.kb / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def example(guide: str) -> str:
    blocks: list[str] = re.findall(r"```turtle\n(.*?)```", guide, re.DOTALL)
    return blocks[0]


@pytest.fixture(scope="module")
def report(
    settings: Settings, sources: Sources, example: str, tmp_path_factory: pytest.TempPathFactory
) -> CheckReport:
    """The part of the built-in knowledge that the example refers to, with the example added."""
    kb = tmp_path_factory.mktemp("guide") / "kb"
    copy_slice(
        sources,
        settings.knowledge.kb,
        ["organisations/khmer-rouge.ttl", "concepts/offices.ttl"],
        kb,
    )
    (kb / "organisations" / "party-of-the-example.ttl").write_text(example, encoding="utf-8")
    return run_checks(replace(settings, knowledge=replace(settings.knowledge, kb=kb)))


def test_the_example_has_no_findings(report: CheckReport) -> None:
    # Others are about files of which there is a part only.
    assert [str(row) for row in report.findings if "example" in str(row)] == []


def test_what_the_guide_says_of_the_example_follows(report: CheckReport) -> None:
    party = NamedNode(THINGS + "organisation/party-of-the-example")
    parent = NamedNode(THINGS + "organisation/khmer-rouge")
    assert Triple(party, PL.splinterOf, parent) in report.inferred


def test_every_block_of_the_example_is_in_the_canonical_form(example: str) -> None:
    document = parse_turtle(example.encode(), "example.ttl")
    written = write_turtle([row.triple for row in document.statements], document.prefixes)
    assert set(example.split("\n\n")[1:]) <= set(
        f"{block}\n" for block in written.split("\n\n")
    ) | (set(written.split("\n\n")))


def test_the_guide_names_only_terms_that_exist(guide: str, settings: Settings) -> None:
    known = "".join(
        file.read_text(encoding="utf-8") for file in settings.knowledge.ontology.glob("*.ttl")
    )
    words = set(re.findall(r"pl:([A-Za-z]+)", guide))
    table = guide.partition("## Which words for what")[2]
    words |= set(re.findall(r"`([a-z][A-Za-z]+)`", table))
    assert len(words) > 60
    missing = {word for word in words if f"\npl:{word}\n" not in known}
    assert missing == set()
