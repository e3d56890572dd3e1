"""The answer to a query, as a table for people."""

import pytest
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QueryTriples,
    RdfFormat,
    Store,
    parse,
)

from partyline.dataset import TripleSequence, TripleSet
from partyline.errors import EngineError
from partyline.rdf.curies import PrefixMap
from partyline.sparql import GraphResult, Solutions, read_results, render_table
from partyline.sparql.rendering import Term, show

PREFIXES = {"ex": "https://example.org/", "person": "https://example.org/person/"}


def as_json(query: str) -> bytes:
    results = Store().query(query)
    assert not isinstance(results, QueryTriples)
    return results.serialize(format=QueryResultsFormat.JSON) or b""


def test_terms_come_back_as_they_were() -> None:
    table = read_results(as_json('SELECT * { VALUES (?a ?b) { (<a:a> "01"@en-GB) (UNDEF 7) } }'))

    assert table == Solutions(
        ("a", "b"),
        (
            {"a": NamedNode("a:a"), "b": Literal("01", language="en-gb")},
            {"b": Literal(7)},
        ),
    )


@pytest.mark.parametrize(("query", "answer"), [("ASK {}", True), ("ASK { ?s ?p ?o }", False)])
def test_the_answer_to_ask_is_yes_or_no(query: str, answer: bool) -> None:
    assert read_results(as_json(query)) is answer


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"{}", b'{"head":{"vars":["a"]},"results":{"bind', b"\xff"]
)
def test_what_is_not_a_result_is_an_error_of_the_engine(content: bytes) -> None:
    with pytest.raises(EngineError, match="invalid SPARQL results in JSON"):
        read_results(content)


def test_columns_are_aligned_and_terms_are_brief() -> None:
    rows: tuple[dict[str, Term], ...] = (
        {"name": Literal("Anna\n  Horn", language="de"), "who": NamedNode(PREFIXES["ex"] + "a")},
        {"name": Literal("B"), "who": BlankNode("b")},
        {"who": NamedNode("https://elsewhere.example/")},
    )
    assert render_table(("name", "who"), rows, PREFIXES).splitlines() == [
        "name           who",
        "─────────────  ────────────────────────────",
        "Anna Horn @de  ex:a",
        "B              _:b",
        "               <https://elsewhere.example/>",
        "(3 rows)",
    ]


def test_a_table_without_rows_has_its_head() -> None:
    assert render_table(("a",), (), {}) == "a\n─\n(0 rows)\n"
    assert render_table((), (), {}) == "\n\n(0 rows)\n"


def test_signs_that_take_no_room_are_not_counted() -> None:
    rows = ({"a": Literal("ខ្មែ"), "b": Literal("x")}, {"a": Literal("abc"), "b": Literal("y")})
    lines = render_table(("a", "b"), rows, {}).splitlines()
    assert lines[3] == "abc  y"


def test_the_longest_prefix_shortens_an_iri() -> None:
    assert show(NamedNode("https://example.org/person/anna"), PrefixMap(PREFIXES)) == "person:anna"
    assert show(NamedNode("https://example.org/work"), PrefixMap(PREFIXES)) == "ex:work"


def test_frames_of_many_triples_have_in_each_row_what_its_triple_has() -> None:
    text = '<a:s> <a:p> "x"@en , 7 , <a:o> . <a:t> <a:p> 7 ; <a:q> <a:o> , "x"@en .'
    triples = TripleSet.of(quad.triple for quad in parse(text, format=RdfFormat.TURTLE))
    graph = GraphResult(TripleSequence.in_order(triples))
    columns = graph.columns()
    assert [*zip(columns["subject"], columns["object"], strict=True)] == [
        *(("a:s", "7"), ("a:s", "x"), ("a:s", "a:o"), ("a:t", "7"), ("a:t", "x"), ("a:t", "a:o"))
    ]
    assert graph.to_polars().to_dict(as_series=False) == columns
    assert graph.to_arrow().to_pydict() == columns
    pandas = graph.to_pandas().astype(object)
    assert pandas.where(pandas.notna(), None).to_dict("list") == columns
