"""The dataset in Croissant, RO-Crate, DataCite, VoID and as a link set."""

import json
import re
from collections import Counter
from typing import Any

import rdflib
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Store
from rdflib import VOID

from partyline.releases import Release

BASE = "https://w3id.org/partyline/"
DATASET = BASE + "dataset"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
HTML = {"Accept": "text/html"}


def described(client: FlaskClient, name: str) -> Any:  # noqa: ANN401  # what JSON holds
    response = client.get(f"/dataset/{name}")
    assert response.status_code == 200
    return json.loads(response.data)


def files(release: Release) -> dict[str, str]:
    """Return the SHA-256 of each file but compressed copies, by its address."""
    copies = {copy.name for row in release.manifest.files for copy in row.compressed}
    checksums = release.manifest.checksums.items()
    return {f"{BASE}dumps/{name}": digest for name, digest in checksums if name not in copies}


def test_croissant_lists_every_file_and_every_column(client: FlaskClient, release: Release) -> None:
    found = described(client, "croissant.json")
    assert found["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    listed = {row["contentUrl"]: row["sha256"] for row in found["distribution"]}
    assert listed == files(release)
    ids = {row["@id"] for row in found["distribution"]}
    for records in found["recordSet"]:
        names = [row["name"] for row in records["field"]]
        content = (release.dumps / f"{records['@id']}.csv").read_bytes().decode()
        assert names == content.partition("\r\n")[0].split(",")
        assert {row["source"]["fileObject"]["@id"] for row in records["field"]} <= ids
        assert records["key"]["@id"] in {row["@id"] for row in records["field"]}
    assert len(found["recordSet"]) == sum(1 for row in ids if row.endswith(".csv"))


def test_the_crate_describes_each_file_and_what_it_names(
    client: FlaskClient, release: Release
) -> None:
    graph = {row["@id"]: row for row in described(client, "ro-crate-metadata.json")["@graph"]}
    descriptor = graph["ro-crate-metadata.json"]
    assert descriptor["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.2"
    root = graph[descriptor["about"]["@id"]]
    assert root["license"] == {"@id": LICENCE}
    assert {"name", "description", "datePublished"} <= root.keys()
    named = {row["@id"]: graph[row["@id"]]["sha256"] for row in root["hasPart"]}
    assert named == files(release)
    assert graph[LICENCE]["@type"] == "CreativeWork"
    assert graph[root["publisher"]["@id"]]["@type"] == "Organization"


def test_datacite_has_what_the_schema_demands(client: FlaskClient, release: Release) -> None:
    found = described(client, "datacite.json")
    demanded = {"creators", "titles", "publisher", "publicationYear", "types", "schemaVersion"}
    assert demanded <= found.keys()
    assert found["publicationYear"] == release.manifest.created[:4]
    assert found["types"]["resourceTypeGeneral"] == "Dataset"
    assert found["rightsList"][0]["rightsUri"] == LICENCE
    assert found["version"] == release.manifest.identifier


def test_the_link_set_leads_from_the_page_to_all_and_back(
    client: FlaskClient, release: Release
) -> None:
    page = client.get("/dataset", headers=HTML)
    (path,) = re.findall(
        r'<([^<>]+)>; rel="linkset"; type="application/linkset\+json"', page.headers["Link"]
    )
    response = client.get(path)
    assert response.mimetype == "application/linkset+json"
    landing, *others = response.get_json(force=True)["linkset"]
    assert landing["anchor"] == DATASET
    assert {row["href"] for row in landing["item"]} == files(release).keys()
    back = {row["anchor"]: row for row in others}
    for link in landing["describedby"]:
        assert back[link["href"]]["describes"] == [{"href": DATASET}]
        answer = client.get("/" + link["href"].removeprefix(BASE))
        assert (answer.status_code, answer.mimetype) == (200, link["type"])
    assert all(back[row["href"]]["collection"] == [{"href": DATASET}] for row in landing["item"])


def test_an_unknown_description_names_those_that_exist(client: FlaskClient) -> None:
    answer = client.get("/dataset/marc.xml")
    assert answer.status_code == 404
    assert "croissant.json" in answer.text


def test_void_says_how_large_each_class_and_property_is(
    client: FlaskClient, published: Store
) -> None:
    graph = rdflib.Graph().parse(data=client.get("/dataset.ttl").data, format="turtle")
    dataset = rdflib.URIRef(DATASET)
    sizes = {
        term: graph.value(node, VOID.triples)
        for node in graph.objects(dataset, VOID.propertyPartition)
        if (term := graph.value(node, VOID.property))
    }
    assert {str(term): int(str(size)) for term, size in sizes.items()} == Counter(
        quad.predicate.value for quad in published
    )
    members = {
        str(term): int(str(graph.value(node, VOID.entities)))
        for node in graph.objects(dataset, VOID.classPartition)
        if (term := graph.value(node, VOID["class"]))
    }
    typed = published.quads_for_pattern(None, NamedNode(str(rdflib.RDF.type)), None)
    assert members == Counter(
        quad.object.value for quad in typed if isinstance(quad.object, NamedNode)
    )
    subjects = graph.value(dataset, VOID.distinctSubjects)
    assert int(str(subjects)) == len({quad.subject for quad in published})
