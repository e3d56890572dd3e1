"""Proofs for people: over the real release, over an endpoint, and in three forms."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Triple

from partyline.cli import main
from partyline.errors import EngineError
from partyline.reasoning import Proof, ProvenanceResolver, Prover, as_text, check, fact, materialise
from partyline.reasoning.evaluate.axioms import axioms, close_axioms
from partyline.reasoning.model.triple_index import Facts
from partyline.reasoning.proof.reconstruction import CompletedGraph
from partyline.releases import Release, ReleaseProver, build, graph_iri
from partyline.settings import Settings, read_settings
from partyline.sparql import query_endpoint
from partyline.vocabulary import OWL, RDF, XSD
from sampling import some_of
from test_reasoning import triples

PARTY = "organisation:democratic-national-union-movement"
SPLINTER = (PARTY, "pl:splinterOf", "organisation:khmer-rouge")
PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")


@pytest.fixture(scope="module")
def reasons(release: Release, settings: Settings) -> ReleaseProver:
    return ReleaseProver.of_release(release)


@pytest.fixture
def why(
    release: Release, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> "Why":
    monkeypatch.setenv("PARTYLINE_RELEASES", str(release.path.parent))
    return Why(capsys)


class Why:
    """Runs the command; returns its exit code, its output and its complaint."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = main(["why", *arguments])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err


def inferred(release: Release, settings: Settings) -> Iterator[Triple]:
    """Some inferred triples of each predicate and class, from all over the release."""
    graph = graph_iri(settings.knowledge.base, "inferred")
    kinds: dict[tuple[object, object], list[Triple]] = {}
    for quad in release.open_store().quads_for_pattern(None, None, None, graph):
        a_class = quad.object if quad.predicate == RDF.type else None
        kinds.setdefault((quad.predicate, a_class), []).append(quad.triple)
    assert len(kinds) > 100
    for found in kinds.values():
        yield from some_of(sorted(found, key=str), 2)


def test_every_inferred_triple_of_a_release_has_a_proof_that_ends_at_asserted_ones(
    release: Release, settings: Settings, reasons: ReleaseProver
) -> None:
    """Though a release leaves out the steps through unnamed classes. `make thorough` tries all."""
    for triple in inferred(release, settings):
        (proof,) = reasons.proofs(fact(triple), 1)
        assert check(proof, reasons.given), triple
        for leaf in proof.leaves():
            assert reasons.grounds.origins(leaf), (triple, leaf)


def test_a_proof_is_a_tree_with_rules_lines_and_the_words_of_the_source(why: Why) -> None:
    code, out, _ = why(*SPLINTER)
    assert code == 0
    assert out.startswith(" ".join(SPLINTER) + "\n  by prp-spo2, from\n├── ")
    assert "kb/people/ieng-sary.ttl:" in out
    assert "“defection of Ieng Sary in 1996” (passage:founding-text-29)" in out
    assert "pl:splinterOf owl:propertyChainAxiom ( pl:" in out
    assert "_:" not in out


def test_full_iris_do_as_well_as_prefixed_names(why: Why, settings: Settings) -> None:
    things, terms = settings.knowledge.things, settings.knowledge.ontology_iri
    full = (
        f"{things}organisation/democratic-national-union-movement",
        f"<{terms}#splinterOf>",
        f"{things}organisation/khmer-rouge",
    )
    assert why(*full) == why(*SPLINTER)


def test_reasons_differ_in_what_they_rest_on_and_the_shortest_comes_first(
    reasons: ReleaseProver, settings: Settings
) -> None:
    party = f"{settings.knowledge.things}organisation/democratic-national-union-movement"
    type_ = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    agent = f"{settings.knowledge.ontology_iri}#Agent"
    found = reasons.proofs((NamedNode(party), NamedNode(type_), NamedNode(agent)), 5)

    assert len(found) == 5
    assert [proof.size() for proof in found] == sorted(proof.size() for proof in found)
    leaves = [set(proof.leaves()) for proof in found]
    for index, later in enumerate(leaves):
        assert not any(earlier <= later for earlier in leaves[:index])
    assert all(check(proof, reasons.given) for proof in found)


def test_json_has_the_whole_proof(why: Why) -> None:
    code, out, _ = why(*SPLINTER, "--output", "json", "--all", "2")
    assert code == 0
    proofs = json.loads(out)["proofs"]
    assert proofs[0]["rule"] == "prp-spo2"
    assert proofs[0]["statement"]["subject"]["type"] == "uri"
    leaf = proofs[0]["premises"][0]
    while "premises" in leaf:
        leaf = leaf["premises"][0]
    assert leaf["asserted"]
    assert leaf["origins"]
    assert leaf["passages"][0]["quotations"][0]["xml:lang"] == "en"


def test_turtle_is_prov_in_which_everything_inferred_was_generated_by_a_rule(why: Why) -> None:
    code, out, _ = why(*SPLINTER, "--output", "turtle")
    graph = rdflib.Graph().parse(data=out, format="turtle")

    assert code == 0
    statements = set(graph.subjects(rdflib.RDF.type, PROV.Entity))
    generated = set(graph.subjects(PROV.wasGeneratedBy))
    located = set(graph.subjects(PROV.atLocation))
    assert statements == generated | located
    assert not generated & located
    rules = {
        str(graph.value(row, rdflib.RDFS.label)) for row in graph.objects(None, PROV.wasGeneratedBy)
    }
    assert "prp-spo2" in rules
    assert "<http://www.w3.org/" not in out.partition("\n\n")[2]
    assert set(graph.objects(None, PROV.hadPrimarySource))


def test_what_does_not_follow_is_refused_by_name(why: Why) -> None:
    code, out, complaint = why("organisation:khmer-rouge", "pl:splinterOf", PARTY)
    assert (code, out) == (1, "")
    assert "neither asserted nor entailed" in complaint


def test_what_is_disputed_is_distinguished_from_what_is_not_stated(
    why: Why, release: Release, settings: Settings
) -> None:
    graph = graph_iri(settings.knowledge.base, "withheld")
    disputed = next(iter(release.open_store().quads_for_pattern(None, None, None, graph)))
    code, _, complaint = why(*(str(term) for term in disputed.triple))
    assert code == 1
    assert "but disputed, so nothing is inferred" in complaint


@pytest.mark.parametrize("term", ["unknown:prefix", "<a b>", "pl:a , pl:b"])
def test_what_is_not_a_triple_is_a_usage_error(why: Why, term: str) -> None:
    assert why(PARTY, "a", term)[0] == 2


def test_an_endpoint_gives_the_same_proof(
    server: str, reasons: ReleaseProver, settings: Settings, release: Release
) -> None:
    remote = ReleaseProver.of_endpoint(
        partial(query_endpoint, f"{server}/sparql"),
        settings.knowledge.base,
        release.manifest.prefixes,
    )
    things, terms = settings.knowledge.things, settings.knowledge.ontology_iri
    goal = (
        NamedNode(f"{things}organisation/democratic-national-union-movement"),
        NamedNode(f"{terms}#splinterOf"),
        NamedNode(f"{things}organisation/khmer-rouge"),
    )
    (here,), (there,) = reasons.proofs(goal, 1), remote.proofs(goal, 1)
    assert check(there, remote.given)
    assert there.size() == here.size()


def test_an_endpoint_without_the_ontology_is_reported(server: str) -> None:
    with pytest.raises(EngineError, match="no axioms"):
        ReleaseProver.of_endpoint(
            partial(query_endpoint, f"{server}/sparql"), "https://example.org/", {}
        )


def proofs(turtle: str, goal: str) -> list[Proof]:
    closure = materialise(triples(turtle))
    found = list(Prover.of(closure).proofs(fact(next(iter(triples(goal))))))
    assert all(check(proof, closure.asserted_facts) for proof in found)
    return found


def test_alternatives_go_through_names_and_circles_and_end() -> None:
    found = proofs(
        ":p a owl:TransitiveProperty , owl:SymmetricProperty . :q rdfs:subPropertyOf :p ."
        " :a :p :b . :b :p :c . :a :q :d . :d :p :c . :e owl:sameAs :c . :a :p :e .",
        ":a :p :c .",
    )
    assert len(found) >= 3
    assert found[0].size() == 1


def test_a_smaller_proof_further_down_is_preferred_to_a_larger_one_above() -> None:
    (proof,) = proofs(
        # One level of a rule with three premises that each need one, or a chain of three.
        ":p owl:propertyChainAxiom ( :x :y :z ) . :x0 rdfs:subPropertyOf :x ."
        " :y0 rdfs:subPropertyOf :y . :z0 rdfs:subPropertyOf :z ."
        " :a :x0 :b . :b :y0 :c . :c :z0 :d ."
        " :r rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p . :a :r :d .",
        ":a :p :d .",
    )[:1]
    assert proof.size() == 2


def test_a_tree_does_not_prove_the_same_twice() -> None:
    closure = materialise(
        triples(":p a owl:SymmetricProperty . :q owl:propertyChainAxiom ( :p :p ) . :a :p :b .")
    )
    goal = fact(next(iter(triples(":b :q :b ."))))
    proof = Prover.of(closure).prove(goal)
    assert proof is not None
    text = as_text(proof, ProvenanceResolver(closure.facts, {"": "http://example.org/"}))
    assert text.count("by prp-symp") == 1


@pytest.mark.parametrize(
    "data",
    [
        ":b owl:sameAs 1 , '01'^^xsd:byte . :c owl:sameAs 1.0 . :d owl:sameAs 'x'^^:Own .",
        ":C owl:onProperty owl:sameAs ; owl:hasValue 1 . :a a :C . :b owl:sameAs 2 , :d .",
        ":b owl:sameAs 'x' . :a :p 'x' . :p rdfs:subPropertyOf :q .",
    ],
)
def test_what_is_published_of_resources_that_are_literals_proves_the_rest(data: str) -> None:
    closure = materialise(triples(data))
    stated = axioms(closure.asserted_facts)
    compiled = close_axioms(stated, stated, equality=True)
    published = Facts((*closure.asserted_facts, *map(fact, closure.inferred)))
    graph = CompletedGraph(published, compiled.ontology, closure.rules.rules)
    prover = Prover(closure.rules.rules, graph, closure.asserted_facts)
    for row in closure.inferred:
        proof = prover.prove(fact(row))
        assert proof is not None, str(row)
        assert check(proof, closure.asserted_facts), str(row)


def test_a_release_proves_what_rests_on_values_and_their_spellings(ensembles: Path) -> None:
    terms = ensembles / "ontology" / "terms.ttl"
    key = "t:Hall a owl:Class ; owl:hasKey ( t:seal ) . t:seal a owl:DatatypeProperty ."
    terms.write_text(terms.read_text(encoding="utf-8") + key, encoding="utf-8")
    data = ensembles / "kb" / "ensembles.ttl"
    written = data.read_text(encoding="utf-8")
    for name, seal in (("old", "0a"), ("great", "0A"), ("new", "0b")):
        hall = f"<https://music.example.org/id/hall/{name}> a t:Hall ; t:seal"
        written += f'{hall} "{seal}"^^<{XSD.hexBinary.value}> .'
    for name in ("north", "south"):
        hall = f"<https://music.example.org/id/hall/{name}> a t:Hall"
        written += f"{hall} ; <{OWL.sameAs.value}> '{name}' ."
    data.write_text(written, encoding="utf-8")
    settings = read_settings(ensembles / "partyline.toml", {})
    release = build(replace(settings, releases=ensembles / "releases")).release

    reasons = ReleaseProver.of_release(release)
    hall = "https://music.example.org/id/hall/"
    old, great = NamedNode(f"{hall}old"), NamedNode(f"{hall}great")
    (proof,) = reasons.proofs((old, OWL.sameAs, great), 1)
    assert check(proof, reasons.given)
    assert "dt-eq" in as_text(proof, reasons.grounds)
    new, has_seal = NamedNode(f"{hall}new"), NamedNode("https://music.example.org/terms#seal")
    asked, asserted = (Literal(text, datatype=XSD.hexBinary) for text in ("0B", "0b"))
    north, south = NamedNode(f"{hall}north"), NamedNode(f"{hall}south")
    (proof,) = reasons.proofs((north, OWL.differentFrom, south), 1)
    assert check(proof, reasons.given)
    assert "dt-diff" in as_text(proof, reasons.grounds)
    (proof,) = reasons.proofs((new, has_seal, asked), 1)
    assert proof.conclusion == (new, has_seal, asserted)
    assert len(release.origins(Triple(new, has_seal, asserted))) == 1
