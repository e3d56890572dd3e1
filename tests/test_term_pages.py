"""Large ontologies as pages: an index by theme, and a page for each term."""

import json
import re
from collections import Counter
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from partyline.publishing import Publication
from partyline.releases import Release
from partyline.settings import Settings
from sampling import some_of
from test_identifiers import BASE, VOCABULARY, Site
from test_identifiers import site as site

HTML = {"Accept": "text/html"}
NS = "https://w3id.org/partyline/ns"


@pytest.fixture(scope="module")
def publication(release: Release, settings: Settings) -> Publication:
    return Publication.of(release, settings.knowledge)


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, path
    return answer.text


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_index_has_each_term_once_below_the_file_that_defines_it(
    client: FlaskClient, publication: Publication
) -> None:
    page = read(client, "/ns")
    (ontology,) = publication.ontologies
    anchors = re.findall(r'<li id="([^"]+)"><a href="([^"]+)"', page)
    fragments = [iri.partition("#")[2] for iri in ontology.terms]

    assert sorted(anchor for anchor, _ in anchors) == sorted(fragments)
    assert all(path == f"/ns/{anchor}" for anchor, path in anchors)
    splits = page.partition('id="theme-splits"')[2].partition("</section>")[0]
    assert 'href="/ns/splinterOf"' in splits
    assert "/ns/Defection" not in splits
    assert len(page) < 60_000


def test_the_page_of_a_property_says_what_it_means_and_how_it_is_used(client: FlaskClient) -> None:
    page = read(client, "/ns/splinterOf")
    text = words(page)

    assert "Was formed by people who left the other organisation in order to form it." in text
    assert "Example: the Khmer National Solidarity Party, of the Cambodian National Unity" in text
    assert "founded in then precipitated by then departure from" in text
    assert "Inverse of has splinter" in text
    assert "6 statements: 6 inferred." in text
    assert "Democratic National Union Movement → Cambodian National Unity Party inferred" in text
    assert "?x pl:splinterOf ?y ⇒ ?x pl:descendsFrom ?y prp-spo1" in text
    assert 'href="/rules/prp-spo2"' in page
    assert "wd:P807" in text
    assert 'href="/ns#theme-splits"' in page
    # English first: it is the first language of the settings.
    assert text.index("Was formed by") < text.index("A été formée")


def test_the_page_of_a_class_names_what_is_above_and_below_and_counts_its_members(
    client: FlaskClient,
) -> None:
    text = words(read(client, "/ns/PoliticalEvent"))

    assert re.search(r"Subclasses .*\bdeparture\b.*\bfounding\b", text)
    assert re.search(r"Used in this release \d+ statements: \d+ inferred\. Members", text)
    assert "Hence also a org:ChangeEvent" in words(read(client, "/ns/Founding"))


def test_an_individual_has_the_page_of_a_resource(client: FlaskClient) -> None:
    page = read(client, "/ns/Hedged")

    assert "<h1" in page
    assert "Used in this release" not in page
    assert ">Incoming links<" in page


def test_every_term_has_a_page_and_the_same_data_as_its_document(
    client: FlaskClient, publication: Publication
) -> None:
    (ontology,) = publication.ontologies
    for iri in some_of(ontology.terms, 12):
        path = publication.addresses.page(iri)
        assert unquote(path) == "/ns/" + iri.partition("#")[2]
        page = read(client, path)
        assert len(page) <= 60 * 1024, path
        data = client.get(path, headers={"Accept": "application/n-triples"})
        assert data.headers["Content-Location"] == f"{path}.nt"
        assert f"<{iri}> " in data.text
        for same in (
            client.get(f"{path}.nt"),
            client.get("/resource.nt", query_string={"iri": iri}),
        ):
            assert same.data == data.data
        assert f'href="{path}.ttl"' in page


def test_links_and_redirects_lead_to_the_page_of_a_term(client: FlaskClient) -> None:
    answer = client.get("/resource", query_string={"iri": f"{NS}#Founding"}, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ns/Founding")
    assert 'href="/ns/Organisation"' in read(client, "/")
    assert client.get("/ns/Nothing", headers=HTML).status_code == 404


def large(*more: str) -> str:
    terms = (f':C{number} a owl:Class ; rdfs:label "C{number}"@en .' for number in range(61))
    return "\n".join((VOCABULARY, *terms, *more))


def test_data_at_the_address_of_a_term_keep_it(site: Site) -> None:
    client, publication = site(f"<{BASE}vocab/C7> a :C7 . <{BASE}a> a :C8 .", large())

    assert publication.addresses.page(f"{BASE}vocab#C8") == "/vocab/C8"
    assert publication.addresses.page(f"{BASE}vocab#C7") == "/vocab#C7"
    assert client.get("/vocab/C7", headers=HTML).status_code == 303
    page = read(client, "/vocab")
    assert '<li id="C7">' in page
    # The terms of one file are not a theme.
    assert "<h2 id=" not in page.partition("<main")[2]


def test_a_term_with_the_name_of_a_document_keeps_it(site: Site) -> None:
    client, publication = site(f"<{BASE}a> a :C1 .", large(f"<{BASE}vocab#C1.ttl> a owl:Class ."))

    assert publication.document(f"{BASE}vocab#C1", "ttl").startswith("/resource.ttl?iri=")
    assert "vocab#C1.ttl" in client.get("/vocab/C1.ttl", headers=HTML).text
    assert client.get("/vocab/C1.nt").mimetype == "application/n-triples"


def test_a_small_ontology_is_one_page_with_all_of_its_terms(site: Site) -> None:
    client, publication = site(f"<{BASE}a> a :Coin .")

    assert publication.addresses.page(f"{BASE}vocab#Coin") == "/vocab#Coin"
    assert 'class="term" id="Coin"' in read(client, "/vocab")


def test_a_slash_term_has_the_same_page_at_its_document(site: Site) -> None:
    coin = f'<{BASE}terms/Coin> a owl:Class ; rdfs:comment "A round thing." .'
    ontology = f"<{BASE}terms/> a owl:Ontology . {coin}"
    client, _ = site(f"<{BASE}a> a <{BASE}terms/Coin> .", ontology, "")
    page = client.get("/terms/Coin", headers=HTML, follow_redirects=True).text

    assert "A round thing." in page
    assert "1 statements: 1 asserted" in words(page)


def test_terms_with_a_slash_are_listed_by_theme_too(site: Site) -> None:
    terms = [f'<{BASE}terms/T{n}> a owl:Class ; rdfs:label "T{n}" .' for n in range(62)]
    ontology = f"<{BASE}terms/> a owl:Ontology .\n" + "\n".join(terms[:40])
    files = {"ontology/more-terms.ttl": "\n".join(terms[40:])}
    client, _ = site(f"<{BASE}a> a <{BASE}terms/T7> .", ontology, "", files)
    page = read(client, "/terms/")

    theme = page.partition('id="theme-more-terms"')[2].partition("</section>")[0]
    assert sorted(re.findall(r'<a href="/[^"]*terms/(T\d+)', theme)) == [
        f"T{n}" for n in range(40, 62)
    ]
    term = client.get("/terms/T50", headers=HTML, follow_redirects=True).text
    assert 'href="/terms#theme-more-terms"' in term


def test_what_follows_with_a_term_leads_to_proofs_by_its_rules(client: FlaskClient) -> None:
    page = read(client, "/ns/splinterOf")
    section = page.partition('id="consequences"')[2].partition("</section>")[0]
    rows = re.findall(r"<small[^>]*>([^<]+)</small> <a href=\"(/why[^\"]+)\"", section)

    assert 1 < len(rows) <= 10
    assert "DNUM" in section or "Democratic National Union Movement" in section
    through_the_term = 0
    for rule, path in rows:
        address = path.replace("&amp;", "&").replace("/why?", "/why.json?")
        found = client.get(address).json
        assert found is not None
        assert found["standing"] == "inferred"
        proofs = json.dumps(found["proofs"])
        through_the_term += f'"{rule}"' in proofs and f"{NS}#splinterOf" in proofs
    # That it is an organisation is known from elsewhere, too, and shorter.
    assert through_the_term >= len(rows) - 4
    assert through_the_term >= 4


def test_the_diagram_of_a_class_shows_what_the_list_beside_it_says(client: FlaskClient) -> None:
    page = read(client, "/ns/Organisation")
    figure = page.partition('<figure class="diagram">')[2].partition("</figure>")[0]
    picture, _, text = figure.partition("</svg>")
    root = ElementTree.fromstring(picture[picture.index("<svg") :] + "</svg>")
    drawn = Counter("".join(row.itertext()) for row in root.iter("text"))
    listed = Counter(re.findall(r"<a [^>]*><span[^>]*>([^<]+)</span></a>", text))

    assert root.attrib["role"] == "img"
    assert drawn["has successor"] == listed["has successor"] == 1
    assert {"political party", "agent", "founded by", "+ 30"} <= drawn.keys()
    # The picture has the class once, and the list at each relation that leads to it.
    names = {name for name in drawn if not name.startswith("+")}
    assert names == listed.keys()
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    for row in root.iter("rect"):
        x, y, wide, high = (float(row.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width
        assert 0 <= y <= y + high <= height


def test_a_property_has_no_diagram_nor_has_a_class_on_its_own(
    client: FlaskClient, site: Site
) -> None:
    assert "<figure" not in read(client, "/ns/splinterOf")
    alone, _ = site(f"<{BASE}a> a <{BASE}terms/Coin> .", f"<{BASE}terms/Coin> a owl:Class .", "")
    assert "<figure" not in alone.get("/terms/Coin", headers=HTML, follow_redirects=True).text
