"""Names of resources in the vocabularies that data use, and no licence that nobody wrote."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from partyline.publishing import Publication, resource_page
from partyline.releases import build
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app

BASE = "https://data.example.org/"
KB = f"""@prefix schema: <https://schema.org/> .
@prefix old: <http://schema.org/> .
@prefix dc: <http://purl.org/dc/elements/1.1/> .
@prefix skosxl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <{BASE}vocab#> .
<{BASE}id/coin/a1> a :Coin ; schema:name "Ada's penny" ; schema:description "Thin." .
<{BASE}id/coin/a2> a :Coin ; dc:title "Second penny" ; dc:description "Thick." .
<{BASE}id/coin/a3> a :Coin ; skosxl:prefLabel [ skosxl:literalForm "Third penny"@en ] .
<{BASE}id/coin/a4> a :Coin ; old:name "Fourth penny" .
<{BASE}id/coin/a-fifth_penny> a :Coin ; skos:altLabel "Never a name" .
<{BASE}id/coin/a6> a :Coin ; :inscription "Sixth penny" ; dc:title "no name" .
"""
ONTOLOGY = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
skos:altLabel rdfs:subPropertyOf rdfs:label .
skos:prefLabel rdfs:subPropertyOf rdfs:label .
"""


def publish(folder: Path, more: str = "") -> Publication:
    for name, text in (("kb", KB), ("ontology", ONTOLOGY)):
        (folder / name).mkdir()
        (folder / name / "all.ttl").write_text(text, encoding="utf-8")
    file = folder / "partyline.toml"
    file.write_text(f'[knowledge]\ntitle = "Coins"\nbase = "{BASE}"\n{more}', encoding="utf-8")
    settings = read_settings(file)
    return Publication.of(build(settings).release, settings.knowledge)


@pytest.mark.parametrize(
    ("coin", "name"),
    [
        ("a1", "Ada's penny"),
        ("a2", "Second penny"),
        ("a3", "Third penny"),
        ("a4", "Fourth penny"),
        ("a-fifth_penny", "A fifth penny"),
    ],
)
def test_a_resource_is_named_by_the_vocabulary_that_it_uses(
    names: Publication, coin: str, name: str
) -> None:
    assert names.presenter.labels.best(NamedNode(f"{BASE}id/coin/{coin}")).text == name


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return publish(tmp_path_factory.mktemp("names"))


@pytest.mark.parametrize(("coin", "summary"), [("a1", "Thin."), ("a2", "Thick.")])
def test_a_page_begins_with_the_description(names: Publication, coin: str, summary: str) -> None:
    found = resource_page(names.reader, names.describe(f"{BASE}id/coin/{coin}")).summary
    assert found is not None
    assert found.text == summary


def test_settings_choose_other_properties(tmp_path: Path) -> None:
    chosen = f'labels = ["{BASE}vocab#inscription"]\n'
    labels = publish(tmp_path, chosen).presenter.labels
    assert labels.best(NamedNode(f"{BASE}id/coin/a6")).text == "Sixth penny"
    assert labels.best(NamedNode(f"{BASE}id/coin/a2")).text == "A2"


@pytest.fixture(scope="module")
def client(names: Publication) -> Iterator[FlaskClient]:
    settings = read_settings(names.release.path.parents[1] / "partyline.toml")
    with ExitStack() as stack:
        pool = stack.enter_context(QueryPool(names.release.store, settings.limits, names.prefixes))
        yield create_app(names, pool, settings).test_client()


def test_no_licence_is_claimed_that_is_not_in_the_sources(client: FlaskClient) -> None:
    for path in ("/", "/dataset.html", "/dataset.ttl", "/doc/coin/a1.html", "/doc/coin/a1.ttl"):
        text = client.get(path).text
        assert "creativecommons" not in text, path
        assert 'rel="license"' not in text, path
        assert "dct:license" not in text, path
    assert "none stated" in client.get("/dataset.html").text
    assert client.get("/dumps/", headers={"Accept": "application/json"}).json["licence"] is None  # type: ignore[index]
