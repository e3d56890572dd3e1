"""Thesauri: trees, indexes by language and notation, mappings, and lists of any length."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from partyline.publishing import Publication
from partyline.releases import build
from partyline.settings import read_settings
from partyline.sparql import QueryPool
from partyline.web import create_app

BASE = "https://data.example.org/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
CONCEPT = SKOS + "Concept"
PREFIXES = f"@prefix skos: <{SKOS}> .\n@prefix c: <{BASE}id/> .\n"
DATA = """\
c:metals a skos:ConceptScheme ; skos:prefLabel "Metals"@en ; skos:hasTopConcept c:metal .
c:metal a skos:Concept ; skos:prefLabel "Metal"@en , "金属"@zh ; skos:inScheme c:metals .
c:noble a skos:Concept ; skos:prefLabel "Noble metal"@en ; skos:broader c:metal ;
    skos:inScheme c:metals ; skos:notation "2" ; skos:altLabel "Zz"@en .
c:silver a skos:Concept ; skos:prefLabel "Silver"@en , "Silber"@de ; skos:broader c:noble ;
    skos:inScheme c:metals ; skos:notation "2.10" ;
    skos:exactMatch <https://elsewhere.example.net/things/ag> .
c:gold a skos:Concept ; skos:prefLabel "Émail gold"@en ; skos:inScheme c:metals ;
    skos:notation "2.9" ; skos:closeMatch <https://third.example.net/t#au> .
c:noble skos:narrower c:gold .
c:leaf a skos:Concept ; skos:prefLabel "Gold leaf"@en ;
    skos:broader c:gold ; skos:inScheme c:metals .
c:flake a skos:Concept ; skos:prefLabel "Flake"@en ;
    skos:broader c:leaf ; skos:inScheme c:metals .
c:loop1 a skos:Concept ; skos:prefLabel "Loop 1"@en ;
    skos:broader c:loop2 ; skos:inScheme c:metals .
c:loop2 a skos:Concept ; skos:prefLabel "Loop 2"@en ;
    skos:broader c:loop1 ; skos:inScheme c:metals .
c:metal skos:narrower c:loop1 .
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, Publication]]:
    folder = tmp_path_factory.mktemp("thesaurus")
    (folder / "kb").mkdir()
    (folder / "kb" / "metals.ttl").write_text(PREFIXES + DATA, encoding="utf-8")
    file = folder / "partyline.toml"
    file.write_text(f'[knowledge]\ntitle = "Metals"\nbase = "{BASE}"\n', encoding="utf-8")
    settings = read_settings(file)
    release = build(settings).release
    publication = Publication.of(release, settings.knowledge)
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        yield create_app(publication, pool, settings).test_client(), publication


def links(text: str) -> list[str]:
    main = text.partition("<main")[2].partition("</main>")[0]
    return [unescape(row) for row in re.findall(r'href="([^"]+)"', main)]


def shown(client: FlaskClient, path: str, **query: str) -> tuple[str, list[str]]:
    answer = client.get(path, query_string=query or None, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text, links(answer.text)


def test_the_only_scheme_is_shown_with_its_tree(site: tuple[FlaskClient, Publication]) -> None:
    text, found = shown(site[0], "/schemes/")

    assert "9 concepts" not in text
    assert "8 concepts" in text
    tree = [row for row in found if row.startswith("/id/")]
    assert tree.index("/id/metal") < tree.index("/id/noble") < tree.index("/id/gold")
    assert tree.index("/id/gold") < tree.index("/id/silver")  # 2.9 is before 2.10
    assert 'href="/schemes/">Concepts</a>' in text


def test_narrower_concepts_beyond_the_third_level_have_a_page(
    site: tuple[FlaskClient, Publication],
) -> None:
    _, found = shown(site[0], "/schemes/")
    assert "/id/leaf" not in found
    (deeper,) = [row for row in found if row.endswith("concept=https%3A//data.example.org/id/gold")]

    text, below = shown(site[0], deeper)

    assert [row for row in below if row in ("/id/leaf", "/id/flake")] == ["/id/leaf", "/id/flake"]
    assert "Noble metal" in text  # the way up


def test_a_loop_of_broader_concepts_ends(site: tuple[FlaskClient, Publication]) -> None:
    _, found = shown(site[0], "/schemes/", iri=f"{BASE}id/metals", concept=f"{BASE}id/loop1")

    assert found.count("/id/loop1") == 1
    assert found.count("/id/loop2") == 1


def test_concepts_are_listed_by_notation_as_numbers(
    site: tuple[FlaskClient, Publication],
) -> None:
    _, found = shown(site[0], "/schemes/notations", iri=f"{BASE}id/metals")

    assert [row for row in found if row.startswith("/id/")][-3:] == [
        "/id/noble",
        "/id/gold",
        "/id/silver",
    ]


def test_mappings_are_counted_and_listed_by_target(site: tuple[FlaskClient, Publication]) -> None:
    text, found = shown(site[0], "/schemes/")
    assert "https://elsewhere.example.net/things/</a>" in text
    assert "https://third.example.net/t#</a>" in text
    (address,) = [row for row in found if "target=https%3A//elsewhere" in row]

    _, listed = shown(site[0], address)

    assert "/id/silver" in listed
    assert "/id/gold" not in listed
    assert "https://elsewhere.example.net/things/ag" in listed


def test_the_index_of_a_language_has_its_names_alone(
    site: tuple[FlaskClient, Publication],
) -> None:
    text, found = shown(site[0], "/browse/", **{"class": CONCEPT})
    assert any(row.endswith("language=de") for row in found)
    assert "Émail gold" in text

    german, listed = shown(site[0], "/browse/", **{"class": CONCEPT, "language": "DE"})

    assert [row for row in listed if row.startswith("/id/")] == ["/id/silver"]
    assert "Silber" in german


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/schemes/", {"iri": f"{BASE}id/metal"}, 404),
        ("/schemes/", {"iri": "not an IRI"}, 404),
        ("/schemes/", {"concept": f"{BASE}id/nothing"}, 404),
        ("/schemes/mappings", {"target": "https://nowhere.example/"}, 404),
        ("/browse/", {"class": CONCEPT, "language": "<script>"}, 400),
    ],
)
def test_what_is_not_there_is_refused(
    site: tuple[FlaskClient, Publication], path: str, query: dict[str, str], status: int
) -> None:
    assert site[0].get(path, query_string=query).status_code == status


def test_names_read_at_once_are_those_read_alone(site: tuple[FlaskClient, Publication]) -> None:
    labels, table = site[1].presenter.labels, site[1].statements.table
    subjects = table.columns["subject"][:]

    for number, names in labels.of_all(subjects):
        node = table.terms.term(number)
        assert isinstance(node, NamedNode)
        assert names == labels.literals(node)


def test_letters_lead_to_the_page_that_has_the_first_name(tmp_path: Path) -> None:
    names = [f"{letter}{number:04}" for letter in "ÄBЖ7" for number in range(400)]
    rows = "".join(
        f'c:n{place} a skos:Concept ; skos:prefLabel "{name}"@en .\n'
        for place, name in enumerate(names)
    )
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "many.ttl").write_text(PREFIXES + rows, encoding="utf-8")
    file = tmp_path / "partyline.toml"
    file.write_text(f'[knowledge]\ntitle = "Many"\nbase = "{BASE}"\n', encoding="utf-8")
    settings = read_settings(file)
    release = build(settings).release
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        publication = Publication.of(release, settings.knowledge)
        client = create_app(publication, pool, settings).test_client()

        text, found = shown(client, "/browse/", **{"class": CONCEPT})
        assert "1,600" in text
        (to_b,) = [row for row in found if row.endswith("#letter-B")]
        (to_zhe,) = [row for row in found if row.endswith("#letter-Ж")]
        for address, letter in ((to_b, "B"), (to_zhe, "Ж")):
            there = client.get(address.partition("#")[0] or f"/browse/?class={CONCEPT}").text
            assert f'id="letter-{letter}">{letter}</h2>' in there
            assert f"{letter}0000" in there
