"""Answers that are cited: the same hash for the same answer, and a changed byte is told."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QueryBoolean, QueryResultsFormat, Store
from werkzeug.test import TestResponse

from command_line import partyline
from ensembles_server import Server
from partyline.errors import BadQuery
from partyline.publishing.citable import CITATION_FORMATS, differences
from partyline.publishing.citable.document import digest
from partyline.sparql.canonical_results import canonical_result, check_citable
from succession import Succession
from succession import succession as succession
from succession import three_releases as three_releases

LABELS = "SELECT ?s ?l { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l }"
ANONYMOUS = "SELECT ?o { ?s <http://www.w3.org/2000/01/rdf-schema#seeAlso> ?o FILTER(isBlank(?o)) }"


def results(*rows: dict[str, object], variables: tuple[str, ...] = ("a", "b")) -> bytes:
    bindings = [{name: term(value) for name, value in row.items()} for row in rows]
    return json.dumps({"head": {"vars": variables}, "results": {"bindings": bindings}}).encode()


def term(value: object) -> dict[str, str]:
    if isinstance(value, BlankNode):
        return {"type": "bnode", "value": value.value}
    return {"type": "literal", "value": str(value)}


QUERY = "SELECT ?a ?b { ?a ?p ?b }"


def test_rows_without_an_order_are_a_multiset_and_columns_have_no_order() -> None:
    one = canonical_result(QUERY, results({"a": 1, "b": 2}, {"a": 3}))
    other = canonical_result(QUERY, results({"a": 3}, {"b": 2, "a": 1}, variables=("b", "a")))
    assert one.text == other.text == 'SELECT\n?a\t?b\n"1"\t"2"\n"3"\t\n'
    twice = canonical_result(QUERY, results({"a": 3}, {"a": 3}, {"a": 1, "b": 2}))
    assert twice.sha256 != one.sha256
    assert twice.rows == 3


def test_rows_with_an_order_are_a_sequence() -> None:
    ordered = f"{QUERY} ORDER BY ?a"
    one = canonical_result(ordered, results({"a": 1}, {"a": 3}))
    other = canonical_result(ordered, results({"a": 3}, {"a": 1}))
    assert one.text.startswith("SELECT ORDERED\n")
    assert one.sha256 != other.sha256


@pytest.mark.parametrize("ending", ["", " ORDER BY ?a"])
def test_names_of_blank_nodes_do_not_matter_and_which_are_the_same_does(ending: str) -> None:
    x, y, z = BlankNode("x"), BlankNode("y"), BlankNode("z")
    one = canonical_result(QUERY + ending, results({"a": x, "b": y}, {"a": y, "b": 1}))
    other = canonical_result(QUERY + ending, results({"a": z, "b": x}, {"a": x, "b": 1}))
    third = canonical_result(QUERY + ending, results({"a": z, "b": x}, {"a": z, "b": 1}))
    assert one.sha256 == other.sha256 != third.sha256
    assert "_:c14n" in one.text


def test_a_tab_or_a_line_end_in_a_literal_does_not_end_a_cell() -> None:
    found = canonical_result(QUERY, results({"a": "x\ty\nz"}))
    assert found.lines == ('"x\\ty\\nz"\t',)


def test_a_graph_has_each_triple_once_in_order_with_canonical_labels() -> None:
    query = "CONSTRUCT WHERE { ?s ?p ?o }"
    one = canonical_result(query, b'<a:a> <a:b> _:x .\n_:x <a:b> "c" .\n_:x <a:b> "c" .\n')
    other = canonical_result(query, b'_:q <a:b> "c" .\n<a:a> <a:b> _:q .\n')
    assert one.text == other.text == 'CONSTRUCT\n<a:a> <a:b> _:c14n0 .\n_:c14n0 <a:b> "c" .\n'


def test_the_form_is_that_of_what_an_engine_sends() -> None:
    store = Store()
    store.add(Quad(NamedNode("a:a"), NamedNode("a:b"), Literal("c", language="en")))
    found = store.query("ASK { ?s ?p ?o }")
    assert isinstance(found, QueryBoolean)
    content = found.serialize(format=QueryResultsFormat.JSON)
    assert canonical_result("ASK { ?s ?p ?o }", content or b"").text == "ASK\ntrue\n"


@pytest.mark.parametrize(
    "query",
    ["DESCRIBE <a:a>", "SELECT (NOW() AS ?x) {}", "SELECT (rand # x\n() AS ?x) {}", "SELEKT"],
)
def test_what_no_release_fixes_cannot_be_cited(query: str) -> None:
    with pytest.raises(BadQuery):
        check_citable(query)


def answer(succession: Succession, number: int, query: str, ending: str = ".json") -> TestResponse:
    release = succession.releases[number]
    address = f"/answer{ending}?{urlencode({'release': release, 'query': query})}"
    response = succession.get(address)
    while response.status_code == 302:
        response = succession.get(response.location)
    return response


def document_of(succession: Succession, number: int, query: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer(succession, number, query).text)
    return found


@pytest.mark.parametrize("query", [LABELS, ANONYMOUS, f"CONSTRUCT WHERE {LABELS[12:]}"])
def test_an_answer_of_the_first_release_verifies_after_the_third_was_published(
    succession: Succession, tmp_path: Path, query: str
) -> None:
    releases = succession.settings.releases
    for number in (0, 1):
        file = tmp_path / f"{number}.json"
        file.write_text(answer(succession, number, query).text, encoding="utf-8")
        done = partyline("verify", file, "--release", releases)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("Same: ")
        one = json.loads(file.read_text())
        assert one["release"]["identifier"] == succession.releases[number]
    assert (
        document_of(succession, 0, LABELS)["result"] != document_of(succession, 2, LABELS)["result"]
    )
    wrong = partyline("verify", file, "--release", releases / succession.releases[2])
    assert wrong.returncode == 1
    assert "release.identifier is" in wrong.stdout


def test_every_changed_value_is_told(succession: Succession) -> None:
    """Each leaf of the document is changed by one character, one after the other."""
    document = document_of(succession, 0, LABELS)
    again = document_of(succession, 0, LABELS)
    assert differences(document, again) == ()
    number = 0
    for parent, key in leaves(document):
        before = parent[key]
        parent[key] = before + "x" if isinstance(before, str) else changed(before)
        if parent is not document or key != "type":
            assert differences(document, again), key
            number += 1
        parent[key] = before
    assert number > 30


def changed(value: object) -> object:
    return not value if isinstance(value, bool) else int(str(value)) + 1


def leaves(node: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  anything of JSON
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        if isinstance(value, dict | list):
            yield from leaves(value)
        else:
            yield node, key


def test_a_forged_answer_with_fitting_hashes_does_not_verify(
    succession: Succession, tmp_path: Path
) -> None:
    document = document_of(succession, 0, LABELS)
    row = document["answer"]["results"]["bindings"][0]["l"]
    row["value"] += " forged"
    forged = canonical_result(LABELS, json.dumps(document["answer"]).encode())
    document["result"]["sha256"] = forged.sha256
    document["sha256"] = digest(document)
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(document))
    done = partyline("verify", file, "--release", succession.settings.releases)
    assert done.returncode == 1
    assert re.search("The release does not answer: .* forged", done.stdout)
    assert "result.sha256 is " in done.stdout
    assert "was changed" not in done.stdout


def test_a_server_is_asked_where_there_is_no_folder(visited: Server, tmp_path: Path) -> None:
    address = f"/answer.json?{urlencode({'query': LABELS})}"
    status, content, _ = visited.get(address)
    assert status == 200
    file, server = tmp_path / "answer.json", f"http://127.0.0.1:{visited.port}"
    file.write_bytes(content)
    assert partyline("verify", file, "--server", server).returncode == 0
    file.write_bytes(content.replace(b'"rows": ', b'"rows": 1'))
    changed = partyline("verify", file, "--server", server)
    assert changed.returncode == 1
    assert "result.rows is 1" in changed.stdout
    file.write_text('{"type": "Answer"}')
    broken = partyline("verify", file, "--server", server)
    assert broken.returncode == 2
    assert "without the member 'query'" in broken.stderr


def test_the_page_and_the_citations_say_the_same(succession: Succession) -> None:
    document = document_of(succession, 1, LABELS)
    page = answer(succession, 1, LABELS, ".html").text
    sha, release = document["result"]["sha256"], document["release"]
    assert release["identifier"] == succession.releases[1]
    for text in (sha, release["sha256"], document["citation"]["text"].partition(" SHA")[0]):
        assert text in unescape(page)
    for row in CITATION_FORMATS:
        cited = answer(succession, 1, LABELS, f".{row.extension}")
        assert cited.mimetype == row.media_type
        assert sha in cited.text
        assert f"release={succession.releases[1]}" in cited.text
        negotiated = succession.get(
            f"/releases/{succession.releases[1]}/answer?{urlencode({'query': LABELS})}",
            Accept=row.media_type,
        )
        assert negotiated.text == cited.text
    (item,) = json.loads(answer(succession, 1, LABELS, ".csl").text)
    assert item["type"] == "dataset"
    assert item["URL"] == document["address"]
    bibtex = answer(succession, 1, LABELS, ".bib").text
    assert bibtex.count("{") == bibtex.count("}")
    ris = answer(succession, 1, LABELS, ".ris").text.split("\r\n")
    assert (ris[0], ris[-2]) == ("TY  - DATA", "ER  - ")


def test_nothing_found_is_an_answer(succession: Succession) -> None:
    query = "SELECT ?s { ?s a <urn:nothing> }"
    document = document_of(succession, 2, query)
    assert document["result"]["rows"] == 0
    assert "nothing found" in document["citation"]["text"]
    assert "Nothing found" in answer(succession, 2, query, ".html").text


def test_an_answer_without_a_release_is_one_of_the_current(succession: Succession) -> None:
    found = json.loads(succession.get(f"/answer.json?{urlencode({'query': LABELS})}").text)
    assert found["release"]["identifier"] == succession.releases[2]
    assert f"release={succession.releases[2]}&" in found["address"]


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, 400),
        ({"query": LABELS, "question": "x"}, 400),
        ({"query": "DESCRIBE <a:a>"}, 400),
        ({"question": "none-such"}, 404),
        ({"query": LABELS, "release": "0123456789ab"}, 404),
    ],
)
def test_what_cannot_be_answered_is_refused(
    succession: Succession, parameters: dict[str, str], status: int
) -> None:
    assert succession.get(f"/answer.json?{urlencode(parameters)}").status_code == status


def test_a_named_question_is_cited_with_its_parameters(client: FlaskClient) -> None:
    asked = {"question": "leaders-on-a-day", "day": "1998-07-26"}
    found = json.loads(client.get(f"/answer.json?{urlencode(asked)}").text)
    assert found["question"] == "leaders-on-a-day"
    assert '"1998-07-26"^^<http://www.w3.org/2001/XMLSchema#date>' in found["query"]
    assert found["title"].endswith("?")
    assert "day=1998-07-26" in found["address"]
    assert found["result"]["ordered"]
    assert client.get("/answer.json?question=leaders-on-a-day&dy=1998-07-26").status_code == 400
