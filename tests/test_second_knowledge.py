"""The small second knowledge base, served as the built-in one is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient

from partyline.publishing import Publication
from partyline.releases import build
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from web_pages import FORMATS, graph, page


@pytest.fixture(scope="module")
def music_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on the small second knowledge base."""
    folder = Path(__file__).parent / "data" / "ensembles" / "partyline.toml"
    settings = replace(read_settings(folder, {}), releases=tmp_path_factory.mktemp("music"))
    release = build(settings).release
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        yield create_app(Publication.of(release, settings.knowledge), pool, settings)


@pytest.fixture(scope="module")
def music(music_app: Flask) -> FlaskClient:
    return music_app.test_client()


@pytest.mark.parametrize("ending", FORMATS)
def test_another_knowledge_base_is_served_the_same_way(music: FlaskClient, ending: str) -> None:
    document = graph(music, f"/doc/ensemble/red-brass.{ending}", ending)
    things = rdflib.Namespace("https://music.example.org/id/ensemble/")
    terms = rdflib.Namespace("https://music.example.org/terms#")
    assert set(document.objects(things["red-brass"], terms.grewOutOf)) == {
        things["new-brass-union"],
        things["brass-union"],
    }


def test_the_ontology_of_another_knowledge_base_has_its_own_path(music: FlaskClient) -> None:
    assert {"Ensemble", "grewOutOf"} <= set(page(music, "/terms").anchors)
    assert graph(music, "/terms.ttl")
    assert graph(music, "/terms/1.0.0.ttl")
    assert music.get("/ns").status_code == 404


def test_the_pages_of_another_knowledge_base_are_in_its_languages(music: FlaskClient) -> None:
    shown = page(music, "/doc/ensemble/brass-union.html")
    assert "Blechverein" in " ".join(shown.text)
    assert "de" in shown.languages


def test_a_disputed_thing_says_so(music: FlaskClient) -> None:
    shown = page(music, "/doc/ensemble/rumoured-quartet.html")
    assert "Disputed." in " ".join(shown.text)


@pytest.mark.parametrize("path", ["/", "/browse/?class=https://music.example.org/terms%23Ensemble"])
def test_the_lists_of_another_knowledge_base_lead_to_its_things(
    music: FlaskClient, path: str
) -> None:
    assert "/id/ensemble/brass-union" in page(music, path).links


def test_what_is_dumped_is_what_is_served(music: FlaskClient) -> None:
    asserted = graph(music, "/dumps/asserted.nt", "nt")
    document = graph(music, "/doc/ensemble/brass-union.nt", "nt")
    thing = rdflib.URIRef("https://music.example.org/id/ensemble/brass-union")
    assert set(asserted.triples((thing, None, None))) == set(document.triples((thing, None, None)))
    assert '"07"^^' in music.get("/doc/ensemble/brass-union.nt").text
