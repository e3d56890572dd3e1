"""Hints on queries: the known traps, where they are, and no hint on queries that have none."""

import re

import pytest
from flask.testing import FlaskClient
from pyoxigraph import QuerySolutions, Store

from partyline.publishing import Publication, example_queries
from partyline.releases import Release
from partyline.settings import Limits, Settings
from partyline.sparql.hints import Message, query_hints
from partyline.web.templating.words import Words, words_of
from partyline.web.translated_hints import HintTranslator

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LIMITS = Limits()
PREFIXES = {"pl": "https://w3id.org/partyline/ns#"}
_P = "PREFIX pl: <https://w3id.org/partyline/ns#>\n"


def found(query: str) -> list[tuple[str, str]]:
    """Return the code of each hint and the text that it marks."""
    return [(row.code, query[row.start : row.end]) for row in query_hints(query, PREFIXES, LIMITS)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?a a ?b . ?c a ?d }", [("product", "?c")]),
        ("SELECT * { ?a a ?b . ?c a ?d FILTER(?b = ?d) }", [("product", "?c")]),
        ("ASK { { ?a a ?b } UNION { ?a ?p ?b } ?c a 1.5 . }", [("product", "?c")]),
        ("ASK { GRAPH ?g { ?a a ?b } OPTIONAL { ?a ?p ?x . ?y ?q ?z } }", [("product", "?y")]),
        ("SELECT * { OPTIONAL { ?a ?p ?b } ?a a ?c }", [("optional-first", "OPTIONAL")]),
        ("SELECT ?y { BIND(?x + 1 AS ?y) ?s ?p ?x }", [("bind-early", "?x")]),
        ("SELECT ?partly { ?party a ?b }", [("unbound", "?partly")]),
        ("SELECT * { ?a a ?b FILTER(?c > 1) }", [("unbound", "?c")]),
        ("SELECT * { ?a a ?b } ORDER BY DESC(?name)", [("unbound", "?name")]),
        ("SELECT * { ?a a ?b } ORDER BY ?b OFFSET 9", []),
        ("SELECT * { ?a a ?b } LIMIT 9 OFFSET 9", [("offset", "OFFSET")]),
        (_P + "SELECT * { ?a pl:part* ?b }", [("free-path", "?a")]),
        (_P + "SELECT * { ?a (pl:part|^pl:part)+ ?b }", [("free-path", "?a")]),
        ("SELECT DISTINCT (COUNT(?a) AS ?n) { ?a a ?b }", [("distinct", "DISTINCT")]),
        ("SELECT * { ?a a pl:Party ; pl:x pl:y }", [("prefix", "pl:Party")]),
        ("SELECT * { ?a a other:x", [("prefix", "other:x")]),
        ("CONSTRUCT { ?a a ?c } WHERE { ?a a ?b }", [("unbound", "?c")]),
    ],
)
def test_a_trap_is_found_where_it_is(query: str, expected: list[tuple[str, str]]) -> None:
    assert found(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a a ?b . ?b ?p [ ?q ?c ] ; ?r ?d . ?d ?s 1.5 }",
        "SELECT * { ?a ?p _:x . _:x ?q ?c }",
        "SELECT * { ?a ?p ?b BIND(STR(?b) AS ?t) ?c ?q ?t }",
        "SELECT * { ?a ?p ?b . VALUES (?b ?c) { (1 2) } ?d ?q ?c }",
        "SELECT ?n { { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } } ?a a ?b }",
        "SELECT * { ?a ?p ?b OPTIONAL { ?a ?q ?x . ?b ?r ?y } }",
        "SELECT * { ?a ?p ?b FILTER NOT EXISTS { ?a ?q ?x . ?b ?r ?y } MINUS { ?c a ?d } }",
        _P + "SELECT * { ?a a pl:Party. ?a pl:part* ?b }",
        _P + "SELECT * { ?a pl:part* ?b ; a pl:Party }",
        _P + "SELECT * { ?a pl:part* ?b } VALUES ?a { pl:x }",
        _P + "SELECT * { VALUES ?a { pl:x } ?a pl:part* ?b }",
        "SELECT (COUNT(DISTINCT ?a) AS ?n) { ?a a ?b } HAVING(?n > 1) ORDER BY ?n",
        "SELECT $a { ?a ?p 'a . ?b' } # . ?c ?d ?e",
        "DESCRIBE <https://example.org/a>",
        "",
        "SELECT * { ?a <b.c> ?d }",
    ],
)
def test_a_query_without_a_trap_has_no_hint(query: str) -> None:
    assert found(query) == []


def test_a_hint_on_a_prefix_says_how_it_is_declared() -> None:
    (row,) = query_hints("ASK { ?a a pl:Party }", PREFIXES, LIMITS)
    assert row.phrase.in_words(str).endswith(
        "write PREFIX pl: <https://w3id.org/partyline/ns#> at the top"
    )


def test_a_variable_that_was_mistyped_is_named() -> None:
    (row,) = query_hints("SELECT ?partly { ?party a ?b }", {}, LIMITS)
    assert row.phrase.in_words(str).endswith("perhaps you mean ?party")


def test_the_examples_of_the_endpoint_have_no_hint(release: Release, settings: Settings) -> None:
    publication = Publication.of(release, settings.knowledge)
    examples = example_queries(publication)
    assert len(examples) > 20
    told = {row.title: found(row.text) for row in examples}
    assert {title: row for title, row in told.items() if row} == {}


def test_a_query_that_is_refused_has_no_hint() -> None:
    assert query_hints("ASK {" + "{" * 5000, {}, LIMITS) == ()
    assert query_hints("ASK { ?a a ?b } #" + " " * 200_000, {}, Limits(query_length=1000)) == ()


def test_an_answer_has_the_hints_on_its_query(client: FlaskClient) -> None:
    query = "SELECT ?partly { ?party a ?kind } LIMIT 1"
    html = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})
    assert "no pattern binds ?partly" in html.text
    assert "perhaps you mean ?party" in html.text
    told = client.get("/sparql/hints", query_string={"query": query}).get_json()
    assert [(row["code"], row["start"], row["where"]) for row in told["hints"]] == [
        ("unbound", 7, "line 1, column 8")
    ]
    assert client.get("/sparql/hints").get_json() == {"hints": []}


def test_hints_are_in_the_language_of_the_page(client: FlaskClient) -> None:
    query = {"query": "SELECT ?partly { ?party a ?kind } LIMIT 1"}
    (told,) = client.get("/fr/sparql/hints", query_string=query).get_json()["hints"]
    assert told["language"] == "fr"
    assert told["sentence"] == (
        "Conseil, ligne 1, colonne 8\xa0: aucun motif ne lie ?partly\xa0: sa place dans la réponse"
        " est vide\u202f; vous voulez peut-être dire ?party."
    )
    page = client.get("/fr/sparql", query_string=query, headers={"Accept": "text/html"}).text
    assert f"<li>{told['sentence']}</li>" in page


def test_a_hint_that_is_translated_in_part_stays_english(
    release: Release, settings: Settings
) -> None:
    publication = Publication.of(release, settings.knowledge)
    words = Words({Message.HINT: "Hinweis, {place}: {message} {other}"}, "de")
    (told,) = HintTranslator(publication, settings.limits, words).on("ASK { ?a a unknown:b }")
    assert told.language == "en"
    assert told.sentence.startswith("Hint, line 1, column 12: the prefix unknown: is not declared")


def test_every_translation_keeps_the_places_of_its_word() -> None:
    for word, translation in words_of("fr").items():
        assert set(re.findall(r"\{\w+\}", word)) == set(re.findall(r"\{\w+\}", translation)), word


def test_properties_of_a_class_are_those_that_a_query_counts(
    client: FlaskClient, published: Store
) -> None:
    kind = "https://w3id.org/partyline/ns#PoliticalParty"
    found = client.get("/sparql/properties", query_string={"class": kind}).get_json()
    rows = published.query(
        f"SELECT ?p (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{kind}> ; ?p ?o }} GROUP BY ?p"
    )
    assert isinstance(rows, QuerySolutions)
    counted = {row["p"].value: int(row["n"].value) for row in rows}
    counts = {row["iri"]: row["members"] for row in found["properties"]}
    assert counts.items() <= counted.items()
    assert counted.keys() - counts.keys() == {RDF_TYPE}
    assert found["members"] == found["examined"] == counted[RDF_TYPE]
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_properties_of_what_is_not_a_class(client: FlaskClient) -> None:
    found = client.get("/sparql/properties", query_string={"class": "https://example.org/No"})
    assert (found.get_json()["members"], found.get_json()["properties"]) == (0, [])
    for wrong in ("", "no IRI"):
        assert client.get("/sparql/properties", query_string={"class": wrong}).status_code == 404
