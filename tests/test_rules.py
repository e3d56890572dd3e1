"""Each rule needs each of its premises; constructs repeat; axioms, types and keys arrive late."""

from dataclasses import replace

import pytest
from pyoxigraph import Triple

from partyline.reasoning import (
    Closure,
    Proof,
    check,
    entails,
    fact,
    materialise,
    materialise_small,
    prove,
)
from partyline.reasoning.compile.owl2rl_rules import COMPILED, EQUALITY, SCHEMA
from partyline.reasoning.compile.redundancy import Hierarchy
from partyline.reasoning.evaluate.axioms import SCHEMA_RULES
from partyline.reasoning.model.triple_index import Facts
from sampling import some_of
from test_reasoning import CONTRADICTIONS, ENTAILED, apart, close, triples


def test_every_line_of_the_tables_has_a_minimal_test() -> None:
    tested = {name for name, _, _ in ENTAILED} | {name for name, _ in CONTRADICTIONS}
    assert {row.name for row in (*COMPILED, *EQUALITY, *SCHEMA)} <= tested
    assert {row.name for row in SCHEMA_RULES} <= tested


@pytest.mark.parametrize(("rule", "data", "entailed"), some_of(ENTAILED, 33))
def test_without_any_one_of_its_premises_a_rule_concludes_nothing(
    rule: str, data: str, entailed: str
) -> None:
    asserted = triples(data)
    closure = materialise(asserted, "sparql")
    for conclusion in triples(entailed):
        proof = prove(closure, conclusion)
        assert proof is not None
        leaves = set(proof.leaves())
        for premise in asserted:
            if fact(premise) in leaves:
                without = materialise(asserted - {premise}, "sparql")
                assert conclusion not in without.inferred, (rule, str(premise))


@pytest.mark.parametrize(("rule", "data"), CONTRADICTIONS)
def test_without_any_one_of_its_premises_nothing_is_contradictory(rule: str, data: str) -> None:
    asserted = triples(data)
    needed = {
        leaf
        for violation in materialise(asserted, "sparql").inconsistencies
        for row in (*violation.premises, *violation.constraint.axioms)
        if (proof := prove(materialise(asserted, "sparql"), row)) is not None
        for leaf in proof.leaves()
    }
    for premise in asserted:
        if fact(premise) in needed:
            found = materialise(asserted - {premise}, "sparql").inconsistencies
            assert rule not in {row.constraint.name for row in found}, str(premise)


#: A construct twice on one subject: each of them counts.
REPEATED = {
    "two chains": (
        ":p owl:propertyChainAxiom ( :q :r ) , ( :s :t ) ."
        " :a :q :b . :b :r :c . :d :s :e . :e :t :f .",
        ":a :p :c . :d :p :f .",
    ),
    "two keys": (
        ":C owl:hasKey ( :k ) , ( :l ) . :a a :C ; :k 1 . :b a :C ; :k 1 ; :l 2 . :c a :C ; :l 2 .",
        ":a owl:sameAs :b . :b owl:sameAs :c .",
    ),
    "two unions": (
        ":C owl:unionOf ( :D :E ) , ( :F :G ) . :a a :D . :b a :G .",
        ":a a :C . :b a :C .",
    ),
    "two intersections": (
        ":C owl:intersectionOf ( :D :E ) , ( :F :G ) . :a a :D , :E . :b a :F , :G .",
        ":a a :C , :F , :G . :b a :C , :D , :E .",
    ),
    "two enumerations": (":C owl:oneOf ( :a ) , ( :b ) .", ":a a :C . :b a :C ."),
    "two domains": (":p rdfs:domain :C , :D . :a :p :b .", ":a a :C , :D ."),
    "two ranges": (":p rdfs:range :C , :D . :a :p :b .", ":b a :C , :D ."),
    "two inverses": (":p owl:inverseOf :q , :r . :a :p :b .", ":b :q :a ; :r :a ."),
    "two superclasses": (":C rdfs:subClassOf :D , :E . :a a :C .", ":a a :D , :E ."),
    "two superproperties": (":p rdfs:subPropertyOf :q , :r . :a :p :b .", ":a :q :b ; :r :b ."),
    "two equivalent classes": (":C owl:equivalentClass :D , :E . :a a :C .", ":a a :D , :E ."),
    "two equivalent properties": (
        ":p owl:equivalentProperty :q , :r . :a :r :b .",
        ":a :p :b ; :q :b .",
    ),
    "two existential restrictions": (
        ":C owl:equivalentClass [ owl:onProperty :p ; owl:someValuesFrom :D ] ,"
        " [ owl:onProperty :q ; owl:someValuesFrom :E ] ."
        " :a :p :x . :x a :D . :b :q :y . :y a :E .",
        ":a a :C . :b a :C .",
    ),
    "two fillers on one restriction": (
        ":C owl:onProperty :p ; owl:someValuesFrom :D , :E ."
        " :a :p :x . :x a :D . :b :p :y . :y a :E .",
        ":a a :C . :b a :C .",
    ),
    "two properties on one restriction": (
        ":C owl:onProperty :p , :q ; owl:someValuesFrom :D . :a :p :x . :b :q :x . :x a :D .",
        ":a a :C . :b a :C .",
    ),
    "two universal restrictions": (
        ":C rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] ,"
        " [ owl:onProperty :q ; owl:allValuesFrom :E ] . :a a :C ; :p :x ; :q :y .",
        ":x a :D . :y a :E .",
    ),
    "two values": (
        ":C owl:onProperty :p ; owl:hasValue :v , :w . :a a :C . :b :p :w .",
        ":a :p :v , :w . :b a :C .",
    ),
    "two characteristics": (
        ":p a owl:SymmetricProperty , owl:TransitiveProperty . :a :p :b . :c :p :b .",
        ":b :p :a . :a :p :c .",
    ),
    "one list shared by two axioms": (
        ":C owl:unionOf _:l . :D owl:intersectionOf _:l ."
        " _:l rdf:first :E ; rdf:rest () . :a a :E .",
        ":a a :C , :D .",
    ),
}

#: What a rule needs is itself only derived, by other rules or at the end of a long way.
LATE = {
    "a type for a key": (
        ":C owl:hasKey ( :k ) . :p rdfs:range :C . :x :p :a . :a :k 1 . :b a :C ; :k 1 .",
        ":a owl:sameAs :b .",
    ),
    "a value for a key": (
        ":C owl:hasKey ( :k ) . :j rdfs:subPropertyOf :k . :a a :C ; :j 1 . :b a :C ; :k 1 .",
        ":a owl:sameAs :b .",
    ),
    "a name that makes a key": (
        ":C owl:hasKey ( :k ) . :x owl:sameAs :y . :a a :C ; :k :x . :b a :C ; :k :y .",
        ":a owl:sameAs :b .",
    ),
    "a name from a name": (
        ":p a owl:FunctionalProperty . :q a owl:FunctionalProperty ."
        " :a :p :b , :c . :b :q :d . :c :q :e .",
        ":d owl:sameAs :e .",
    ),
    "a link of a chain": (
        ":p owl:propertyChainAxiom ( :p :q ) . :r owl:inverseOf :q ."
        " :a :p :b . :c :r :b . :d :r :c .",
        ":a :p :d .",
    ),
    "an axiom from data": (
        ":Walk rdfs:subClassOf owl:TransitiveProperty . :kind rdfs:range :Walk . :x :kind :p ."
        " :a :p :b . :b :p :c .",
        ":a :p :c .",
    ),
    "an axiom from an axiom from data": (
        ":above owl:inverseOf rdfs:subClassOf . :D :above :C . :p rdfs:domain :C . :a :p :b .",
        ":a a :D .",
    ),
    "a property that is the same as another": (
        ":p a owl:FunctionalProperty . :n :p :q , :r . :a :q :b . :r rdfs:domain :C .",
        ":a :r :b ; a :C .",
    ),
    "a class that is the same as another": (
        ":p a owl:FunctionalProperty . :n :p :C , :D . :D rdfs:subClassOf :E . :a a :C .",
        ":a a :D , :E .",
    ),
}


@pytest.mark.parametrize("engine", ["sparql", "arrays"])
@pytest.mark.parametrize("name", REPEATED)
def test_a_construct_that_repeats_counts_each_time(name: str, engine: str) -> None:
    data, entailed = REPEATED[name]
    assert triples(entailed) <= materialise(triples(data), engine).inferred


@pytest.mark.parametrize("engine", ["sparql", "arrays"])
@pytest.mark.parametrize("name", LATE)
def test_what_arrives_late_is_not_too_late(name: str, engine: str) -> None:
    data, entailed = LATE[name]
    assert triples(entailed) <= materialise(triples(data), engine).inferred


@pytest.mark.parametrize("rows", [REPEATED, LATE], ids=["repeated", "late"])
def test_the_database_concludes_all_of_it_at_once(rows: dict[str, tuple[str, str]]) -> None:
    """Each with names of its own: a database for each would take long."""
    numbered = list(enumerate(rows.values()))
    asserted = set[Triple]().union(*(apart(data, number) for number, (data, _) in numbered))
    inferred = materialise(asserted, "duckdb").inferred
    for number, (_, entailed) in numbered:
        assert apart(entailed, number) <= inferred, entailed


def test_a_literal_derived_into_a_declared_range_is_tested_too() -> None:
    closure = close(":p rdfs:subPropertyOf :q . :q rdfs:range xsd:integer . :a :p 'seven' .")
    assert {row.constraint.name for row in closure.inconsistencies} == {"dt-not-type"}


def test_two_values_where_one_is_allowed_do_not_make_an_equality() -> None:
    closure = close(":p a owl:FunctionalProperty . :a :p 1 , 2 .")
    assert not closure.inferred
    assert {row.constraint.name for row in closure.inconsistencies} == {"dt-diff"}


def test_a_difference_is_entailed_where_equality_would_contradict() -> None:
    premises = triples(
        ":p a owl:FunctionalProperty . :a :p :x . :b :p :y . :x owl:differentFrom :y ."
    )
    assert entails(premises, triples(":a owl:differentFrom :b ."))
    assert not entails(premises, triples(":a owl:differentFrom :x ."))


def test_a_conclusion_with_a_blank_node_is_entailed_by_any_node() -> None:
    premises = triples(":p rdfs:domain :C . :a :p :b .")
    assert entails(premises, triples("[] a :C ; :p :b ."))
    assert not entails(premises, triples("[] a :C ; :p :a ."))


def test_a_characteristic_of_a_property_is_not_entailed_unless_it_is_declared() -> None:
    for characteristic in ("TransitiveProperty", "FunctionalProperty"):
        conclusion = triples(f":p a owl:{characteristic} .")
        assert not entails(triples(":a :p :b ."), conclusion)
        assert entails(triples(f":p a owl:{characteristic} ."), conclusion)


def test_a_proof_from_other_premises_than_its_rule_needs_is_refused() -> None:
    asserted = triples(":p rdfs:domain :C . :a :p :b . :c :q :d .")
    closure = materialise(asserted)
    proof = prove(closure, next(iter(triples(":a a :C ."))))
    assert proof is not None
    assert check(proof, closure.asserted_facts)
    other = Proof(fact(next(iter(triples(":c :q :d .")))))
    assert not check(replace(proof, premises=(other, *proof.premises[1:])), closure.asserted_facts)


def test_what_suits_sparql_is_closed_at_once_and_keeps_what_was_asserted() -> None:
    asserted = triples(":p rdfs:domain :C . :a :p :b .")
    closure = materialise_small(asserted)
    assert isinstance(closure, Closure)
    assert closure.asserted == asserted
    assert closure.inferred == triples(":a a :C .")


@pytest.mark.parametrize(
    ("axioms", "axiom", "implied"),
    [
        (":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .", ":C rdfs:subClassOf :E .", True),
        (":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .", ":E rdfs:subClassOf :C .", False),
        (":C owl:equivalentClass :D . :D rdfs:subClassOf :E .", ":C rdfs:subClassOf :E .", True),
        (":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .", ":C owl:equivalentClass :D .", True),
        (":C owl:intersectionOf ( :D :E ) .", ":C rdfs:subClassOf :E .", True),
        (":C owl:unionOf ( :D :E ) .", ":E rdfs:subClassOf :C .", True),
        (":C owl:unionOf ( :D :E ) .", ":C rdfs:subClassOf :E .", False),
        (
            ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
            ":p rdfs:subPropertyOf :r .",
            True,
        ),
        (":p owl:equivalentProperty :q .", ":q rdfs:subPropertyOf :p .", True),
        (":p rdfs:subPropertyOf :q . :q rdfs:domain :C .", ":p rdfs:domain :C .", True),
        (":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D .", True),
        (":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D .", False),
        # What is asserted is not derived.
        (":C rdfs:subClassOf :D .", ":C rdfs:subClassOf :D .", False),
    ],
)
def test_a_derived_axiom_that_the_written_ones_imply_is_redundant(
    axioms: str, axiom: str, implied: bool
) -> None:
    hierarchy = Hierarchy(Facts(map(fact, triples(axioms))))
    assert all(hierarchy.implies(fact(row)) == implied for row in triples(axiom))
