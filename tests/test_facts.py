"""The facts that were gathered and read again: each has a node that says it, or a reason."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from partyline.releases import Release
from partyline.settings import Settings
from partyline.sources import read_turtle
from partyline.vocabulary import PL

FOLDER = Path(__file__).parent / "data" / "facts"
#: Of a statement that is not simply followed.
MARKS = {PL[name] for name in ("Disputed", "Rejected", "Tentative", "Unverified")}


@pytest.fixture(scope="module")
def facts() -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for file in sorted(FOLDER.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            found += csv.DictReader(rows)
    return found


def test_each_fact_was_confirmed_corrected_marked_or_left_out_with_a_reason(
    facts: list[dict[str, str]],
) -> None:
    verdicts = Counter(row["verdict"] for row in facts)
    assert set(verdicts) <= {"confirmed", "corrected", "marked", "left-out"}
    assert all(row["note"] for row in facts if row["verdict"] == "left-out")
    assert {f"F{number:03}" for number in range(1, 487)} <= {row["fact"] for row in facts}


def test_each_fact_has_a_node_that_is_described(
    facts: list[dict[str, str]], release: Release
) -> None:
    store = release.open_store()
    for row in facts:
        if row["verdict"] != "left-out":
            node = NamedNode(row["node"])
            assert next(store.quads_for_pattern(node, None, None, None), None), row


def test_what_is_marked_says_so(facts: list[dict[str, str]], release: Release) -> None:
    """By its own standing, or by claims about it that contradict one another."""
    store = release.open_store()
    for row in facts:
        if row["verdict"] == "marked":
            node = NamedNode(row["node"])
            standings = {quad.object for quad in store.quads_for_pattern(node, PL.status, None)}
            claims = list(store.quads_for_pattern(None, PL.claimAbout, node))
            contested = list(store.quads_for_pattern(node, PL.contradicts, None))
            assert standings & MARKS or claims or contested, row


def test_what_is_disputed_or_unverified_says_why(settings: Settings) -> None:
    note = "http://www.w3.org/2004/02/skos/core#editorialNote"
    withheld, explained = set(), set()
    for file in settings.knowledge.kb.rglob("*.ttl"):
        for statement in read_turtle(file).statements:
            subject, predicate, object_ = statement.triple
            if predicate == PL.status and object_ in (PL.Disputed, PL.Unverified):
                withheld.add(subject)
            if predicate == NamedNode(note) or predicate == PL.contradicts:
                explained.add(subject)
    assert len(withheld) > 20
    assert withheld - explained == set()
