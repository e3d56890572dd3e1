"""RDF lists, well-formed and malformed."""

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.rdf.lists import MalformedList, list_cells, list_members
from partyline.rdf.terms import Term
from partyline.reasoning import materialise
from partyline.vocabulary import OWL, RDF

Cells = dict[tuple[Term, NamedNode], list[Term]]


def cells(members: list[Term], end: Term = RDF.nil) -> tuple[Term, Cells]:
    """Return the head and the cells of a list of *members*."""
    nodes: list[Term] = [BlankNode(f"c{number}") for number in range(len(members))]
    table: Cells = {}
    for node, member, rest in zip(nodes, members, [*nodes[1:], end], strict=True):
        table[node, RDF.first] = [member]
        table[node, RDF.rest] = [rest]
    return (nodes or [end])[0], table


def read(head: Term, table: Cells) -> list[Term]:
    return list_members(head, lambda cell, name: table.get((cell, name), []))


def test_members_come_in_order_and_as_often_as_they_are_there() -> None:
    members: list[Term] = [Literal(2), Literal(1), Literal(2)]
    assert read(*cells(members)) == members


def test_the_empty_list_has_no_members() -> None:
    assert read(RDF.nil, {}) == []


def test_twenty_thousand_members_are_read() -> None:
    members: list[Term] = [Literal(number) for number in range(20_000)]
    assert read(*cells(members)) == members


def test_cells_come_with_their_members() -> None:
    head, table = cells([Literal(7)])
    assert list_cells(head, lambda cell, name: table.get((cell, name), [])) == [(head, Literal(7))]


def test_a_circular_list_is_reported_with_what_was_read() -> None:
    head, table = cells([Literal(1), Literal(2)], end=BlankNode("c0"))
    with pytest.raises(MalformedList, match="circular") as caught:
        read(head, table)
    assert caught.value.cell == head
    assert caught.value.members == [Literal(1), Literal(2)]


@pytest.mark.parametrize("name", [RDF.first, RDF.rest])
@pytest.mark.parametrize(("values", "said"), [([], "no"), ([Literal(1), Literal(2)], "2")])
def test_a_cell_with_too_much_or_too_little_is_reported(
    name: NamedNode, values: list[Term], said: str
) -> None:
    head, table = cells([Literal(1)])
    table[head, name] = values
    property_ = name.value.rpartition("#")[2]
    with pytest.raises(MalformedList, match=f"has {said} rdf:{property_}; it must have one"):
        read(head, table)


def test_a_list_that_ends_elsewhere_than_in_nil_is_malformed() -> None:
    with pytest.raises(MalformedList, match="no rdf:first"):
        read(*cells([Literal(1)], end=NamedNode("https://example.org/nowhere")))


def test_a_cell_is_not_published_with_another_name_of_its_member() -> None:
    """That E and F are the same says `cell rdf:first F`; two members are not a list."""
    ex = "https://example.org/"
    cell, a, p, e, f = BlankNode("c"), *(NamedNode(ex + name) for name in "apef")
    triples = {
        *(Triple(a, p, cell), Triple(cell, RDF.first, e), Triple(cell, RDF.rest, RDF.nil)),
        Triple(e, OWL.sameAs, f),
    }
    inferred = materialise(triples).inferred
    assert Triple(f, OWL.sameAs, e) in inferred
    assert not [row for row in inferred if row.subject == cell]
