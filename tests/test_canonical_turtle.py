"""The canonical form of Turtle: one text for one graph, whatever its blank nodes are called."""

from itertools import pairwise

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from partyline.rdf import DATASET_FORMATS, DatasetFormat, write_turtle
from partyline.rdf.comments import count_comments
from partyline.rdf.nesting import DEEPEST
from partyline.rdf.serialisable import shown
from partyline.rdf.terms import Term
from partyline.vocabulary import RDF
from test_writers import cells, head

EX = "https://example.org/"
A, P, Q = NamedNode(EX + "a"), NamedNode(EX + "p"), NamedNode(EX + "q")


def turtle(triples: list[Triple]) -> str:
    return write_turtle(triples, {"ex": EX})


@pytest.mark.parametrize(("length", "lines"), [(79, 1), (80, 1), (81, 4)])
def test_a_list_is_on_one_line_up_to_80_characters(length: int, lines: int) -> None:
    members: list[object] = [A, Literal("x" * (length - len("ex:a") - 2))]
    written = turtle([Triple(A, P, head("l")), *cells("l", members)])
    (block,) = written.split("\n\n")[1:]
    assert len(block.splitlines()) == 2 + lines


def test_objects_are_ordered_iris_then_literals_by_language_then_blank_nodes() -> None:
    objects: list[Term] = [
        *(A, NamedNode(EX + "b"), Literal("z"), Literal("a", language="en")),
        *(Literal("b", language="en"), Literal("a", language="zu"), BlankNode("n")),
    ]
    triples = [Triple(A, P, object_) for object_ in reversed(objects)]
    triples.append(Triple(BlankNode("n"), P, A))
    written = turtle(triples)
    lines = [line.strip(" ,;") for line in written.splitlines()[4:11]]
    assert lines == ["ex:a", "ex:b", '"z"', '"a"@en', '"b"@en', '"a"@zu', "["]


def test_the_type_comes_first_and_other_predicates_by_their_short_names() -> None:
    a, z = NamedNode("http://a.example/p"), NamedNode("http://z.example/p")
    triples = [Triple(A, predicate, A) for predicate in (a, RDF.type, z)]
    prefixes = {"ex": EX, "second": "http://a.example/", "first": "http://z.example/"}
    lines = write_turtle(triples, prefixes).splitlines()[-4:-1]
    assert lines == ["    a ex:a ;", "    first:p ex:a ;", "    second:p ex:a ;"]


def test_a_prefix_of_nothing_but_the_empty_list_is_not_declared() -> None:
    triples = [Triple(A, P, RDF.nil), Triple(A, P, A)]
    text = write_turtle(triples, {"ex": EX, "rdf": RDF.iri})
    assert text.splitlines()[0] == "@prefix ex: <https://example.org/> ."
    assert "rdf:" not in text
    assert "        () ;" in text


@pytest.mark.parametrize("levels", [0, 1, 6, 11])
def test_blank_nodes_are_ordered_by_what_they_say_and_not_by_their_labels(levels: int) -> None:
    def chain(label: str, end: NamedNode) -> list[Triple]:
        nodes = [BlankNode(f"{label}{level}") for level in range(levels + 1)]
        links = [Triple(one, P, two) for one, two in pairwise(nodes)]
        return [Triple(A, P, nodes[0]), *links, Triple(nodes[-1], Q, end)]

    one, two = NamedNode(EX + "one"), NamedNode(EX + "two")
    written = turtle([*chain("x", one), *chain("y", two)])
    assert written == turtle([*chain("x", two), *chain("y", one)])
    assert written.index("ex:one") < written.index("ex:two")


@pytest.mark.parametrize(
    ("depth", "labels"),
    [(DEEPEST, 0), (DEEPEST + 1, 1), (2 * DEEPEST + 1, 1), (2 * DEEPEST + 2, 2)],
)
def test_a_blank_node_gets_a_label_below_32_levels(depth: int, labels: int) -> None:
    nodes = [BlankNode(f"n{number}") for number in range(depth)]
    links = [Triple(A, P, nodes[0]), *(Triple(one, P, two) for one, two in pairwise(nodes))]
    written = turtle([*links, Triple(nodes[-1], P, A)])
    assert written.count("_:") == 2 * labels


@pytest.mark.parametrize(("length", "cut"), [(198, False), (199, True)])
def test_a_message_shows_a_long_term_cut(length: int, cut: bool) -> None:
    term = NamedNode("urn:" + "x" * (length - len("urn:")))
    assert shown(term) == (f"<{term.value[:199]}…" if cut else f"<{term.value}>")


def test_comments_are_counted_in_a_file_that_is_not_utf8() -> None:
    assert count_comments(b'<urn:a> <urn:b> "\xff # no" . # yes') == 1


@pytest.mark.parametrize("row", DATASET_FORMATS, ids=lambda row: row.extension)
def test_a_dataset_without_quads_is_read_as_none(row: DatasetFormat) -> None:
    written = row.write([], {})
    assert not list(parse(written, RdfFormat.from_extension(row.extension)))
    assert not written or row.name == "JSON-LD"  # which is a document
