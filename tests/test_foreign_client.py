"""Programs that others wrote, against a server on a socket."""

import csv
import io
import urllib.error
import urllib.request
from urllib.parse import quote
from xml.dom.minidom import Document

import pytest
import rdflib
from pyoxigraph import Store
from SPARQLWrapper import CSV, GET, JSON, POST, POSTDIRECTLY, RDFXML, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from graph_readers import matched

Rows = list[dict[str, dict[str, str]]]
PL = rdflib.Namespace("https://w3id.org/partyline/ns#")
DNUM = "organisation/democratic-national-union-movement"
THING = rdflib.URIRef(f"https://w3id.org/partyline/id/{DNUM}")
SELECT = f"SELECT ?parent {{ <{THING}> <{PL.splinterOf}> ?parent }}"


def wrapper(server: str, query: str, return_format: str) -> SPARQLWrapper:
    client = SPARQLWrapper(server + "/sparql")
    client.setQuery(query)
    client.setReturnFormat(return_format)
    return client


def rows(client: SPARQLWrapper) -> Rows:
    found = client.query().convert()
    assert isinstance(found, dict)
    bindings: Rows = found["results"]["bindings"]
    return bindings


@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_reads_rows(server: str, method: str, published: Store) -> None:
    client = wrapper(server, SELECT, JSON)
    client.setMethod(method)
    parents = {rdflib.URIRef(row["parent"]["value"]) for row in rows(client)}
    assert parents
    assert parents == set(matched(published, THING, PL.splinterOf).objects())


def test_sparqlwrapper_posts_a_query_directly(server: str) -> None:
    client = wrapper(server, "ASK {}", JSON)
    client.setMethod(POST)
    client.setRequestMethod(POSTDIRECTLY)
    found = client.query().convert()
    assert isinstance(found, dict)
    assert found["boolean"] is True


def test_sparqlwrapper_reads_xml_and_csv(server: str) -> None:
    document = wrapper(server, SELECT, XML).query().convert()
    assert isinstance(document, Document)
    assert document.getElementsByTagName("result")
    table = wrapper(server, SELECT, CSV).query().convert()
    assert isinstance(table, bytes)
    assert table.startswith(b"parent")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # theirs
@pytest.mark.parametrize("return_format", [TURTLE, RDFXML])
def test_sparqlwrapper_reads_graphs(server: str, return_format: str) -> None:
    found = wrapper(server, f"DESCRIBE <{THING}>", return_format).query().convert()
    if isinstance(found, bytes):
        found = rdflib.Graph().parse(data=found, format="turtle")
    assert isinstance(found, rdflib.Graph)
    assert (THING, PL.splinterOf, None) in found


def test_sparqlwrapper_chooses_graphs(server: str) -> None:
    client = wrapper(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", JSON)
    client.addDefaultGraph("https://w3id.org/partyline/graph/inferred")
    (row,) = rows(client)
    assert int(row["n"]["value"]) > 0


def test_sparqlwrapper_hears_of_a_bad_query(server: str) -> None:
    with pytest.raises(QueryBadFormed):
        wrapper(server, "SELECT nonsense", JSON).query()


def test_rdflib_federates_with_the_endpoint(server: str) -> None:
    query = (
        f"SELECT ?parent {{ SERVICE <{server}/sparql> {{ <{THING}> <{PL.splinterOf}> ?parent }} }}"
    )
    assert list(rdflib.Graph().query(query))


def test_rdflib_follows_an_iri_to_its_graph(server: str) -> None:
    found = rdflib.Graph().parse(f"{server}/id/{DNUM}")
    assert (THING, PL.splinterOf, None) in found


def test_urllib_follows_an_iri_to_its_page(server: str) -> None:
    request = urllib.request.Request(f"{server}/id/{DNUM}", headers={"Accept": "text/html"})
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.url == f"{server}/doc/{DNUM}.html"
        assert b"<h1" in response.read()


def test_an_answer_longer_than_one_chunk_arrives_whole(server: str) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
    request = urllib.request.Request(
        f"{server}/sparql?query={quote(query)}", headers={"Accept": "text/csv"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        table = response.read().decode()
    assert sum(1 for _ in csv.reader(io.StringIO(table, newline=""))) == 20001


def test_a_client_that_goes_away_frees_its_worker(server: str) -> None:
    query = quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    for _ in range(12):
        with urllib.request.urlopen(f"{server}/sparql?query={query}", timeout=30) as response:
            response.read(1000)
    with urllib.request.urlopen(f"{server}/sparql?query=ASK%7B%7D", timeout=30) as response:
        assert response.status == 200


def test_an_error_has_its_status_on_the_wire(server: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{server}/id/organisation/nobody", timeout=20)
    assert refusal.value.code == 404
    refusal.value.close()
