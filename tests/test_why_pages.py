"""Explanations over HTTP: the page, JSON and PROV-O of a statement, and the rules."""

import json
import random
import re
from html import unescape
from typing import Any

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import BlankNode, NamedNode, Triple
from rdflib import PROV, RDF

from partyline.publishing import ProofService, Publication
from partyline.reasoning import DESCRIPTIONS, fact
from partyline.reasoning.compile.owl2rl_rules import COMPILED, EQUALITY, SCHEMA
from partyline.releases import Release, graph_iri
from partyline.settings import Settings

DNUM = "organisation:democratic-national-union-movement"
CNUP = "organisation:cambodian-national-unity-party"
SPLINTER = {"subject": DNUM, "predicate": "pl:splinterOf", "object": CNUP}
HTML = {"Accept": "text/html"}
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


def answer(client: FlaskClient, **statement: str) -> dict[str, Any]:
    response = client.get("/why.json", query_string=statement)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = json.loads(response.text)
    return found


def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", markup)))


def some(release: Release, name: str, number: int) -> list[Triple]:
    """Return a fixed sample of the statements of one graph that have no blank nodes."""
    graph = graph_iri(release.manifest.base, name)
    quads = release.open_store().quads_for_pattern(None, None, None, graph)
    found = sorted((quad.triple for quad in quads if not _anonymous(quad.triple)), key=str)
    return random.Random(7).sample(found, number)


def _anonymous(triple: Triple) -> bool:
    return any(isinstance(term, BlankNode) for term in triple)


def test_a_page_explains_an_entailed_statement_from_its_passages_to_the_conclusion(
    client: FlaskClient,
) -> None:
    response = client.get("/why", query_string=SPLINTER, headers=HTML)
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    text = text_of(response.text)
    steps = [
        "founding of the Democratic National Union Movement",
        "defection of Ieng Sary",
        "defection from Cambodian National Unity Party",
        "Therefore: Democratic National Union Movement splinter of Cambodian National Unity Party",
        "From 1, 2 and 3 by rule prp-spo2",
        "no longer follows if any one of the statements 1, 2 and 3 is withdrawn",
    ]
    places = [text.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)
    assert "Khmer Rouge chief sets up splinter group" in text


def test_the_same_as_json_has_terms_rules_and_places(client: FlaskClient) -> None:
    found = answer(client, **SPLINTER)
    assert found["standing"] == "inferred"
    (proof,) = found["proofs"]
    assert proof["rule"] == "prp-spo2"
    needed = {row["text"]: row["origins"] for row in found["indispensable"]}
    places = needed["event:ieng-sary-defection pl:defectionFrom " + CNUP]
    assert re.fullmatch(r"kb/people/ieng-sary\.ttl:\d+", places[0])
    assert found["release"]


def test_the_same_as_turtle_names_rules_that_are_described(client: FlaskClient) -> None:
    response = client.get("/why", query_string=SPLINTER, headers={"Accept": "text/turtle"})
    assert response.mimetype == "text/turtle"
    assert response.headers["Content-Location"].startswith("/why.ttl?subject=")
    graph = rdflib.Graph().parse(data=response.data, format="turtle")
    rules = set(graph.objects(None, SH.sourceRule))
    assert {str(rule).rpartition("/")[2] for rule in rules} == {"prp-spo2", "prp-inv2", "prp-spo1"}
    for rule in rules:
        path = "/" + str(rule).split("/partyline/")[1]
        described = rdflib.Graph().parse(data=client.get(f"{path}.ttl").data, format="turtle")
        assert (rule, RDF.type, PROV.Plan) in described
    assert list(graph.subject_objects(PROV.hadPrimarySource))


def test_an_asserted_statement_stands_as_long_as_it_is_asserted(client: FlaskClient) -> None:
    statement = {"subject": "event:ieng-sary-defection", "predicate": "pl:defectionFrom"}
    found = answer(client, **statement, object=CNUP)
    assert found["standing"] == "asserted"
    assert found["entailedWithoutAssertion"] is False
    page = client.get("/why", query_string={**statement, "object": CNUP}, headers=HTML)
    assert "Asserted in kb/people/ieng-sary.ttl" in text_of(page.text)


def test_a_computed_bound_is_traced_to_its_date(release: Release, client: FlaskClient) -> None:
    bound = next(
        row for row in some(release, "inferred", 3000) if "beginEarliest" in row.predicate.value
    )
    query = dict(zip(("subject", "predicate", "object"), map(str, bound), strict=True))
    assert answer(client, **query)["standing"] == "inferred"
    page = text_of(client.get("/why", query_string=query, headers=HTML).text)
    assert "Computed from" in page
    assert "Asserted in computed" not in page


def test_disputed_statements_are_shown_and_not_proved(
    release: Release, client: FlaskClient
) -> None:
    for triple in some(release, "withheld", 20):
        query = dict(zip(("subject", "predicate", "object"), map(str, triple), strict=True))
        found = answer(client, **query)
        assert (found["standing"], found["proofs"]) == ("disputed", [])
        page = client.get("/why", query_string=query, headers=HTML)
        assert "excluded from reasoning" in page.text
        turtle = rdflib.Graph().parse(
            data=client.get("/why.ttl", query_string=query).data, format="turtle"
        )
        assert "Asserted about a disputed matter" in str(
            next(turtle.objects(None, rdflib.RDFS.comment))
        )


def test_every_kind_of_statement_is_explained(
    release: Release, settings: Settings, client: FlaskClient
) -> None:
    """What a source is needed for falls without it, and nothing else does."""
    service = ProofService(Publication.of(release, settings.knowledge))
    for name in ("ontology", "accepted", "inferred"):
        for triple in some(release, name, 40):
            found = service.explain(triple)
            assert found.is_complete
            assert found.proofs
            leaves = {*found.proofs[0].leaves()}
            assert leaves.issuperset(found.indispensable)
            if found.standing == "asserted" and not found.is_redundant:
                assert found.indispensable == (fact(triple),)


def test_what_follows_in_two_ways_has_two_reasons_and_needs_neither(client: FlaskClient) -> None:
    found = answer(client, subject="person:pol-pot", predicate="a", object="foaf:Agent")
    assert len(found["proofs"]) > 1
    data = [row for row in found["indispensable"] if row["text"].startswith("person:")]
    assert data == []
    page = client.get(
        "/why",
        query_string={"subject": "person:pol-pot", "predicate": "a", "object": "foaf:Agent"},
        headers=HTML,
    )
    assert "Other reasons" in page.text


@pytest.mark.parametrize("statement", [{}, {"subject": DNUM}, {**SPLINTER, "object": " "}])
def test_a_missing_term_is_named(client: FlaskClient, statement: dict[str, str]) -> None:
    response = client.get("/why", query_string=statement)
    assert response.status_code == 400
    assert response.text.startswith("Missing: ")
    assert "object" in response.text


@pytest.mark.parametrize(
    "statement",
    [
        {**SPLINTER, "object": "nothing:here"},
        {**SPLINTER, "object": "<a b>"},
        {**SPLINTER, "object": '"open'},
        {**SPLINTER, "object": f"{CNUP} . {DNUM} a pl:Party"},
        {**SPLINTER, "object": "[ a pl:Party ]"},
        {**SPLINTER, "object": "<<( pl:a pl:b pl:c )>>"},
        {**SPLINTER, "subject": '"literal"'},
        {**SPLINTER, "predicate": "<script>alert(1)</script>"},
        {**SPLINTER, "object": "(" * 3000},
    ],
)
def test_what_is_not_one_statement_is_refused(
    client: FlaskClient, statement: dict[str, str]
) -> None:
    response = client.get("/why", query_string=statement, headers=HTML)
    assert response.status_code == 400
    assert "<script>alert" not in response.text


def test_what_nothing_says_is_not_found(client: FlaskClient) -> None:
    response = client.get("/why", query_string={**SPLINTER, "object": "organisation:funcinpec"})
    assert response.status_code == 404
    assert "neither asserts nor entails" in response.text
    assert client.get("/why.pdf", query_string=SPLINTER).status_code == 404


def test_explanations_have_entity_tags_and_need_not_be_sent_twice(client: FlaskClient) -> None:
    first = client.get("/why.json", query_string=SPLINTER)
    tag = first.headers["ETag"]
    again = client.get("/why.json", query_string=SPLINTER, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert client.get("/why.ttl", query_string=SPLINTER).headers["ETag"] != tag


def test_every_rule_of_the_release_has_a_page_and_a_description(
    release: Release, settings: Settings, client: FlaskClient
) -> None:
    rules = ProofService(Publication.of(release, settings.knowledge)).rules()
    assert set(rules) <= set(DESCRIPTIONS)
    listed = client.get("/rules/", headers=HTML).text
    for name in rules:
        assert f'href="/rules/{name}"' in listed
        assert name in client.get(f"/rules/{name}", headers=HTML).text
    assert client.get("/rules/no-such-rule").status_code == 404


def test_marks_on_the_page_of_a_resource_lead_to_explanations(client: FlaskClient) -> None:
    page = client.get("/doc/organisation/democratic-national-union-movement.html").text
    links = [unescape(row) for row in re.findall(r'href="(/why\?[^"]+)"', page)]
    assert len(links) > 5
    for link in random.Random(3).sample(links, min(len(links), 15)):
        assert client.get(link).status_code == 200, link


def test_an_iri_without_brackets_and_one_with_prefix_are_the_same(client: FlaskClient) -> None:
    base = "https://w3id.org/partyline/"
    written = {
        "subject": f"{base}id/organisation/democratic-national-union-movement",
        "predicate": NamedNode(f"{base}ns#splinterOf").value,
        "object": CNUP,
    }
    assert answer(client, **written)["text"] == answer(client, **SPLINTER)["text"]


def test_every_rule_that_concludes_something_is_described() -> None:
    concluding = {row.name for row in (*EQUALITY, *COMPILED, *SCHEMA) if row.head is not None}
    assert concluding <= set(DESCRIPTIONS)
