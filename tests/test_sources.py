import random
from pathlib import Path

import pytest
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

from graph_readers import by_rdflib, readers_of
from partyline.errors import SettingsError, SourceError
from partyline.rdf import GRAPH_FORMATS, count_comments, graph_format, write_turtle
from partyline.settings import read_settings
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


@pytest.mark.parametrize("seed", range(10))
def test_a_reading_of_some_triples_has_the_blank_nodes_and_the_lines_of_the_first(
    seed: int,
) -> None:
    chance = random.Random(seed)
    nodes = ["_:a", "_:b", "_:c", "[]", "[ ex:p _:a , [] ]", "( ex:a _:d )", "ex:a", "ex:b"]
    objects = [*nodes, '"x"', "07", "<<( ex:a ex:p ex:b )>>", '"y"@en--ltr']
    lines = [
        f"{chance.choice(nodes)} ex:p {chance.choice(objects)} ."
        for _ in range(chance.randint(1, 12))
    ]
    lines.insert(chance.randint(0, len(lines)), chance.choice(["", "ex:a ex:p ex:b ex:c .", "#"]))
    content = "\n".join(["@prefix ex: <https://example.org/> .", *lines]).encode()
    first = parse_turtle(content, "a.ttl")
    triples = {row.triple for row in first.statements}
    assert parse_turtle(content, "a.ttl", triples) == first
    some = set(chance.sample(sorted(triples, key=str), len(triples) // 2))
    found = parse_turtle(content, "a.ttl", some).statements
    assert list(found) == [row for row in first.statements if row.triple in some]


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


def findings(turtle: str, prefixes: str = "@prefix : <http://example.org/> .\n") -> list[str]:
    """Return line and message of each finding; the findings end the statements that they are of."""
    document = parse_turtle((prefixes + turtle).encode(), "kb/a.ttl")
    return [f"{row.line}: {row.message}" for row in document.findings]


@pytest.mark.parametrize(
    ("line", "columns"),
    [
        (':a :b <x y>, <z z>, "x"@a_b .', [7, 14, 25]),
        (":a x:b y:c . x:d y:e 1 .", [4, 8]),
        (':a <x y> 1 ; x:b <c d> ; :c "d"^^z:e .', [4, 18, 14, 34]),
        (':a :b "x"@toolonglanguage , <x y> ; z:c 1 .', [11, 29, 37]),
        (":a :b 'a' 'b' . :c :d 'e' 'f' .", [11, 27]),
        # The rest of the statement is not another error.
        (":a :b :c :d ; :e .", [10]),
        (":a :b ; ; , ] .", [7]),
    ],
)
def test_every_error_of_a_line_is_found_and_no_consequence_of_one(
    line: str, columns: list[int]
) -> None:
    found = findings(f"{line}\n:x :y :z .\n")
    assert [row[:2] for row in found] == ["2:"] * len(columns)
    assert [row.partition("(column ")[2] for row in found] == [f"{n})" for n in columns]


def test_an_undeclared_prefix_is_one_finding_with_every_line_that_uses_it() -> None:
    document = parse_turtle(b"<a:a> x:b 1 ; <a:c> 2 .\n<a:a> <a:d> y:e , x:f .\n[] x:g 3 .\n", "a")
    assert [(row.line, row.details) for row in document.findings] == [
        (1, ("also on lines 2, 3",)),
        (2, ()),
    ]
    assert [str(row.triple.predicate) for row in document.statements] == ["<a:c>"]
    assert not document.prefixes


def test_a_relative_iri_hides_no_other_fault_of_its_statement() -> None:
    found = findings(":a <b> 1 ; x:c 2 ; :d <e f> .\n", "@prefix : <ns#> .\n")
    assert [row[:3] for row in found] == ["1: ", "2: ", "2: "]
    assert "<ns#> is a relative IRI" in found[0]


@pytest.mark.parametrize(
    ("turtle", "named"),
    [
        (":a :b\u00a0:c .", "U+00A0 (NO-BREAK SPACE)"),
        (":a :b \u201cc\u201d .", "U+201C (LEFT DOUBLE QUOTATION MARK)"),
        (":a :b :c\u2019 .", "U+2019 (RIGHT SINGLE QUOTATION MARK)"),
        ("\ufeff:a :b :c .", "U+FEFF (BYTE ORDER MARK)"),
        (":a :b :c\u0001 .", "U+0001 (control character)"),
        (":a :b :c \u200b.", "U+200B (ZERO WIDTH SPACE)"),
    ],
)
def test_a_character_that_looks_like_another_is_named_by_its_code_point(
    turtle: str, named: str
) -> None:
    assert f"the character {named} is not allowed here" in findings(turtle)[0]


def test_a_character_in_a_literal_is_not_blamed_for_what_follows_it() -> None:
    (found,) = findings(":a :b 'x' '\u2014' .")
    assert "U+2014" not in found


def test_a_byte_order_mark_before_turtle_is_read() -> None:
    document = parse_turtle(b"\xef\xbb\xbf@prefix : <a:> .\n:a :b :c .", "a.ttl")
    assert not document.findings
    assert [row.origin.line for row in document.statements] == [2]
    assert parse_turtle(b"\xef\xbb\xbf", "a.ttl").findings == ()


@pytest.mark.parametrize(
    ("content", "message", "remedy"),
    [
        (b'<?xml version="1.0"?>\n<rdf:RDF\n />', "RDF/XML", "rdfpipe -i xml"),
        (b"\xef\xbb\xbf \n<rdf:RDF xmlns:rdf='x'>\n<a/></rdf:RDF>", "RDF/XML", "rdfpipe -i xml"),
        (b"<RDF xmlns='x'>\n</RDF>", "RDF/XML", "rdfpipe -i xml"),
        (b"<!DOCTYPE rdf:RDF [\n]>", "RDF/XML", "rdfpipe -i xml"),
        (b'{\n "@id": "a:a",\n "a:b": 1\n}', "JSON-LD", "rdfpipe -i json-ld"),
        (b'[{"@id": "a:a"}]', "JSON-LD", "rdfpipe -i json-ld"),
        (b"{}", "JSON-LD", "rdfpipe -i json-ld"),
        (b"<!doctype html>\n<p>not found", "HTML", "download the data"),
        ("@prefix : <a:> .".encode("utf-16"), "UTF-16", "iconv -f UTF-16"),
        ("@prefix : <a:> .".encode("utf-32"), "UTF-32", "iconv -f UTF-32"),
    ],
)
def test_another_syntax_in_a_ttl_file_is_one_finding_that_names_it(
    content: bytes, message: str, remedy: str
) -> None:
    document = parse_turtle(content, "a.ttl")
    (finding,) = document.findings
    assert finding.line == 1
    assert message in finding.message
    assert "not Turtle" in finding.message or "Turtle is UTF-8" in finding.message
    assert remedy in finding.remedy
    assert document.statements == ()


def test_a_percent_sign_that_begins_no_escape_has_its_own_remedy() -> None:
    (finding,) = parse_turtle(b"<a:a> <a:b> <a:50%zz> .", "a.ttl").findings
    assert "percent encoding '%zz'" in finding.message
    assert "%25" in finding.remedy


@pytest.mark.parametrize(
    "turtle", ["[ ] <a:b> 1 .", "[] <a:b> 1 .", "[ <a:b> 1 ] .", "<a:a> a 1 ."]
)
def test_turtle_that_begins_with_a_bracket_is_turtle(turtle: str) -> None:
    document = parse_turtle(turtle.encode(), "a.ttl")
    assert not document.findings
    assert len(document.statements) == 1


def test_relative_iris_without_a_base_are_one_finding_that_lists_them() -> None:
    turtle = b"<> <a:b> <#me> .\n" + b"<x> <a:b> 1 .\n" * 12
    (finding,) = parse_turtle(turtle, "a.ttl").findings
    assert (finding.line, finding.code) == (1, "syntax")
    assert finding.message == "<> is a relative IRI, and there is no @base above it"
    assert finding.details[0] == "line 1: <#me>"
    assert finding.details[-1] == "and 3 more"
    assert "@base" in finding.remedy
    assert parse_turtle(b"@base <http://example.org/> .\n" + turtle, "a.ttl").findings == ()


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        (":a :b <<( :a :b :c )>> .", "a triple term or an annotation"),
        ("<< :a :b :c >> :d :e .", "a triple term or an annotation"),
        ("<< :a :b :c >> :d :e . << :a :b :f >> :d :e .", "a triple term or an annotation"),
        (":a :b :c {| :d :e ; :f :g |} .", "a triple term or an annotation"),
        (':a :b "x"@ar--rtl .', '"x"@ar--rtl has a base direction'),
    ],
)
def test_rdf_1_2_is_one_finding_at_its_line(turtle: str, message: str) -> None:
    document = parse_turtle(f"@prefix : <a:> .\n{turtle}\n:x :y :z .\n".encode(), "a.ttl")
    (finding,) = document.findings
    assert (finding.line, finding.code) == (2, "rdf-1.2")
    assert finding.message.startswith(message)
    assert finding.remedy
    kept = [row.triple.object for row in document.statements]
    assert not any(isinstance(node, Triple) for node in kept)
    assert NamedNode("a:z") in kept


def test_blank_nodes_have_the_same_names_at_every_reading_and_others_in_another_file() -> None:
    first = parse_turtle(b"[] <a:b> [] .", "one.ttl").statements[0].triple
    again = parse_turtle(b"[] <a:b> [] .", "one.ttl").statements[0].triple
    other = parse_turtle(b"[] <a:b> [] .", "two.ttl").statements[0].triple

    assert first == again
    assert first.subject != other.subject


def test_a_carriage_return_and_a_missing_last_newline_are_accepted() -> None:
    document = parse_turtle(b"<a:a> <a:b> 1 .\r\n<a:a> <a:b> 2 .", "a.ttl")
    assert [statement.origin.line for statement in document.statements] == [1, 2]


def test_a_file_that_is_not_utf8_is_a_finding_with_its_line() -> None:
    document = parse_turtle(b'<a:a> <a:b> "ok" .\n<a:a> <a:b> "\xff" .\n', "a.ttl")
    assert [row.line for row in document.findings] == [2]


def test_folders_without_rdf_are_refused(tmp_path: Path) -> None:
    (tmp_path / "partyline.toml").write_text(
        '[knowledge]\ntitle = "None"\nbase = "https://example.org/"\nkb = "."\n', encoding="utf-8"
    )
    with pytest.raises(SourceError, match="no RDF files"):
        read_sources(read_settings(tmp_path / "partyline.toml"))


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent\.ttl: cannot be read"):
        read_turtle(tmp_path / "absent.ttl")


def test_sources_know_where_a_triple_is_asserted(ensembles: Path) -> None:
    sources = read_sources(read_settings(ensembles / "partyline.toml"))
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
    read = {
        row.name: canonical(list(by_rdflib(row.write(graph, {"ex": EX}), row)))
        for row in GRAPH_FORMATS
        if by_rdflib in readers_of(row)
    }
    assert len(read["Turtle"]) == len(graph)
    for name, other in read.items():
        assert other == read["Turtle"], name


def test_each_format_is_named_once() -> None:
    assert len({row.extension for row in GRAPH_FORMATS}) == len(GRAPH_FORMATS)
    assert len({row.media_type for row in GRAPH_FORMATS}) == len(GRAPH_FORMATS)


def test_comments_are_distinguished_from_strings_and_iris() -> None:
    assert count_comments(b"<a:b#c> <a:d> \"#\", '''\n# no\n''' . # one\n# two") == 2


def test_an_iri_with_a_rare_space_an_apostrophe_or_an_escape_hides_no_comment_and_is_none() -> None:
    assert count_comments("<a:b\u3000#c> <a:d> <a:'\u00a0> . # it's one".encode()) == 1
    assert count_comments(rb"<a:caf\u00E9#c> <a:\U0001F600#d> '#' .") == 0


def test_text_of_several_lines_keeps_its_lines_and_is_read_back() -> None:
    text = 'SELECT * {\n  ?s ?p "a\\b" ; ?q """x"""\n}"'
    node = NamedNode("https://example.org/a")
    triple = Triple(node, node, Literal(text))
    written = write_turtle([triple], {})

    assert written.count("\n") == text.count("\n") + 3
    (statement,) = parse_turtle(written.encode(), "a.ttl").statements
    assert statement.triple == triple


def test_a_setting_gives_documents_without_a_base_one(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "my card.ttl").write_text("<> a <#Card> . <../x> a <y> .")
    (tmp_path / "kb" / "own.ttl").write_text("@base <https://own.example/> . <a> a <b> .")
    (tmp_path / "kb" / "data.jsonld").write_text('{"@id": "j", "@type": "#K"}')
    (tmp_path / "partyline.toml").write_text(
        '[knowledge]\ntitle = "T"\nbase = "https://e.example/"\n'
        'document_base = "https://e.example/data/"\n'
    )

    found = read_sources(read_settings(tmp_path / "partyline.toml"))

    assert not found.findings
    iris = {(row.subject.value, row.object.value) for row in found.kb_triples}  # type: ignore[union-attr]  # all are IRIs
    assert iris == {
        ("https://e.example/data/kb/my%20card.ttl", "https://e.example/data/kb/my%20card.ttl#Card"),
        ("https://e.example/data/x", "https://e.example/data/kb/y"),
        ("https://own.example/a", "https://own.example/b"),
        ("https://e.example/data/kb/j", "https://e.example/data/kb/data.jsonld#K"),
    }


def test_the_base_of_documents_must_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "partyline.toml").write_text(
        '[knowledge]\ntitle = "T"\nbase = "https://e.example/"\ndocument_base = "https://e.example"\n'
    )
    with pytest.raises(SettingsError, match=r"document_base .* an http"):
        read_settings(tmp_path / "partyline.toml")
