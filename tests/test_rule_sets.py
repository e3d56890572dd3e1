"""Rule sets, and what of the inferred statements is published, dumped and explained."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from partyline.errors import SettingsError
from partyline.library.querying import query
from partyline.publishing import ProofService, Publication, dataset_triples
from partyline.reasoning import materialise, materialise_by, only_by_transitivity
from partyline.releases import Release, build
from partyline.settings import Settings, read_settings
from partyline.sparql import Solutions

BASE = "https://data.example.org/"
PREFIXES = f"""\
@prefix v: <{BASE}vocab#> .
@prefix c: <{BASE}id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
ONTOLOGY = """\
skos:broader rdfs:subPropertyOf skos:broaderTransitive ; owl:inverseOf skos:narrower .
skos:broaderTransitive a owl:TransitiveProperty ; rdfs:subPropertyOf skos:semanticRelation .
skos:semanticRelation rdfs:domain skos:Concept ; rdfs:range skos:Concept .
skos:exactMatch a owl:SymmetricProperty , owl:TransitiveProperty .
skos:exactMatch rdfs:subPropertyOf skos:closeMatch .
skos:closeMatch a owl:SymmetricProperty ; rdfs:subPropertyOf skos:semanticRelation .
skos:Concept rdfs:subClassOf v:Idea . v:Idea rdfs:subClassOf v:Thing .
"""
DATA = (
    "c:a skos:broader c:b . c:b skos:broader c:c . c:c skos:broader c:d . c:a skos:exactMatch c:z ."
)


def triples(turtle: str) -> set[Triple]:
    return {row.triple for row in parse(PREFIXES + turtle, RdfFormat.TURTLE)}


def project(folder: Path, reasoning: str = "") -> Settings:
    for name, text in (("ontology", ONTOLOGY), ("kb", DATA)):
        (folder / name).mkdir(parents=True)
        (folder / name / "all.ttl").write_text(PREFIXES + text, encoding="utf-8")
    (folder / "partyline.toml").write_text(
        f'[knowledge]\ntitle = "T"\nbase = "{BASE}"\n[reasoning]\n{reasoning}', encoding="utf-8"
    )
    return read_settings(folder / "partyline.toml")


def inferred(release: Release) -> set[Triple]:
    return set(release.table.match(None, None, None, ["inferred"]))


def dumped(release: Release, name: str = "inferred.nt") -> set[Triple]:
    content = (release.dumps / name).read_bytes()
    format_ = RdfFormat.N_QUADS if name.endswith(".nq") else RdfFormat.N_TRIPLES
    return {row.triple for row in parse(content, format_)}


def test_rdfs_infers_by_its_own_rules_alone() -> None:
    found = materialise_by(triples(ONTOLOGY + DATA), rule_set="rdfs")

    assert triples("c:a skos:broaderTransitive c:b . c:a a v:Thing .") <= found.inferred
    assert triples("v:Idea a v:Idea . c:b skos:narrower c:a .").isdisjoint(found.inferred)
    assert triples("c:a skos:broaderTransitive c:c . c:z skos:exactMatch c:a .").isdisjoint(
        found.inferred
    )
    assert triples("skos:Concept rdfs:subClassOf v:Thing .") <= found.inferred
    assert {rule.name for rule in found.rules.rules} <= {
        *("prp-dom", "prp-rng", "scm-spo", "prp-spo1", "cax-sco", "scm-sco"),
    }


def test_rdfs_infers_nothing_that_owl_rl_does_not() -> None:
    given = triples(ONTOLOGY + DATA)

    assert materialise_by(given, rule_set="rdfs").inferred < materialise(given).inferred


@pytest.mark.parametrize("engine", ["sparql", "arrays"])
def test_rdfs_is_the_same_with_every_engine(engine: str) -> None:
    given = triples(ONTOLOGY + DATA)

    found = materialise_by(given, engine, "rdfs")

    assert found.inferred == materialise_by(given, rule_set="rdfs").inferred


def test_rdfs_does_not_read_what_only_owl_has() -> None:
    given = triples(
        "c:a owl:sameAs c:b . c:a v:p 1 . v:C owl:equivalentClass v:D . c:a a v:C ."
        "v:A rdfs:subClassOf v:B . v:B rdfs:subClassOf v:A ."
    )

    assert materialise_by(given, rule_set="rdfs").inferred == set()


def test_without_rules_nothing_is_inferred(tmp_path: Path) -> None:
    settings = project(tmp_path, 'rules = "none"\n')
    release = build(settings).release

    assert inferred(release) == set()
    publication = Publication.of(release, settings.knowledge)
    described = {str(row.object) for row in dataset_triples(publication, BASE + "sparql")}
    assert described
    assert ProofService(publication).rules() == {}


def test_a_contradiction_is_none_without_the_rules_that_find_it() -> None:
    given = triples("c:a a v:A , v:B . v:A owl:disjointWith v:B .")

    assert materialise_by(given).inconsistencies
    assert not materialise_by(given, rule_set="rdfs").inconsistencies
    assert not materialise_by(given, rule_set="none").inconsistencies


def test_only_the_predicates_that_the_settings_name_are_published(tmp_path: Path) -> None:
    settings = project(tmp_path, 'predicates = ["http://www.w3.org/2004/02/skos/core#narr*"]\n')
    release = build(settings).release

    assert inferred(release) == triples(
        "c:b skos:narrower c:a . c:c skos:narrower c:b . c:d skos:narrower c:c ."
    )


def test_a_proof_goes_through_what_is_not_published(tmp_path: Path) -> None:
    rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    settings = project(tmp_path, f'predicates = ["{rdf_type}"]\n')
    release = build(settings).release
    (goal,) = triples("c:d a v:Thing .")
    assert goal in inferred(release)

    found = ProofService(Publication.of(release, settings.knowledge)).explain(goal)

    assert found.proofs
    assert {leaf[1] for leaf in found.proofs[0].leaves()} >= {
        NamedNode("http://www.w3.org/2004/02/skos/core#broader")
    }


def test_a_mapping_of_a_resource_to_itself_is_not_published(tmp_path: Path) -> None:
    found = inferred(build(project(tmp_path)).release)

    assert triples("c:z skos:exactMatch c:a .") <= found
    assert [row for row in found if row.subject == row.object] == []
    assert triples("c:a skos:exactMatch c:a .") <= materialise(triples(ONTOLOGY + DATA)).inferred


def test_a_cycle_of_a_transitive_property_is_published(tmp_path: Path) -> None:
    settings = project(tmp_path)
    (tmp_path / "kb" / "more.ttl").write_text(PREFIXES + "c:d skos:broader c:a .")

    assert triples("c:a skos:broaderTransitive c:a .") <= inferred(build(settings).release)


def test_dumps_leave_transitive_closures_out_and_queries_do_not(tmp_path: Path) -> None:
    settings = project(tmp_path, "closures_in_dumps = false\n")
    release = build(settings).release

    closures = triples(
        "c:a skos:broaderTransitive c:c , c:d ; skos:semanticRelation c:c , c:d ."
        "c:b skos:broaderTransitive c:d ; skos:semanticRelation c:d ."
    )
    assert dumped(release) == inferred(release) - closures
    assert closures <= inferred(release)
    assert dumped(release, "dataset.nq") & closures == set()
    assert release.manifest.closures_left_out == len(closures)
    (counted,) = [row for row in release.manifest.files if row.name == "inferred.nt"]
    assert counted.triples == len(inferred(release)) - len(closures)
    answer = query(release, "SELECT ?x { c:a skos:broaderTransitive ?x }")
    assert isinstance(answer, Solutions)
    assert len(list(answer)) == 3


def test_what_follows_only_by_transitivity_is_empty_without_a_transitive_property() -> None:
    assert only_by_transitivity(materialise(triples("v:A rdfs:subClassOf v:B ."))) == set()


def test_an_unknown_rule_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match='it must be "owl-rl" or'):
        project(tmp_path, 'rules = "owl"\n')
