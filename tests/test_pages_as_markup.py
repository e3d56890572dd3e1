"""Pages as markup: what they show, link and escape."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import Store

from graph_readers import matched
from partyline.publishing import Publication
from partyline.releases import Release, build
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from sampling import some_of
from web_pages import BASE, DNUM, FORMATS, HTML, PL, THING, Page, fetch, page


def test_the_page_of_a_thing_shows_its_names_its_iri_and_what_is_inferred(
    client: FlaskClient, published: Store
) -> None:
    shown = page(client, f"/doc/{DNUM}.html")
    text = " ".join(shown.text)
    names = matched(published, THING, rdflib.SKOS.prefLabel)
    assert names
    for name in names.objects():
        assert isinstance(name, rdflib.Literal)
        assert str(name) in text
        assert name.language in shown.languages
    assert str(THING) in text
    assert "inferred" in text


def test_a_page_links_its_data_and_stays_on_the_host_that_serves(client: FlaskClient) -> None:
    shown = page(client, f"/doc/{DNUM}.html")
    assert {f"/doc/{DNUM}.{ending}" for ending in FORMATS} <= set(shown.links)
    assert not [link for link in shown.links if link.startswith(BASE)]


#: What two addresses of one kind may differ in: the last name, and values of parameters.
KIND = re.compile(r"(?<==)[^&]*|(?<=/)[^/?.]+(?=[.?]|$)")


@pytest.mark.parametrize(
    "path", ["/", f"/doc/{DNUM}.html", "/ns.html", "/sparql", "/dumps/", "/dataset"]
)
def test_every_link_of_a_page_to_this_host_leads_somewhere(client: FlaskClient, path: str) -> None:
    shown = page(client, path)
    assert len(shown.anchors) == len(set(shown.anchors))
    addresses = set()
    for link in shown.links:
        address, _, anchor = link.partition("#")
        addresses.add(address)
        if anchor and address in ("", path.partition(".")[0]):
            assert anchor in shown.anchors, link
    kinds: dict[str, list[str]] = {}
    for address in sorted(addresses):
        # Queries are for the tests of the endpoint.
        if address.startswith("/") and not address.startswith("/sparql?"):
            kinds.setdefault(KIND.sub("", address), []).append(address)
    for kind in kinds.values():
        for address in some_of(kind, 3):
            assert fetch(client, address, **HTML).status_code == 200, address


def test_the_home_page_counts_the_release_and_leads_to_its_things(
    client: FlaskClient, release: Release
) -> None:
    shown = page(client, "/")
    text = " ".join(shown.text)
    assert f"{release.manifest.counts['inferred']:,}" in text
    assert f"/id/{DNUM}" in shown.links or any("/browse/" in link for link in shown.links)


def test_a_class_is_browsed_by_name(client: FlaskClient) -> None:
    response = client.get("/browse/", query_string={"class": str(PL.Organisation)}, headers=HTML)
    shown = Page(response.text)
    assert f"/id/{DNUM}" in shown.links


def test_a_class_without_things_is_shown_empty(client: FlaskClient) -> None:
    iri = str(rdflib.SKOS.prefLabel)
    assert client.get("/browse/", query_string={"class": iri}, headers=HTML).status_code == 200


@pytest.mark.parametrize(("query", "status"), [({}, 400), ({"class": "urn:nothing"}, 404)])
def test_a_class_that_is_not_mentioned_is_refused(
    client: FlaskClient, query: dict[str, str], status: int
) -> None:
    assert client.get("/browse/", query_string=query).status_code == status


def test_what_sources_write_cannot_become_markup(ensembles: Path) -> None:
    attack = '<script>alert(1)</script>"\\"<img src=x>'
    file = ensembles / "kb" / "ensembles.ttl"
    text = file.read_text(encoding="utf-8").replace('"Blechverein"@de', json.dumps(attack) + "@de")
    file.write_text(text, encoding="utf-8")
    settings = read_settings(ensembles / "partyline.toml", {})
    hostile = replace(settings.knowledge, title="</script>" + attack, description=attack)
    settings = replace(settings, knowledge=hostile)
    release = build(settings).release
    # Data for search engines, which no browser runs; what ends it is never in its text. And the
    # script of the search box.
    own = 'module" src="/static/suggestions[^<>]*'
    data = re.compile(f'<script type="(?:application/ld.json"|{own})>[^<>]*</script>')
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        client = create_app(
            Publication.of(release, settings.knowledge), pool, settings
        ).test_client()
        for path in (
            *("/", "/dataset", "/links/"),
            *("/doc/ensemble/brass-union.html", "/doc/ensemble/red-brass.html"),
        ):
            page = data.sub("", client.get(path, headers=HTML).text)
            assert "script>" not in page
            assert "<script" not in page
            assert "<img" not in page
