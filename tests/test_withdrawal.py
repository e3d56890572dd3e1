"""Resources that were merged into another one or withdrawn, as the data declare it."""

from collections.abc import Iterator
from shutil import copytree

import pytest
from flask.testing import FlaskClient

from conftest import DATA
from partyline.publishing import Publication
from partyline.releases import build
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from test_publishing import add

HTML, TURTLE = {"Accept": "text/html"}, {"Accept": "text/turtle"}
DECLARED = """
ensemble:old-brass a t:Ensemble ; rdfs:label "Altes Blech"@de ;
    owl:deprecated true ; dct:isReplacedBy ensemble:brass-union .
ensemble:invented rdfs:label "Erfunden"@de ; owl:deprecated true ;
    rdfs:comment "The town never had it."@en .
ensemble:lost owl:deprecated true ;
    dct:isReplacedBy ensemble:brass-union , ensemble:red-brass .
ensemble:resting a t:Ensemble ; rdfs:label "Ruhe"@de ; owl:deprecated true ;
    t:grewOutOf ensemble:brass-union .
"""


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = copytree(DATA / "ensembles", tmp_path_factory.mktemp("withdrawn") / "ensembles")
    add(folder, DECLARED, "@prefix dct: <http://purl.org/dc/terms/> .\n")
    settings = read_settings(folder / "partyline.toml", {})
    release = build(settings).release
    publication = Publication.of(release, settings.knowledge)
    base = settings.knowledge.base
    with QueryPool(release.store, settings.limits, {}, f"{base}sparql") as pool:
        yield create_app(publication, pool, settings).test_client()


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/id/ensemble/old-brass", "/id/ensemble/brass-union"),
        ("/doc/ensemble/old-brass", "/doc/ensemble/brass-union"),
        ("/doc/ensemble/old-brass.ttl", "/doc/ensemble/brass-union.ttl"),
        ("/id/ensemble/old-brass?asOf=1990-01-01", "/id/ensemble/brass-union?asOf=1990-01-01"),
    ],
)
def test_what_was_merged_leads_to_the_other(music: FlaskClient, path: str, leads_to: str) -> None:
    response = music.get(path, headers=HTML)
    assert (response.status_code, response.location) == (301, leads_to)


@pytest.mark.parametrize("path", ["/id/ensemble/invented", "/doc/ensemble/invented.ttl"])
@pytest.mark.parametrize("headers", [HTML, TURTLE, {"Accept": "application/problem+json"}])
def test_what_was_withdrawn_is_gone_and_says_why(
    music: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    response = music.get(path, headers=headers)
    assert response.status_code == 410
    assert "The town never had it." in response.text


def test_what_was_divided_leads_to_neither(music: FlaskClient) -> None:
    assert music.get("/id/ensemble/lost", headers=HTML).status_code == 410


def test_what_is_deprecated_but_still_described_has_its_page(music: FlaskClient) -> None:
    response = music.get("/id/ensemble/resting", headers=HTML, follow_redirects=True)
    assert response.status_code == 200
    assert "Blechverein" in response.text


def test_robots_are_not_led_to_what_is_gone(music: FlaskClient) -> None:
    listed = music.get("/sitemap-1.xml").text
    assert "/doc/ensemble/brass-union" in listed
    assert "/doc/ensemble/resting" in listed
    assert "invented" not in listed
    assert "old-brass" not in listed


def test_the_built_in_knowledge_leads_from_what_it_merged(client: FlaskClient) -> None:
    path = "/id/event/cambodia-national-rescue-party-out-of-"
    for party in ("human-rights-party", "sam-rainsy-party"):
        response = client.get(path + party, headers=HTML)
        assert response.status_code == 301
        assert response.location == "/id/event/cambodia-national-rescue-party-founding"
