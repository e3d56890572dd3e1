"""Pages as they are declared: what is read, what is refused, and what a reader sees."""

import gzip
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from partyline.edtf import in_sentence
from partyline.errors import ReleaseError, SourceError
from partyline.publishing import Publication, ResourcePage, resource_page
from partyline.publishing.labels import Text
from partyline.publishing.pages.resource.strokes import Stroke, TimeScale
from partyline.publishing.statements import Standing
from partyline.releases import Release, build
from partyline.releases.page_plans import (
    Gap,
    OptionalPart,
    Step,
    parse_template,
    read_page_files,
    read_page_plan,
)
from partyline.settings import Settings, read_settings
from partyline.web.templating.tagged_text import TaggedText
from sampling import some_of

PREFIXES = """
@prefix dash: <http://datashapes.org/dash#> .
@prefix ex: <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix t: <https://music.example.org/terms#> .
@prefix view: <https://w3id.org/partyline/view#> .
"""
DECLARED = (
    PREFIXES
    + """
ex:pages view:conjunction " und "@de .
view:InShort a sh:PropertyGroup ; rdfs:label "Kurz"@de .
ex:line a sh:PropertyGroup ; sh:order 1 ; rdfs:label "Woraus ging es hervor?"@de .
ex:Ensemble a sh:NodeShape ; sh:targetClass t:Ensemble ;
    sh:labelTemplate "[Ging aus {?origin} hervor. ][Es spielt {?player}. ][Gegründet {?year}.]"@de ;
    sh:property
        [ sh:path t:grewOutOf ; sh:codeIdentifier "origin" ; sh:group ex:line ] ,
        [ sh:path [ sh:inversePath t:playsIn ] ; sh:codeIdentifier "player" ;
          sh:group view:InShort ; sh:name "Es spielen"@de ] ,
        [ sh:path t:founded ; sh:codeIdentifier "year" ] .
"""
)
HTML = {"Accept": "text/html"}
BASE = "https://w3id.org/partyline/id/"
KNSP = "organisation/khmer-national-solidarity-party"


def declared(folder: Path, text: str = DECLARED) -> Settings:
    """Return the settings of the second knowledge base, with *text* as its declarations."""
    pages = folder / "ontology" / "pages"
    pages.mkdir()
    (pages / "pages.ttl").write_text(text, encoding="utf-8")
    file = folder / "partyline.toml"
    settings = file.read_text(encoding="utf-8").replace("kb =", 'pages = "ontology/pages"\nkb =')
    file.write_text(settings, encoding="utf-8")
    return read_settings(file, {})


def shown(publication: Publication, iri: str) -> ResourcePage:
    return resource_page(publication.reader, publication.describe(iri))


@pytest.fixture
def music(ensembles: Path) -> Publication:
    settings = declared(ensembles)
    return Publication.of(build(settings).release, settings.knowledge)


@pytest.fixture(scope="module")
def lineage(release: Release, settings: Settings) -> Publication:
    return Publication.of(release, settings.knowledge)


# Declarations


def test_a_sentence_has_gaps_and_parts_that_may_be_left_out() -> None:
    assert parse_template("Led[ by {?who}].") == (
        "Led",
        OptionalPart((" by ", Gap("who"))),
        ".",
    )


def test_a_path_is_read_as_its_routes() -> None:
    path = "( [ sh:inversePath [ sh:alternativePath ( t:a t:b ) ] ] t:c )"
    text = f"{PREFIXES} ex:S a sh:NodeShape ; sh:targetClass t:A ; sh:property [ sh:path {path} ] ."
    (shape,) = read_page_plan([("a.ttl", text)]).shapes
    names = [NamedNode(f"https://music.example.org/terms#{name}") for name in "abc"]
    assert shape.properties[0].routes == (
        (Step(names[0], inverse=True), Step(names[2])),
        (Step(names[1], inverse=True), Step(names[2])),
    )


@pytest.mark.parametrize(
    ("property_", "problem"),
    [
        ('sh:labelTemplate "led[ by"', "unclosed ["),
        ('sh:labelTemplate "led] by"', "unmatched closing ]"),
        ('sh:labelTemplate "by {?who}"', "no property is called who"),
        ("sh:property [ sh:name 'x' ]", "has no path"),
        ("sh:property [ sh:path [ sh:zeroOrMorePath t:a ] ]", "operator * is not supported"),
        ("sh:property [ sh:path t:a ; dash:viewer t:Own ]", "is not a viewer"),
        ("sh:property [ sh:path t:a ; dash:propertyRole t:own ]", "is not a role"),
        ("sh:property [ sh:path t:a ; sh:group t:none ]", "sh:PropertyGroup"),
        ("sh:property [ sh:path t:a ; sh:order 'late' ]", "is not a number"),
    ],
)
def test_a_mistake_in_a_declaration_stops_the_build_and_is_located(
    ensembles: Path, property_: str, problem: str
) -> None:
    text = f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass t:Ensemble ; {property_} ."
    with pytest.raises(SourceError) as caught:
        build(declared(ensembles, text))
    assert problem in str(caught.value)
    assert "pages.ttl:" in str(caught.value)


def test_a_folder_without_declarations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no Turtle files"):
        read_page_files([tmp_path])


def test_a_release_holds_its_declarations(music: Publication) -> None:
    (file,) = (music.release.path / "pages").iterdir()
    assert file.read_text(encoding="utf-8") == DECLARED
    assert [shape.target.value for shape in music.reader.plan.shapes] == [
        "https://music.example.org/terms#Ensemble"
    ]


def test_a_release_with_unknown_declarations_names_the_remedy(music: Publication) -> None:
    (file,) = (music.release.path / "pages").iterdir()
    file.write_text(DECLARED.replace("view:InShort ;", "view:Other ;"), encoding="utf-8")
    with pytest.raises(ReleaseError, match="run 'partyline build'"):
        _ = Release(music.release.path, music.release.manifest).page_plan


# What a reader sees


def test_a_page_is_in_the_words_of_its_ontology(music: Publication) -> None:
    page = shown(music, "https://music.example.org/id/ensemble/red-brass")
    assert page.sentence is not None
    assert page.sentence.language == "de"
    assert page.sentence.text == (
        "Ging aus Neuer Blechverein und Blechverein hervor. Es spielt Anna Horn."
    )
    marked = [piece.text.text for piece in page.sentence.pieces if piece.why]
    assert marked == ["Blechverein"]
    assert [section.heading.text for section in page.sections] == ["Woraus ging es hervor?"]
    assert page.in_short is not None
    assert [fact.name.text for fact in page.in_short.facts] == ["Es spielen"]


def test_a_date_stands_in_a_sentence_with_its_preposition() -> None:
    words = [in_sentence(text) for text in ("1996-08-15", "1996-21", "199X", "1985/..", "odd")]
    assert words == ["on 15 August 1996", "in spring 1996", "in the 1990s", "since 1985", "odd"]


def test_a_stroke_is_soft_where_a_date_is_not_known_more_exactly() -> None:
    scale = TimeScale.of(["1990"])
    assert scale is not None
    whole, exact = scale.stroke("1990"), scale.stroke("1990-07-01")
    assert whole is not None
    assert exact is not None
    assert whole.last - whole.first > exact.last - exact.first
    assert scale.stroke("not a date") is None
    assert isinstance(exact, Stroke)


def test_the_versions_of_a_date_stand_together_the_followed_one_first(
    lineage: Publication,
) -> None:
    page = shown(lineage, BASE + KNSP)
    (founding,) = [row for row in page.sections if row.anchor == "founding"]
    dates = founding.disputes[0]
    assert dates.is_contested
    assert [version.is_followed for version in dates.versions] == [True, False, False, False]
    assert dates.versions[0].text.text == "May 1997"
    assert dates.versions[0].notes[0].text.startswith("An intention on the 19th")
    assert all(version.quotations for version in dates.versions)
    assert {"hedged"} <= {row.name.text for one in dates.versions for row in one.manners}
    assert all(version.stroke for version in dates.versions)


def test_a_disputed_date_in_a_sentence_leads_to_its_versions(lineage: Publication) -> None:
    page = shown(lineage, BASE + KNSP)
    assert page.sentence is not None
    (piece,) = [row for row in page.sentence.pieces if row.text.text == "in May 1997"]
    assert piece.versions == 4
    anchors = {dispute.anchor for section in page.sections for dispute in section.disputes}
    assert piece.anchor in anchors


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("place/anlong-veng", "A place in Cambodia."),
        ("place/bangkok", "A place."),
        ("concept/communism", "A concept among political ideas."),
    ],
)
def test_places_and_concepts_have_a_sentence(lineage: Publication, name: str, words: str) -> None:
    sentence = shown(lineage, BASE + name).sentence
    assert sentence is not None
    assert sentence.text == words


def test_each_resource_stands_in_one_section_only(lineage: Publication) -> None:
    for name in (KNSP, "person/khieu-samphan", "organisation/funcinpec"):
        moments = [
            moment.link.iri
            for section in shown(lineage, BASE + name).sections
            for line in section.timelines
            for moment in line.moments
        ]
        assert len(moments) == len(set(moments))


def test_copies_of_one_text_are_one_voice(lineage: Publication) -> None:
    page = shown(lineage, BASE + KNSP)
    families = {row.link.name.text: row for row in page.voices if row.link}
    copies = families["Wikipedia and its copies"]
    assert len(copies.sources) > 1
    assert copies.voices == 1
    assert copies.alone >= max(source.alone for source in copies.sources)
    assert page.voice_count < page.sources
    numbers = sorted(source.number for voice in page.voices for source in voice.sources)
    assert numbers == list(range(1, page.sources + 1))


def resources(publication: Publication) -> Iterator[str]:
    """Yield the IRI of every resource of the knowledge."""
    things = publication.knowledge.things
    table = publication.statements.table
    for number in table.terms.starting_with(f"<{things}"):
        if table.count(number):
            yield getattr(table.terms.term(number), "value", "")


def test_every_page_counts_all_statements_of_its_document(lineage: Publication) -> None:
    iris = list(resources(lineage))
    assert len(iris) > 2000
    for iri in some_of(iris, 300):
        description = lineage.describe(iri)
        page = resource_page(lineage.reader, description)
        found = [one.standing for row in page.rows for one in row.predicates]
        expected = [row.standing for row in (*description.about, *description.incoming)]
        assert {kind: found.count(kind) for kind in Standing} == {
            kind: expected.count(kind) for kind in Standing
        }, iri


def test_the_program_knows_no_property_of_the_ontology_but_those_that_it_computes() -> None:
    """Dates, evidence and the note on inferred properties are named; parties are not."""
    server = Path(__file__).parents[1] / "server" / "partyline"
    named = {
        name
        for file in server.rglob("*.py")
        for name in re.findall(r"\bPL\.(\w+)", file.read_text(encoding="utf-8"))
    }
    computed = {"date", "beginEarliest", "beginLatest", "endEarliest", "endLatest", "ongoing"}
    assert named - {"iri"} <= computed | {"evidencedBy", "inferredFrom"}


def test_the_page_of_a_person_answers_in_html(client: FlaskClient) -> None:
    text = client.get("/doc/person/khieu-samphan.html", headers=HTML).text
    assert "Birth and death" in text
    assert "followed here" in text
    assert 'id="all"' in text
    assert len(text.encode()) < 80_000


#: The longest pages.
LONG = ("khieu-samphan", "funcinpec", "khmer-rouge", "concept/president", "founding-text")


def test_every_page_is_small_and_its_sentence_whole(client: FlaskClient) -> None:
    """At most 60 KiB, and 12 KiB compressed: some pages here, all with ``make thorough``."""
    sitemap = client.get("/sitemap-1.xml").text
    found = re.findall(r"<loc>https://w3id.org/partyline(/doc/.*?)</loc>", sitemap)
    long = [path for path in found if path.removesuffix(".html").endswith(LONG)]
    assert len(long) >= len(LONG)
    some = dict.fromkeys(("/", *long, *some_of(found, 30)))
    french = (f"/fr{path}" for path in dict.fromkeys(("/", *long, *some_of(found, 10))))
    for path in (*some, *french):
        content = client.get(path, headers=HTML).data
        assert len(content) <= 60 * 1024, path
        assert len(gzip.compress(content)) <= 12 * 1024, path
        _, begins, sentence = content.partition(b'<p class="summary">')
        assert not begins or sentence[:1] not in b".,;: ", path


def test_a_text_says_its_language_and_its_direction_where_it_may_differ() -> None:
    texts = TaggedText("fr", "ltr")
    names = {
        Text("Parti démocrate", "en"): ' lang="en"',
        Text("រណសិរ្ស", "km"): ' lang="km"',
        Text("«Parti» (1998)", "en"): ' lang="en"',
        # A digit, a letter of a script from right to left, or a mark: alone, it reads otherwise.
        Text("1998 election", "en"): ' lang="en" dir="auto"',
        Text("Party حزب", "en"): ' lang="en" dir="auto"',
        Text("a\u200fb", "en"): ' lang="en" dir="auto"',
        Text("…", "en"): ' lang="en" dir="auto"',
    }
    assert {text: str(texts.foreign(text)) for text in names} == names
    assert texts.foreign(Text("parti", "fr")) == "" == texts.quoted(Text("parti", "fr"))
    assert texts.quoted(Text("حزب", "fr")) == ' dir="auto"'
    assert texts.plain(Text("<b>", "en-GB")) == '<span lang="en-GB">&lt;b&gt;</span>'
    # A page from right to left keeps every direction.
    assert TaggedText("ar", "rtl").foreign(Text("party", "en")) == ' lang="en" dir="auto"'


def test_a_page_is_described_by_its_definition_or_sentence_or_in_the_words_of_a_source(
    client: FlaskClient,
) -> None:
    def described(path: str) -> str:
        (found,) = re.findall(r'<meta name="description" content="([^"]*)">', client.get(path).text)
        return unescape(found)

    assert described("/doc/organisation/cambodian-peoples-party.html").startswith("It succ")
    definition = described("/ns/Hedged.html")
    assert f">{definition}</" in unescape(client.get("/ns/Hedged.html").text)
    assert not definition.startswith("A concept")
    claim = client.get("/doc/claim/founding-text-12.html").text
    assert f"<p>{described('/doc/claim/founding-text-12.html')[:60]}" in unescape(claim)


def test_an_ellipsis_is_followed_by_no_full_stop(client: FlaskClient) -> None:
    page = client.get("/doc/organisation/funcinpec.html").text
    assert "…" in page
    assert "…." not in re.sub("<[^>]+>", "", page)


def test_results_are_in_the_order_of_the_column_that_has_most_numbers(client: FlaskClient) -> None:
    page = client.get("/doc/election/national-assembly-1998.html").text
    table = page.partition('<table class="grid">')[2].partition("</table>")[0]
    parties = re.findall(r'<tr><td><a href="/id/organisation/([^"]+)"', table)

    # Seats, of which one party has the number of all, too; without a number, at the end.
    assert parties[:3] == ["cambodian-peoples-party", "funcinpec", "sam-rainsy-party"]
    assert parties[-1] == "democratic-national-union-movement"


def test_of_statements_that_imply_each_other_the_strongest_leads_to_its_explanation(
    client: FlaskClient,
) -> None:
    page = client.get("/doc/person/khieu-samphan.html").text
    table = page.partition('<details class="all"')[2]
    row = table.partition('<a href="/id/organisation/democratic-kampuchea">')[2].partition("<tr>")[
        0
    ]

    assert "/why?subject=person:khieu-samphan&amp;predicate=pl:leads" in row
    assert "<i>org:headOf</i>" in row
    assert "<i>pl:memberOf</i>" in row
