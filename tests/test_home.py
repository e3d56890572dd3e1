"""The home page: what is declared for it, what it shows without, and the picture on it."""

import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from pyoxigraph import NamedNode, Store

from partyline.errors import SourceError
from partyline.publishing import HomePage, Publication, home_page
from partyline.publishing.lineage import Pictures
from partyline.publishing.lineage.answers import lineage
from partyline.publishing.lineage.overview import MOST_BARS, overview
from partyline.releases import Release, build
from partyline.settings import Settings, read_settings
from test_pages import DECLARED, declared

BLECH = "https://music.example.org/id/ensemble/brass-union"
HOME = (
    DECLARED
    + f"""
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
ex:home a view:Home ;
    view:count [ sh:targetClass t:Musician ; sh:order 2 ] ,
        [ sh:targetClass t:Ensemble ; rdfs:label "Ensembles"@de ; sh:order 1 ] ;
    view:start <{BLECH}> , <https://music.example.org/id/ensemble/nobody> ;
    view:dispute <https://music.example.org/id/event/nothing> ;
    view:proof [ rdf:subject <urn:x:a> ; rdf:predicate t:grewOutOf ; rdf:object <urn:x:b> ] .
"""
)
HTML = {"Accept": "text/html"}


def home(folder: Path, text: str) -> HomePage:
    settings = declared(folder, text)
    return home_page(Publication.of(build(settings).release, settings.knowledge))


def test_the_home_page_counts_and_names_what_is_declared_and_known(ensembles: Path) -> None:
    page = home(ensembles, HOME)
    assert (page.counts[0].size, page.counts[0].name.text) == (3, "Ensembles")
    assert len(page.counts) == 2
    assert [row.iri for row in page.starts] == [BLECH]
    assert (page.disputes, page.proofs) == ((), ())


def test_without_a_declaration_the_home_page_counts_the_featured_classes(ensembles: Path) -> None:
    page = home(ensembles, DECLARED)
    assert [row.size for row in page.counts] == [3]
    assert page.starts == ()
    assert page.example is not None


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("view:count [ sh:order 1 ]", "the count has no class"),
        ("view:count [ sh:targetClass t:Ensemble ; sh:order 'one' ]", "is not a number"),
        ("view:start 'Blechverein'", "is not an IRI"),
        ("view:proof [ a rdfs:Resource ]", "the statement lacks rdf:subject"),
    ],
)
def test_a_home_page_that_is_not_declared_well_is_refused(
    ensembles: Path, said: str, problem: str
) -> None:
    with pytest.raises(SourceError, match=problem):
        home(ensembles, f"{DECLARED}ex:home a view:Home ; {said} .")


def test_two_files_of_declarations_have_two_names(ensembles: Path) -> None:
    settings = declared(ensembles)
    other = ensembles / "more"
    other.mkdir()
    (other / "pages.ttl").write_text(DECLARED, encoding="utf-8")
    text = settings.path.read_text(encoding="utf-8")
    settings.path.write_text(
        text.replace('"ontology/pages"', '["ontology/pages", "more"]'), encoding="utf-8"
    )
    with pytest.raises(SourceError, match="has this name, too"):
        build(declared_again(settings))


def declared_again(settings: Settings) -> Settings:
    return read_settings(settings.path, {})


def test_the_built_in_home_page_counts_as_a_query_does(
    client: FlaskClient, published: Store
) -> None:
    text = client.get("/", headers=HTML).text
    for kind in ("Organisation", "Person", "Departure", "ContestedMatter"):
        iri = f"https://w3id.org/partyline/ns#{kind}"
        query = f"SELECT ?s {{ ?s a <{iri}> . FILTER(isIRI(?s)) }}"
        assert f"<b>{len(list(published.query(query))):,}</b>" in text, kind  # type: ignore[arg-type]


def test_the_built_in_home_page_has_a_dispute_and_a_proof(client: FlaskClient) -> None:
    text = client.get("/", headers=HTML).text
    dispute, proof = text.index('id="dispute"'), text.index('id="proof"')
    assert text[dispute:proof].count('<div class="value">') >= 3
    assert text[dispute:proof].count("<blockquote") >= 3
    assert re.search(r'<li class="conclusion">.*splinter of', text[proof:], re.DOTALL)


def test_every_dated_bar_is_at_a_glance(release: Release, settings: Settings) -> None:
    publication = Publication.of(release, settings.knowledge)
    pictures = Pictures(publication)
    drawn = set(re.findall(r'<a href="([^"]+)"', pictures.overview()))
    bars = pictures.lineage.bars.values()
    assert drawn == {
        publication.addresses.page(bar.iri) for bar in bars if bar.is_dated and bar.kind == "line"
    }


def test_names_at_a_glance_cover_nothing(page: Page, server: str) -> None:
    page.goto(server)
    boxes = page.locator("svg.lineage").evaluate(
        """svg => {
            const boxes = (selector) => [...svg.querySelectorAll(selector)].map(node => {
                const b = node.getBBox()
                return [b.x, b.y + 2, b.x + b.width, b.y + b.height - 2]
            })
            return {names: boxes('.label text'), all: boxes('.label text, .bars rect')}
        }"""
    )
    assert len(boxes["names"]) > 20
    hits = [
        (one, other)
        for one in boxes["names"]
        for other in boxes["all"]
        if one != other
        and min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 1
    ]
    assert hits == []
    # The picture is seen without scrolling.
    assert page.locator("svg.lineage").bounding_box()["y"] < 400  # type: ignore[index]


def test_the_home_page_leads_to_what_is_known_alone(client: FlaskClient) -> None:
    text = client.get("/", headers=HTML).text
    found = re.findall(r'href="(/(?:id|browse)/[^"]+)"', text)
    assert found
    for path in found[::20]:
        assert client.get(path.replace("&amp;", "&"), headers=HTML).status_code in (200, 303)
    assert NamedNode(BLECH).value not in text


def test_of_very_many_bars_those_with_most_joins_are_at_a_glance() -> None:
    answers = {
        "bars": [{"bar": f"urn:x:{number:04}"} for number in range(500)],
        "begins": [
            {"bar": f"urn:x:{number:04}", "date": str(1900 + number % 90)} for number in range(500)
        ],
        "joins": [
            {"kind": "split", "from": "urn:x:0400", "to": f"urn:x:{number:04}"}
            for number in range(401, 450)
        ],
    }
    drawing = overview(lineage(answers), lambda iri: iri, date(2026, 1, 1))
    shown = {box.bar.iri for box in drawing.bars}
    assert len(shown) == MOST_BARS
    assert {f"urn:x:{number:04}" for number in range(400, 450)} <= shown
