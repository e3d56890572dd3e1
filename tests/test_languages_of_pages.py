"""Sentences and dates of pages in the languages that are declared for them."""

from dataclasses import replace

import pytest

from partyline.edtf import PHRASES, in_sentence, in_words
from partyline.errors import SourceError
from partyline.publishing import Publication, resource_page
from partyline.releases import Release
from partyline.releases.page_plans import PagePlan, read_page_plan
from partyline.settings import Settings

PREFIXES = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix view: <https://w3id.org/partyline/view#> .
"""
ID = "https://w3id.org/partyline/id/"


@pytest.fixture(scope="module")
def french(release: Release, settings: Settings) -> Publication:
    return Publication.of(release, replace(settings.knowledge, languages=("fr", "en")))


def sentence(publication: Publication, iri: str) -> str:
    page = resource_page(publication.reader, publication.describe(ID + iri))
    assert page.sentence is not None
    assert page.sentence.language == "fr"
    return page.sentence.text


def test_a_sentence_is_in_the_first_language_with_its_dates(french: Publication) -> None:
    party = sentence(french, "organisation/khmer-national-solidarity-party")
    assert party.startswith("Fondation en mai 1997 par Khieu Samphan. Succède à")
    assert party.endswith("Fin vers 1998.")
    election = sentence(french, "election/national-assembly-1998")
    assert election == "Élection tenue le 26 juillet 1998 pour 122 sièges"


def test_facts_and_notes_have_the_dates_of_the_first_language(french: Publication) -> None:
    page = resource_page(french.reader, french.describe(ID + "election/national-assembly-1998"))
    assert page.in_short is not None
    values = [piece.text.text for fact in page.in_short.facts for piece in fact.values]
    assert "26 juillet 1998" in values


def test_every_sentence_is_declared_in_both_languages(release: Release) -> None:
    for shape in release.page_plan.shapes:
        if shape.sentences:
            assert set(shape.sentences) == {"en", "fr"}, shape.target


@pytest.mark.parametrize(
    ("date", "words", "said"),
    [
        ("1997-05-21", "21 mai 1997", "le 21 mai 1997"),
        ("1998-05-01", "1er mai 1998", "le 1er mai 1998"),
        ("1997-04", "avril 1997", "en avril 1997"),
        ("1997~", "vers 1997", "vers 1997"),
        ("[1997-04,1997-05]", "avril 1997 ou mai 1997", "en avril 1997 ou mai 1997"),
        ("1985/1992-08", "de 1985 à août 1992", "de 1985 à août 1992"),
        ("1998-08/1999-10-01", *["d’août 1998 au 1er octobre 1999"] * 2),
        ("../1998~", "jusque vers 1998", "jusque vers 1998"),
        ("/1998", *["jusqu’en 1998, début inconnu"] * 2),
        ("198X", "les années 1980", "dans les années 1980"),
        ("1997-21", "printemps 1997", "au printemps 1997"),
        ("1997-22", "été 1997", "à l’été 1997"),
        ("19XX", "19XX", "19XX"),
    ],
)
def test_a_date_in_french(release: Release, date: str, words: str, said: str) -> None:
    phrases = release.page_plan.dates_in("fr-CA")
    assert phrases is not None
    assert (in_words(date, phrases), in_sentence(date, phrases)) == (words, said)


def plan(text: str) -> PagePlan:
    return read_page_plan([("pages.ttl", PREFIXES + text)])


def test_dates_without_words_in_a_language_are_english() -> None:
    assert plan("").dates_in("km") is None
    assert plan("").dates_in("en-GB") == {}


def test_a_language_has_all_phrases_of_dates_or_none() -> None:
    words = '[ sh:codeIdentifier "about {date}" ; rdfs:label "vers {date}"@fr ]'
    with pytest.raises(SourceError, match=r"pages\.ttl:.* dates have no fr for “January”, .*“or”"):
        plan(f"<urn:x> view:dateWord {words} .")


def test_a_phrase_that_no_date_has_is_refused() -> None:
    words = '[ sh:codeIdentifier "circa {date}" ; rdfs:label "vers {date}"@fr ]'
    with pytest.raises(SourceError, match=r"“circa \{date\}” is not a phrase of dates; those are"):
        plan(f"<urn:x> view:dateWord {words} .")


def test_english_is_what_its_phrases_say() -> None:
    english = {phrase: phrase for phrase in PHRASES}
    for date in (
        "1997-05-21",
        "1997-04/..",
        "/1998",
        "[..1985]",
        "198X?",
        "1997-23",
        "{1990,1991}",
    ):
        assert in_sentence(date, english) == in_sentence(date)
