"""What the metrics of F-UJI and of FAIR-Checker ask for, one test for each group of them.

docs/reference/fair.md says which test is for which metric. The tools themselves need the network.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, FOAF, RDF, VOID

BASE = "https://w3id.org/partyline/"
DATASET = BASE + "dataset"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
#: Open for everybody, in the vocabulary that catalogues of the EU use.
PUBLIC = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
HTML = {"Accept": "text/html"}
TABLE = (Path(__file__).parents[1] / "docs" / "reference" / "fair.md").read_text("utf-8")
#: Metrics of F-UJI 0.8, then of FAIR-Checker.
METRICS = {
    *("FsF-F1-01MD", "FsF-F1-02MD", "FsF-F2-01M", "FsF-F3-01M", "FsF-F4-01M"),
    *("FsF-A1-01M", "FsF-A1-02MD", "FsF-A1.1-01MD", "FsF-A1.2-01MD"),
    *("FsF-I1-01M", "FsF-I2-01M", "FsF-I3-01M"),
    *("FsF-R1-01M", "FsF-R1.1-01M", "FsF-R1.2-01M", "FsF-R1.3-01M", "FsF-R1.3-02D"),
    *("F1A", "F1B", "F2A", "F2B", "A1.1", "A1.2", "I1", "I2", "I3", "R1.1", "R1.2", "R1.3"),
}


@pytest.fixture(scope="module")
def embedded(client: FlaskClient) -> dict[str, Any]:
    """What search engines read on the page of the dataset."""
    page = client.get("/dataset", headers=HTML).text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(block)
    return found


@pytest.fixture(scope="module")
def graph(client: FlaskClient) -> rdflib.Graph:
    data = client.get("/dataset", headers={"Accept": "text/turtle"}).data
    return rdflib.Graph().parse(data=data, format="turtle")


def test_every_metric_names_a_test_of_this_file() -> None:
    rows = re.findall(r"^\| (.+?) \| .+? \| `(test_\w+)` \|$", TABLE, re.MULTILINE)
    named = {metric.strip() for metrics, _ in rows for metric in metrics.split(",")}
    assert named == METRICS
    assert {test for _, test in rows} <= globals().keys()


def test_metadata_and_data_have_iris_of_their_own(
    client: FlaskClient, embedded: dict[str, Any], graph: rdflib.Graph
) -> None:
    assert embedded["@id"] == embedded["identifier"] == DATASET
    files = list(graph.objects(rdflib.URIRef(DATASET), DCAT.distribution))
    assert len(set(files)) == len(files) > 5
    assert all(isinstance(row, rdflib.URIRef) for row in files)
    assert client.get("/dataset", headers=HTML).status_code == 200


def test_identifiers_are_persistent(graph: rdflib.Graph) -> None:
    # w3id.org is one of the services that both tools know as persistent.
    assert DATASET.startswith("https://w3id.org/")
    for file in graph.objects(rdflib.URIRef(DATASET), DCAT.distribution):
        assert str(graph.value(file, DCAT.downloadURL)).startswith("https://w3id.org/")


def test_core_metadata_are_there(embedded: dict[str, Any], graph: rdflib.Graph) -> None:
    core = {"name", "description", "creator", "license", "dateModified", "version", "url"}
    assert core <= embedded.keys()
    assert embedded["creator"]["name"]
    dataset = rdflib.URIRef(DATASET)
    for term in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.issued):
        assert graph.value(dataset, term) is not None


def test_metadata_lead_to_the_data_with_type_and_size(
    embedded: dict[str, Any], client: FlaskClient
) -> None:
    for row in embedded["distribution"][:3]:
        with client.get("/" + row["contentUrl"].removeprefix(BASE)) as answer:
            assert answer.mimetype == row["encodingFormat"]
            assert f"{answer.content_length} B" == row["contentSize"]


def test_metadata_are_found_by_negotiation_links_and_markup(client: FlaskClient) -> None:
    page = client.get("/dataset", headers=HTML)
    assert 'rel="alternate' in page.headers["Link"]
    assert 'rel="linkset"' in page.headers["Link"]
    assert 'type="application/ld+json"' in page.text
    for accepted in ("application/ld+json", "text/turtle", "application/rdf+xml"):
        assert client.get("/dataset", headers={"Accept": accepted}).mimetype == accepted
    assert client.get("/.well-known/void").headers["Location"].endswith("/dataset")
    robots = client.get("/robots.txt").text
    assert "Disallow: /dataset" not in robots


def test_metadata_say_that_everybody_may_read(
    embedded: dict[str, Any], graph: rdflib.Graph
) -> None:
    assert embedded["isAccessibleForFree"] is True
    rights = graph.value(rdflib.URIRef(DATASET), DCTERMS.accessRights)
    assert rights == rdflib.URIRef(PUBLIC)


def test_access_is_by_an_open_protocol(
    client: FlaskClient, embedded: dict[str, Any], graph: rdflib.Graph
) -> None:
    assert all(row["contentUrl"].startswith("https://") for row in embedded["distribution"])
    services = list(graph.subjects(RDF.type, DCAT.DataService))
    assert services
    for service in services:
        (address,) = graph.objects(service, DCAT.endpointURL)
        assert client.get("/" + str(address).removeprefix(BASE)).status_code in (200, 400)
        assert graph.value(service, DCTERMS.conformsTo) is not None
        assert graph.value(service, DCAT.servesDataset) == rdflib.URIRef(DATASET)


def test_no_answer_asks_who_reads(client: FlaskClient) -> None:
    for path in ("/dataset.ttl", "/dumps/ontology.nt", "/doc/organisation/funcinpec.ttl"):
        with client.get(path) as answer:
            assert answer.status_code == 200
            assert "WWW-Authenticate" not in answer.headers
            assert "Set-Cookie" not in answer.headers


def test_metadata_are_rdf(client: FlaskClient) -> None:
    turtle = client.get("/dataset.ttl").data
    one = rdflib.Graph().parse(data=turtle, format="turtle")
    other = rdflib.Graph().parse(data=client.get("/dataset.rdf").data, format="xml")
    assert len(one) == len(other) > 100


def test_metadata_use_registered_vocabularies(graph: rdflib.Graph) -> None:
    used = [str(term) for term in {*graph.predicates(), *graph.objects(None, RDF.type)}]
    for vocabulary in map(str, (DCAT, DCTERMS, VOID, FOAF)):
        assert any(term.startswith(vocabulary) for term in used), vocabulary


def test_metadata_link_to_other_datasets(graph: rdflib.Graph) -> None:
    targets = list(graph.subjects(RDF.type, VOID.Linkset))
    assert targets
    assert list(graph.objects(rdflib.URIRef(DATASET), VOID.vocabulary))


def test_content_is_described(graph: rdflib.Graph) -> None:
    dataset = rdflib.URIRef(DATASET)
    assert (dataset, RDF.type, DCAT.Dataset) in graph
    assert int(str(graph.value(dataset, VOID.triples))) > 1000
    assert list(graph.objects(dataset, VOID.classPartition))
    assert list(graph.objects(dataset, VOID.propertyPartition))


def test_the_licence_is_a_known_iri_of_dataset_and_files(
    embedded: dict[str, Any], graph: rdflib.Graph
) -> None:
    assert embedded["license"] == LICENCE
    licence = rdflib.URIRef(LICENCE)
    assert graph.value(rdflib.URIRef(DATASET), DCTERMS.license) == licence
    for node in graph.objects(None, DCAT.distribution):
        assert graph.value(node, DCTERMS.license) == licence


def test_provenance_says_when_by_whom_and_which_version(graph: rdflib.Graph) -> None:
    dataset = rdflib.URIRef(DATASET)
    for term in (DCTERMS.issued, DCTERMS.publisher, rdflib.URIRef(f"{DCAT}version")):
        assert graph.value(dataset, term) is not None
    assert (graph.value(dataset, DCTERMS.publisher), RDF.type, FOAF.Agent) in graph


def test_metadata_follow_the_standards_of_catalogues(client: FlaskClient) -> None:
    for name, mark in (
        ("croissant.json", "mlcommons.org/croissant"),
        ("ro-crate-metadata.json", "w3id.org/ro/crate"),
        ("datacite.json", "datacite"),
    ):
        assert mark in client.get(f"/dataset/{name}").text


def test_files_are_in_open_formats_named_by_media_types(graph: rdflib.Graph) -> None:
    types = {str(row).partition("media-types/")[2] for row in graph.objects(None, DCAT.mediaType)}
    assert {"text/turtle", "text/csv", "application/n-quads"} <= types
    assert all(re.fullmatch(r"\w+/[\w.+-]+", row) for row in types)
