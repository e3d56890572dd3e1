"""Pages in several languages: addresses, negotiation, words, names, what stays the same."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from partyline.errors import SettingsError
from partyline.publishing import Publication
from partyline.releases import Release
from partyline.settings import Settings
from partyline.sparql import QueryPool
from partyline.web import create_app
from partyline.web.kept import AnswerStore
from partyline.web.kept.answer import Origin
from partyline.web.kept.store import MadeAnswer
from partyline.web.languages import chosen_language
from partyline.web.templating.words import words_of

PARTY = "/doc/organisation/khmer-national-solidarity-party"
PAGE = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("accept", "tag"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("FR-ca", "fr"),
        ("de, fr;q=0.3, en;q=0.2", "fr"),
        ("en;q=0.2, fr;q=0.3", "fr"),
        ("zh-Hant-CN-x-private, pt-BR;q=0.1", "pt-BR"),
        ("pt", "en"),
        ("*", "en"),
        ("en;q=0, *", "fr"),
        ("fr;q=0, de", "en"),
        ("fr;q=2, ;;, en-", "en"),
        ("fr-" + "a-" * 5000, "fr"),
    ],
)
def test_the_language_that_a_client_prefers(accept: str, tag: str) -> None:
    assert chosen_language(accept, ("en", "fr", "pt-BR")) == tag


def test_an_address_has_its_language_whatever_the_client_prefers(client: FlaskClient) -> None:
    french = client.get("/fr" + PARTY, headers={**PAGE, "Accept-Language": "en"})
    assert french.headers["Content-Language"] == "fr"
    assert "Accept-Language" not in french.headers.get("Vary", "")
    assert '<html lang="fr">' in french.text
    assert "Fondation en <a" in french.text or "Fondation en mai 1997" in french.text
    assert "vers 1998" in french.text
    assert ">Rechercher</a>" in french.text


def test_all_links_of_a_page_keep_its_language_and_data_have_none(client: FlaskClient) -> None:
    text = client.get("/fr" + PARTY, headers=PAGE).text
    assert 'href="/fr/sparql"' in text
    assert f'href="{PARTY}.ttl"' in text
    assert 'href="/static/style' in text
    assert 'href="/fr/static' not in text


def test_without_a_language_in_the_address_the_client_decides(client: FlaskClient) -> None:
    french = client.get(PARTY, headers={**PAGE, "Accept-Language": "fr-CA, en;q=0.5"})
    english = client.get(PARTY, headers={**PAGE, "Accept-Language": "km"})
    assert french.headers["Content-Language"] == "fr"
    assert english.headers["Content-Language"] == "en"
    for answer in (french, english):
        assert "Accept-Language" in answer.headers["Vary"]
    assert french.get_etag() != english.get_etag()
    assert 'href="/sparql"' in french.text


def test_a_page_links_itself_in_every_language(client: FlaskClient) -> None:
    for path in (PARTY, "/fr" + PARTY, "/en" + PARTY):
        text = client.get(f"{path}?asOf=1998-01-01", headers=PAGE).text
        for tag in ("en", "fr"):
            address = f"/{tag}{PARTY}?asOf=1998-01-01"
            assert f'<link rel="alternate" hreflang="{tag}" href="{address}">' in text
    assert f'<a href="/fr{PARTY}?asOf=1998-01-01" hreflang="fr" lang="fr">français</a>' in text


def test_robots_find_every_language_and_leave_queries_of_each_alone(client: FlaskClient) -> None:
    address = f'hreflang="fr" href="https://w3id.org/partyline/fr{PARTY}.html"/>'
    assert address in client.get("/sitemap-1.xml").text
    assert "Disallow: /fr/sparql\n" in client.get("/robots.txt").text


def test_numbers_and_punctuation_are_those_of_french(client: FlaskClient) -> None:
    home = client.get("/fr/", headers=PAGE).text
    assert re.search(r"<b>\d\u202f\d{3}</b>", home)
    ontology = Path(__file__).parents[1] / "ontology"
    files = [path.read_text(encoding="utf-8") for path in ontology.rglob("*.ttl")]
    texts = [text for file in files for text in re.findall(r'"((?:[^"\\]|\\.)*)"@fr', file)]
    assert len(texts) > 500
    assert not [x for x in (*texts, *words_of("fr").values()) if re.search(" [:;?!»]|« ", x)]


def test_nothing_is_singular_in_french(client: FlaskClient) -> None:
    found = [client.get(f"/{tag}/search?q=qqqqqqqq", headers=PAGE).text for tag in ("en", "fr")]
    assert "0 results" in found[0]
    assert "0 résultat" in found[1]
    assert "0 résultats" not in found[1]


@pytest.mark.parametrize("path", [f"{PARTY}.ttl", f"{PARTY}.jsonld", "/dataset.ttl", "/static/x"])
def test_data_are_the_same_in_every_language(client: FlaskClient, path: str) -> None:
    plain = client.get(path, headers={"Accept-Language": "fr"})
    assert plain.data == client.get(path).data == client.get("/fr" + path).data
    if plain.status_code == 200:
        assert "Content-Language" not in plain.headers
        assert "Accept-Language" not in plain.headers.get("Vary", "")


def test_redirects_stay_in_the_language(client: FlaskClient) -> None:
    assert client.get("/fr?x=1").location == "/fr/?x=1"
    seen = client.get(PARTY.replace("/doc/", "/fr/id/"), headers=PAGE)
    assert seen.location.startswith("/fr" + PARTY)
    earlier = client.get("/fr/releases/0123456789ab/doc/x?y=1")
    assert (earlier.status_code, earlier.location) == (308, "/releases/0123456789ab/fr/doc/x?y=1")


def test_errors_are_in_the_language_and_other_tags_are_not_addresses(client: FlaskClient) -> None:
    missing = client.get("/fr/doc/nothing", headers=PAGE)
    assert missing.status_code == 404
    assert "Introuvable" in missing.text
    assert client.get("/de" + PARTY, headers=PAGE).status_code == 404


def test_names_of_lists_are_in_the_language_and_in_its_order(client: FlaskClient) -> None:
    query = "/browse/?class=https://w3id.org/partyline/ns%23Organisation"
    english, french = (client.get(f"/{tag}{query}", headers=PAGE).text for tag in ("en", "fr"))
    assert english != french
    assert "Parti" in french


def test_the_french_words_are_all_words_of_the_pages() -> None:
    file = Path(__file__).parents[1] / "docs" / "reference" / "words.md"
    listed = {
        line[3:-1] for line in file.read_text(encoding="utf-8").splitlines() if line[:3] == "- `"
    }
    assert set(words_of("fr")) == listed
    assert all(words_of("fr").values())


def test_a_publisher_adds_a_language_by_a_file(
    release: Release, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "ar.toml").write_text('"Search" = "بحث"\n', encoding="utf-8")
    (tmp_path / "fr.toml").write_text('"Search" = "Chercher"\n', encoding="utf-8")
    site = replace(settings.site, languages=("ar", "fr"), words=tmp_path)
    publication = Publication.of(release, settings.knowledge)
    with QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool:
        client = create_app(publication, pool, replace(settings, site=site)).test_client()
        arabic = client.get("/ar/search", headers=PAGE).text
        french = client.get("/fr/search", headers=PAGE).text
        party = client.get("/ar" + PARTY, headers=PAGE).text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert ">بحث</a>" in arabic
    assert '<span lang="en" dir="ltr">Browse</span>' in arabic
    # Or the parts of an English sentence would follow each other from right to left.
    assert '<p class="summary"><span lang="en" dir="ltr">' in party
    assert ">Chercher</a>" in french
    assert ">Parcourir</a>" in french


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('"Serch" = "x"', "'Serch' is not a word of the pages"),
        ("Search = 7", "the translation of 'Search' is not a string"),
        ("Search =", "not TOML"),
    ],
)
def test_a_file_of_words_that_is_wrong_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "km.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        words_of("km", tmp_path)


def test_a_language_at_the_addresses_of_resources_is_refused(
    release: Release, settings: Settings
) -> None:
    site = replace(settings.site, languages=("id",))
    publication = Publication.of(release, settings.knowledge)
    with (
        QueryPool(release.store, settings.limits, release.manifest.prefixes) as pool,
        pytest.raises(SettingsError, match="where resources of this release are"),
    ):
        create_app(publication, pool, replace(settings, site=site))


def test_an_answer_is_kept_once_for_each_language_however_clients_ask() -> None:
    store = AnswerStore(lambda: 0, 1, lambda: ("en", "fr"))
    place = ("/", "")
    for tag in ("en", "fr"):
        headers = [("Vary", "Accept-Language"), ("Content-Type", "text/html")]
        made = MadeAnswer(0, 200, headers, tag.encode(), Origin("/", None, f"/{tag}"))
        store.keep(place, {"accept-language": tag}.get, made)
    held = store.held
    for number in range(100):
        accept = f"fr;q=0.{number:03}, en;q=0.001"
        answer = store.find(place, {"accept-language": accept}.get)
        assert answer is not None
        assert answer.origin.path == ("/fr" if number else "/en")
    assert store.held == held
