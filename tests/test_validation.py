from pathlib import Path

import pytest

from partyline.errors import SourceError
from partyline.findings import Finding, Severity
from partyline.settings import Checks, Knowledge, read_settings
from partyline.sources import Document, Sources, parse_turtle, read_sources
from partyline.validation import check_shapes, check_sources

PREFIXES = """@prefix pl: <https://w3id.org/partyline/ns#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix id: <https://example.org/id/> .
"""


def sources(*files: str) -> Sources:
    documents: list[Document] = [
        parse_turtle((PREFIXES + text).encode(), f"kb/{number}.ttl")
        for number, text in enumerate(files)
    ]
    return Sources(ontology=(), kb=tuple(documents))


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    return Knowledge("T", "https://example.org/", "https://example.org/ns", tmp_path, tmp_path)


def lines(findings: list[Finding]) -> list[tuple[str, int, str]]:
    return [(row.path, row.line, row.code) for row in findings]


def test_a_clean_file_has_no_findings(knowledge: Knowledge) -> None:
    text = '<https://example.org/id/event/a-1> pl:date "1997~"^^edtf:EDTF .'
    assert check_sources(sources(text), knowledge) == []


@pytest.mark.parametrize(
    ("text", "code", "complaint"),
    [
        ('<a:a> pl:date "May 1997"^^edtf:EDTF .', "date", "not EDTF"),
        ('<a:a> pl:beginLatest "1997-01-01" .', "computed-bound", "must not be asserted"),
        (
            '<a:a> <http://www.w3.org/2002/07/owl#sameAs> "http://b.example/" .',
            "same-as-literal",
            "is not a resource",
        ),
        ("<https://example.org/id/Event/a> a pl:Event .", "iri", "is not a valid resource IRI"),
        ("<https://example.org/id/event> a pl:Event .", "iri", "KIND/SLUG"),
        ("<a:a> pl:founder <https://example.org/id/person/Pol_Pot> .", "iri", "Pol_Pot"),
        (
            '<a:a> oa:hasSelector [ oa:exact "four" ], [ oa:start 3 ; oa:end 9 ] .',
            "quotation",
            "has 4 characters, its position 3 to 9 has 6",
        ),
    ],
)
def test_what_shapes_cannot_say_is_found_with_its_line(
    knowledge: Knowledge, text: str, code: str, complaint: str
) -> None:
    findings = check_sources(sources(text), knowledge, Checks(iri=True))

    assert lines(findings) == [("kb/0.ttl", 5, code)]
    assert complaint in f"{findings[0].message} {findings[0].remedy}"


def test_syntax_errors_and_other_findings_of_all_files_come_at_once(knowledge: Knowledge) -> None:
    findings = check_sources(
        sources("<a:a> <a:b> .\n", '<a:a> pl:date "x"^^edtf:EDTF .\nnope'), knowledge
    )
    assert lines(findings) == [
        ("kb/0.ttl", 5, "syntax"),
        ("kb/1.ttl", 5, "date"),
        ("kb/1.ttl", 6, "syntax"),
    ]


def test_one_subject_in_two_files_is_found(knowledge: Knowledge) -> None:
    findings = check_sources(
        sources("<https://example.org/id/a/b> a pl:A .", "<https://example.org/id/a/b> a pl:B ."),
        knowledge,
        Checks(split=True),
    )
    assert lines(findings) == [("kb/1.ttl", 5, "split")]
    assert "kb/0.ttl and in kb/1.ttl" in findings[0].message


def test_a_shape_violation_names_the_line_of_the_statement(ensembles: Path) -> None:
    file = ensembles / "kb" / "ensembles.ttl"
    twice = file.read_text(encoding="utf-8").replace(
        '    rdfs:label "Rotes Blech"@de ;', '    rdfs:label "Rotes Blech"@de , "RB"@de ;'
    )
    file.write_text(twice, encoding="utf-8")
    read = read_sources(read_settings(ensembles / "partyline.toml"))
    settings = read_settings(ensembles / "partyline.toml")
    assert settings.knowledge.shapes is not None
    triples = read.ontology_triples | read.kb_triples
    findings = check_shapes(triples, settings.knowledge.shapes, read)

    assert [str(row) for row in findings] == [
        "kb/ensembles.ttl:20: error: ensemble:red-brass:"
        " an ensemble needs exactly one name [M1]\n    remedy: write rdfs:label once"
    ]


def test_a_missing_property_is_reported_where_the_thing_is_described(ensembles: Path) -> None:
    file = ensembles / "kb" / "ensembles.ttl"
    without = file.read_text(encoding="utf-8").replace('    rdfs:label "Rotes Blech"@de ;\n', "")
    file.write_text(without, encoding="utf-8")
    read = read_sources(read_settings(ensembles / "partyline.toml"))
    findings = check_shapes(read.kb_triples, ensembles / "ontology" / "shapes", read)
    assert lines(findings) == [("kb/ensembles.ttl", 19, "M1")]
    assert findings[0].severity is Severity.VIOLATION


def test_a_shapes_folder_without_shapes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no Turtle files"):
        check_shapes([], tmp_path, sources())


def test_shapes_that_are_not_turtle_are_a_finding_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("nope", encoding="utf-8")
    findings = check_shapes([], tmp_path, sources())
    assert [(Path(row.path).name, row.line, row.code) for row in findings] == [
        ("bad.ttl", 1, "syntax")
    ]


QUERY_SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix id: <https://example.org/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://example.org/shapes> sh:declare [
    sh:prefix "id" ; sh:namespace "https://example.org/id/"^^xsd:anyURI ] .
"""
#: The same rule, which may be asked once, and which needs its shape.
AT_ONCE = """id:Shape a sh:NodeShape ; sh:targetClass id:Thing ; sh:sparql [
    sh:message "C1: one below itself; fix it" ; sh:prefixes <https://example.org/shapes> ;
    sh:select "SELECT $this ?value WHERE { $this id:below ?value FILTER($this = ?value) }" ] ."""
ONE_BY_ONE = """id:Shape a sh:NodeShape ; sh:targetClass id:Thing ; sh:property [
    sh:path id:below ; sh:sparql [
    sh:message "C1: one below itself; fix it" ; sh:prefixes <https://example.org/shapes> ;
    sh:select "SELECT $this ?value WHERE { $this $PATH ?value FILTER($this = ?value) }" ] ] ."""


@pytest.mark.parametrize("shape", [AT_ONCE, ONE_BY_ONE], ids=["at once", "one by one"])
def test_a_constraint_that_is_a_query_is_asked_of_the_focus_nodes_only(
    tmp_path: Path, shape: str
) -> None:
    (tmp_path / "shapes.ttl").write_text(QUERY_SHAPES + shape, encoding="utf-8")
    read = sources(
        "id:Small <http://www.w3.org/2000/01/rdf-schema#subClassOf> id:Thing .\n"
        "id:a a id:Small ;\n id:below id:a .\nid:b id:below id:b .\n"
        "id:c a id:Thing ; id:below id:a ."
    )
    findings = check_shapes(read.kb_triples, tmp_path, read)
    assert [(row.code, row.remedy) for row in findings] == [("C1", "fix it")]
    assert findings[0].message.startswith("id:a: ")


DENIAL = AT_ONCE.replace("$this id:below ?value FILTER($this = ?value)", "{}").replace(
    "?value ", ""
)


def test_a_constraint_may_only_deny(tmp_path: Path) -> None:
    denial = DENIAL.replace("{}", "FILTER NOT EXISTS { $this id:below ?x }")
    (tmp_path / "shapes.ttl").write_text(QUERY_SHAPES + denial, encoding="utf-8")
    read = sources("id:a a id:Thing .\nid:b a id:Thing ; id:below id:a .\nid:c a id:Other .")
    findings = check_shapes(read.kb_triples, tmp_path, read)
    assert [row.message.partition(": ")[0] for row in findings] == ["id:a"]


def test_a_constraint_that_is_not_a_query_is_a_finding(tmp_path: Path) -> None:
    broken = AT_ONCE.replace("WHERE {", "WHERE")
    (tmp_path / "shapes.ttl").write_text(QUERY_SHAPES + broken, encoding="utf-8")
    (finding,) = check_shapes([], tmp_path, sources())
    assert (Path(finding.path).name, finding.code) == ("shapes.ttl", "shapes")
    assert finding.message.startswith("the query is not valid: line 1, column ")
