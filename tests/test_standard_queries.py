"""Queries of the standard that the engine alone answers wrongly, or refuses, and their answers."""

import csv
import io
import json
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from partyline.errors import (
    BadQuery,
    EngineBusy,
    NotAcceptable,
    NotSerialisable,
    QueryTimeout,
    TooManyRequests,
)
from partyline.rdf import DATASET_FORMATS, GRAPH_FORMATS, DatasetFormat, GraphFormat
from partyline.settings import Limits
from partyline.sparql import Answer, QueryPool, diagnose
from partyline.sparql.rewriting.group_concat import GroupConcat
from partyline.vocabulary import XSD

JSON, XML, CSV = "application/sparql-results+json", "application/sparql-results+xml", "text/csv"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?p }"


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryPool]:
    """Triples 0 to 299 in the default graph; 0 to 9 in a, 5 to 14 in b, 5 to 7 in c, 50 in d."""
    path = tmp_path_factory.mktemp("standard") / "store"
    store = Store(str(path))
    name = NamedNode("urn:name")
    for i in range(300):
        store.add(Quad(NamedNode(f"urn:{i}"), name, Literal(i)))
    for graph, numbers in (("a", range(10)), ("b", range(5, 15)), ("c", range(5, 8)), ("d", [50])):
        for i in numbers:
            store.add(Quad(NamedNode(f"urn:{i}"), name, Literal(i), NamedNode(f"urn:{graph}")))
    store.flush()
    with QueryPool(path, Limits(query_seconds=5, workers=2), {}, "https://data.example/") as pool:
        yield pool


def put(pool: QueryPool, text: str, rows: str = JSON, **options: list[str]) -> Answer:
    return pool.query(text, rows=rows, graph="text/turtle", **options)  # type: ignore[arg-type]


def values(answer: Answer) -> list[dict[str, str]]:
    bindings = json.loads(b"".join(answer.chunks))["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ('SELECT (GROUP_CONCAT(?x; SEPARATOR="|") AS ?g) { VALUES ?x { 1 2 } }', {"g": "1|2"}),
        (
            'SELECT (GROUP_CONCAT(?x; SEPARATOR="|") AS ?g) { VALUES ?x { <urn:a> <urn:b> } }',
            {"g": "urn:a|urn:b"},
        ),
        (
            'SELECT (GROUP_CONCAT(?x; SEPARATOR=", ") AS ?g) { VALUES ?x { "a" UNDEF "c" } }',
            {"g": "a, c"},
        ),
        ("SELECT (group_concat(distinct ?x) AS ?g) { VALUES ?x { 1 1 'a' } }", {"g": "1 a"}),
        ("SELECT (GROUP_CONCAT(STR(?x + 1)) AS ?g) { VALUES ?x { 1 'a' 2 } }", {"g": "2 3"}),
        ("SELECT (GROUP_CONCAT(?x) AS ?g) { VALUES ?x {} }", {"g": ""}),
        ("SELECT ?x ?x { VALUES ?x { 1 } }", {"x": "1"}),
        ("SELECT ?x { { SELECT DISTINCT ?x ?x { VALUES ?x { 1 1 } } } }", {"x": "1"}),
        (r"SELECT (1 AS ?caf\u00E9) {}", {"café": "1"}),
        (r'SELECT ?x ?x { BIND("\u0041" AS ?\u0078) }', {"x": "A"}),
        (r"\u0053ELECT (1 AS ?x) \U0000007B}", {"x": "1"}),
        (r"PREFIX caf\u00E9: <urn:> SELECT (caf\u00E9:a AS ?x) {}", {"x": "urn:a"}),
        (
            r'SELECT (GROUP_C\u004FNCAT(?x; SEPARATOR="|") AS ?g) { VALUES ?x { 1 2 } }',
            {"g": "1|2"},
        ),
        (r"SELECT (COUNT(*) AS ?n) FR\u004FM <urn:a> FROM <urn:b> { ?s ?p ?o }", {"n": "15"}),
        ("\ufeffSELECT (1 AS ?x) {}", {"x": "1"}),
    ],
)
def test_the_answer_is_that_of_the_standard(
    pool: QueryPool, query: str, row: dict[str, str]
) -> None:
    answer = put(pool, query)
    assert values(answer) == [row]
    assert answer.warnings == ()


def test_a_group_with_one_language_keeps_it() -> None:
    group = GroupConcat(", ", distinct=False)
    for word in ("a", "b"):
        group.accumulate(Literal(word, language="en"))
    assert group.finish() == Literal("a, b", language="en")
    group.accumulate(Literal("c"))
    assert group.finish() == Literal("a, b, c")
    group.accumulate(BlankNode())
    assert group.finish() is None


@pytest.mark.parametrize("rows", [JSON, XML, CSV, "text/tab-separated-values"])
def test_an_aggregate_without_a_value_is_warned_of(pool: QueryPool, rows: str) -> None:
    answer = put(pool, "SELECT (SUM(?x) AS ?sum) { VALUES ?x { 1 UNDEF } }", rows)
    assert len(answer.warnings) == 1
    assert "?sum is unbound in some rows" in answer.warnings[0]
    assert put(pool, "SELECT (SUM(?x) AS ?sum) { VALUES ?x { 1 2 } }", rows).warnings == ()
    assert put(pool, "SELECT ?x { VALUES ?x { 1 UNDEF } }", rows).warnings == ()
    empty = 'SELECT (MIN(?x) AS ?min) (GROUP_CONCAT(?y) AS ?all) { VALUES (?x ?y) { ("" UNDEF) } }'
    assert put(pool, empty, rows).warnings == ()
    escaped = r"SELECT (S\u0055M(?x) AS ?sum) { VALUES ?x { 1 UNDEF } }"
    assert len(put(pool, escaped, rows).warnings) == 1


@pytest.mark.parametrize(
    ("graphs", "count"),
    [("aa", 10), ("ab", 15), ("bc", 10), ("ad", 11), ("abcd", 16), ("cb", 10), ("ax", 10)],
)
def test_the_default_graph_is_the_merge_of_its_graphs(
    pool: QueryPool, graphs: str, count: int
) -> None:
    """SPARQL 1.1, section 13.2.1: each triple once, whether graphs overlap, nest or are apart."""
    clauses = " ".join(f"FROM <urn:{graph}>" for graph in graphs)
    text = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"
    assert values(put(pool, text.format(clauses))) == [{"n": str(count)}]
    iris = [f"urn:{graph}" for graph in graphs]
    assert values(put(pool, text.format(""), default_graphs=iris)) == [{"n": str(count)}]
    named = f"{clauses} FROM NAMED <urn:d>"
    inside = "SELECT (COUNT(*) AS ?n) {} {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert values(put(pool, inside.format(named))) == [{"n": "1"}]


@pytest.mark.parametrize(
    "query",
    [
        "ASK FROM <urn:none> { ?s ?p ?o }",
        "PREFIX u: <urn:> ASK FROM NAMED u:none { ?s ?p ?o }",
        "BASE <urn:y> ASK { GRAPH <urn:none> { ?s ?p ?o } }",
        "ASKFROM<urn:none>{}",
        "ASK { VALUES ?g { <urn:none> } GRAPH ?g { ?s ?p ?o } }",
        "PREFIX u: <urn:> ASK { GRAPH $g { ?s ?p ?o } VALUES (?g) { (u:none) } }",
    ],
)
def test_a_graph_that_does_not_exist_is_warned_of(pool: QueryPool, query: str) -> None:
    assert put(pool, query).warnings == ("the dataset has no triples in the graph <urn:none>",)
    assert put(pool, query.replace("none", "a")).warnings == ()


@pytest.mark.parametrize("row", [*GRAPH_FORMATS, *DATASET_FORMATS], ids=lambda row: row.name)
def test_a_constructed_graph_is_written_as_a_document_is(
    tmp_path: Path, row: GraphFormat | DatasetFormat
) -> None:
    Store(str(tmp_path / "store")).flush()
    prefixes = {"ex": "https://example.org/", "xsd": XSD.iri}
    subject, predicate = (NamedNode(f"https://example.org/{name}") for name in ("a.", "p"))
    triples = [
        Triple(subject, predicate, Literal("01", datatype=XSD.integer)),
        Triple(subject, predicate, Literal("\x7f", language="en")),
        Triple(subject, predicate, subject),
    ]
    expected = (
        row.write(triples, prefixes)
        if isinstance(row, GraphFormat)
        else row.write((Quad(*triple) for triple in triples), prefixes)
    )
    patterns = " . ".join(map(str, triples))
    with QueryPool(tmp_path / "store", Limits(workers=1), prefixes) as pool:

        def construct(template: str) -> bytes:
            text = f"CONSTRUCT {{ {template} }} {{}}"
            return b"".join(pool.query(text, rows=JSON, graph=row.media_type).chunks)

        assert construct(patterns) == expected
        for beyond in ('"x"@ar--rtl', "<<( <urn:a> <urn:b> <urn:c> )>>"):
            with pytest.raises(NotSerialisable, match=r"is RDF 1\.2; RDF 1\.1 is written here"):
                construct(f"{patterns} . <urn:a> <urn:b> {beyond}")


def test_an_unbound_value_of_a_single_column_is_a_field(pool: QueryPool) -> None:
    answer = put(pool, r'SELECT ?x { VALUES ?x { UNDEF "a\n\nb" UNDEF 1 } }', CSV)
    content = b"".join(answer.chunks)
    assert content == b'x\r\n""\r\n"a\n\nb"\r\n""\r\n1\r\n'
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    assert list(rows) == [["x"], [""], ["a\n\nb"], [""], ["1"]]


def test_xml_keeps_line_ends_and_refuses_what_it_cannot_express(pool: QueryPool) -> None:
    content = b"".join(put(pool, r'SELECT ?x { BIND("a\r\n\tb" AS ?x) }', XML).chunks)
    assert b"<literal>a&#13;\n\tb</literal>" in content
    for escape, code in ((r"\u0001", "U+0001"), (r"\uFFFE", r"U\+FFFE"), (r"\u000B", "U+000B")):
        with pytest.raises(NotAcceptable, match=code.replace("U+", r"U\+")):
            put(pool, f'SELECT ?x {{ BIND("{escape}" AS ?x) }}', XML)
    assert put(pool, "ASK {}").whole


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("ASK\u00a0{ }", "line 1, column 4: the character U+00A0 (NO-BREAK SPACE) is not allowed"),
        ("ASK { ?s ?p “x” }", "column 13: the character U+201C (LEFT DOUBLE QUOTATION MARK)"),
        ("ASK\n{ \ufeff}", "line 2, column 3: the character U+FEFF (BYTE ORDER MARK)"),
        ("ASK { ?s ?p 'x }", "line 1, column 13: unclosed string"),
        (r"ASK { ?\u0073 “x” }", "line 1, column 10: the character U+201C"),
    ],
)
def test_an_error_names_the_character(query: str, message: str) -> None:
    assert message in diagnose(query, "error at 1:1: expected x")


def test_a_prefix_that_need_not_be_declared_is_not_blamed(tmp_path: Path) -> None:
    Store(str(tmp_path / "store")).flush()
    with (
        QueryPool(tmp_path / "store", Limits(workers=1), {}, "", {"ex": "urn:"}) as pool,
        pytest.raises(BadQuery, match=r"^line 1, column 15: not SPARQL at or before"),
    ):
        put(pool, "ASK { ?s ex:p }")


def test_queries_run_under_a_hard_limit_of_processor_time(pool: QueryPool, tmp_path: Path) -> None:
    Store(str(tmp_path / "store")).flush()
    program = (
        "from partyline.sparql import query_graph; from pathlib import Path;"
        f"print(query_graph(Path({str(tmp_path / 'store')!r}), 'ASK {{}}'))"
    )

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))

    done = subprocess.run(
        [sys.executable, "-c", program],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_a_client_with_64_long_queries_still_gets_a_quick_one(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"))
    store.extend(Quad(NamedNode(f"urn:{i}"), NamedNode("urn:p"), Literal(i)) for i in range(500))
    store.flush()
    limits = Limits(query_seconds=3, queue_seconds=2)

    def attack(pool: QueryPool, number: int) -> None:
        with suppress(EngineBusy, QueryTimeout, TooManyRequests):
            pool.query(f"{ENDLESS} # {number}", rows=JSON, graph="text/turtle", client="one")

    with QueryPool(tmp_path / "store", replace(limits, client_seconds=600), {}) as pool:
        threads = [threading.Thread(target=attack, args=(pool, number)) for number in range(64)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            answer = pool.query("ASK {}", rows=JSON, graph="text/turtle", client="one")
            assert b"true" in b"".join(answer.chunks)
        for thread in threads:
            thread.join()


# The protocol


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("query=ASK {}&default-graph-uri=&named-graph-uri=&maxrows=", JSON),
        ("query=%EF%BB%BFASK {}", JSON),
        ("query=SELECT (1 AS ?x) {}&format=text/csv", CSV),
        ("query=SELECT (1 AS ?x) {}&output=json", JSON),
        ("query=SELECT (1 AS ?x) {}&format=application/sparql-results+json", JSON),
        ("query=DESCRIBE <urn:x>&format=application/x-trig", "application/trig"),
        ("query=SELECT (1 AS ?x) {}&output=xml", XML),
        ("query=SELECT (1 AS ?x) {}&format=auto", JSON),
        ("query=DESCRIBE <urn:x>&output=json", "application/ld+json"),
    ],
)
def test_a_form_may_have_empty_fields_and_a_format(
    client: FlaskClient, form: str, media_type: str
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
    response = client.post("/sparql", data=form.encode(), headers=headers)
    assert (response.status_code, response.mimetype) == (200, media_type)


def test_a_format_that_does_not_exist_is_406(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "ASK {}", "format": "pdf"})
    assert response.status_code == 406
    assert "text/csv" in response.text


def test_parameters_of_the_address_of_a_form_are_honoured(client: FlaskClient) -> None:
    empty = "https://example.org/none"
    address = f"/sparql?default-graph-uri={empty}"
    response = client.post(address, data={"query": "ASK { ?s ?p ?o }"})
    assert response.get_json(force=True)["boolean"] is False
    assert "has no triples in the graph" in response.headers["Warning"]
    assert client.post("/sparql?query=ASK{}").status_code in (400, 415)
    assert client.post("/sparql?update=x", data={"query": "ASK {}"}).status_code == 400
    assert client.post("/sparql?query=ASK{}", data={"query": "ASK {}"}).status_code == 400


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/plain, */*;q=0.1", "application/n-triples"),
        ("application/x-turtle", "text/turtle"),
        ("text/n3", "text/turtle"),
        ("application/json", "application/ld+json"),
    ],
)
def test_other_names_of_media_types_are_understood(
    client: FlaskClient, accept: str, media_type: str
) -> None:
    query = {"query": "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"}
    for path in ("/sparql", "/doc/organisation/khmer-national-solidarity-party"):
        response = client.get(path, query_string=query, headers={"Accept": accept})
        assert (response.status_code, response.mimetype) == (200, media_type)


def test_a_missing_prefix_is_not_mistaken_for_a_graph(pool: QueryPool) -> None:
    with pytest.raises(BadQuery, match="the prefix u: is not declared"):
        put(pool, "ASK FROM u:none {}")
