"""The dump in Turtle 1.2: each statement, what reifies it, and the rule that entails it."""

from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from partyline.errors import SourceError
from partyline.releases import Release, build
from partyline.settings import Settings, read_settings
from partyline.vocabulary import RDF, SH

EX = "https://e.example/"
ONTOLOGY = """
@prefix : <https://e.example/ns#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:leftIn a owl:ObjectProperty . :leftParty a owl:ObjectProperty .
:left a owl:ObjectProperty ; owl:propertyChainAxiom ( :leftIn :leftParty ) ; :standsFor :Event .
:Defection rdfs:subClassOf :Event .
"""
DATA = """
@prefix : <https://e.example/ns#> . @prefix e: <https://e.example/id/> .
e:anna :leftIn e:defection ; :note "a \\"b\\"\\n"@en, 01 ; :knows [ :note "x" ] ; :list () .
e:defection a :Defection ; :leftParty e:old .
"""
REIFIERS = """
PREFIX : <https://e.example/ns#> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT ?reifier ?subject ?predicate ?object {
  ?predicate :standsFor ?kind ; owl:propertyChainAxiom/rdf:first ?one .
  ?predicate owl:propertyChainAxiom/rdf:rest/rdf:first ?other .
  ?subject ?one ?reifier . ?reifier a ?kind ; ?other ?object }
"""
OTHERS = "SELECT ?reifier ?subject ?predicate ?object {{ VALUES ?reifier {{ {} }} {} }}"


def settings(folder: Path, reifiers: str) -> Settings:
    for name, text in (("ontology", ONTOLOGY), ("kb", DATA)):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "all.ttl").write_text(text, encoding="utf-8")
    (folder / "reifiers.rq").write_text(reifiers, encoding="utf-8")
    (folder / "partyline.toml").write_text(
        f'[knowledge]\ntitle = "T"\nbase = "{EX}"\nontology_iri = "{EX}ns"\n'
        'reifiers = "reifiers.rq"\n[dumps]\nannotated = true\n[prefixes]\ne = "https://e.example/id/"\n'
    )
    return read_settings(folder / "partyline.toml", {})


@pytest.fixture(scope="module")
def annotated(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return build(settings(tmp_path_factory.mktemp("annotated"), REIFIERS)).release


def read(release: Release) -> tuple[set[Triple], dict[Triple, set[str]], dict[Triple, set[str]]]:
    """Return the statements, the reifiers of each, and the rules of each."""
    path = str(release.dumps / "annotated.ttl")
    triples = {quad.triple for quad in parse(path=path, format=RdfFormat.TURTLE)}
    notes = {row for row in triples if row.predicate in (RDF.reifies, SH.sourceRule)}
    of_rule = {row.subject: row.object for row in notes if row.predicate == SH.sourceRule}
    reifiers: dict[Triple, set[str]] = defaultdict(set)
    rules: dict[Triple, set[str]] = defaultdict(set)
    for row in notes:
        if row.predicate == RDF.reifies:
            assert isinstance(row.object, Triple)
            rule = of_rule.get(row.subject)
            (reifiers if rule is None else rules)[row.object].add(str(rule or row.subject))
    return triples - notes, reifiers, rules


def shape(triples: set[Triple]) -> set[str]:
    """Return *triples* without the names of blank nodes, which are those of the file."""
    return {
        " ".join("_" if isinstance(term, BlankNode) else str(term) for term in row)
        for row in triples
    }


def test_it_has_the_statements_of_the_other_dumps_with_their_spelling(annotated: Release) -> None:
    stated, _, _ = read(annotated)
    others = {
        quad.triple
        for name in ("ontology", "asserted", "inferred")
        for quad in parse(path=str(annotated.dumps / f"{name}.nt"), format=RdfFormat.N_TRIPLES)
    }
    assert shape(stated) == shape(others)
    assert len(stated) == len(others)
    assert any(row.object == Literal("01", datatype=NamedNode(_INTEGER)) for row in stated)


_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


def test_each_inferred_statement_has_a_rule_that_is_described(annotated: Release) -> None:
    _, _, rules = read(annotated)
    path = str(annotated.dumps / "inferred.nt")
    inferred = {quad.triple for quad in parse(path=path, format=RdfFormat.N_TRIPLES)}
    assert shape(set(rules)) == shape(inferred)
    left = Triple(*(NamedNode(EX + name) for name in ("id/anna", "ns#left", "id/old")))
    assert rules[left] == {f"<{EX}rules/prp-spo2>"}


def test_an_event_reifies_the_statement_that_the_query_names(annotated: Release) -> None:
    _, reifiers, _ = read(annotated)
    left = Triple(*(NamedNode(EX + name) for name in ("id/anna", "ns#left", "id/old")))
    assert reifiers == {left: {f"<{EX}id/defection>"}}
    text = (annotated.dumps / "annotated.ttl").read_text("utf-8")
    assert "    ns:left e:old ~ e:defection ~ {| sh:sourceRule" in text


def test_a_statement_that_the_release_does_not_make_is_reified_and_not_stated(
    tmp_path: Path,
) -> None:
    row = f"BIND(<{EX}id/old> AS ?subject) BIND(<urn:p> AS ?predicate) BIND('v' AS ?object)"
    made = build(settings(tmp_path, OTHERS.format(f"<{EX}id/defection>", row))).release
    stated, reifiers, _ = read(made)
    other = Triple(NamedNode(f"{EX}id/old"), NamedNode("urn:p"), Literal("v"))
    assert reifiers[other] == {f"<{EX}id/defection>"}
    assert other not in stated


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT ?reifier { ?reifier ?p ?o }", "must be a SELECT query with the variables"),
        ("ASK {}", "must be a SELECT query"),
        ("SELECT nothing", "cannot be asked"),
        (OTHERS.format("<urn:unknown>", "?subject ?predicate ?object"), "not a statement"),
        (OTHERS.format(f"<{EX}id/old>", ""), "not a statement"),
    ],
)
def test_a_query_that_names_no_reifiers_is_an_error_that_names_the_file(
    tmp_path: Path, query: str, reason: str
) -> None:
    chosen = settings(tmp_path, query)
    with pytest.raises(SourceError, match=f"reifiers.rq: .*{reason}"):
        build(chosen)
    assert not (chosen.releases / "current").exists()


def test_no_release_has_it_unless_it_is_asked_for(release: Release) -> None:
    assert "annotated.ttl" not in release.manifest.checksums


def test_the_events_of_the_built_in_knowledge_reify_what_is_inferred_from_them(
    release: Release,
) -> None:
    query = Path(__file__).parents[1] / "ontology" / "reifiers.rq"
    answers = list(release.open_store().query(query.read_text("utf-8")))  # type: ignore[arg-type]
    assert len(answers) > 300
    for answer in answers[::40]:
        row = Triple(answer["subject"], answer["predicate"], answer["object"])
        assert release.table.row(row) is not None
