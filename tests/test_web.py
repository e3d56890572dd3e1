"""What holds for every address: errors, methods, headers, and the addresses that clients try."""

import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient

from partyline.releases import Release
from partyline.web.error_handlers import handle_failures
from partyline.web.templating.page_text import prepare_templates
from web_pages import BASE, DNUM, HTML, Page, fetch


def test_health_names_the_release_and_the_state_of_the_engine(
    client: FlaskClient, release: Release
) -> None:
    response = client.get("/health")
    found = response.get_json()
    assert found["status"] == "ok"
    assert found["release"] == release.manifest.identifier
    assert found["triples"] == release.manifest.counts
    assert found["engine"]["workers"] > 0
    assert response.cache_control.no_store


def test_the_dataset_is_described_where_void_looks_for_it(client: FlaskClient) -> None:
    response = client.get("/.well-known/void", follow_redirects=True)
    assert response.mimetype == "text/turtle"
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    described = rdflib.Graph().parse(data=response.data, format="turtle")
    dataset = rdflib.URIRef(BASE + "dataset")
    assert (dataset, rdflib.RDF.type, void.Dataset) in described
    assert (dataset, void.sparqlEndpoint, rdflib.URIRef(BASE + "sparql")) in described


@pytest.mark.parametrize("name", ["ontology", "accepted", "inferred", "withheld"])
def test_the_iri_of_a_named_graph_leads_somewhere(client: FlaskClient, name: str) -> None:
    assert client.get(f"/graph/{name}", follow_redirects=True).status_code == 200


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico", "/static/style.css"])
def test_what_browsers_and_robots_ask_for_is_there(client: FlaskClient, path: str) -> None:
    assert fetch(client, path).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/graph/nothing", "/doc", "/dumps/x/y", "/id/"])
def test_an_address_without_anything_is_404_in_the_clients_language(
    client: FlaskClient, path: str
) -> None:
    plain, html = client.get(path), client.get(path, headers=HTML)
    assert (plain.status_code, plain.mimetype) == (404, "text/plain")
    assert (html.status_code, html.mimetype) == (404, "text/html")
    Page(html.text)


def test_a_method_that_an_address_does_not_have_is_405(client: FlaskClient) -> None:
    response = client.put("/dumps/")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("headers", [{}, HTML])
def test_an_unforeseen_error_is_a_500_without_details(
    client: FlaskClient, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    app = Flask("partyline.web", static_folder=None)
    app.jinja_env.globals.update(client.application.jinja_env.globals)
    prepare_templates(app)
    handle_failures(app)

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("a secret")

    response = app.test_client().get("/broken", headers=headers)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "secret" in caplog.text


@pytest.mark.parametrize(
    "path", ["/", f"/id/{DNUM}", f"/doc/{DNUM}.ttl", "/ns", "/dumps/asserted.nt", "/sparql", "/no"]
)
def test_every_answer_may_be_read_from_any_page_and_only_few_have_a_script(
    client: FlaskClient, path: str
) -> None:
    headers = client.get(path, buffered=True).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    scripts = "; script-src 'self'; connect-src 'self'"
    assert headers["Content-Security-Policy"].endswith(scripts) == (path in ("/sparql", "/"))
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]


@pytest.mark.parametrize("path", ["/sparql", f"/id/{DNUM}", f"/doc/{DNUM}", "/dumps/asserted.nt"])
def test_a_preflight_is_answered(client: FlaskClient, path: str) -> None:
    response = client.options(
        path,
        headers={
            "Origin": "https://elsewhere.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    allowed = response.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Content-Type", "MCP-Protocol-Version"} <= set(allowed)
    assert int(response.headers["Access-Control-Max-Age"]) > 0
