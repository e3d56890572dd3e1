"""Schemas: arrays close them as a store does, at about the size of what follows."""

import random
from itertools import combinations

import pytest
from pyoxigraph import NamedNode, Triple

from partyline.errors import ClosureTooLarge
from partyline.reasoning import Facts, Prover, axioms, check, close_axioms, fact, materialise
from partyline.reasoning.evaluate.axioms import SCHEMA_RULES, CompiledAxioms
from partyline.reasoning.evaluate.pairs.schema import SchemaArrays
from partyline.vocabulary import RDF, RDFS
from random_graphs import lines
from sampling import examples
from test_reasoning import triples

A = NamedNode("http://example.org/a")
#: As many as there are axioms of any graph here, and none.
STORE, ARRAYS = 1_000_000, 0


def class_(number: int) -> NamedNode:
    return NamedNode(f"http://example.org/C{number}")


def compiled_by(stated: Facts, asserted: Facts, many: int) -> CompiledAxioms:
    return close_axioms(stated, asserted, equality=False, many=many)


@pytest.mark.parametrize("seed", range(examples(12, 300)))
def test_arrays_close_and_compile_axioms_as_a_store_does(seed: int) -> None:
    chance = random.Random(seed)
    stated = axioms(Facts(fact(row) for row in triples("\n".join(lines(seed)))))
    # Where data state axioms, not all are asserted.
    some = Facts(row for row in stated if chance.random() < 0.8)
    for asserted in (stated, some):
        store, arrays = (compiled_by(stated, asserted, many) for many in (STORE, ARRAYS))
        assert set(arrays.derived) == set(store.derived)
        assert arrays.rules == store.rules


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
