"""What programs find without knowing an address: descriptions, sitemaps, the catalogue of APIs."""

import hashlib
import json
import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD

from partyline.publishing import Publication
from partyline.releases import Release
from partyline.settings import Settings
from partyline.web.views.discovery import sitemaps

BASE = "https://w3id.org/partyline/"
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
HTML = {"Accept": "text/html"}
_SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def locations(client: FlaskClient, path: str) -> list[str]:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/xml")
    root = ElementTree.fromstring(response.data)
    return [row.text or "" for row in root.findall("*/s:loc", _SPACE)]


def test_robots_find_the_sitemaps_and_each_page_of_a_resource_once(
    client: FlaskClient, release: Release, settings: Settings
) -> None:
    (index,) = re.findall(r"^Sitemap: (.*)$", client.get("/robots.txt").text, re.MULTILINE)
    assert index == BASE + "sitemap.xml"
    pages = [
        page
        for sitemap in locations(client, urlsplit(index).path.removeprefix("/partyline"))
        for page in locations(client, "/" + sitemap.removeprefix(BASE))
    ]
    assert len(pages) == len(set(pages))
    resources = {
        row[0].value
        for row in release.open_store().query(  # type: ignore[union-attr]
            "PREFIX owl: <http://www.w3.org/2002/07/owl#> SELECT DISTINCT ?s { ?s ?p ?o "
            f"FILTER(STRSTARTS(STR(?s), '{BASE}id/') && NOT EXISTS {{ ?s owl:deprecated true }}) }}"
        )
    }
    about = {f"{BASE}id/{page.removeprefix(BASE + 'doc/').removesuffix('.html')}" for page in pages}
    assert resources <= about
    for page in (*pages[:8], *pages[8::97]):
        assert client.get("/" + page.removeprefix(BASE), headers=HTML).status_code == 200, page


def test_many_resources_are_in_several_sitemaps(
    release: Release, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication = Publication.of(release, settings.knowledge)
    whole = list(sitemaps.SitemapPages(publication).of(1))
    monkeypatch.setattr(sitemaps, "_IN_ONE", 100)
    pages = sitemaps.SitemapPages(publication)
    assert pages.sitemaps > 10
    parts = [page for number in range(1, pages.sitemaps + 1) for page in pages.of(number)]
    assert parts == whole


def test_sitemaps_say_when_what_is_about_the_whole_changed(
    client: FlaskClient, release: Release
) -> None:
    for path in ("/sitemap.xml", "/sitemap-1.xml"):
        root = ElementTree.fromstring(client.get(path).data)
        changed = {
            str(row.findtext("s:loc", "", _SPACE)): row.findtext("s:lastmod", "", _SPACE)
            for row in root
        }
        assert set(changed.values()) <= {"", release.manifest.created}
    assert changed[BASE + "dumps/"] == release.manifest.created
    assert changed[BASE + "doc/organisation/funcinpec.html"] == ""


def test_a_sitemap_that_does_not_exist_is_404(client: FlaskClient) -> None:
    assert client.get("/sitemap-0.xml").status_code == 404
    assert client.get("/sitemap-99.xml").status_code == 404


def test_dcat_describes_each_dump_with_its_size_and_checksum(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/dataset.ttl").data, format="turtle")
    dataset = rdflib.URIRef(BASE + "dataset")
    assert (dataset, RDF.type, DCAT.Dataset) in graph
    publisher = graph.value(dataset, DCTERMS.publisher)
    assert (publisher, RDF.type, FOAF.Agent) in graph
    distributions = list(graph.objects(dataset, DCAT.distribution))
    listed = json.loads(client.get("/dumps/").text)
    copies = [copy for row in listed["files"] for copy in row["compressed"]]
    assert len(distributions) == len(listed["files"]) + len(copies) + len(listed["tables"])
    small = {"ontology.ttl", "ontology.nt"}
    for node in distributions:
        address = str(graph.value(node, DCAT.downloadURL))
        name = address.removeprefix(BASE + "dumps/")
        size, checksum = graph.value(node, DCAT.byteSize), graph.value(node, SPDX.checksum)
        assert isinstance(size, rdflib.Literal)
        assert size.datatype == XSD.nonNegativeInteger
        compressed = graph.value(node, DCAT.compressFormat)
        kind = compressed or graph.value(node, DCAT.mediaType)
        media_type = str(kind).split("media-types/")[1]
        with client.get(f"/dumps/{name}") as response:
            assert response.mimetype == media_type
            assert response.content_length == int(size)
            if name in small:
                digest = hashlib.sha256(response.data).hexdigest()
                assert str(graph.value(checksum, SPDX.checksumValue)) == digest
                small.remove(name)
    assert not small
    services = graph.subjects(DCAT.servesDataset, dataset)
    assert BASE + "sparql" in {str(graph.value(row, DCAT.endpointURL)) for row in services}


@pytest.mark.parametrize("path", ["/", "/dataset"])
def test_search_engines_read_the_dataset_on_a_page(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers=HTML).text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found = json.loads(block)
    assert found["@type"] == "Dataset"
    assert found["name"]
    assert 50 <= len(found["description"]) <= 5_000
    assert found["license"].startswith("https://creativecommons.org/")
    listed = json.loads(client.get("/dumps/").text)
    files = (*listed["files"], *(row for row in listed["tables"] if "class" not in row))
    assert {row["name"] for row in found["distribution"]} == {row["name"] for row in files}
    # The home page is short, and hashes cannot be compressed.
    hashes = {row["sha256"] for row in files} if path == "/dataset" else {None}
    assert {row.get("sha256") for row in found["distribution"]} == hashes


def test_the_catalogue_of_interfaces_is_a_link_set(client: FlaskClient) -> None:
    for method in (client.get, client.head):
        response = method("/.well-known/api-catalog")
        assert response.headers["Content-Type"] == (
            'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
        )
        assert 'rel="api-catalog"' in response.headers["Link"]
    rows = json.loads(client.get("/.well-known/api-catalog").text)["linkset"]
    catalogue, *rows = rows
    anchors = [row["anchor"] for row in rows]
    paths = ("sparql", "api/", "reconcile", "answer", "mcp", "dumps/")
    assert anchors == [BASE + row for row in paths]
    assert [row["href"] for row in catalogue["item"]] == anchors
    for row in rows:
        links = [link for relation, found in row.items() if relation != "anchor" for link in found]
        for link in (link for link in links if link["href"].startswith(BASE)):
            path = link["href"].removeprefix(BASE)
            response = client.get("/" + path, headers={"Accept": link["type"]})
            assert (response.status_code, response.mimetype) == (200, link["type"])
