"""Answers as values: of Python, of a terminal, of a notebook, and as frames between processes."""

import csv
import io
import json
import socket
import time
from datetime import UTC, date, datetime
from datetime import time as clock
from decimal import Decimal

import pytest
import rdflib
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from partyline.rdf.curies import PrefixMap
from partyline.sparql import GraphResult, Solutions, render_table, write_csv
from partyline.sparql.data_frames import column, python_value, text
from partyline.sparql.rendering import Term, show
from partyline.sparql.results import read_graph, read_results
from partyline.sparql.workers.byte_filters import byte_filter
from partyline.sparql.workers.wire_protocol import (
    AnswerEnd,
    AnswerHead,
    Channel,
    Chunk,
    Kind,
    QueryRequest,
)
from partyline.vocabulary import XSD

# Values of Python


@pytest.mark.parametrize(
    ("lexical", "datatype", "value"),
    [
        ("007", "integer", 7),
        ("-1", "byte", -1),
        ("9223372036854775807", "integer", 2**63 - 1),
        ("9223372036854775808", "integer", "9223372036854775808"),
        ("-9223372036854775808", "integer", -(2**63)),
        ("-9223372036854775809", "integer", "-9223372036854775809"),
        ("1.50", "decimal", Decimal("1.50")),
        ("1e3", "double", 1000.0),
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("TRUE", "boolean", "TRUE"),
        ("1997-04-05", "date", date(1997, 4, 5)),
        ("12:30:00", "time", clock(12, 30)),
        ("1997-04-05T12:30:00+00:00", "dateTime", datetime(1997, 4, 5, 12, 30, tzinfo=UTC)),
        ("-0044-03-15", "date", "-0044-03-15"),
        ("x", "string", "x"),
        ("7", "gYear", "7"),
    ],
)
def test_a_literal_has_the_value_that_python_has_for_it(
    lexical: str, datatype: str, value: object
) -> None:
    found = python_value(Literal(lexical, datatype=XSD[datatype]))
    assert (found, type(found)) == (value, type(value))


def test_other_terms_are_text() -> None:
    terms: list[Term] = [NamedNode("urn:a"), BlankNode("b"), Literal("c", language="en")]
    assert [python_value(term) for term in terms] == ["urn:a", "_:b", "c"]
    assert [text(term) for term in terms] == ["urn:a", "_:b", "c"]


@pytest.mark.parametrize(
    ("terms", "values"),
    [
        ([Literal(1), None, Literal(2)], [1, None, 2]),
        ([Literal(1), Literal("1.5", datatype=XSD.decimal)], [Decimal(1), Decimal("1.5")]),
        ([Literal(1), None, Literal(0.5)], [1.0, None, 0.5]),
        ([Literal("1.5", datatype=XSD.decimal), Literal(0.5)], [1.5, 0.5]),
        ([Literal(True), Literal(1)], ["true", "1"]),
        ([Literal("01", datatype=XSD.integer), None, Literal("x")], ["01", None, "x"]),
        ([None, None], [None, None]),
    ],
)
def test_a_column_has_values_of_one_type(terms: list[Term | None], values: list[object]) -> None:
    found = column(terms)
    assert found == values
    assert list(map(type, found)) == list(map(type, values))


# For a terminal and a notebook


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    rows = [{"a": Literal("漢字"), "b": Literal(1)}, {"a": Literal("e\u0301"), "b": Literal(2)}]
    assert render_table(("a", "b"), rows, {}).splitlines() == [
        *("a     b", "────  ─", "漢字  1", "e\u0301     2", "(2 rows)")
    ]
    joined = [{"a": Literal("x\u200dy"), "b": Literal("z\u20dd")}]
    assert render_table(("a", "b"), joined, {}).splitlines()[1] == "──  ─"


@pytest.mark.parametrize(
    ("term", "shown"),
    [
        (Literal("a\x1b[2J\u202eb"), "a\\u001B[2J\\u202Eb"),
        (Literal(" a \n b ", language="en"), "a b @en"),
        (Literal("7", datatype=XSD.integer), "7"),
        (BlankNode("b"), "_:b"),
        (NamedNode("https://example.org/a"), "ex:a"),
        (NamedNode("https://example.com/a"), "<https://example.com/a>"),
    ],
)
def test_a_term_is_shown_in_short_on_one_line(term: Term, shown: str) -> None:
    assert show(term, PrefixMap({"ex": "https://example.org/"})) == shown


@pytest.mark.parametrize(
    ("count", "note"),
    [(0, "0 rows"), (1, "1 row"), (100, "100 rows"), (101, "101 rows, the first 100 shown")],
)
def test_a_notebook_shows_a_hundred_rows(count: int, note: str) -> None:
    html = Solutions(("x", "y"), tuple({"x": Literal(i)} for i in range(count)))._repr_html_()
    assert html.startswith("<table><thead><tr><th>x</th><th>y</th></tr></thead><tbody>")
    assert html.endswith(f"</tbody></table><p>{note}</p>")
    assert html.count("<tr><td>") == min(count, 100)
    assert ("<tr><td>99</td><td></td></tr>" in html) == (count > 99)


@pytest.mark.parametrize(
    ("count", "note"),
    [(3, "3 triples"), (100, "100 triples"), (101, "101 triples, 100 of them shown")],
)
def test_a_notebook_shows_a_hundred_triples(count: int, note: str) -> None:
    nodes = [NamedNode(f"https://example.org/{i}") for i in range(count)]
    graph = GraphResult(tuple(Triple(node, node, node) for node in nodes))
    html = graph._repr_html_()
    assert html.startswith("<pre>&lt;https://example.org/")
    assert html.endswith(f"</pre><p>{note}</p>")
    assert html.count("/0&gt;") == 3


def test_a_graph_for_rdflib_has_the_prefixes() -> None:
    content = b"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> <urn:c> .\n"
    result = read_graph(content, {"mine": "urn:"})
    assert len(result) == 1
    graph = result.to_rdflib()
    assert dict(graph.namespaces())["mine"] == rdflib.URIRef("urn:")


def test_solutions_keep_the_prefixes_that_they_are_read_with() -> None:
    content = b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'
    assert read_results(content, {"ex": "urn:"}) == Solutions(("x",), (), {"ex": "urn:"})


# Bytes on their way


def test_only_xml_is_changed_on_its_way() -> None:
    assert byte_filter("text/tab-separated-values")(b"a\r") == b"a\r"
    assert byte_filter("application/sparql-results+xml")(b"a\r") == b"a&#13;"


def test_csv_quotes_what_would_shift_or_lose_a_field() -> None:
    """An address with a comma among them, which the engine's own writer does not quote."""
    content = json.dumps(
        {
            "head": {"vars": ["x", "y"]},
            "results": {
                "bindings": [
                    {
                        "x": {"type": "uri", "value": "https://example.org/Paris,_Texas"},
                        "y": {"type": "literal", "value": 'a "b"\r\n,'},
                    },
                    {"x": {"type": "bnode", "value": "b1"}},
                    {},
                ]
            },
        }
    )
    rows = parse_query_results(content, QueryResultsFormat.JSON)
    assert isinstance(rows, QuerySolutions)
    written = io.BytesIO()
    write_csv(rows, written)
    assert list(csv.reader(io.StringIO(written.getvalue().decode(), newline=""))) == [
        ["x", "y"],
        ["https://example.org/Paris,_Texas", 'a "b"\r\n,'],
        ["_:b1", ""],
        ["", ""],
    ]


# Frames


def test_what_is_packed_is_unpacked() -> None:
    request = QueryRequest("ASK {}", "a/b", "c/d", ("urn:a",), ("urn:b", "urn:c"), 2.5)
    assert QueryRequest.unpack(request.pack()) == request
    for head in (AnswerHead("text/turtle"), AnswerHead("text/csv", ("one", "two"))):
        assert AnswerHead.unpack(head.pack()) == head
    for end in (AnswerEnd(True), AnswerEnd(False, ("one", "two"))):
        assert AnswerEnd.unpack(end.pack()) == end
    for chunk in (Chunk(b"", 0), Chunk(b"\x00abc", 1 << 40)):
        assert Chunk.unpack(chunk.pack()) == chunk


def test_frames_arrive_whole_and_in_order_however_their_bytes_are_cut() -> None:
    ours, theirs = socket.socketpair()
    sender, receiver = Channel(ours), Channel(theirs)
    sender.hold(Kind.HEAD, b"head")
    sender.hold(Kind.DATA)
    with pytest.raises(TimeoutError):  # what is held is not sent
        receiver.receive(time.monotonic() + 0.05)
    sender.send(Kind.END, b"x" * 5)
    kinds = [receiver.receive(time.monotonic() + 5) for _ in range(3)]
    assert kinds == [(Kind.HEAD, b"head"), (Kind.DATA, b""), (Kind.END, b"xxxxx")]

    parts = json.dumps(["y"] * 9).encode()
    frame = bytes([Kind.DATA]) + len(parts).to_bytes(4, "big") + parts
    for cut in (3, 20):
        ours.sendall(frame[:cut])
        with pytest.raises(TimeoutError):
            receiver.receive(time.monotonic() + 0.05)
        ours.sendall(frame[cut:])
        assert receiver.receive(time.monotonic() + 5) == (Kind.DATA, parts)
    with pytest.raises(TimeoutError):
        receiver.receive(time.monotonic() - 1)
    sender.close()
    with pytest.raises(EOFError):
        receiver.receive()
    receiver.close()
