"""What an answer says beside its body: typed links, similar names, and where a slash leads."""

import json
import re

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from partyline.publishing import Publication, similar_resources
from partyline.releases import Release
from partyline.settings import Settings
from partyline.sparql import QueryPool
from partyline.web import create_app

PARTY = "/doc/organisation/funcinpec"
BASE = "https://w3id.org/partyline/"
TYPES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "html": "text/html",
}
#: One link of a header whose targets and types hold no commas (RFC 8288, section 3).
_LINK = re.compile(r'<([^<>, ]*)>; rel="([a-z -]+)"(?:; type="([a-z/+-]+)")?')


def links(client: FlaskClient, path: str, accept: str = "") -> list[tuple[str, str, str]]:
    """Return target, relation and type of each link in the header of an answer."""
    response = client.get(path, headers={"Accept": accept} if accept else {})
    assert response.status_code == 200
    header = response.headers["Link"]
    parts = header.split(", ")
    found = [_LINK.fullmatch(part) for part in parts]
    assert all(found), header
    return [
        (match[1], relation, match[3] or "")
        for match in found
        if match is not None
        for relation in match[2].split()
    ]


@pytest.mark.parametrize("ending", TYPES)
def test_each_format_leads_to_every_other(client: FlaskClient, ending: str) -> None:
    found = links(client, f"{PARTY}.{ending}")
    others = {path: kind for path, relation, kind in found if relation == "alternate"}
    wanted = {f"{PARTY}.{name}": kind for name, kind in TYPES.items() if name != ending}
    assert others == wanted
    for path, kind in wanted.items():
        assert client.get(path).mimetype == kind
    targets = {relation: target for target, relation, _ in found}
    assert targets["canonical"] == f"{BASE}doc/organisation/funcinpec.{ending}"
    assert targets["collection"] == f"{BASE}dataset"
    assert targets["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_a_page_is_about_its_resource_and_a_graph_describes_it(client: FlaskClient) -> None:
    iri = f"{BASE}id/organisation/funcinpec"
    page, graph = links(client, PARTY, "text/html"), links(client, PARTY, "text/turtle")
    assert (iri, "cite-as", "") in page
    assert ("https://schema.org/AboutPage", "type", "") in page
    assert {kind for _, relation, kind in page if relation == "describedby"} == {
        kind for name, kind in TYPES.items() if name != "html"
    }
    assert (iri, "describes", "") in graph
    assert "cite-as" not in {relation for _, relation, _ in graph}


def test_links_have_the_prefix_of_a_proxy(release: Release, settings: Settings) -> None:
    with QueryPool(release.store, settings.limits, {}, BASE + "sparql") as pool:
        app = create_app(Publication.of(release, settings.knowledge), pool, settings)
        client = app.test_client()
        response = client.get(f"{PARTY}.ttl", environ_overrides={"SCRIPT_NAME": "/data"})
        assert f"</data{PARTY}.nt>" in response.headers["Link"]
        slash = client.get("/dataset/", environ_overrides={"SCRIPT_NAME": "/data"})
        assert slash.headers["Location"] == "/data/dataset"


def test_every_iri_in_a_link_is_a_uri(client: FlaskClient) -> None:
    for _, relation, _ in links(client, "/dataset.ttl"):
        assert relation in {"alternate", "describes", "canonical", "license", "linkset"}
    header = client.get("/resource.ttl?iri=http://www.w3.org/2004/02/skos/core%23prefLabel")
    assert header.headers["Link"].isascii()


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/id/organisation/funcinpek", "organisation/funcinpec"),
        ("/id/party/funcinpec", "organisation/funcinpec"),
        ("/id/person/khieu-samfan", "person/khieu-samphan"),
        ("/doc/person/Khieu%20Samphan", "person/khieu-samphan"),
        ("/id/organisation/sam rainsy\\u202e party", "organisation/sam-rainsy-party"),
    ],
)
def test_similar_names_are_reported_in_each_format(
    client: FlaskClient, path: str, meant: str
) -> None:
    text = client.get(path, headers={"Accept": "text/turtle"})
    assert text.status_code == 404
    assert f"Similar: /id/{meant} (" in text.text
    problem = json.loads(client.get(path, headers={"Accept": "application/json"}).text)
    assert problem["similar"][0]["path"] == f"/id/{meant}"
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert f'<a href="/id/{meant}">' in page.text


def test_what_is_like_nothing_has_no_similar_names(client: FlaskClient) -> None:
    problem = json.loads(
        client.get("/id/person/xyzzy", headers={"Accept": "application/json"}).text
    )
    assert "similar" not in problem
    page = client.get("/id/person/xyzzy", headers={"Accept": "text/html"})
    assert "Similar names" not in page.text


def test_the_best_of_similar_names_is_first_and_each_is_described(
    release: Release, settings: Settings
) -> None:
    publication = Publication.of(release, settings.knowledge)
    found = similar_resources(publication, f"{BASE}id/event/khmer-rouge")
    assert found[0] == NamedNode(f"{BASE}id/organisation/khmer-rouge")
    assert 1 < len(found) <= 5
    for node in found:
        assert publication.describe(node.value).about
    assert similar_resources(publication, BASE) == ()


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/dataset/", "/dataset"),
        ("/sparql/?query=ASK%20%7B%7D", "/sparql?query=ASK%20%7B%7D"),
        ("/lineage/funcinpec/", "/lineage/funcinpec"),
        ("/dumps/asserted.ttl/", "/dumps/asserted.ttl"),
        ("/dumps", "/dumps/"),
    ],
)
def test_a_slash_too_many_or_missing_is_redirected(
    client: FlaskClient, path: str, location: str
) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (308, location)
    # The method is kept: a query that is posted arrives.
    with client.get(response.headers["Location"]) as there:
        assert there.status_code == 200


def test_a_slash_at_the_end_of_what_is_unknown_stays(client: FlaskClient) -> None:
    assert client.get("/nowhere/").status_code == 404
    assert client.get("/id/organisation/funcinpec/").status_code == 303


def test_a_page_describes_itself_to_those_who_link_it(client: FlaskClient) -> None:
    """Open Graph: the title, a sentence, the address that lasts, and the picture if any."""
    text = client.get("/doc/organisation/funcinpec.html").text
    found = dict(re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)">', text))
    assert found["description"] == found["og:description"]
    assert found["description"].startswith("Founded on 21 March 1981")
    assert found["og:title"] == "FUNCINPEC"
    assert found["og:url"] == "https://w3id.org/partyline/doc/organisation/funcinpec.html"
    picture = found["og:image"].removeprefix("https://w3id.org/partyline")
    assert client.get(picture).mimetype == "image/png"
    other = client.get("/doc/person/khieu-samphan.html").text
    assert "og:title" in other
    assert "og:image" not in other
