"""The rules of OWL 2 RL, one by one; what must not follow; contradictions; proofs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from partyline.errors import EngineError
from partyline.findings import Finding
from partyline.reasoning import (
    Closure,
    check,
    compile_rules,
    inconsistency_findings,
    materialise,
    prove,
)
from partyline.reasoning.evaluate.axioms import SCHEMA_RULES
from partyline.releases import Release
from partyline.settings import Settings
from partyline.sources import Sources, parse_turtle, read_sources
from partyline.vocabulary import OWL, RDFS, XSD
from sampling import some_of, thorough

EXAMPLE = "http://example.org/"
PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(turtle: str) -> frozenset[Triple]:
    document = parse_turtle((PREFIXES + turtle).encode(), "test.ttl")
    assert not document.findings
    return frozenset(statement.triple for statement in document.statements)


def apart(turtle: str, number: int) -> set[Triple]:
    """Return the triples with names that those of no other number have."""

    def renamed(term: object) -> object:
        if isinstance(term, BlankNode):
            return BlankNode(f"{term.value}n{number}")
        if isinstance(term, NamedNode) and term.value.startswith(EXAMPLE):
            return NamedNode(f"{EXAMPLE}{number}/{term.value.removeprefix(EXAMPLE)}")
        return term

    return {Triple(*map(renamed, row)) for row in triples(turtle)}  # type: ignore[arg-type]  # terms


def close(turtle: str) -> Closure:
    return materialise(triples(turtle))


#: Rule, data, and what follows by it.
ENTAILED = [
    ("eq-sym", ":a owl:sameAs :b .", ":b owl:sameAs :a ."),
    ("eq-trans", ":a owl:sameAs :b . :b owl:sameAs :c .", ":a owl:sameAs :c ."),
    ("eq-rep-s", ":a owl:sameAs :b . :a :p :o .", ":b :p :o ."),
    ("cls-thing", ":C owl:sameAs owl:Thing .", ":C a owl:Class ."),
    ("cls-nothing1", ":C owl:sameAs owl:Nothing .", ":C a owl:Class ."),
    ("eq-rep-p", ":p owl:sameAs :q . :a :p :o .", ":a :q :o ."),
    ("eq-rep-o", ":o owl:sameAs :n . :a :p :o .", ":a :p :n ."),
    ("prp-dom", ":p rdfs:domain :C . :a :p :b .", ":a a :C ."),
    ("prp-rng", ":p rdfs:range :C . :a :p :b .", ":b a :C ."),
    ("prp-fp", ":p a owl:FunctionalProperty . :a :p :b , :c .", ":b owl:sameAs :c ."),
    ("prp-ifp", ":p a owl:InverseFunctionalProperty . :a :p :c . :b :p :c .", ":a owl:sameAs :b ."),
    ("prp-symp", ":p a owl:SymmetricProperty . :a :p :b .", ":b :p :a ."),
    ("prp-trp", ":p a owl:TransitiveProperty . :a :p :b . :b :p :c .", ":a :p :c ."),
    ("prp-spo1", ":p rdfs:subPropertyOf :q . :a :p :b .", ":a :q :b ."),
    ("prp-spo2", ":p owl:propertyChainAxiom ( :q :r ) . :a :q :b . :b :r :c .", ":a :p :c ."),
    (
        "prp-spo2",
        ":p owl:propertyChainAxiom ( :q :r :s ) . :a :q :b . :b :r :c . :c :s :d .",
        ":a :p :d .",
    ),
    (
        "prp-spo2",  # both of two chains on one property
        ":p owl:propertyChainAxiom ( :q :r ) , ( :s :r ) . :a :q :b . :b :r :c . :d :s :b .",
        ":a :p :c . :d :p :c .",
    ),
    (
        "prp-spo2",
        ":p owl:propertyChainAxiom ( :q [ owl:inverseOf :r ] ) . :a :q :b . :c :r :b .",
        ":a :p :c .",
    ),
    ("prp-eqp1", ":p owl:equivalentProperty :q . :a :p :b .", ":a :q :b ."),
    ("prp-eqp2", ":p owl:equivalentProperty :q . :a :q :b .", ":a :p :b ."),
    ("prp-inv1", ":p owl:inverseOf :q . :a :p :b .", ":b :q :a ."),
    ("prp-inv2", ":p owl:inverseOf :q . :a :q :b .", ":b :p :a ."),
    (
        "prp-key",
        ":C owl:hasKey ( :k ) . :a a :C ; :k 1 . :b a :C ; :k 1 .",
        ":a owl:sameAs :b .",
    ),
    (
        "prp-key",
        ":C owl:hasKey ( :k :l ) . :a a :C ; :k 1 ; :l 2 . :b a :C ; :k 1 ; :l 2 .",
        ":a owl:sameAs :b .",
    ),
    (
        "prp-key",  # either of two keys of one class is enough
        ":C owl:hasKey ( :k ) , ( :l ) . :a a :C ; :k 1 . :b a :C ; :k 1 ; :l 5 . :c a :C ; :l 5 .",
        ":a owl:sameAs :b . :b owl:sameAs :c .",
    ),
    ("cls-int1", ":C owl:intersectionOf ( :D :E ) . :a a :D , :E .", ":a a :C ."),
    ("cls-int2", ":C owl:intersectionOf ( :D :E ) . :a a :C .", ":a a :D , :E ."),
    ("cls-uni", ":C owl:unionOf ( :D :E ) . :a a :E .", ":a a :C ."),
    (
        "cls-uni",  # two unions on one class
        ":C owl:unionOf ( :D ) , ( :E ) . :a a :D . :b a :E .",
        ":a a :C . :b a :C .",
    ),
    (
        "cls-svf1",
        "[ owl:onProperty :p ; owl:someValuesFrom :D ] rdfs:subClassOf :C . :a :p :b . :b a :D .",
        ":a a :C .",
    ),
    (
        "cls-svf2",
        "[ owl:onProperty :p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf :C . :a :p :b .",
        ":a a :C .",
    ),
    (
        "cls-avf",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] . :a a :C ; :p :b .",
        ":b a :D .",
    ),
    (
        "cls-hv1",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] . :a a :C .",
        ":a :p :v .",
    ),
    (
        "cls-hv2",
        "[ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :C . :a :p :v .",
        ":a a :C .",
    ),
    (
        "cls-maxc2",
        ":C rdfs:subClassOf [ owl:onProperty :p ;"
        ' owl:maxCardinality "1"^^xsd:nonNegativeInteger ] . :a a :C ; :p :b , :c .',
        ":b owl:sameAs :c .",
    ),
    (
        "cls-maxc2",  # Turtle's 1 is an xsd:integer, and the same number
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] . :a a :C ; :p :b , :c .",
        ":b owl:sameAs :c .",
    ),
    (
        "cls-maxqc3",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ;"
        " owl:onClass :D ] . :a a :C ; :p :b , :c . :b a :D . :c a :D .",
        ":b owl:sameAs :c .",
    ),
    (
        "cls-maxqc4",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ;"
        " owl:onClass owl:Thing ] . :a a :C ; :p :b , :c .",
        ":b owl:sameAs :c .",
    ),
    ("cls-oo", ":C owl:oneOf ( :a :b ) .", ":a a :C . :b a :C ."),
    ("cax-sco", ":C rdfs:subClassOf :D . :a a :C .", ":a a :D ."),
    ("cax-eqc1", ":C owl:equivalentClass :D . :a a :C .", ":a a :D ."),
    ("cax-eqc2", ":C owl:equivalentClass :D . :a a :D .", ":a a :C ."),
    ("scm-cls", ":C a owl:Class . owl:Thing rdfs:subClassOf :D . :a a :C .", ":a a :D ."),
    ("scm-cls", ":C a owl:Class . owl:Thing rdfs:subClassOf :D .", ":C rdfs:subClassOf :D ."),
    ("scm-cls", ":C a owl:Class . :D rdfs:subClassOf owl:Nothing .", ":D rdfs:subClassOf :C ."),
    ("scm-sco", ":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .", ":C rdfs:subClassOf :E ."),
    (
        "scm-eqc1",
        ":C owl:equivalentClass :D .",
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .",
    ),
    (
        "scm-eqc2",
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .",
        ":C owl:equivalentClass :D .",
    ),
    (
        "scm-op",
        ":p a owl:ObjectProperty ; owl:sameAs :q .",
        ":p rdfs:subPropertyOf :q ; owl:equivalentProperty :q .",
    ),
    (
        "scm-dp",
        ":p a owl:DatatypeProperty ; owl:sameAs :q .",
        ":p rdfs:subPropertyOf :q ; owl:equivalentProperty :q .",
    ),
    (
        "scm-spo",
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ":p rdfs:subPropertyOf :r .",
    ),
    (
        "scm-eqp1",
        ":p owl:equivalentProperty :q .",
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
    ),
    (
        "scm-eqp2",
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
        ":p owl:equivalentProperty :q .",
    ),
    ("scm-dom1", ":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D ."),
    ("scm-dom2", ":q rdfs:domain :C . :p rdfs:subPropertyOf :q .", ":p rdfs:domain :C ."),
    ("scm-rng1", ":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D ."),
    ("scm-rng2", ":q rdfs:range :C . :p rdfs:subPropertyOf :q .", ":p rdfs:range :C ."),
    (
        "scm-hv",
        ":C owl:hasValue :v ; owl:onProperty :p . :D owl:hasValue :v ; owl:onProperty :q ."
        " :p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D .",
    ),
    (
        "scm-svf1",
        ":C owl:someValuesFrom :E ; owl:onProperty :p . :D owl:someValuesFrom :F ;"
        " owl:onProperty :p . :E rdfs:subClassOf :F . :a a :C .",
        ":C rdfs:subClassOf :D . :a a :D .",
    ),
    (
        "scm-svf2",
        ":C owl:someValuesFrom :E ; owl:onProperty :p . :D owl:someValuesFrom :E ;"
        " owl:onProperty :q . :p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D .",
    ),
    (
        "scm-avf1",
        ":C owl:allValuesFrom :E ; owl:onProperty :p . :D owl:allValuesFrom :F ;"
        " owl:onProperty :p . :E rdfs:subClassOf :F .",
        ":C rdfs:subClassOf :D .",
    ),
    (
        "scm-avf2",
        ":C owl:allValuesFrom :E ; owl:onProperty :p . :D owl:allValuesFrom :E ;"
        " owl:onProperty :q . :p rdfs:subPropertyOf :q .",
        ":D rdfs:subClassOf :C .",
    ),
    ("scm-int", ":C owl:intersectionOf ( :D :E ) .", ":C rdfs:subClassOf :D , :E ."),
    ("scm-uni", ":C owl:unionOf ( :D :E ) .", ":D rdfs:subClassOf :C . :E rdfs:subClassOf :C ."),
    # Axioms that only follow from data, and equality between properties.
    ("prp-spo1", ":p :below :q . :below owl:sameAs rdfs:subPropertyOf . :a :p :b .", ":a :q :b ."),
    (
        "prp-trp",
        ":p a :Walk . :Walk rdfs:subClassOf owl:TransitiveProperty . :a :p :b . :b :p :c .",
        ":a :p :c .",
    ),
    ("prp-dom", ":p owl:sameAs :q . :q rdfs:domain :C . :a :p :b .", ":a a :C ."),
]


@pytest.mark.parametrize(("rule", "data", "entailed"), ENTAILED)
def test_what_a_rule_says_follows_and_has_a_proof(rule: str, data: str, entailed: str) -> None:
    closure = close(data)

    assert triples(entailed) <= closure.inferred
    assert rule in {row.name for row in (*closure.rules.rules, *SCHEMA_RULES)}
    for triple in triples(entailed):
        proof = prove(closure, triple)
        assert proof is not None
        assert check(proof, closure.asserted_facts)


#: Name of a rule that is easily got wrong, data, and what must not follow.
NOT_ENTAILED = [
    ("prp-key", ":C owl:hasKey ( :k ) . :a a :C ; :k 1 . :b a :C ; :k 2 .", ":a owl:sameAs :b ."),
    (
        "prp-key",
        ":C owl:hasKey ( :k :l ) . :a a :C ; :k 1 ; :l 1 . :b a :C ; :k 1 ; :l 2 .",
        ":a owl:sameAs :b .",
    ),
    ("prp-key", ":C owl:hasKey ( :k ) . :a a :C ; :k 1 . :b :k 1 .", ":a owl:sameAs :b ."),
    ("prp-ifp", ":p a owl:InverseFunctionalProperty . :a :p :c . :b :p :d .", ":a owl:sameAs :b ."),
    ("prp-spo2", ":p owl:propertyChainAxiom ( :q :r ) . :a :q :b . :c :r :d .", ":a :p :d ."),
    ("cls-int1", ":C owl:intersectionOf ( :D :E ) . :a a :D .", ":a a :C ."),
    (
        "cls-svf1",
        "[ owl:onProperty :p ; owl:someValuesFrom :D ] rdfs:subClassOf :C . :a :p :b .",
        ":a a :C .",
    ),
    (
        "cls-hv2",
        "[ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :C . :a :p :w .",
        ":a a :C .",
    ),
    (
        "cls-maxqc3",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ;"
        " owl:onClass :D ] . :a a :C ; :p :b , :c . :b a :D .",
        ":b owl:sameAs :c .",
    ),
    ("cax-sco", ":C rdfs:subClassOf :D . :a a :D .", ":a a :C ."),
    ("eq-ref", ":a :p :b . :b owl:sameAs :c .", ":a owl:sameAs :a . :b owl:sameAs :b ."),
    ("scm-cls", ":C a owl:Class . :a a :C .", ":a a owl:Thing . :C rdfs:subClassOf owl:Thing ."),
]


@pytest.mark.parametrize(("rule", "data", "unfounded"), NOT_ENTAILED)
def test_what_does_not_follow_is_not_inferred(rule: str, data: str, unfounded: str) -> None:
    closure = close(data)
    assert not triples(unfounded) & closure.inferred, rule
    assert not closure.inconsistencies


#: The rules that conclude false, each with the smallest data that they forbid.
CONTRADICTIONS = [
    ("eq-diff1", ":a owl:sameAs :b ; owl:differentFrom :b ."),
    ("eq-diff2", "[] a owl:AllDifferent ; owl:members ( :a :b :c ) . :a owl:sameAs :c ."),
    ("eq-diff2", "[] a owl:AllDifferent ; owl:members ( :a :b :a ) ."),
    ("eq-diff3", "[] a owl:AllDifferent ; owl:distinctMembers ( :a :b ) . :a owl:sameAs :b ."),
    ("prp-irp", ":p a owl:IrreflexiveProperty . :a :p :a ."),
    ("prp-asyp", ":p a owl:AsymmetricProperty . :a :p :b . :b :p :a ."),
    ("prp-pdw", ":p owl:propertyDisjointWith :q . :a :p :b ; :q :b ."),
    ("prp-adp", "[] a owl:AllDisjointProperties ; owl:members ( :p :q :r ) . :a :q :b ; :r :b ."),
    (
        "prp-npa1",
        "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetIndividual :b ."
        " :a :p :b .",
    ),
    (
        "prp-npa2",
        "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetValue 5 . :a :p 5 .",
    ),
    ("cls-nothing2", ":a a owl:Nothing ."),
    ("cls-com", ":C owl:complementOf :D . :a a :C , :D ."),
    (
        "cls-maxc1",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 0 ] . :a a :C ; :p :b .",
    ),
    (
        "cls-maxqc1",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 0 ;"
        " owl:onClass :D ] . :a a :C ; :p :b . :b a :D .",
    ),
    (
        "cls-maxqc2",
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 0 ;"
        " owl:onClass owl:Thing ] . :a a :C ; :p :b .",
    ),
    ("cax-dw", ":C owl:disjointWith :D . :a a :C , :D ."),
    ("cax-adc", "[] a owl:AllDisjointClasses ; owl:members ( :C :D :E ) . :a a :C , :E ."),
    ("dt-not-type", ':a :p "1992-13-45"^^xsd:date .'),
    ("dt-not-type", ":p rdfs:range xsd:integer . :a :p 'seven' ."),
    ("dt-not-type", ":p rdfs:range xsd:nonNegativeInteger . :a :p -7 ."),
    ("dt-diff", ":p a owl:FunctionalProperty . :a :p 1 , 2 ."),
]


@pytest.mark.parametrize(("rule", "data"), CONTRADICTIONS)
def test_a_contradiction_is_found_by_its_rule_and_reported_with_its_lines(
    rule: str, data: str
) -> None:
    found = findings(data)
    assert [finding.code for finding in found] == [rule]
    assert found[0].path == "kb.ttl"
    assert found[0].line == len(PREFIXES.splitlines()) + 1
    assert found[0].remedy
    assert found[0].details


#: Close to a contradiction, and none.
CONSISTENT = [
    ":p a owl:FunctionalProperty . :a :p 1 , 01 .",
    ':p a owl:FunctionalProperty . :a :p 1.0 , "1"^^xsd:integer .',
    ":p rdfs:range xsd:decimal . :a :p 7 .",
    ":p rdfs:range xsd:nonNegativeInteger . :a :p 7 .",
    ":p rdfs:range rdfs:Literal . :a :p 'anything'@en .",
    ':p rdfs:range :Kind . :a :p "x"^^:unknown .',
    ":p a owl:IrreflexiveProperty . :a :p :b . :b :p :a .",
    ":p a owl:AsymmetricProperty . :a :p :b . :b :p :c .",
    "[] a owl:AllDifferent ; owl:members ( :a :b ) . :a owl:sameAs :c .",
    ":C owl:disjointWith :D . :a a :C . :b a :D .",
]


@pytest.mark.parametrize("data", CONSISTENT)
def test_what_is_consistent_is_not_blamed(data: str) -> None:
    assert not close(data).inconsistencies


def findings(turtle: str) -> list[Finding]:
    document = parse_turtle((PREFIXES + turtle).encode(), "kb.ttl")
    assert not document.findings
    sources = Sources(ontology=(), kb=(document,))
    return inconsistency_findings(materialise(sources.kb_triples), sources, {"ex": EXAMPLE})


def test_a_contradiction_is_explained_in_words_with_the_way_to_each_premise() -> None:
    found = findings(
        ":Person a owl:Class ; rdfs:label 'person'@en ; owl:disjointWith :Party .\n"
        ":Party a owl:Class ; rdfs:label 'party'@en .\n"
        ":joined rdfs:range :Party .\n"
        ":pol a :Person .\n"
        ":ieng :joined :pol ."
    )
    assert len(found) == 1
    assert found[0].message == (
        "ex:pol is both a person (ex:Person) and a party (ex:Party), which are disjoint"
    )
    last = len(PREFIXES.splitlines()) + 5
    assert found[0].line == last
    assert f"  kb.ttl:{last}: ex:ieng ex:joined ex:pol" in found[0].details
    assert f"  kb.ttl:{last - 2}: ex:joined rdfs:range ex:Party" in found[0].details


def test_a_list_that_is_broken_is_a_finding_and_not_an_axiom_less() -> None:
    found = findings(":p owl:propertyChainAxiom :list . :list rdf:first :q .")
    assert [(finding.code, finding.path) for finding in found] == [("list", "kb.ttl")]


def test_owlrl_is_an_engine_that_leaves_out_what_is_not_published() -> None:
    data = ":B rdfs:subClassOf :C . :a a :B ; :p '1' . :x owl:differentFrom :x ."
    found = materialise(triples(data), "owlrl")
    assert triples(":a a :C .") <= found.inferred <= close(data).inferred
    assert {row.constraint.name for row in found.inconsistencies} == {"eq-diff1"}


def test_an_unknown_engine_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(EngineError, match="choose one of auto, arrays, duckdb, owlrl, sparql"):
        materialise(triples(":a :p :b ."), "magic")


def test_lexical_forms_survive_inference() -> None:
    closure = close(":p rdfs:subPropertyOf :q . :a :p 01 .")
    subject, predicate = NamedNode(EXAMPLE + "a"), NamedNode(EXAMPLE + "q")
    assert closure.inferred == {Triple(subject, predicate, Literal("01", datatype=XSD.integer))}


def test_nothing_is_inferred_about_a_literal() -> None:
    closure = close(":p owl:inverseOf :q ; rdfs:range xsd:string . :a :p 'x' .")
    assert not closure.inferred


def test_class_expressions_stay_behind_the_curtain_and_carry_proofs() -> None:
    closure = close(
        "[ owl:onProperty :p ; owl:someValuesFrom :D ] rdfs:subClassOf :C . :a :p :b . :b a :D ."
    )
    proof = prove(closure, next(iter(closure.inferred)))
    assert len(closure.inferred) == 1
    assert proof is not None
    assert proof.depth() == 2
    assert check(proof, closure.asserted_facts)


def test_a_proof_does_not_rest_on_its_own_conclusion() -> None:
    closure = close(
        ":p owl:inverseOf :q . :p rdfs:subPropertyOf :r . :r rdfs:subPropertyOf :p . :a :q :b ."
    )
    for triple in closure.inferred:
        proof = prove(closure, triple)
        assert proof is not None
        assert check(proof, closure.asserted_facts)


def test_what_does_not_hold_has_no_proof() -> None:
    closure = close(":p a owl:SymmetricProperty . :a :p :b .")
    assert prove(closure, next(iter(triples(":a :p :c .")))) is None


def test_rules_print_with_their_name_and_constants() -> None:
    rules = compile_rules(triples(":p rdfs:domain :C . :C owl:disjointWith :D ."))
    assert [str(rule) for rule in rules.rules] == [
        "prp-dom      ?x <http://example.org/p> ?y => ?x rdf:type <http://example.org/C>"
    ]
    assert any(str(row).startswith("cax-dw ") for row in rules.constraints)


#: One line of parties.
_EXCERPT = (
    *("claims/founding-text", "people/khieu-samphan", "people/ieng-sary"),
    *("organisations/khmer-national-solidarity-party", "organisations/khmer-rouge"),
    *("organisations/cambodian-national-unity-party", "organisations/sam-rainsy-party"),
    "organisations/communist-party-of-kampuchea",
)


@pytest.fixture(scope="module")
def excerpt(sources: Sources) -> Closure:
    """The closure of the ontology and a part of the knowledge."""
    return materialise(sources.ontology_triples | _knowledge(sources, _EXCERPT))


def _knowledge(sources: Sources, names: Sequence[str]) -> set[Triple]:
    """Return what some files of the knowledge assert."""
    paths = [f"kb/{name}.ttl" for name in names]
    chosen = [document for document in sources.kb if document.path in paths]
    assert len(chosen) == len(paths)
    return {row.triple for document in chosen for row in document.statements}


def about_things(found: Iterable[Triple], settings: Settings) -> set[str]:
    return {
        str(triple)
        for triple in found
        if isinstance(triple.subject, NamedNode)
        and triple.subject.value.startswith(settings.knowledge.things)
    }


@thorough
def test_our_engine_and_owlrl_agree_on_everything_about_our_individuals(
    sources: Sources, settings: Settings
) -> None:
    """In both directions: nothing missing, nothing extra.

    Three files, and the ontology without its texts and their terms' origin, of which nothing
    follows: owlrl needs minutes for all of the knowledge, which `make oracle` compares.
    """
    logic = {
        row
        for row in sources.ontology_triples
        if row.predicate != RDFS.isDefinedBy and not isinstance(row.object, Literal)
    }
    asserted = logic | _knowledge(sources, _EXCERPT[2:5])
    oracle = materialise(asserted, "owlrl")

    ours, theirs = (about_things(row.inferred, settings) for row in (materialise(asserted), oracle))
    assert len(ours) > 300
    assert ours - theirs == set()
    assert theirs - ours == set()
    assert not oracle.inconsistencies


def test_every_inferred_triple_of_a_line_of_parties_has_a_proof(excerpt: Closure) -> None:
    for triple in some_of(sorted(excerpt.inferred, key=str), 200):
        proof = prove(excerpt, triple)
        assert proof is not None, triple
        assert check(proof, excerpt.asserted_facts), triple


def test_the_released_inferences_are_rdf_and_say_something_new(release: Release) -> None:
    file = release.dumps / "inferred.nt"
    inferred = {quad.triple for quad in parse(path=str(file), format=RdfFormat.N_TRIPLES)}
    file = release.dumps / "asserted.nt"
    asserted = {quad.triple for quad in parse(path=str(file), format=RdfFormat.N_TRIPLES)}

    assert len(inferred) > 500
    assert not any(isinstance(triple.subject, Literal) for triple in inferred)
    assert not any(row.predicate == OWL.sameAs and row.subject == row.object for row in inferred)
    assert not inferred & asserted


def test_materialise_finds_what_the_ontology_forbids(
    settings: Settings, excerpt: Closure, tmp_path: Path
) -> None:
    """Damage to the real knowledge, one kind at a time."""
    knowledge = settings.knowledge
    things = knowledge.things
    damages = {
        "cax-adc": f"<{things}person/ieng-sary> a pl:Organisation .",
        "prp-pdw": "ex:s pl:predecessor ex:o ; pl:successor ex:o .",
    }
    for rule, damage in damages.items():
        file = tmp_path / "damage.ttl"
        prefixes = (
            f"@prefix pl: <{knowledge.ontology_iri}#> . @prefix ex: <http://example.org/> .\n"
        )
        file.write_text(prefixes + damage, encoding="utf-8")
        damaged = replace(settings, knowledge=replace(knowledge, kb=tmp_path))
        sources = read_sources(replace(damaged, path=tmp_path / "partyline.toml"))
        closure = materialise(excerpt.asserted | sources.kb_triples)
        found = inconsistency_findings(closure, sources, {})
        assert rule in {finding.code for finding in found}
        assert any(finding.path == "damage.ttl" and finding.line == 2 for finding in found)
