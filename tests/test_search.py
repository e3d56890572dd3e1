"""Search by name: spellings, scripts, kinds; as page, JSON and suggestions."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from partyline.errors import ReleaseError
from partyline.publishing import Publication, search_page
from partyline.releases import Release
from partyline.search import Name, NameIndex, NameKind, folded, write_index
from partyline.settings import Settings
from partyline.web.views.search import search_description

BASE = "https://w3id.org/partyline/"
HTML = {"Accept": "text/html"}

#: What people write, and what they mean: variants, misspellings, orders of words, acronyms.
MEANT = {
    "FUNCINPEC": "organisation/funcinpec",
    "funcinpek": "organisation/funcinpec",
    "F.U.N.C.I.N.P.E.C.": "organisation/funcinpec",
    "Funcipec": "organisation/funcinpec",
    "CPP": "organisation/cambodian-peoples-party",
    "Cambodian Peoples Party": "organisation/cambodian-peoples-party",
    "cambodian people's party": "organisation/cambodian-peoples-party",
    "CNRP": "organisation/cambodia-national-rescue-party",
    "Cambodia National Rescue Party": "organisation/cambodia-national-rescue-party",
    "National Rescue Party": "organisation/cambodia-national-rescue-party",
    "KNSP": "organisation/khmer-national-solidarity-party",
    "Khmer National Solidary Party": "organisation/khmer-national-solidarity-party",
    "PRK": "organisation/peoples-republic-of-kampuchea",
    "Khmer Rouge": "organisation/khmer-rouge",
    "khmer rouges": "organisation/khmer-rouge",
    "Kmer Rouge": "organisation/khmer-rouge",
    "Sam Rainsy Party": "organisation/sam-rainsy-party",
    "Sam Rainsi Party": "organisation/sam-rainsy-party",
    "Candlelight Party": "organisation/candlelight-party",
    "candle light party": "organisation/candlelight-party",
    "Krom Pracheachon": "organisation/krom-pracheachon",
    "kram pracheachon": "organisation/krom-pracheachon",
    "Human Rights Party": "organisation/human-rights-party",
    "League for Democracy Party": "organisation/league-for-democracy-party",
    "Sangkum Reastr Niyum": "organisation/sangkum-reastr-niyum",
    "sangkum": "organisation/sangkum-reastr-niyum",
    "Khmer Republic": "organisation/khmer-republic",
    "Khmer Issarak": "organisation/khmer-issarak",
    "Norodom Ranariddh Party": "organisation/norodom-ranariddh-party",
    "Khieu Samphan": "person/khieu-samphan",
    "samphan khieu": "person/khieu-samphan",
    "Samphan, Khieu": "person/khieu-samphan",
    "Kieu Samphan": "person/khieu-samphan",
    "Khieu Samphân": "person/khieu-samphan",
    "KHIEU SAMPHAN": "person/khieu-samphan",
    "Pol Pot": "person/pol-pot",
    "Pol Pott": "person/pol-pot",
    "polpot": "person/pol-pot",
    "Ieng Sary": "person/ieng-sary",
    "Ieng Sari": "person/ieng-sary",
    "Nuon Chea": "person/nuon-chea",
    "Nuon Chia": "person/nuon-chea",
    "Norodom Sihanouk": "person/norodom-sihanouk",
    "Sihanouk Norodom": "person/norodom-sihanouk",
    "Norodom Sihanuk": "person/norodom-sihanouk",
    "Norodom Ranariddh": "person/norodom-ranariddh",
    "Ranarith Norodom": "person/norodom-ranariddh",
    "Sam Rainsy": "person/sam-rainsy",
    "Sam Rainsi": "person/sam-rainsy",
    "Hun Sen": "person/hun-sen",
    "hunsen": "person/hun-sen",
    "Kem Sokha": "person/kem-sokha",
    "Khem Sokha": "person/kem-sokha",
    "Son Sann": "person/son-sann",
    "Lon Nol": "person/lon-nol",
    "Heng Samrin": "person/heng-samrin",
    "Ta Mok": "person/ta-mok",
    "Hun Manet": "person/hun-manet",
    "Chea Sim": "person/chea-sim",
    "Sirik Matak": "person/sisowath-sirik-matak",
}


def found(client: FlaskClient, query: str, **more: str) -> list[dict[str, object]]:
    response = client.get("/search.json", query_string={"q": query, **more})
    assert response.status_code == 200, response.text
    rows: list[dict[str, object]] = json.loads(response.text)["results"]
    return rows


def test_spellings_lead_to_what_is_meant(client: FlaskClient) -> None:
    firsts = {query: [row["iri"] for row in found(client, query)[:1]] for query in MEANT}
    wrong = {query: iris for query, iris in firsts.items() if iris != [f"{BASE}id/{MEANT[query]}"]}
    assert len(wrong) <= 3, wrong  # of 60


def test_a_name_in_khmer_is_found_with_and_without_its_spaces(
    client: FlaskClient, release: Release
) -> None:
    rows = release.open_store().query(
        """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?s ?name { ?s skos:prefLabel ?name FILTER(LANG(?name) = "km") }
        ORDER BY ?s LIMIT 40"""
    )
    names = [(row["s"].value, row["name"].value) for row in rows]  # type: ignore[union-attr]
    assert len(names) > 10
    for iri, name in names:
        for query in (name, name.replace(" ", ""), "".join(name.split("\u200b"))):
            first = found(client, query)[0]
            assert first["score"] >= 0.97, (query, first)  # type: ignore[operator]
            assert iri in {row["iri"] for row in found(client, query)}


@pytest.mark.parametrize(
    "query", ["", "   ", "zzqqxxyy", "'\"; DROP TABLE zzz; --", 'zz" OR "qq', "\0", "%", "*"]
)
def test_what_has_no_name_is_found_nowhere_and_harms_nothing(
    client: FlaskClient, query: str
) -> None:
    assert found(client, query) == []
    assert client.get("/search", query_string={"q": query}, headers=HTML).status_code == 200
    assert found(client, "Pol Pot")


def test_a_kind_narrows_the_results_and_pages_divide_them(client: FlaskClient) -> None:
    whole = json.loads(client.get("/search.json?q=party").text)
    assert whole["pages"] > 1
    kinds = {row["iri"]: row["results"] for row in whole["kinds"]}
    party = "https://w3id.org/partyline/ns#PoliticalParty"
    narrowed = json.loads(
        client.get("/search.json", query_string={"q": "party", "kind": party}).text
    )
    assert narrowed["total"] == kinds[party] < whole["total"]
    assert all(party in row["kinds"] for row in narrowed["results"])
    iris = [
        row["iri"]
        for page in range(1, whole["pages"] + 1)
        for row in found(client, "party", page=str(page))
    ]
    assert len(iris) == len(set(iris)) == whole["total"]


def test_the_page_says_by_which_name_and_links_each_result(client: FlaskClient) -> None:
    page = client.get("/search?q=CPP", headers=HTML)
    assert page.status_code == 200
    assert "found by" in page.text
    assert 'href="/id/organisation/cambodian-peoples-party"' in page.text
    hostile = client.get("/search", query_string={"q": "<script>x</script>"}, headers=HTML)
    assert "<script>x" not in hostile.text


def test_results_say_by_what_kind_of_name_and_how_well_it_fits(client: FlaskClient) -> None:
    ways = {
        "CPP": ("other", "same"),
        "Khieu Samphan": ("label", "same"),
        "Cambodian Peoples Party": ("hidden", "same"),
        "Kieu Samphan": ("label", "similar"),
        "Khmer Nat": ("label", "beginning"),
        "solidarity party": ("label", "words"),
    }
    for query, way in ways.items():
        row = found(client, query)[0]
        assert (row["name_kind"], row["likeness"]) == way, query
    page = client.get("/search?q=CPP", headers=HTML).text
    assert "found by another name" in page
    assert "spelt alike" not in page
    assert "spelt alike" in client.get("/search?q=Kieu+Samphan", headers=HTML).text
    assert "found by the IRI" in client.get("/search?q=funcinpec-founding", headers=HTML).text


def test_dates_narrow_the_results(client: FlaskClient) -> None:
    def names(**period: str) -> set[str]:
        return {str(row["iri"]).rpartition("/")[2] for row in found(client, "funcinpec", **period)}

    everything, founding = names(), "funcinpec-founding"  # of 21 March 1981
    assert founding in everything
    for period in ({"from": "1981"}, {"to": "1981-03"}, {"from": "1981-03-21", "to": "1981-03-21"}):
        assert founding in names(**period), period
    for period in ({"from": "1982"}, {"to": "1980"}, {"from": "1981-03-22", "to": "1999"}):
        assert founding not in names(**period), period
    # A party lasts: it is found in years long after its founding.
    assert "funcinpec" in names(**{"from": "1990", "to": "1991"})
    assert "funcinpec" not in names(to="1970")
    whole = json.loads(client.get("/search.json?q=funcinpec").text)
    answer = json.loads(client.get("/search.json?q=funcinpec&from=0001&to=9999").text)
    assert answer["undated"] > 0
    assert answer["total"] + answer["undated"] == whole["total"]
    page = client.get("/search?q=funcinpec&from=1990&to=2000", headers=HTML).text
    assert 'value="1990"' in page
    assert "without a date are left out" in page
    assert client.get("/search?q=party&from=soon").status_code == 400
    assert client.get("/search?q=party&from=&to=").status_code == 200


def test_suggestions_are_those_of_opensearch(client: FlaskClient) -> None:
    response = client.get("/suggest?q=khmer+nat")
    assert response.mimetype == "application/x-suggestions+json"
    query, names, about, paths = json.loads(response.text)
    assert query == "khmer nat"
    assert 1 < len(names) == len(about) == len(paths) <= 10
    assert any("Khmer National Solidarity Party" in name for name in names)
    for path in paths:
        assert client.get(path, headers=HTML).status_code == 303
    assert json.loads(client.get("/suggest").text) == ["", [], [], []]


def test_browsers_find_the_search(client: FlaskClient) -> None:
    page = client.get("/dataset", headers=HTML).text
    assert 'href="/opensearch.xml"' in page
    root = ElementTree.fromstring(client.get("/opensearch.xml").data)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    templates = {row.get("type"): row.get("template") for row in root.findall(space + "Url")}
    assert templates["text/html"] == BASE + "search?q={searchTerms}"
    assert len(root.findtext(space + "ShortName") or "") <= 16


def test_a_title_with_markup_is_shortened_before_it_is_escaped() -> None:
    title = "Old coins, wars & <em>seals</em>"
    root = ElementTree.fromstring(search_description(title, "https://example.org/?a&b/"))
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert root.findtext(space + "ShortName") == "Old coins, wars"
    assert root.findtext(space + "Description") == title
    (page, _) = root.findall(space + "Url")
    assert page.get("template") == "https://example.org/?a&b/search?q={searchTerms}"


def test_a_query_that_is_too_long_or_a_kind_that_is_not_an_iri_is_refused(
    client: FlaskClient,
) -> None:
    assert client.get("/search.json", query_string={"q": "a" * 201}).status_code == 400
    assert client.get("/search.json?q=a&kind=no+iri").status_code in (400, 404)
    assert client.get("/search.ttl?q=a").status_code == 400


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Ångström", "angstrom"),
        ("Żółć", "zolc"),
        ("Ωμέγα", "ωμεγα"),
        ("Йод", "иод"),
        ("ﬁne", "fine"),
        ("e\u0301tat", "état"),
        ("ខ្មែរ ក្រហម", "ខ្មែរក្រហម"),
        ("a\u200bb", "ab"),
        ("U.N.T.A.C.", "UNTAC"),
    ],
)
def test_spellings_of_one_name_are_folded_alike(one: str, two: str) -> None:
    assert folded(one) == folded(two)


def test_vowels_of_khmer_are_kept() -> None:
    assert folded("កា") != folded("កី")


def test_signs_of_ascii_divide_words_in_every_text_alike() -> None:
    for name in (f"Ab{character}Cd" for character in map(chr, range(128))):
        assert folded(f"{name} E\u0301f") == folded(f"{name} Ef"), ascii(name)


def test_an_index_is_made_at_the_first_search(tmp_path: Path) -> None:
    file, made = tmp_path / "names.sqlite", list[Path]()

    def write(path: Path) -> None:
        made.append(path)
        write_index(path, [Name(7, "Anna", "", NameKind.LABEL)])

    index = NameIndex(file, write)
    assert not file.exists()
    for _ in range(2):
        assert [match.resource for match in index.search("anna")] == [7]
    assert len(made) == 1
    assert [*tmp_path.iterdir()] == [file]
    with pytest.raises(ReleaseError, match="cannot be written"):
        NameIndex(tmp_path / "no folder" / "names", write).search("anna")


def test_an_index_that_is_missing_or_damaged_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="partyline build"):
        NameIndex(tmp_path / "none.sqlite").search("a")
    (tmp_path / "damaged.sqlite").write_bytes(b"SQLite format 3\0" + bytes(200))
    with pytest.raises(ReleaseError, match=r"damaged\.sqlite"):
        NameIndex(tmp_path / "damaged.sqlite").search("a")


def test_the_index_is_the_same_each_time(tmp_path: Path) -> None:
    names = [Name(number, f"name {number}", "en", NameKind.LABEL) for number in range(50)]
    for file in ("one", "two"):
        write_index(tmp_path / file, names)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with pytest.raises(OSError, match="one"):
        write_index(tmp_path / "one", names)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ranariddh", "person/norodom-ranariddh"),
        ("sihanouk", "person/norodom-sihanouk"),
        ("samphan", "person/khieu-samphan"),
        ("rainsy", "person/sam-rainsy"),
        ("pol", "person/pol-pot"),
        ("sangkum", "organisation/sangkum-reastr-niyum"),
    ],
)
def test_a_part_of_a_name_leads_to_who_is_named_most(
    client: FlaskClient, name: str, meant: str
) -> None:
    """Titles of documents begin with surnames, and a class has a name that begins with "pol"."""
    assert found(client, name)[0]["iri"] == f"{BASE}id/{meant}"


def test_of_equal_names_the_best_known_resource_is_first(
    release: Release, settings: Settings
) -> None:
    publication = Publication.of(release, settings.knowledge)
    first = search_page(publication, "Khieu Samphan").results[0]
    assert first.link.iri == f"{BASE}id/person/khieu-samphan"
    assert first.found_by is None
