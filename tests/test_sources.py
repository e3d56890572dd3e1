from pathlib import Path

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)
from rdflib.compare import isomorphic

from partyline.errors import SourceError
from partyline.rdf import GRAPH_FORMATS, count_comments, graph_format, write_turtle
from partyline.sources import parse_turtle, read_sources, read_turtle
from partyline.vocabulary import RDF, XSD

EX = "https://example.org/"
TURTLE = b"""@prefix ex: <https://example.org/> .
# a comment
ex:a a ex:B ;
    ex:number "01"^^<http://www.w3.org/2001/XMLSchema#integer> ,
        1.50 ;

    ex:nested [ ex:list ( ex:x "y"@fr ) ] .
ex:long ex:text \"\"\"two
lines\"\"\" .
"""


def canonical(triples: list[Triple]) -> set[Quad]:
    dataset = Dataset(Quad(row.subject, row.predicate, row.object) for row in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def test_every_triple_knows_the_line_on_which_it_ends() -> None:
    lines = {
        str(statement.triple.object): statement.origin.line
        for statement in parse_turtle(TURTLE, "a.ttl").statements
    }
    assert lines["<https://example.org/B>"] == 3
    assert lines['"01"^^<http://www.w3.org/2001/XMLSchema#integer>'] == 4
    assert lines['"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'] == 5
    assert lines['"y"@fr'] == 7
    assert lines['"two\\nlines"'] == 9


def test_lexical_forms_are_kept() -> None:
    literals = {
        statement.triple.object
        for statement in parse_turtle(TURTLE, "a.ttl").statements
        if isinstance(statement.triple.object, Literal)
    }
    assert Literal("01", datatype=XSD.integer) in literals
    assert Literal("1.50", datatype=XSD.decimal) in literals


def test_all_syntax_errors_of_a_file_are_found_at_once() -> None:
    broken = b"<a:a> <a:b> ; .\n<a:a> <a:b> <a:c> .\n<a:a> <a:b> nope:x .\n<a:d> <a:e> <a:f> .\n"
    document = parse_turtle(broken, "kb/broken.ttl")

    assert [(row.path, row.line) for row in document.findings] == [
        ("kb/broken.ttl", 1),
        ("kb/broken.ttl", 3),
    ]
    assert "prefix" in document.findings[1].message
    assert len(document.statements) == 2


def test_blank_nodes_have_the_same_names_at_every_reading_and_others_in_another_file() -> None:
    first = parse_turtle(b"[] <a:b> [] .", "one.ttl").statements[0].triple
    again = parse_turtle(b"[] <a:b> [] .", "one.ttl").statements[0].triple
    other = parse_turtle(b"[] <a:b> [] .", "two.ttl").statements[0].triple

    assert first == again
    assert first.subject != other.subject


def test_a_carriage_return_and_a_missing_last_newline_are_no_trouble() -> None:
    document = parse_turtle(b"<a:a> <a:b> 1 .\r\n<a:a> <a:b> 2 .", "a.ttl")
    assert [statement.origin.line for statement in document.statements] == [1, 2]


def test_a_file_that_is_not_utf8_is_a_finding_with_its_line() -> None:
    document = parse_turtle(b'<a:a> <a:b> "ok" .\n<a:a> <a:b> "\xff" .\n', "a.ttl")
    assert [row.line for row in document.findings] == [2]


def test_a_folder_without_turtle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no Turtle files"):
        read_sources(tmp_path, tmp_path, tmp_path)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent\.ttl: cannot be read"):
        read_turtle(tmp_path / "absent.ttl")


def test_sources_know_where_a_triple_is_asserted(ensembles: Path) -> None:
    sources = read_sources(ensembles / "ontology", ensembles / "kb", ensembles)
    anna = NamedNode("https://music.example.org/id/musician/anna-horn")

    assert [str(row.origin) for row in sources.about(anna)] == [
        "kb/musicians.ttl:7",
        "kb/musicians.ttl:8",
    ]
    triple = sources.about(anna)[1].triple
    assert [str(origin) for origin in sources.origins(triple)] == ["kb/musicians.ttl:8"]
    assert sources.origins(Triple(anna, RDF.type, anna)) == ()


def test_the_canonical_form_is_turtle_with_the_same_graph_and_is_a_fixpoint() -> None:
    document = parse_turtle(TURTLE, "a.ttl")
    triples = [statement.triple for statement in document.statements]
    written = write_turtle(triples, document.prefixes)
    again = parse_turtle(written.encode(), "a.ttl")
    reread = [statement.triple for statement in again.statements]

    assert not again.findings
    assert canonical(reread) == canonical(triples)
    assert write_turtle(reread, again.prefixes) == written


def test_the_canonical_form_puts_the_ontology_first_and_types_first() -> None:
    turtle = b"""@prefix ex: <https://example.org/> .
@prefix unused: <https://example.net/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
ex:p a owl:ObjectProperty . ex:C ex:note "x" ; a owl:Class .
ex:onto a owl:Ontology . ex:a a ex:C ."""
    document = parse_turtle(turtle, "a.ttl")
    written = write_turtle([row.triple for row in document.statements], document.prefixes)

    blocks = [line for line in written.splitlines() if line.startswith("ex:")]
    assert blocks == ["ex:onto", "ex:C", "ex:p", "ex:a"]
    assert "ex:C\n    a owl:Class ;\n    ex:note" in written
    assert "unused" not in written


def test_a_circle_of_blank_nodes_is_written_with_labels() -> None:
    one, two, link = BlankNode("one"), BlankNode("two"), NamedNode(EX + "link")
    circle = [Triple(one, link, two), Triple(two, link, one)]
    written = write_turtle(circle, {})
    reread = [row.triple for row in parse_turtle(written.encode(), "a.ttl").statements]

    assert canonical(reread) == canonical(circle)


iris = st.sampled_from([NamedNode(EX + name) for name in ("a", "b/c", "d.", "é", "x%20y", "0")])
nodes = st.one_of(iris, st.sampled_from([BlankNode(f"b{number}") for number in range(4)]))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
literals = st.one_of(
    texts.map(Literal),
    texts.map(lambda text: Literal(text, language="km")),
    st.sampled_from(["1", "+01", "1.", ".5", "1e3", "true", "TRUE", "-0.0"]).flatmap(
        lambda text: st.sampled_from(
            [
                Literal(text, datatype=datatype)
                for datatype in (XSD.integer, XSD.decimal, XSD.double, XSD.boolean)
            ]
        )
    ),
)
triples = st.builds(
    Triple,
    nodes,
    st.one_of(iris, st.sampled_from([RDF.type, RDF.first, RDF.rest])),
    st.one_of(nodes, literals, st.just(RDF.nil)),
)


@given(st.lists(triples, max_size=12))
def test_every_graph_survives_turtle(graph: list[Triple]) -> None:
    prefixes = {"ex": EX, "deep": EX + "b/"}
    turtle = write_turtle(graph, prefixes)
    document = parse_turtle(turtle.encode(), "a.ttl")

    assert not document.findings, turtle
    assert canonical([row.triple for row in document.statements]) == canonical(graph)


@given(st.lists(triples, max_size=12))
def test_every_graph_survives_json_ld_and_n_triples(graph: list[Triple]) -> None:
    prefixes = {"ex": EX, "deep": EX + "b/", "word": EX + "d"}
    for extension, syntax in (("jsonld", RdfFormat.JSON_LD), ("nt", RdfFormat.N_TRIPLES)):
        chosen = graph_format(extension)
        assert chosen is not None
        written = chosen.write(graph, prefixes)
        reread = [quad.triple for quad in parse(written, format=syntax)]

        assert canonical(reread) == canonical(graph), written.decode()


def test_rdflib_reads_every_format_alike() -> None:
    graph = [row.triple for row in parse_turtle(TURTLE, "a.ttl").statements]
    written = {row.name: row.write(graph, {"ex": EX}) for row in GRAPH_FORMATS}
    read = {
        row.name: rdflib.Graph().parse(data=written[row.name], format=row.media_type)
        for row in GRAPH_FORMATS
    }
    assert len(read["Turtle"]) == len(graph)
    for name, other in read.items():
        assert isomorphic(other, read["Turtle"]), name


def test_each_format_is_named_once() -> None:
    assert len({row.extension for row in GRAPH_FORMATS}) == len(GRAPH_FORMATS)
    assert len({row.media_type for row in GRAPH_FORMATS}) == len(GRAPH_FORMATS)


def test_comments_are_told_from_strings_and_iris() -> None:
    assert count_comments(b"<a:b#c> <a:d> \"#\", '''\n# no\n''' . # one\n# two") == 2


def test_text_of_several_lines_keeps_its_lines_and_is_read_back() -> None:
    text = 'SELECT * {\n  ?s ?p "a\\b" ; ?q """x"""\n}"'
    node = NamedNode("https://example.org/a")
    triple = Triple(node, node, Literal(text))
    written = write_turtle([triple], {})

    assert written.count("\n") == text.count("\n") + 3
    (statement,) = parse_turtle(written.encode(), "a.ttl").statements
    assert statement.triple == triple
