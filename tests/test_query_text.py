"""What is read from the text of a query without parsing it, and what is written in its place."""

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.errors import BadQuery
from partyline.sparql import check_syntax
from partyline.sparql.rendering import Term
from partyline.sparql.rewriting.dataset_clause import NamedGraphs, named_graphs
from partyline.sparql.rewriting.describe_rewriter import resources_query
from partyline.sparql.rewriting.group_concat import GroupConcat, with_own_group_concat
from partyline.sparql.rewriting.rewriter import aggregate_variables, unescape, without_repetition
from partyline.sparql.tokens import place

# DESCRIBE


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("DESCRIBE <a:b>", "SELECT (<a:b> AS ?described0) {}"),
        ("describe ?x { ?x ?p 1 }", "SELECT ?x { ?x ?p 1 }"),
        ("DESCRIBE ?x WHERE { ?x ?p 1 } LIMIT 3", "SELECT ?x WHERE { ?x ?p 1 } LIMIT 3"),
        ("DESCRIBE * where { ?x ?p ?y }", "SELECT * where { ?x ?p ?y }"),
        (
            "PREFIX a: <a:> # b\nDESCRIBE a:b ?x <c:d> { ?x ?p 1 }",
            "PREFIX a: <a:> # b\nSELECT (a:b AS ?described0) ?x (<c:d> AS ?described2) { ?x ?p 1 }",
        ),
        (
            "BASE <a:> VERSION '1.2' DESCRIBE <b>",
            "BASE <a:> VERSION '1.2' SELECT (<b> AS ?described0) {}",
        ),
        ("DESCRIBE <a:b> LIMIT 1", "SELECT (<a:b> AS ?described0) {} LIMIT 1"),
        (
            "DESCRIBE # one\n <a:b> # two\n <a:c> # three\n { ?s ?p ?o }",
            "SELECT (<a:b> AS ?described0) (<a:c> AS ?described1) # three\n { ?s ?p ?o }",
        ),
        ("# FROM\nDESCRIBE <a:b> # { }", "# FROM\nSELECT (<a:b> AS ?described0) {} # { }"),
        # left to the engine
        ("DESCRIBE ?x FROM <a:b> { ?x ?p 1 }", None),
        ("describe <a:b> from <a:c>", None),
        ("DESCRIBE", None),
        ("DESCRIBE { ?x ?p 1 }", None),
        ("DESCRIBE 'text'", None),
        ("SELECT * {}", None),
        ("PREFIX a: <a:>", None),
        ("", None),
    ],
)
def test_a_description_is_asked_for_as_rows_of_resources(text: str, rewritten: str | None) -> None:
    assert resources_query(text) == rewritten


# Datasets


@pytest.mark.parametrize(
    ("text", "default", "named", "patterns"),
    [
        ("SELECT * FROM <a:a> FROM b:b { }", ("<a:a>", "b:b"), (), ()),
        ("SELECT * FROM NAMED <a:a> from named <a:b> { }", (), ("<a:a>", "<a:b>"), ()),
        ("ASKFROM<a:a>FROMNAMED<a:b>{}", ("<a:a>",), ("<a:b>",), ()),
        ("SELECT DISTINCT*FROM<a:a>{}", ("<a:a>",), (), ()),
        ("ASK { GRAPH <a:a> { } graph b:c { } GRAPH ?g { } }", (), (), ("<a:a>", "b:c")),
        ("ASK { VALUES ?g { <a:a> UNDEF b:c } GRAPH ?g { } }", (), (), ("<a:a>", "b:c")),
        ("ASK { GRAPH $g { } } VALUES (?g) { (<a:a>) (UNDEF) }", (), (), ("<a:a>",)),
        ("ASK FROM # <a:x>\n <a:a> {}", ("<a:a>",), (), ()),
        ("ASK FROM NAMED <a:a> { GRAPH <a:b> { ?s ?p ?o } }", (), ("<a:a>",), ("<a:b>",)),
    ],
)
def test_the_graphs_that_a_query_names(
    text: str, default: tuple[str, ...], named: tuple[str, ...], patterns: tuple[str, ...]
) -> None:
    assert named_graphs(text) == NamedGraphs("", default, named, patterns)
    prologue = "PREFIX b: <b:> BASE <c:>\n"
    assert named_graphs(prologue + text) == NamedGraphs(prologue, default, named, patterns)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "ASK { ?s ?p 'FROM <a:a>' } # GRAPH <a:b>",
        "ASK { ?from ?graph <a:FROM> }",
        "ASK { GRAPH ?g { ?s ?p ?o } }",
        "PREFIX from: <a:> ASK { from:graph ?p 1 }",
        "SELECT (1 AS ?x) { BIND(from AS ?y) }",
        "ASK FROM",
        "ASK { VALUES ?x { <a:a> } VALUES (?g ?y) { (UNDEF <a:b>) } GRAPH ?g { ?s ?p <a:c> } }",
        "ASK { GRAPH ?g { } } VALUES",
    ],
)
def test_a_query_that_names_no_graph(text: str) -> None:
    assert named_graphs(text) is None


# Spellings that the engine refuses


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("SELECT ?x ?y ?x $x { }", "SELECT ?x ?y   { }"),
        ("SELECT DISTINCT ?x ?x WHERE { ?x ?x ?x }", "SELECT DISTINCT ?x  WHERE { ?x ?x ?x }"),
        ("select reduced ?x ?x { ?x ?p ?x }", "select reduced ?x  { ?x ?p ?x }"),
        ("SELECT ?x (?x + ?x AS ?y) ?x {}", "SELECT ?x (?x + ?x AS ?y)  {}"),
        ("SELECT ?x FROM <a:b> { ?x ?x ?x }", "SELECT ?x FROM <a:b> { ?x ?x ?x }"),
        ("SELECT ?x # ?x\n ?x {}", "SELECT ?x # ?x\n  {}"),
        (
            "SELECT ?x { { SELECT ?y ?y { ?y ?y ?x } } ?x ?x ?x }",
            "SELECT ?x { { SELECT ?y  { ?y ?y ?x } } ?x ?x ?x }",
        ),
        ("ASK { ?x ?x ?x }", "ASK { ?x ?x ?x }"),
    ],
)
def test_a_variable_is_selected_once(text: str, spelled: str) -> None:
    assert without_repetition(text) == spelled


@pytest.mark.parametrize(
    ("text", "unescaped"),
    [
        (r"\u0041SK { }", "ASK { }"),
        (r"ASK { ?\U0001D4D0 ?p '\u0041' }", "ASK { ?\U0001d4d0 ?p '\\u0041' }"),
        (r"ASK { <a:\u0041> ?\u0062 \u0031 }", "ASK { <a:\\u0041> ?b 1 }"),
        (r"ASK { ?\uD800 ?\U00110000 ?\U0010FFFF }", "ASK { ?\\uD800 ?\\U00110000 ?\U0010ffff }"),
        (r"ASK { ?\uDFFF ?\uE000 }", "ASK { ?\\uDFFF ?\ue000 }"),
    ],
)
def test_escapes_are_replaced_outside_strings_and_iris(text: str, unescaped: str) -> None:
    assert unescape(text) == unescaped


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("SELECT (SUM(?a) AS ?b) (avg(?a)+1 AS ?c) {}", {"b", "c"}),
        ("SELECT (MIN(?a) AS ?min) (MAX(?a) AS ?max) (SAMPLE(?a) AS ?s) {}", {"min", "max", "s"}),
        ("SELECT (GROUP_CONCAT(?a) AS ?g) (COUNT(?a) AS ?n) {}", {"g"}),
        ("SELECT (IF(1 > 0, (SUM(?a)), 2) AS ?b) {}", {"b"}),
        ("SELECT (?a AS ?b) { BIND(1 AS ?c) } ", set()),
        ("SELECT (?sum AS ?b) { ?x <a:SUM> 'SUM(' } # SUM(", set()),
        ("SELECT (COUNT(?a) AS ?n) { { SELECT (SUM(?a) AS ?b) {} } }", {"b"}),
        ("SELECT (SUM(?a) AS", set()),
        ("SELECT SUM(?a)) AS ?b", set()),
    ],
)
def test_variables_that_get_the_value_of_an_aggregate(text: str, variables: set[str]) -> None:
    assert aggregate_variables(text) == variables


# GROUP_CONCAT


@pytest.mark.parametrize(
    ("call", "expression", "separator", "distinct"),
    [
        ("GROUP_CONCAT(?x)", "?x", " ", False),
        ("group_concat(distinct ?x)", " ?x", " ", True),
        ('GROUP_CONCAT(?x; SEPARATOR = ", ")', "?x", ", ", False),
        (r"GROUP_CONCAT(DISTINCT ?x ; separator='\t;')", " ?x ", "\t;", True),
        ('GROUP_CONCAT(CONCAT(?x, ";"); SEPARATOR="|")', 'CONCAT(?x, ";")', "|", False),
        ("GROUP_CONCAT(?x # )\n)", "?x # )\n", " ", False),
    ],
)
def test_group_concat_becomes_a_function_of_our_own(
    call: str, expression: str, separator: str, distinct: bool
) -> None:
    text, aggregates = with_own_group_concat(f"SELECT ({call} AS ?g) {{}} GROUP BY ?y")
    name = NamedNode("urn:partyline:group-concat:0")
    function = f"{name}(COALESCE({expression}, <urn:partyline:unbound>))"
    assert text == f"SELECT ({function} AS ?g) {{}} GROUP BY ?y"
    assert list(aggregates) == [name]
    assert aggregates[name]() == GroupConcat(separator, distinct)


def test_each_group_concat_is_a_function_with_a_name_of_its_own() -> None:
    text, aggregates = with_own_group_concat(
        "SELECT (GROUP_CONCAT(?x) AS ?a) (GROUP_CONCAT(DISTINCT ?y) AS ?b) {}"
    )
    assert [made().distinct for made in aggregates.values()] == [False, True]
    assert [text.count(str(name)) for name in aggregates] == [1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p 'GROUP_CONCAT(?x)' } # GROUP_CONCAT(?x)",
        "SELECT (GROUP_CONCAT() AS ?g) {}",
        "SELECT (GROUP_CONCAT(?x",
        "SELECT GROUP_CONCAT ?x",
        "SELECT GROUP_CONCAT",
    ],
)
def test_what_is_not_a_call_of_group_concat_stays(text: str) -> None:
    assert with_own_group_concat(text) == (text, {})


def test_values_that_are_equal_are_joined_once_where_that_is_asked_for() -> None:
    unbound = NamedNode("urn:partyline:unbound")
    values: list[Term] = [Literal("b"), NamedNode("urn:a"), Literal("b"), unbound]
    for distinct, joined in ((False, "b|urn:a|b"), (True, "b|urn:a")):
        group = GroupConcat("|", distinct)
        for value in values:
            group.accumulate(value)
        assert group.finish() == Literal(joined)
        group.accumulate(BlankNode())
        assert group.finish() is None


# Places


@pytest.mark.parametrize(
    ("text", "position", "where"),
    [
        ("ASK", 0, "line 1, column 1"),
        ("ASK", 2, "line 1, column 3"),
        ("A\nS\nK", 1, "line 1, column 2"),
        ("A\nS\nK", 2, "line 2, column 1"),
        ("A\nS\nKx", 5, "line 3, column 2"),
    ],
)
def test_a_place_is_counted_from_1(text: str, position: int, where: str) -> None:
    assert place(text, position) == where


# A query that is checked and not evaluated


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * {", "line 1, column 10: unclosed “{”"),
        # Known to the parser alone; the column is its own.
        ("ASK { ?s ?p }", "line 1, column 14: not SPARQL at or before the end of"),
        ("\nASK { ?s ?p }", "line 2, column 14: not SPARQL at or before the end of"),
        ("ASK { SERVICE <a:b> {} }", "line 1, column 7: SERVICE is disabled"),
    ],
)
def test_an_error_has_its_place_in_the_query_without_the_prologue(text: str, message: str) -> None:
    with pytest.raises(BadQuery) as caught:
        check_syntax(text, "PREFIX a: <a:>\nPREFIX b: <b:>")
    assert str(caught.value).startswith(message)
