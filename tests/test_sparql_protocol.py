"""The SPARQL 1.1 Protocol, query operation, and the page that speaks it."""

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import quote

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from graph_readers import matched
from partyline.publishing import Publication
from partyline.releases import Release
from partyline.settings import Settings
from partyline.sparql import QueryPool
from partyline.web import create_app

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
BASE = "https://w3id.org/partyline/"
SELECT = f"SELECT ?party {{ ?party <{BASE}ns#splinterOf> ?parent }} ORDER BY ?party"
CONSTRUCT = f"CONSTRUCT {{ ?a ?p ?b }} WHERE {{ ?a ?p ?b FILTER(?p = <{BASE}ns#splinterOf>) }}"
JSON_RESULTS = "application/sparql-results+json"
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")


def ask(client: FlaskClient, query: str, **headers: str) -> object:
    response = client.get("/sparql", query_string={"query": query}, headers=headers)
    assert response.status_code == 200, response.text
    assert response.mimetype == JSON_RESULTS
    return json.loads(response.data)


# How a query is sent


def test_a_query_is_sent_in_three_ways_with_one_answer(client: FlaskClient) -> None:
    got = client.get("/sparql", query_string={"query": SELECT})
    posted = client.post("/sparql", data={"query": SELECT})
    direct = client.post("/sparql", data=SELECT, content_type=QUERY)
    assert got.status_code == posted.status_code == direct.status_code == 200
    assert json.loads(got.data) == json.loads(posted.data) == json.loads(direct.data)
    assert json.loads(got.data)["results"]["bindings"]


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8"])
def test_a_posted_query_may_say_that_it_is_utf_8(client: FlaskClient, charset: str) -> None:
    text = 'ASK { BIND("ខ្មែរ" AS ?x) FILTER(STRLEN(?x) > 0) }'.encode()
    response = client.post("/sparql", data=text, content_type=f"{QUERY}; charset={charset}")
    assert json.loads(response.data)["boolean"] is True


def test_head_is_answered_without_a_body(client: FlaskClient) -> None:
    response = client.head("/sparql", query_string={"query": SELECT})
    assert (response.status_code, response.data) == (200, b"")
    assert response.mimetype == JSON_RESULTS


@pytest.mark.parametrize("how", ["get", "form", "direct"])
def test_the_dataset_of_a_query_is_chosen_by_parameters(client: FlaskClient, how: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    counts = client.get("/health").get_json()["triples"]
    graphs = [f"{BASE}graph/inferred", f"{BASE}graph/withheld"]
    chosen = [("default-graph-uri", iri) for iri in graphs]
    encoded = "&".join(f"{name}={quote(value, '')}" for name, value in chosen)
    full = f"{encoded}&query={quote(query, '')}"
    response = {
        "get": lambda: client.get(f"/sparql?{full}"),
        "form": lambda: client.post("/sparql", data=full, content_type=FORM),
        "direct": lambda: client.post(f"/sparql?{encoded}", data=query, content_type=QUERY),
    }[how]()
    (row,) = json.loads(response.data)["results"]["bindings"]
    assert int(row["n"]["value"]) == counts["inferred"] + counts["withheld"]


def test_named_graphs_are_chosen_by_parameters(client: FlaskClient) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    one = f"{BASE}graph/ontology"
    response = client.get("/sparql", query_string={"query": query, "named-graph-uri": one})
    rows = json.loads(response.data)["results"]["bindings"]
    assert [row["g"]["value"] for row in rows] == [one]


def test_the_default_graph_is_everything_that_is_not_withheld(
    client: FlaskClient, published: Store
) -> None:
    found = ask(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert isinstance(found, dict)
    assert int(found["results"]["bindings"][0]["n"]["value"]) == len(published)


# What is sent back


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", JSON_RESULTS),
        (JSON_RESULTS, JSON_RESULTS),
        ("application/json", JSON_RESULTS),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.3, application/sparql-results+xml;q=0.4", "application/sparql-results+xml"),
        ("text/turtle, application/sparql-results+json;q=0.1", JSON_RESULTS),
    ],
)
def test_rows_come_in_the_format_that_suits(
    client: FlaskClient, accept: str, media_type: str
) -> None:
    response = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert "Accept" in response.vary
    assert b"democratic-national-union-movement" in response.data


@pytest.mark.parametrize(
    ("accept", "media_type", "parser"),
    [
        ("*/*", "text/turtle", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/trig", "application/trig", "turtle"),
        ("application/n-quads", "application/n-quads", "nt"),
        (
            "application/sparql-results+json, application/n-triples;q=0.1",
            "application/n-triples",
            "nt",
        ),
    ],
)
def test_graphs_come_in_the_format_that_suits(
    client: FlaskClient, published: Store, accept: str, media_type: str, parser: str
) -> None:
    response = client.get("/sparql", query_string={"query": CONSTRUCT}, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, media_type)
    splinter_of = rdflib.URIRef(BASE + "ns#splinterOf")
    found = rdflib.Graph().parse(data=response.data, format=parser)
    assert found
    assert set(found) == set(matched(published, predicate=splinter_of))


@pytest.mark.parametrize(
    ("query", "accept"),
    [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), (SELECT, "application/pdf")],
)
def test_a_format_that_an_answer_does_not_have_is_406(
    client: FlaskClient, query: str, accept: str
) -> None:
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert response.status_code == 406
    assert "Available are:" in response.text


@pytest.mark.parametrize("ending", ["srj", "srx", "csv", "tsv"])
def test_an_ending_chooses_the_format_for_clients_that_cannot(
    client: FlaskClient, ending: str
) -> None:
    response = client.get(f"/sparql.{ending}", query_string={"query": SELECT}, headers=HTML)
    assert response.status_code == 200
    assert response.mimetype != "text/html"
    assert f"answer.{ending}" in response.headers["Content-Disposition"]


THING = f"{BASE}id/organisation/democratic-national-union-movement"


@pytest.mark.parametrize(
    "query",
    [
        f"DESCRIBE <{THING}>",
        f"PREFIX o: <{BASE}id/organisation/>\ndescribe o:democratic-national-union-movement",
        "DESCRIBE <id/organisation/democratic-national-union-movement>",
        f"DESCRIBE ?x WHERE {{ VALUES ?x {{ <{THING}> }} }} LIMIT 1",
        f"DESCRIBE * {{ VALUES ?x {{ <{THING}> 7 }} FILTER(ISIRI(?x)) }}",
    ],
)
@pytest.mark.parametrize("ending", ["ttl", "nt", "jsonld", "rdf"])
def test_describe_answers_what_the_page_of_the_thing_says(
    client: FlaskClient, query: str, ending: str
) -> None:
    document = client.get(f"/doc/organisation/democratic-national-union-movement.{ending}")
    described = client.get(f"/sparql.{ending}", query_string={"query": query})
    assert described.status_code == 200
    assert described.data == document.data


def test_describe_of_the_unknown_is_an_empty_graph(client: FlaskClient) -> None:
    query = {"query": "DESCRIBE <https://example.org/nobody>"}
    response = client.get("/sparql", query_string=query)
    assert response.status_code == 200
    assert len(rdflib.Graph().parse(data=response.data, format="turtle")) == 0


@pytest.mark.parametrize(
    ("query", "graph"),
    [
        ("DESCRIBE ?x FROM <{0}graph/accepted> {{ ?x a <{0}ns#PoliticalParty> }}", None),
        ("DESCRIBE ?x {{ ?x a <{0}ns#PoliticalParty> }}", "{0}graph/accepted"),
        ("DESCRIBE ?x {{ ?x ?p ?y }}", None),
    ],
)
def test_the_engine_describes_many_things_and_chosen_graphs(
    client: FlaskClient, query: str, graph: str | None
) -> None:
    parameters = {"query": query.format(BASE)}
    if graph:
        parameters["default-graph-uri"] = graph.format(BASE)
    response = client.get("/sparql", query_string=parameters)
    assert response.status_code == 200
    found = [quad.triple for quad in parse(response.data, format=RdfFormat.TURTLE)]
    assert found
    # A page says which dataset it is a part of.
    part, dataset = NamedNode(str(rdflib.DCTERMS.isPartOf)), NamedNode(f"{BASE}dataset")
    assert not [row for row in found if (row.predicate, row.object) == (part, dataset)]


def test_from_chooses_the_dataset_and_fetches_nothing(client: FlaskClient) -> None:
    counts = client.get("/health").get_json()["triples"]
    for graph, number in ((f"{BASE}graph/inferred", counts["inferred"]), ("file:///etc/passwd", 0)):
        found = ask(client, f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}")
        assert isinstance(found, dict)
        assert int(found["results"]["bindings"][0]["n"]["value"]) == number


# Who may ask from where


@pytest.mark.parametrize("path", ["/sparql", "/sparql.csv?query=ASK%7B%7D", "/dataset"])
def test_a_page_of_another_site_may_ask(client: FlaskClient, path: str) -> None:
    origin = {"Origin": "https://example.org"}
    preflight = client.options(path, headers={**origin, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    assert client.get(path, headers=origin).headers["Access-Control-Allow-Origin"] == "*"


def test_options_names_the_methods(client: FlaskClient) -> None:
    allowed = set(client.options("/sparql").headers["Allow"].split(", "))
    assert allowed == {"GET", "HEAD", "OPTIONS", "POST"}


# What is refused


def test_a_client_that_reads_json_receives_problems_in_json(client: FlaskClient) -> None:
    """RFC 9457, with the place of the mistake."""
    for accept in (
        JSON_RESULTS,
        f"{JSON_RESULTS}, application/problem+json",
        "application/json, text/plain;q=0.5",
    ):
        response = client.get(
            "/sparql", query_string={"query": "ASK {\n ?s ex:p 1 }"}, headers={"Accept": accept}
        )
        assert response.mimetype == "application/problem+json"
        assert response.get_json() == {
            "title": "Bad Request",
            "status": 400,
            "detail": "line 2, column 5: the prefix ex: is not declared",
            "line": 2,
            "column": 5,
        }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/id/organisation/nobody", 404),
        ("PUT", "/sparql", 405),
        ("GET", "/nothing/here", 404),
        ("GET", "/sparql?query=%FF", 400),
        ("GET", "/browse/", 400),
    ],
)
def test_every_error_is_a_problem_to_who_wants_one(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method, headers={"Accept": "application/problem+json"})
    assert response.status_code == status
    found = response.get_json()
    assert (found["status"], response.mimetype) == (status, "application/problem+json")
    assert found["title"]
    assert found["detail"]


def test_an_address_that_is_too_long_is_414_and_says_what_to_do(client: FlaskClient) -> None:
    response = client.get("/sparql?query=ASK%7B%7D%23" + "x" * 300_000)
    assert response.status_code == 414
    assert "POST" in response.text


def test_a_packed_body_is_not_unpacked(client: FlaskClient) -> None:
    response = client.post(
        "/sparql", data=b"\x1f\x8b", content_type=QUERY, headers={"Content-Encoding": "gzip"}
    )
    assert response.status_code == 415


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/sparql?query=" + quote("SELECT nonsense"), ""),
        ("/sparql?query=", ""),
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", "exactly one"),
        ("/sparql?default-graph-uri=urn:x", "exactly one"),
        ("/sparql?query=" + quote("INSERT DATA { <urn:a> <urn:b> <urn:c> }"), ""),
        ("/sparql?update=" + quote("DELETE WHERE { ?s ?p ?o }"), "read-only"),
        ("/sparql?query=%FF", "UTF-8"),
        ("/sparql.csv", "No query"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTML])
def test_what_is_not_a_query_is_400(
    client: FlaskClient, path: str, says: str, headers: dict[str, str]
) -> None:
    response = client.get(path, headers=headers)
    assert response.status_code == 400
    assert response.mimetype == ("text/html" if headers else "text/plain")
    assert says in response.text


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", FORM, 400),
        (b"quer=ASK%7B%7D", FORM, 400),
        (b"query=ASK%7B%7D&query=ASK%7B%7D", FORM, 400),
        (b"update=CLEAR%20ALL", FORM, 400),
        (b"\xff", QUERY, 400),
        (b"", QUERY, 400),
        (b"CLEAR ALL", QUERY, 400),
        (b"CLEAR ALL", "application/sparql-update", 415),
        (b"ASK {}", "text/plain", 415),
        (b"ASK {}", "", 415),
        ("ASK {}".encode("utf-16"), f"{QUERY}; charset=utf-16", 415),
        (b"ASK { # " + b"x" * 70_000 + b"\n}", QUERY, 413),
        (b"query=" + b"x" * 400_000, FORM, 413),
    ],
)
def test_a_post_that_is_not_a_query_is_refused(
    client: FlaskClient, body: bytes, content_type: str, status: int
) -> None:
    response = client.post("/sparql", data=body, headers={"Content-Type": content_type})
    assert response.status_code == status
    assert response.text.strip()


def test_a_query_in_both_body_and_address_is_refused(client: FlaskClient) -> None:
    response = client.post("/sparql?query=ASK%7B%7D", data="ASK {}", content_type=QUERY)
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_405(client: FlaskClient, method: str) -> None:
    response = client.open("/sparql", method=method)
    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


def test_a_query_that_takes_too_long_is_503(release: Release, settings: Settings) -> None:
    limits = replace(settings.limits, query_seconds=1)
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    base = settings.knowledge.base + "sparql"
    with QueryPool(release.store, limits, release.manifest.prefixes, base) as pool:
        publication = Publication.of(release, settings.knowledge)
        client = create_app(publication, pool, replace(settings, limits=limits)).test_client()
        response = client.get("/sparql", query_string={"query": query})
    assert response.status_code == 503
    assert "took longer than 1 s" in response.text


def test_the_server_answers_after_a_query_that_was_ended(client: FlaskClient) -> None:
    deep = "ASK {" + "{" * 90 + "}" * 90 + "}"
    client.get("/sparql", query_string={"query": deep})
    assert ask(client, "ASK {}") == {"head": {}, "boolean": True}


# The service


@pytest.mark.parametrize(
    ("accept", "parser"),
    [("*/*", "turtle"), ("application/rdf+xml", "xml"), ("application/n-triples", "nt")],
)
def test_without_a_query_the_service_describes_itself(
    client: FlaskClient, accept: str, parser: str
) -> None:
    response = client.get("/sparql", headers={"Accept": accept})
    described = rdflib.Graph().parse(data=response.data, format=parser)
    service = described.value(None, rdflib.RDF.type, SD.Service)
    assert described.value(service, SD.endpoint) == rdflib.URIRef(
        "https://w3id.org/partyline/sparql"
    )
    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in described
    assert len(set(described.objects(service, SD.resultFormat))) == 10


def test_the_service_describes_its_graphs_with_their_sizes(client: FlaskClient) -> None:
    described = rdflib.Graph().parse(data=client.get("/sparql").data, format="turtle")
    service = described.value(None, rdflib.RDF.type, SD.Service)
    dataset = described.value(service, SD.defaultDataset)
    sizes = {
        str(described.value(named, SD.name)).removeprefix(f"{BASE}graph/"): int(
            str(described.value(described.value(named, SD.graph), VOID.triples))
        )
        for named in described.objects(dataset, SD.namedGraph)
    }
    counts = client.get("/health").get_json()["triples"]
    assert sizes.items() >= counts.items()
    # The rest of what is withheld is computed of its dates.
    assert counts["accepted"] < sizes["asserted"] <= counts["accepted"] + counts["withheld"]
    for name in (*sizes, "source/nobody-wrote-it"):
        if name in ("asserted", "links") or name.startswith("source/"):
            size = ask(
                client, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{BASE}graph/{name}> {{?s ?p ?o}} }}"
            )
            assert isinstance(size, dict)
            assert int(size["results"]["bindings"][0]["n"]["value"]) == sizes.get(name, 0)


# The page


def test_a_browser_without_a_query_gets_the_form(client: FlaskClient) -> None:
    response = client.get("/sparql", headers=HTML)
    assert response.mimetype == "text/html"
    assert '<textarea id="query" name="query"' in response.text
    assert "PREFIX pl:" in response.text


def test_a_browser_sees_rows_as_a_table_with_links_and_downloads(client: FlaskClient) -> None:
    text = client.get("/sparql", query_string={"query": SELECT}, headers=HTML).text
    assert "<table>" in text
    assert 'href="/id/organisation/democratic-national-union-movement"' in text
    for ending in ("srj", "srx", "csv", "tsv"):
        assert f'href="/sparql.{ending}?query=SELECT' in text


def test_a_browser_sees_a_graph_as_turtle(client: FlaskClient) -> None:
    text = client.get("/sparql", query_string={"query": CONSTRUCT}, headers=HTML).text
    assert "splinterOf" in text
    assert 'href="/sparql.ttl?query=CONSTRUCT' in text


@pytest.mark.parametrize(("query", "answer"), [("ASK {}", "Yes"), ("ASK { FILTER(false) }", "No")])
def test_a_browser_sees_yes_or_no(client: FlaskClient, query: str, answer: str) -> None:
    text = client.get("/sparql", query_string={"query": query}, headers=HTML).text
    assert f"<h2>{answer} " in text


def test_a_long_answer_is_cut_on_the_page_and_whole_in_the_download(client: FlaskClient) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 1500"
    text = client.get("/sparql", query_string={"query": query}, headers=HTML).text
    assert "First 1,000 rows" in text
    whole = client.get("/sparql.csv", query_string={"query": query})
    assert sum(1 for _ in csv.reader(io.StringIO(whole.text, newline=""))) == 1501


def test_a_query_that_fails_stays_in_the_form_with_what_is_wrong(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELEKT <b>"}, headers=HTML)
    assert response.status_code == 400
    assert "SELEKT &lt;b&gt;</textarea>" in response.text
    assert 'role="alert"' in response.text


def test_every_example_query_is_answered(client: FlaskClient) -> None:
    text = client.get("/sparql", headers=HTML).text
    addresses = re.findall(r'href="(/sparql\?query=[^"]+)"', text)
    assert len(addresses) >= 4
    for address in addresses:
        response = client.get(unescape(address))
        assert response.status_code == 200, response.text


def test_the_editor_is_given_the_terms_with_their_definitions(client: FlaskClient) -> None:
    """Also of an ontology so large that its page does not have them."""
    found = {row["name"]: row for row in client.get("/sparql/terms").json["terms"]}  # type: ignore[index]  # it is JSON
    splinter = found["pl:splinterOf"]
    assert (splinter["kind"], splinter["label"]) == ("property", "splinter of")
    assert splinter["definition"].startswith("Was formed by people who left")
    defined = [row for row in found.values() if row["name"].startswith("pl:")]
    assert len(defined) > 100
    assert all(row["definition"] for row in defined)
