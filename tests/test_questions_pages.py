"""The questions: their list, their pages and forms, their answers as data, their description."""

import csv
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pyarrow.parquet
import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from partyline.publishing import TableView, bar_chart
from partyline.publishing.pages.query_results import Cell
from partyline.publishing.pages.view_models import Words
from partyline.releases import BarChart, Release, read_questions
from partyline.settings import Settings
from partyline.vocabulary import RDF, SDO, SH, VOID, XSD
from sampling import some_of

BASE = "https://w3id.org/partyline/"
HTML = {"Accept": "text/html"}
QUESTIONS = sorted(Path("ontology/questions").glob("*.rq"))
LEADERS = "/questions/leaders-on-a-day"


def test_the_questions_are_listed_by_theme(client: FlaskClient) -> None:
    text = client.get("/questions/", headers=HTML).text
    for question in QUESTIONS:
        assert f'href="/questions/{question.stem}"' in text
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", text)
    assert headings[0] == "Departures"
    assert headings[-1] == "About any dataset"


def test_the_home_page_and_the_sitemap_lead_to_the_questions(client: FlaskClient) -> None:
    home = client.get("/", headers=HTML).text
    assert 'href="/questions/">' in home
    assert re.search(r'href="/questions/[a-z-]+">', home)
    assert f"{BASE}questions/members</loc>" in client.get("/sitemap-1.xml").text


@pytest.mark.parametrize("question", some_of(QUESTIONS, 6), ids=lambda path: path.stem)
def test_a_question_has_the_answer_that_stands_beside_it(
    client: FlaskClient, question: Path
) -> None:
    response = client.get(f"/questions/{question.stem}.csv")
    assert response.mimetype == "text/csv"
    expected = question.with_suffix(".csv").read_text(encoding="utf-8")
    assert sorted(csv.reader(io.StringIO(response.text))) == sorted(
        csv.reader(io.StringIO(expected))
    )


@pytest.mark.parametrize(
    ("accept", "extension", "media_type"),
    [
        ("*/*", "srj", "application/sparql-results+json"),
        ("application/json", "json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "srx", "application/sparql-results+xml"),
        ("text/csv", "csv", "text/csv"),
        ("text/tab-separated-values", "tsv", "text/tab-separated-values"),
        ("application/vnd.apache.parquet", "parquet", "application/vnd.apache.parquet"),
        ("text/html,*/*;q=0.1", "html", "text/html"),
    ],
)
def test_the_format_is_chosen_by_accept_and_by_extension(
    client: FlaskClient, accept: str, extension: str, media_type: str
) -> None:
    negotiated = client.get(LEADERS, headers={"Accept": accept})
    named = client.get(f"{LEADERS}.{extension}")
    assert negotiated.mimetype == named.mimetype == media_type
    if extension != "html":  # a page names its own address
        assert negotiated.data == named.data
    assert "Accept" in negotiated.vary
    tag = negotiated.headers["ETag"]
    again = client.get(LEADERS, headers={"Accept": accept, "If-None-Match": tag})
    assert again.status_code == 304


def test_a_format_that_there_is_not_is_refused(client: FlaskClient) -> None:
    assert client.get(LEADERS, headers={"Accept": "image/png"}).status_code == 406
    refused = client.get(f"{LEADERS}.pdf")
    assert refused.status_code == 404
    assert ".csv" in refused.text
    assert client.get("/questions/no-such-question").status_code == 404


def test_parquet_has_the_rows_of_the_answer(client: FlaskClient) -> None:
    content = client.get("/questions/governments.parquet").data
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    rows = json.loads(client.get("/questions/governments.json").text)
    assert table.column_names == rows["head"]["vars"]
    assert table.num_rows == len(rows["results"]["bindings"])


def test_an_answer_is_for_the_values_of_the_address(client: FlaskClient) -> None:
    """By a prefixed name, by an IRI, and by a name that one person alone has."""
    answers = {
        client.get(f"/questions/lives.csv?person={quote(person)}").text
        for person in ("person:hun-sen", f"{BASE}id/person/hun-sen", "hun sen")
    }
    assert len(answers) == 1
    assert answers != {client.get("/questions/lives.csv").text}
    page = client.get("/questions/lives?person=Hun+Sen", headers=HTML).text
    assert 'value="person:hun-sen"' in page
    assert 'href="/questions/lives?person=person:hun-sen"' in page
    assert "VALUES ?person { &lt;https://w3id.org/partyline/id/person/hun-sen&gt; }" in page


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (f"{LEADERS}.csv?day=1990", "a day, such as 1993-05-23"),
        (f"{LEADERS}.csv?dya=1990-01-01", "has no parameter dya; it has day, line"),
        (f"{LEADERS}.csv?line=person:hun-sen", "is a member of another class"),
        (f"{LEADERS}.csv?line=organisation:nothing-of-this-name", "is not in this release"),
        (f"{LEADERS}.csv?line=Nothing+of+this+name", "the IRI, or the prefixed name"),
        (f"{LEADERS}.csv?line=BP+2", "the IRI, or the prefixed name"),
        (f"{LEADERS}.csv?day=1990-01-01&day=1991-01-01", "has 2 values; write one"),
        (f"{LEADERS}.csv?line={'x' * 3000}", "longer than 2000 characters"),
    ],
)
def test_a_wrong_value_is_400_with_what_is_expected(
    client: FlaskClient, address: str, expected: str
) -> None:
    response = client.get(address, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert expected in json.loads(response.text)["detail"]


def test_a_name_of_several_resources_is_refused_with_all_of_them(client: FlaskClient) -> None:
    rows = json.loads(client.get("/questions/ambiguous-names.json").text)["results"]["bindings"]
    name = rows[0]["name"]["value"]
    response = client.get(f"/questions/names?organisation={quote(name)}")
    assert response.status_code == 400
    assert "resources: organisation:" in response.text


def test_a_page_keeps_a_wrong_value_and_says_what_is_expected(client: FlaskClient) -> None:
    response = client.get(f"{LEADERS}?day=yesterday", headers=HTML)
    assert response.status_code == 400
    assert 'role="alert"' in response.text
    assert 'value="yesterday"' in response.text
    assert "a day, such as 1993-05-23" in response.text


def test_nothing_found_is_said(client: FlaskClient) -> None:
    response = client.get(f"{LEADERS}?day=1066-10-14", headers=HTML)
    assert response.status_code == 200
    assert "Nothing was found" in response.text


def test_a_long_answer_has_pages(client: FlaskClient) -> None:
    longest = max(QUESTIONS, key=lambda row: row.with_suffix(".csv").read_text().count("\n"))
    total = longest.with_suffix(".csv").read_text(encoding="utf-8").count("\n") - 1
    assert total > 100
    path = f"/questions/{longest.stem}"
    shown, number = 0, 1
    address: str | None = path
    while address:
        text = client.get(address.replace("&amp;", "&"), headers=HTML).text
        shown += len(re.findall(r"<tr><td>", text))
        following = re.search(r'href="([^"]+)" rel="next"', text)
        address = following[1] if following else None
        number += 1
    assert number - 1 == -(-total // 100)
    assert shown >= total
    assert client.get(f"{path}?page={number}", headers=HTML).status_code == 400
    assert client.get(f"{path}?page=0", headers=HTML).status_code == 400


def test_the_questions_are_published_as_examples_of_queries(
    client: FlaskClient, settings: Settings
) -> None:
    response = client.get("/.well-known/sparql-examples", headers={"Accept": "text/turtle"})
    assert response.headers["Content-Location"] == "/.well-known/sparql-examples.ttl"
    triples = {row.triple for row in parse(response.data, RdfFormat.TURTLE)}
    objects = {(row.subject, row.predicate): row.object for row in triples}
    executable = {
        row.subject
        for row in triples
        if row.predicate == RDF.type and row.object == SH.SPARQLExecutable
    }
    questions = read_questions(settings.knowledge.questions)
    assert {f"{BASE}questions/{row.name}" for row in questions} < {
        row.value for row in executable if isinstance(row, NamedNode)
    }
    for question in questions:
        node = NamedNode(f"{BASE}questions/{question.name}")
        assert objects[node, SH.select] == Literal(question.text)
        assert objects[node, SDO.target] == NamedNode(f"{BASE}sparql")
        for row in question.parameters:
            parameter = NamedNode(f"{node.value}#{row.name}")
            assert objects[parameter, SH.name] == Literal(row.name)
            assert (
                (parameter, SH.datatype) in objects
                or (parameter, SH["class"]) in objects
                or (objects[parameter, SH.nodeKind] == SH.IRI)
            )
    dataset = client.get("/dataset.ttl").text
    assert "/.well-known/sparql-examples" in dataset


def test_the_questions_are_a_named_graph_of_the_release(
    client: FlaskClient, release: Release
) -> None:
    graph = NamedNode(f"{BASE}graph/questions")
    found = {row.triple for row in release.open_store().quads_for_pattern(None, None, None, graph)}
    file = client.get("/dumps/graph/questions.nt")
    assert canonical(parse(file.data, RdfFormat.N_TRIPLES)) == canonical(found)
    assert len(found) == release.manifest.questions > 500

    prefix = f"PREFIX sh: <{SH.iri}>"
    names = f"{prefix} SELECT ?name {{ GRAPH {graph} {{ ?question sh:parameter/sh:name ?name }} }}"
    assert "day" in client.get("/sparql.csv", query_string={"query": names}).text.split()
    outside = prefix + " ASK { ?question a sh:SPARQLExecutable }"
    answer = client.get("/sparql.srj", query_string={"query": outside}).json
    assert answer is not None
    assert answer["boolean"] is False
    void = {row.triple for row in parse(client.get("/dataset.nt").data, RdfFormat.N_TRIPLES)}
    size = Literal(str(len(found)), datatype=XSD.integer)
    assert {
        Triple(NamedNode(f"{BASE}dataset"), VOID.subset, graph),
        Triple(graph, VOID.triples, size),
    } <= void
    assert client.get("/graph/questions").status_code == 303


def test_a_question_is_in_the_language_of_the_page_where_it_is_translated(
    client: FlaskClient, settings: Settings
) -> None:
    for question in read_questions(settings.knowledge.questions):
        french = question.in_language("fr-CA")
        assert (french.language, french.text) == ("fr-CA", question.text)
        assert french.title != question.title
        assert bool(french.prose) == bool(question.prose)
        assert len(french.themes) == len(question.themes) == 1
        for row, own in zip(french.parameters, question.parameters, strict=True):
            assert row.description != own.description
        assert question.in_language("km") is question
    listed = client.get("/fr/questions/", headers=HTML).text
    assert "Quels noms courts appartiennent à plus d’une organisation" in listed
    assert ">Filiation</h2>" in listed
    assert not re.search(r'<h2[^>]*><span lang|<a href="/fr/questions/[^"]+"><span lang', listed)
    page = client.get("/fr/questions/leaders-on-a-day", headers=HTML).text
    assert "<h1>Quelles organisations d’une lignée" in page
    assert '<label for="day">un jour</label>' in page
    described = client.get("/.well-known/sparql-examples.ttl").text
    assert "Quels noms courts" in described
    assert "Which short names" in described


def canonical(triples: Iterable[Triple | Quad]) -> set[Quad]:
    dataset = Dataset(Quad(row.subject, row.predicate, row.object) for row in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def test_suggestions_for_a_field_are_of_its_class_and_name_terms(client: FlaskClient) -> None:
    kind = quote("https://w3id.org/partyline/ns#Person", safe="")
    _, names, _, paths, terms = json.loads(client.get(f"/suggest?q=sam&kind={kind}").text)
    assert "Sam Rainsy" in names
    assert len(names) == len(paths) == len(terms)
    assert all(term.startswith("person:") for term in terms)


def test_any_ontology_has_questions(visited: object) -> None:
    status, content, _ = visited.get("/questions/", Accept="text/html")  # type: ignore[attr-defined]
    assert status == 200
    path = re.search(rb'href="(/questions/[^"]+)">', content)
    assert path is not None
    status, content, _ = visited.get(path[1].decode() + ".json")  # type: ignore[attr-defined]
    assert status == 200
    assert json.loads(content)["results"]["bindings"]


def test_a_field_is_filled_with_the_keyboard(page: Page, server: str) -> None:
    page.goto(f"{server}/questions/lives")
    field = page.get_by_role("combobox")
    field.fill("sam rainsy")
    page.get_by_role("option").first.wait_for()
    field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant")
    field.press("Enter")
    assert field.input_value() == "person:sam-rainsy"
    field.press("Enter")
    page.wait_for_url("**person=person*")
    assert "Sam Rainsy" in page.locator("#person-hint").inner_text()


def test_an_answer_is_drawn_where_its_question_says_so(client: FlaskClient) -> None:
    text = client.get("/questions/seats-of-a-line", headers=HTML).text
    picture = re.search(r"<svg.*?</svg>", text, re.DOTALL)
    assert picture is not None
    root = ElementTree.fromstring(picture[0])
    widths = [float(row.get("width", "0")) for row in root.iter("rect")]
    shown = [row.text for row in root.iter("text")]
    assert {"117", "51", "125", "0", "150"} <= set(shown)
    assert len(widths) == 8
    assert widths[0] / widths[6] == pytest.approx(117 / 125, abs=0.001)
    assert "<svg" not in client.get("/questions/lives", headers=HTML).text


def test_bars_begin_at_zero_and_what_has_no_number_has_none() -> None:
    cells = [("a & b", "4"), ("c", "-2"), ("d", "unknown"), ("e" * 50, "1e999")]
    rows = tuple(tuple(Cell(words=Words(text, text)) for text in row) for row in cells)
    picture = bar_chart(BarChart("n", "v"), TableView(("n", "v"), rows))
    root = ElementTree.fromstring(picture)
    first, second = root.iter("rect")
    assert float(first.get("x", "0")) == pytest.approx(
        float(second.get("x", "0")) + float(second.get("width", "0")), abs=0.05
    )
    assert float(first.get("width", "0")) == pytest.approx(
        2 * float(second.get("width", "0")), abs=0.05
    )
    assert [row.text for row in root.iter("text")].count("—") == 2
    assert bar_chart(BarChart("n", "x"), TableView(("n", "v"), rows)) == ""
    assert bar_chart(BarChart("n", "v"), TableView(("n", "v"), ())) == ""


def test_xml_of_an_answer_is_well_formed(client: FlaskClient) -> None:
    ElementTree.fromstring(client.get("/questions/members.srx").data)
