"""Resources with very many statements: what a document and a list hold, and whether they say so."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from partyline.dataset import TableBuilder
from partyline.publishing.class_index import ClassIndex
from partyline.publishing.documents.description import describe
from partyline.publishing.pages.class_listing import listing
from partyline.publishing.statements import Statements
from partyline.releases import GRAPHS
from partyline.vocabulary import RDF
from test_publishing import publish

BASE = "https://example.org/"
A, P, KIND = NamedNode(BASE + "a"), NamedNode(BASE + "p"), NamedNode(BASE + "Kind")


def nodes(count: int) -> list[NamedNode]:
    return [NamedNode(f"{BASE}id/{number}") for number in range(count)]


def statements(rows: list[tuple[NamedNode, NamedNode, NamedNode]]) -> Statements:
    builder = TableBuilder(tuple(GRAPHS))
    builder.add_all((Triple(*row) for row in rows), "accepted")
    return Statements(builder.table())


@pytest.mark.parametrize(("count", "complete"), [(4999, True), (5000, True), (5001, False)])
def test_a_document_holds_5000_statements_about_its_subject(count: int, complete: bool) -> None:
    found = describe(statements([(A, P, node) for node in nodes(count)]), A)
    assert (len(found.about), found.complete) == (min(count, 5000), complete)


@pytest.mark.parametrize(("count", "complete"), [(999, True), (1000, True), (1001, False)])
def test_a_document_holds_1000_incoming_links(count: int, complete: bool) -> None:
    found = describe(statements([(node, P, A) for node in nodes(count)]), A)
    assert (len(found.incoming), found.complete) == (min(count, 1000), complete)


@pytest.mark.parametrize(("count", "complete"), [(24, True), (25, True), (26, False)])
def test_a_document_of_a_property_shows_25_uses(count: int, complete: bool) -> None:
    found = describe(statements([(node, P, A) for node in nodes(count)]), P)
    assert (len(found.uses), found.complete) == (min(count, 25), complete)


@pytest.mark.parametrize(("count", "pages"), [(500, 1), (501, 2), (6001, 13)])
def test_a_list_of_a_class_has_all_members_in_order(
    ensembles: Path, count: int, pages: int
) -> None:
    members = statements([(node, RDF.type, KIND) for node in nodes(count)])
    music = publish(ensembles)
    labels = replace(music.presenter.labels, statements=members)
    links = replace(music.presenter.links, statements=members, labels=labels)
    presenter = replace(music.presenter, statements=members, labels=labels, links=links)
    index = ClassIndex(members, labels)

    listed = [listing(presenter, index, KIND, page + 1) for page in range(pages)]

    assert {(row.total, row.pages) for row in listed} == {(count, pages)}
    iris = [member.link.iri for row in listed for member in row.members]
    assert sorted(iris) == sorted(node.value for node in nodes(count))
    names = [member.link.name.order for row in listed for member in row.members]
    assert names == sorted(names)
