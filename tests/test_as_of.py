"""What held on a day, for certain or possibly: on pages, in data, in lists and in pictures."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

from partyline.edtf import Bounds, Certainty
from partyline.errors import SourceError
from partyline.publishing import AsOf, Publication
from partyline.publishing.as_of import has_happened
from partyline.publishing.lineage import Pictures
from partyline.releases import Release, read_questions
from partyline.releases.page_plans import read_page_plan
from partyline.settings import Settings
from partyline.vocabulary import PL, VIEW

HTML = {"Accept": "text/html"}
FUNCINPEC = "organisation/funcinpec"
DAY = "1990-01-01"
DAYS = ["1954-07-21", "1975-04-17", "1993-03-01", "1998-12-04"]
PREFIX = (
    "PREFIX pl: <https://w3id.org/partyline/ns#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"
)


@pytest.fixture(scope="module")
def publication(release: Release, settings: Settings) -> Publication:
    return Publication.of(release, settings.knowledge)


@pytest.fixture(scope="module")
def pictures(publication: Publication) -> Pictures:
    return Pictures(publication)


def on(publication: Publication, pictures: Pictures, day: str) -> AsOf:
    return AsOf(date.fromisoformat(day), publication.reader, pictures.lifetime)


def triples(client: FlaskClient, path: str) -> set[Triple]:
    response = client.get(path)
    assert response.status_code == 200
    return {row.triple for row in parse(response.data, format=RdfFormat.TURTLE)}


def found(store: Store, query: str) -> set[str]:
    return {row[0].value for row in store.query(f"{PREFIX} SELECT {query}")}  # type: ignore[union-attr]


@pytest.mark.parametrize("day", DAYS)
def test_situations_held_as_a_query_of_their_bounds_says(
    publication: Publication, pictures: Pictures, published: Store, day: str
) -> None:
    """The bounds are triples of the release, computed when it was built."""
    view = on(publication, pictures, day)
    dated = found(published, "?s { ?s a pl:Situation ; pl:date ?date }")
    limit = f'"{day}"^^xsd:date'
    certain = found(
        published,
        f"?s {{ ?s a pl:Situation ; pl:beginLatest ?begin FILTER(?begin <= {limit}) "
        f"{{ ?s pl:endEarliest ?end FILTER(?end >= {limit}) }} UNION {{ ?s pl:ongoing true }}"
        f" FILTER NOT EXISTS {{ ?s pl:endLatest ?last FILTER(?last < {limit}) }} }}",
    )
    impossible = found(
        published,
        f"?s {{ ?s a pl:Situation {{ ?s pl:beginEarliest ?begin FILTER(?begin > {limit}) }}"
        f" UNION {{ ?s pl:endLatest ?end FILTER(?end < {limit}) }} }}",
    )
    number = publication.reader.walks.number
    for iri in dated:
        expected = (
            Certainty.NO
            if iri in impossible
            else Certainty.CERTAIN
            if iri in certain
            else Certainty.POSSIBLE
        )
        assert view.certainty(number(NamedNode(iri)) or 0) is expected, iri
    assert certain
    assert impossible


def test_organisations_were_there_as_the_named_question_says(
    publication: Publication, pictures: Pictures, published: Store, settings: Settings
) -> None:
    (question,) = [
        row for row in read_questions(settings.knowledge.questions) if row.name == "alive-on-a-day"
    ]
    view = on(publication, pictures, "1993-03-01")
    rows = list(published.query(question.text))  # type: ignore[arg-type]
    certain = {row[0].value for row in rows if row[1].value == "certain"}
    number = publication.reader.walks.number
    assert certain
    for iri in certain:
        assert view.certainty(number(NamedNode(iri)) or 0) is Certainty.CERTAIN, iri
    for row in rows:
        assert view.certainty(number(row[0]) or 0) is not Certainty.NO or (
            row[1].value == "claimed"
        ), row[0]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Bounds(), Certainty.POSSIBLE),
        (Bounds(date(1990, 1, 2)), Certainty.NO),
        (Bounds(date(1989, 1, 1), date(1989, 1, 1), None, date(1990, 1, 1)), Certainty.CERTAIN),
        (Bounds(date(1989, 1, 1), date(1990, 1, 1)), Certainty.CERTAIN),
        (Bounds(date(1989, 1, 1), None, None, date(1990, 1, 2)), Certainty.POSSIBLE),
    ],
)
def test_what_has_happened_stays_so(known: Bounds, expected: Certainty) -> None:
    assert has_happened(known, date(1990, 1, 1)) is expected


def test_the_graph_of_a_day_is_a_part_of_the_whole_and_says_what_held(client: FlaskClient) -> None:
    path = f"/doc/{FUNCINPEC}.ttl"
    whole, held = triples(client, path), triples(client, f"{path}?asOf={DAY}")
    (document,) = {row.subject for row in held if row.predicate == VIEW.asOf}
    assert {row for row in held if row.subject != document} < whole
    certain = {row.object for row in held if row.predicate == VIEW.certain}
    possible = {row.object for row in held if row.predicate == VIEW.possible}
    base = "https://w3id.org/partyline/id/tenure/"
    assert NamedNode(base + "norodom-ranariddh-funcinpec-secretary-general") in certain
    assert NamedNode(base + "nhiek-tioulong-funcinpec") in possible
    assert not certain & possible
    # He led it from 2006 on.
    assert not any("keo-puth-rasmey" in str(row) for row in held)
    # Who led it only follows, and has no date of its own.
    assert not {row for row in held if row.predicate == PL.ledBy}


def test_the_page_of_a_day_names_it_and_what_is_only_possible(client: FlaskClient) -> None:
    text = client.get(f"/doc/{FUNCINPEC}.html?asOf={DAY}", headers=HTML).text
    assert "1 January 1990" in text
    assert 'class="mark possible"' in text
    assert "Sam Rainsy" not in text
    assert f'href="/doc/{FUNCINPEC}.ttl?asOf={DAY}"' in text


def test_what_has_happened_keeps_those_who_took_part(client: FlaskClient) -> None:
    """The Sangkum had ended in 1990, and FUNCINPEC succeeded it; whom it divided into is later."""
    sangkum = '<a href="/id/organisation/sangkum-reastr-niyum">'
    page = client.get(f"/doc/{FUNCINPEC}.html?asOf={DAY}", headers=HTML).text
    origin = page[page.index('id="origin"') :].partition("</section>")[0]
    assert f"Succeeded {sangkum}" in origin
    event = "event/sangkum-reastr-niyum-succession-by-funcinpec"
    for day, is_there in ((DAY, True), ("1950-01-01", False)):
        said = triples(client, f"/doc/{event}.ttl?asOf={day}")
        objects = {row.object for row in said if row.predicate == PL.predecessor}
        assert any("sangkum" in str(value) for value in objects) is is_there


def test_every_address_of_a_day_leads_to_that_day(client: FlaskClient) -> None:
    response = client.get(f"/id/{FUNCINPEC}?asOf={DAY}", headers=HTML)
    assert (response.status_code, response.location) == (303, f"/doc/{FUNCINPEC}.html?asOf={DAY}")
    response = client.get(f"/doc/{FUNCINPEC}?asOf={DAY}", headers={"Accept": "text/turtle"})
    assert response.headers["Content-Location"] == f"/doc/{FUNCINPEC}.ttl?asOf={DAY}"
    alternates = re.findall(r'<(/[^>]+)>; rel="alternate', response.headers["Link"])
    assert alternates
    assert all(path.endswith(f"?asOf={DAY}") for path in alternates)


def members(text: str) -> Iterator[str]:
    yield from re.findall(r'<li><a href="/id/organisation/([^"]+)"', text)


def test_a_list_of_a_day_has_what_existed(
    client: FlaskClient, publication: Publication, pictures: Pictures
) -> None:
    kind = "https://w3id.org/partyline/ns%23Organisation"
    text = client.get(f"/browse/?class={kind}&asOf=1975-01-01", headers=HTML).text
    view = on(publication, pictures, "1975-01-01")
    kept = {
        iri.rpartition("/")[2]
        for iri in pictures.lineage.bars
        if view.certainty(publication.reader.walks.number(NamedNode(iri)) or 0) is not Certainty.NO
    }
    listed = set(members(text))
    assert "khmer-national-solidarity-party" not in listed
    assert kept & listed == listed & {iri.rpartition("/")[2] for iri in pictures.lineage.bars}
    assert set(members(client.get(f"/browse/?class={kind}", headers=HTML).text)) > listed


def test_a_picture_of_a_day_marks_it(client: FlaskClient) -> None:
    path = f"/lineage/funcinpec.svg?asOf={DAY}"
    assert 'class="day"' in client.get(path).text
    assert 'class="day"' not in client.get("/lineage/funcinpec.svg").text
    model = client.get(f"/lineage/funcinpec.json?asOf={DAY}").json
    assert model is not None
    assert model["asOf"]["day"] == DAY
    assert "https://w3id.org/partyline/id/organisation/funcinpec" in model["asOf"]["certain"]
    assert 'class="mark certain">existed' in client.get(f"/timeline?asOf={DAY}", headers=HTML).text


@pytest.mark.parametrize("day", ["1990", "1990-02-30", "1990-1-1", "yesterday", "1990-01-01T00:00"])
@pytest.mark.parametrize(
    "path", [f"/id/{FUNCINPEC}", f"/doc/{FUNCINPEC}.ttl", "/lineage/funcinpec.svg", "/timeline"]
)
def test_what_is_not_a_day_is_refused(client: FlaskClient, path: str, day: str) -> None:
    response = client.get(path, query_string={"asOf": day})
    assert response.status_code == 400
    assert "1990-01-01" in response.text


def test_a_class_that_happens_is_declared_with_true_or_false() -> None:
    text = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> ."
        "@prefix view: <https://w3id.org/partyline/view#> ."
        "<urn:x> a sh:NodeShape ; sh:targetClass <urn:y> ; view:happens {} ."
    )
    assert read_page_plan([("x.ttl", text.format("true"))]).shapes[0].happens
    assert not read_page_plan([("x.ttl", text.format("false"))]).shapes[0].happens
    with pytest.raises(SourceError, match="is not true or false"):
        read_page_plan([("x.ttl", text.format("'often'"))])
