"""Schemas: arrays close them as a store does, at about the size of what follows."""

import random
from itertools import combinations

import pytest
from pyoxigraph import NamedNode, Triple, Variable

from partyline.errors import ClosureTooLarge
from partyline.reasoning import (
    Fact,
    Facts,
    Prover,
    RuleSet,
    axioms,
    check,
    close_axioms,
    fact,
    materialise,
)
from partyline.reasoning.compile.compiler import compile_facts
from partyline.reasoning.evaluate.axioms import SCHEMA_RULES, is_axiom
from partyline.reasoning.evaluate.pairs.schema import SchemaArrays
from partyline.reasoning.evaluate.sparql import Workspace
from partyline.reasoning.model.rules import ground
from partyline.vocabulary import RDF, RDFS
from random_graphs import lines
from sampling import examples
from test_reasoning import triples

A = NamedNode("http://example.org/a")


def class_(number: int) -> NamedNode:
    return NamedNode(f"http://example.org/C{number}")


def closed_by_a_store(stated: Facts) -> Facts:
    """Return what the same rules give as queries of SPARQL."""
    workspace = Workspace(stated)
    workspace.apply(SCHEMA_RULES)
    return workspace.facts()


def conclusions(facts: list[Fact], rules: RuleSet) -> frozenset[Fact]:
    workspace = Workspace(facts)
    workspace.apply([row for row in rules.rules if not isinstance(row.head[1], Variable)])
    return frozenset(workspace.facts())


@pytest.mark.parametrize("seed", range(examples(12, 300)))
def test_arrays_close_and_compile_axioms_as_a_store_does(seed: int) -> None:
    chance = random.Random(seed)
    facts = Facts(fact(row) for row in triples("\n".join(lines(seed))))
    stated = axioms(facts)
    # Where data state axioms, not all are asserted.
    some = Facts(row for row in stated if chance.random() < 0.8)
    for asserted in (stated, some):
        compiled = close_axioms(stated, asserted, equality=False)
        stating = [ground(row.head, {}) for row in compiled.rules.rules if not row.body]
        expected = closed_by_a_store(Facts((*stated, *filter(is_axiom, stating))))
        assert set(compiled.ontology) == set(expected)
        # The rules of a few of the axioms that follow have the effect of the rules of all.
        rules = compile_facts(expected, asserted, equality=False)
        assert conclusions([*facts, *expected], compiled.rules) == conclusions(
            [*facts, *expected], rules
        )


def chain(number: int) -> frozenset[Triple]:
    return triples("".join(f":C{n} rdfs:subClassOf :C{n + 1} . " for n in range(number)))


def test_a_chain_of_classes_is_closed_and_what_follows_has_a_proof() -> None:
    closure = materialise([*chain(150), *triples(":a a :C0 .")])
    assert closure.inferred == {
        *(Triple(A, RDF.type, class_(n)) for n in range(1, 151)),
        *(
            Triple(class_(low), RDFS.subClassOf, class_(high))
            for low, high in combinations(range(151), 2)
            if high - low > 1
        ),
    }
    prover = Prover.of(closure)
    for goal in (Triple(A, RDF.type, class_(150)), Triple(class_(0), RDFS.subClassOf, class_(150))):
        proof = prover.prove(fact(goal))
        assert proof is not None
        assert check(proof, closure.asserted_facts)


def test_a_hierarchy_of_more_pairs_than_allowed_is_refused_by_its_name() -> None:
    stated = Facts(map(fact, chain(5)))
    SchemaArrays(SCHEMA_RULES, stated, stated, largest=15).close()
    with pytest.raises(ClosureTooLarge, match=r"rdfs:subClassOf .* more than 14 triples"):
        SchemaArrays(SCHEMA_RULES, stated, stated, largest=14).close()


def listed(name: str, joint: str = " ") -> str:
    return joint.join(f":{name}{n}" for n in range(20))


#: Axioms whose rules have twenty premises or more, with data that they apply to.
LONG = {
    "intersection": f":C owl:intersectionOf ( {listed('C')} ) . :a a {listed('C', ', ')} .",
    "chain": f":q owl:propertyChainAxiom ( {listed('p')} ) ."
    + "".join(f":a{n} :p{n} :a{n + 1} . " for n in range(20)),
    "key": f":C owl:hasKey ( {listed('p')} ) ."
    + "".join(f":{name} a :C . :{name} {listed('p', ' 1 ; ')} 1 . " for name in "ab"),
    # 300 is in every one of the datatypes, and no byte (dt-not-type).
    "datatypes": f"xsd:byte owl:intersectionOf ( {'xsd:integer ' * 20} ) . :a :p 300 .",
}


@pytest.mark.parametrize("kind", LONG)
def test_a_rule_with_many_premises_gives_the_same_in_every_engine(kind: str) -> None:
    asserted = triples(LONG[kind])
    expected = materialise(asserted, "sparql")
    assert expected.inferred or expected.inconsistencies
    for engine in ("auto", "arrays", "duckdb"):
        closure = materialise(asserted, engine)
        assert closure.inferred == expected.inferred
        assert set(closure.inconsistencies) == set(expected.inconsistencies)
