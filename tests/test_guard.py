"""What is refused before it costs a process, and in which words."""

from contextlib import suppress

import pytest

from partyline.errors import BadQuery, QueryTooLong
from partyline.settings import Limits
from partyline.sparql import diagnose, query_form
from partyline.sparql.guard import check
from timing import within

LIMITS = Limits()

NESTED = {
    "parentheses": "ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
    "groups": "ASK " + "{" * 5000 + "}" * 5000,
    "optional groups": "ASK {" + "OPTIONAL{" * 5000 + "}" * 5000 + "}",
    "sub-selects": "ASK {" + "{SELECT*{" * 5000 + "}}" * 5000 + "}",
    "paths": "ASK { ?a " + "(" * 5000 + "<a:b>" + ")*" * 5000 + " ?b }",
    "lists": "ASK { ?a ?b " + "(" * 5000 + ")" * 5000 + " }",
    "blank nodes": "ASK { ?a ?b " + "[ <a:b> " * 5000 + "1" + "]" * 5000 + " }",
    "functions": "SELECT (" + "STR(" * 5000 + "1" + ")" * 5000 + " AS ?x) {}",
    "codepoint escapes": r"ASK { FILTER(" + r"\u0028" * 5000 + "1" + r"\u0029" * 5000 + ") }",
    "long codepoint escapes": r"ASK { FILTER(" + r"\U00000028" * 5000 + "1) }",
    "behind a string of escapes": r'ASK { ?s ?p "\u0022' + "(" * 5000 + '" }',
    "comparisons that look like an IRI": "ASK { FILTER(?a<"
    + "(" * 5000
    + "1"
    + ")" * 5000
    + ">?b)}",
    "IRIs that look like comparisons": "ASK { FILTER("
    + "(<a:)))>=" * 5000
    + "1"
    + ")" * 5000
    + ")}",
    "behind a comment that ended": "ASK { #\r" + "{" * 5000 + "}" * 5000 + "}",
    "behind an escaped quote": "PREFIX a: <a:> ASK { ?s ?p a:\\' " + "(" * 5000 + "' }",
}

CHAINS = {
    "||": "ASK { FILTER(?a" + " || ?b" * 5000 + ") }",
    "&&": "ASK { FILTER(?a" + " && ?b" * 5000 + ") }",
    "!": "ASK { FILTER(" + "!" * 5000 + "?a) }",
    "+": "SELECT (1" + " + 1" * 5000 + " AS ?x) {}",
    "numbers with a sign": "SELECT (1" + "-1" * 5000 + " AS ?x) {}",
    "path sequence": "ASK { ?a <a:b>" + "/<a:b>" * 5000 + " ?b }",
    "path alternative": "ASK { ?a <a:b>" + "|<a:b>" * 5000 + " ?b }",
    "UNION": "ASK { {}" + " UNION {}" * 5000 + " }",
    "MINUS": "ASK { " + "MINUS{}" * 5000 + " }",
    "BIND": "ASK { " + "".join(f"BIND(1 AS ?{i})" for i in range(3000)) + " }",
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_what_is_nested_5000_deep_is_refused_at_once(text: str) -> None:
    with within(1), pytest.raises(BadQuery, match=r"nested \d{4,5} deep; at most 100"):
        check(text, LIMITS if len(text) < LIMITS.query_length else Limits(query_length=10**6))


@pytest.mark.parametrize("text", CHAINS.values(), ids=CHAINS)
def test_a_chain_of_thousands_is_refused(text: str) -> None:
    with pytest.raises(BadQuery, match=r"\d{4} operators and clauses; at most 1000"):
        check(text, LIMITS)


def test_a_query_may_be_as_deep_as_the_limit_and_no_deeper() -> None:
    check("ASK " + "{" * 100 + "}" * 100, LIMITS)
    check("ASK {" + "{" * 99 + "}" * 99 + "{}}", LIMITS)  # more brackets, not deeper
    with pytest.raises(BadQuery, match="nested 101 deep; at most 100"):
        check("ASK " + "{" * 101 + "}" * 101, LIMITS)


@pytest.mark.parametrize("bracket", ["()", "[]"])
def test_brackets_in_what_looks_like_an_iri_count(bracket: str) -> None:
    opening, closing = bracket[0], bracket[1]
    text = "ASK { FILTER(?a<" + opening * 98 + "1" + closing * 98 + ">?b) }"
    check(text, LIMITS)
    with pytest.raises(BadQuery, match="nested 101 deep"):
        check(text.replace("1", f"{opening}1{closing}"), LIMITS)


def test_the_length_is_counted_in_bytes() -> None:
    text = 'ASK { ?s ?p "ខ្មែរ" }'
    size = len(text.encode())
    check(text, Limits(query_length=size))
    with pytest.raises(QueryTooLong, match=f"{size} bytes; at most {size - 1}"):
        check(text, Limits(query_length=size - 1))


@pytest.mark.parametrize(
    "text",
    [
        'ASK { ?s ?p "' + "(" * 5000 + '" }',
        "ASK { ?s ?p '''it's " + "[" * 5000 + "''' }",
        "ASK { ?s ?p ?o } # " + "{" * 5000,
        "ASK { ?s ?p <https://en.wikipedia.org/wiki/Democratic_Party_(Cambodia)> }",
        "ASK { VALUES ?s { " + "<https://example.org/a-b/c-d#e> " * 1500 + "} }",
        "ASK { FILTER(?s IN (1" + ", 1" * 5000 + ")) }",
        'PREFIX s: <a:> ASK { ?service s:service "SERVICE"@service ; s:load _:service }',
        "ASK { ?s <https://example.org/SERVICE> ?o } # SERVICE <a:b> {}",
        "PREFIX insert: <a:> ASK { insert:delete ?load ?clear }",
    ],
)
def test_what_only_looks_dangerous_is_let_through(text: str) -> None:
    check(text, LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * {\n  service silent <http://127.0.0.1/> { ?s ?p ?o } }",
        "SELECT * { ?a ?b 1SERVICE?x{} }",
        "PREFIX : <http://127.0.0.1/> SELECT * { SERVICE:x { ?s ?p ?o } }",
        'SELECT * { ?a ?b "<"SERVICE<http://127.0.0.1/>{} }',
        r"SELECT * { \u0053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    ],
)
def test_service_is_refused_in_every_spelling(text: str) -> None:
    with pytest.raises(BadQuery, match=r"line \d, column \d+: SERVICE is disabled"):
        check(text, LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <a:b> 1 }",
        "PREFIX a: <a:> # select\n delete where { ?s ?p ?o }",
        "LOAD <http://127.0.0.1/>",
        "CLEAR ALL",
        "WITH <a:a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_updates_are_refused_by_name(text: str) -> None:
    with pytest.raises(BadQuery, match="is not allowed; this endpoint is read-only"):
        check(text, LIMITS)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("select*{}", "SELECT"),
        ("BASE <a:> PREFIX ask: <a:#select>\n# DESCRIBE\nconstruct where {}", "CONSTRUCT"),
        ('VERSION "1.2" DESCRIBE <a:ask>', "DESCRIBE"),
        ("ASK{}", "ASK"),
    ],
)
def test_the_form_of_a_query_is_known_before_it_runs(text: str, form: str) -> None:
    assert query_form(text) == form


@pytest.mark.parametrize("text", ["", " # nothing\n", "PREFIX a: <a:>", "hello", "<html>"])
def test_what_is_not_a_query_is_refused_with_what_one_is(text: str) -> None:
    with pytest.raises(BadQuery, match="a query is one of SELECT, ASK, CONSTRUCT, DESCRIBE"):
        query_form(text)


def test_a_hidden_character_is_not_taken_for_the_end_of_a_name() -> None:
    with pytest.raises(BadQuery, match=r"line 1, column 9: the character U\+202E \(RIGHT-TO-LEFT"):
        query_form("PREFIX x\u202e: <a:> ASK {}")


@pytest.mark.parametrize("unit", ["a-", "a.", "'''\\", "<\\u0", '"\\"', "<a", "a:\\", "\\", "@-"])
def test_no_text_keeps_the_guard_busy(unit: str) -> None:
    text = "ASK {" + unit * (60_000 // len(unit))
    with within(2), suppress(BadQuery):
        check(text, LIMITS)


@pytest.mark.parametrize(
    ("query", "message", "diagnosis"),
    [
        ("ASK { a:b ?p 1 }", "error at 1:15: expected OPTIONAL", "1, column 7: the prefix a: is"),
        ("ASK {\n <b> ?p 1 }", "error at 2:9: expected x", "line 2, column 2: <b> is a relative"),
        ("ASK {", "error at 1:6: expected one of X, [_]", "line 1, column 5: unclosed “{”"),
        ("ASK { ?s )", "error at 1:9: expected X", "line 1, column 10: unmatched closing “)”"),
        ("ASK { ?s ?p }", "error at 1:14: expected X", "at or before the end of “?s ?p }”"),
        ("ASK { ?s \x07 }", "error at 1:10: expected X", "1, column 10: the character U+0007"),
        ("ASK { ?s ` }", "error at 1:10: expected X", "at or before the end of “ASK { ?s”"),
        ("SELECT ?x {}", "error at 1:9: expected The SELECT is wrong", "The SELECT is wrong"),
        ("ASK {}", "something unheard of", "something unheard of"),
    ],
)
def test_a_syntax_error_names_the_place_and_the_mistake(
    query: str, message: str, diagnosis: str
) -> None:
    assert diagnosis in diagnose(query, message)
