"""Documents about things and the ontology, compared as graphs with what the release holds."""

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Store
from rdflib.compare import isomorphic

from graph_readers import as_rdflib_graph, matched
from partyline.rdf import GRAPH_FORMATS, GraphFormat
from partyline.settings import Settings
from web_pages import BASE, DNUM, FORMATS, HTML, PL, THING, fetch, graph, page


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("*/*", "ttl"),
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
        (HTML["Accept"], "html"),
        ("application/rdf+xml;q=0.5, application/ld+json;q=0.6", "jsonld"),
    ],
)
def test_the_iri_of_a_thing_leads_to_the_document_that_suits(
    client: FlaskClient, accept: str, ending: str
) -> None:
    response = client.get(f"/id/{DNUM}", headers={"Accept": accept})
    assert response.status_code == 303
    assert response.location == f"/doc/{DNUM}.{ending}"
    assert "Accept" in response.vary
    followed = client.get(response.location, headers={"Accept": accept})
    assert followed.status_code == 200


def test_a_client_that_says_nothing_gets_turtle(client: FlaskClient) -> None:
    assert client.get(f"/id/{DNUM}").location == f"/doc/{DNUM}.ttl"


@pytest.mark.parametrize("path", [f"/id/{DNUM}", f"/doc/{DNUM}", "/ns", "/dataset"])
def test_a_format_we_do_not_speak_is_406_and_says_where_the_others_are(
    client: FlaskClient, path: str
) -> None:
    response = client.get(path, headers={"Accept": "application/pdf"})
    assert response.status_code == 406
    assert ".ttl" in response.text
    assert "application/ld+json" in response.text
    assert "Accept" in response.vary


@pytest.mark.parametrize("path", ["/id/organisation/nobody", "/doc/x/y", "/doc/x/y.ttl", "/id/a b"])
@pytest.mark.parametrize("headers", [{}, HTML])
def test_a_thing_that_no_statement_mentions_is_404(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    response = client.get(path, headers=headers)
    assert response.status_code == 404
    assert response.mimetype == ("text/html" if headers else "text/plain")
    assert "No statement here mentions" in response.text


def test_a_document_without_ending_is_negotiated_and_says_where_it_is(client: FlaskClient) -> None:
    response = client.get(f"/doc/{DNUM}", headers={"Accept": "application/n-triples"})
    assert response.status_code == 200
    assert response.mimetype == "application/n-triples"
    assert response.headers["Content-Location"] == f"/doc/{DNUM}.nt"
    assert "Accept" in response.vary


def test_an_ending_decides_whatever_the_client_accepts(client: FlaskClient) -> None:
    response = client.get(f"/doc/{DNUM}.nt", headers=HTML)
    assert response.mimetype == "application/n-triples"
    assert "Accept" not in response.vary


@pytest.mark.parametrize("row", GRAPH_FORMATS, ids=lambda row: row.name)
def test_every_format_of_a_document_is_the_same_graph(
    client: FlaskClient, row: GraphFormat
) -> None:
    response = client.get(f"/doc/{DNUM}.{row.extension}")
    assert response.mimetype == row.media_type
    assert isomorphic(as_rdflib_graph(response.data, row), graph(client, f"/doc/{DNUM}.ttl"))


def test_a_document_holds_asserted_and_inferred_statements_and_what_leads_to_the_thing(
    client: FlaskClient, published: Store
) -> None:
    document = graph(client, f"/doc/{DNUM}.ttl")
    assert (THING, PL.splinterOf, None) in document
    for pattern in ({"subject": THING}, {"object_": THING}):
        found = [row for row in matched(published, **pattern) if isinstance(row[0], rdflib.URIRef)]
        assert found
        assert set(found) <= set(document)


def test_a_document_names_what_it_mentions(client: FlaskClient, published: Store) -> None:
    document = graph(client, f"/doc/{DNUM}.ttl")
    for parent in document.objects(THING, PL.splinterOf):
        assert isinstance(parent, rdflib.URIRef)
        names = set(matched(published, parent, rdflib.SKOS.prefLabel).objects())
        assert names
        assert names <= set(document.objects(parent, rdflib.SKOS.prefLabel))


def test_a_document_keeps_the_published_iris(client: FlaskClient) -> None:
    document = graph(client, f"/doc/{DNUM}.ttl")
    assert (None, rdflib.FOAF.primaryTopic, THING) in document
    assert "localhost" not in client.get(f"/doc/{DNUM}.ttl").text


@pytest.mark.parametrize(
    "path", [f"/doc/{DNUM}.ttl", f"/doc/{DNUM}.html", "/", "/ns", "/dumps/", "/health", "/sparql"]
)
def test_head_answers_like_get_without_a_body(client: FlaskClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert head.headers.get("ETag") == get.headers.get("ETag")


@pytest.mark.parametrize("path", [f"/doc/{DNUM}.ttl", f"/doc/{DNUM}", "/", "/ns", "/dumps/"])
def test_a_document_that_the_client_has_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["ETag"]
    assert first.cache_control.max_age
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_formats_of_a_document_have_entity_tags_of_their_own(client: FlaskClient) -> None:
    tags = {client.get(f"/doc/{DNUM}.{ending}").headers["ETag"] for ending in (*FORMATS, "html")}
    assert len(tags) == len(FORMATS) + 1


def test_iris_from_elsewhere_are_described_too(client: FlaskClient) -> None:
    iri = str(rdflib.SKOS.prefLabel)
    assert graph(client, f"/resource?iri={iri.replace('#', '%23')}")
    assert "Content-Location" in client.get("/resource", query_string={"iri": iri}).headers
    assert client.get("/resource.nt", query_string={"iri": iri}).mimetype == "application/n-triples"


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        (str(THING), f"/id/{DNUM}"),
        (str(PL.Organisation), "/ns/Organisation"),
        (BASE + "ns", "/ns"),
    ],
)
def test_iris_of_ours_have_a_page_of_their_own(client: FlaskClient, iri: str, path: str) -> None:
    response = client.get("/resource", query_string={"iri": iri})
    assert (response.status_code, response.location) == (303, path)


@pytest.mark.parametrize(
    ("query", "status"), [({}, 400), ({"iri": "urn:nobody"}, 404), ({"iri": "<no iri>"}, 404)]
)
def test_a_resource_that_is_not_known_is_refused_clearly(
    client: FlaskClient, query: dict[str, str], status: int
) -> None:
    response = client.get("/resource", query_string=query)
    assert response.status_code == status
    assert response.text.strip()


@pytest.mark.parametrize("path", ["/", "/ns", "/search", "/dumps/", "/dataset.ttl", "/sparql"])
def test_a_day_is_refused_rather_than_ignored(client: FlaskClient, path: str) -> None:
    response = client.get(path, query_string={"asOf": "1990-01-01"})
    assert response.status_code == 400
    assert "asOf" in response.text


@pytest.mark.parametrize("ending", FORMATS)
def test_the_ontology_is_served_in_every_format(
    client: FlaskClient, settings: Settings, ending: str
) -> None:
    expected = rdflib.Graph()
    for file in settings.knowledge.ontology.glob("*.ttl"):
        expected.parse(file)
    served = rdflib.Graph().parse(
        data=fetch(client, f"/ns.{ending}").data, format=FORMATS[ending].media_type
    )
    assert isomorphic(served, expected)


def test_the_page_of_the_ontology_has_an_anchor_for_each_term(
    client: FlaskClient, published: Store
) -> None:
    shown = page(client, "/ns")
    typed = published.quads_for_pattern(None, NamedNode(str(rdflib.RDF.type)), None)
    terms = {str(quad.subject.value) for quad in typed if isinstance(quad.subject, NamedNode)}
    own = {term.removeprefix(str(PL)) for term in terms if term.startswith(str(PL))}
    assert own
    assert own <= set(shown.anchors)


def test_the_version_of_the_ontology_has_an_address(client: FlaskClient, published: Store) -> None:
    stated = matched(published, rdflib.URIRef(BASE + "ns"), rdflib.OWL.versionIRI)
    (version,) = stated.objects()
    path = "/" + str(version).removeprefix(BASE)
    assert isomorphic(graph(client, path), graph(client, "/ns.ttl"))
    assert client.get(path + ".jsonld").mimetype == "application/ld+json"
