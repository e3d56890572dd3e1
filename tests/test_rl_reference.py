"""Random graphs: every evaluator concludes what the tables of OWL 2 RL do, and can prove it.

A sample; ``make random-reasoning N=20000`` takes as many graphs as wanted (GRAPHS, FIRST_SEED).
"""

import os
import random
from collections.abc import Iterator

import pytest
from pyoxigraph import Triple

from partyline.reasoning import Closure, LiveClosure, Prover, check, fact, materialise
from partyline.reasoning.evaluate.axioms import SCHEMA_RULES
from partyline.reasoning.literals.datatypes import LITERAL_TYPE
from partyline.reasoning.literals.inequality import INEQUALITY
from partyline.reasoning.proof.proofs import Proof
from random_graphs import lines, schema_lines
from rl_reference import Reference, by_value, derive, published
from test_reasoning import triples

FIRST = int(os.environ.get("FIRST_SEED", "0"))
#: Graphs for each evaluator: the columns take longest for small graphs.
SPARQL, OTHERS = (int(os.environ["GRAPHS"]),) * 2 if "GRAPHS" in os.environ else (24, 4)


#: Resources that are the same as literals, of which dt-diff says that they differ.
EQUATED = [
    ":d rdfs:subPropertyOf owl:sameAs . :b :d 'x' . :c :d 1.5 .",
    ":d rdfs:subPropertyOf owl:sameAs . :b :d '7'^^xsd:byte . :c :d 2 . :b :e 1e0 ."
    " [] a owl:AllDifferent ; owl:distinctMembers ( :b :c ) .",
    ":b owl:sameAs 1 , '01'^^xsd:byte . :c owl:sameAs 1.0 . :d owl:sameAs 'x'^^:Own .",
    ":b owl:sameAs 'x' . :c owl:sameAs 'x'@en . :d owl:sameAs :c . :p owl:sameAs :c . :a :p :b .",
    ":p a owl:FunctionalProperty . :a :p :b ; :p 'x' . :c :p :d ; :p 'y' .",
    ":C owl:onProperty owl:sameAs ; owl:hasValue 1 . :a a :C . :b owl:sameAs 2 , :d .",
    ":b owl:sameAs 1 . :c owl:sameAs 2 . owl:differentFrom rdfs:subPropertyOf :q .",
    ":b owl:sameAs 'x' , 1.5 .",
    ":b owl:sameAs 'x' . :c owl:sameAs 1.5 , :b .",
    ":b owl:sameAs 'x' . :c owl:sameAs '300'^^xsd:byte .",
]


def seeds(number: int) -> Iterator[int]:
    yield from range(FIRST, FIRST + number)


def assert_as_in_the_tables(
    seed: int, asserted: frozenset[Triple], reference: Reference, closure: Closure
) -> None:
    """Nothing extra; nothing missing, one lexical form for each value, where it is consistent."""
    inferred = [fact(row) for row in closure.inferred]
    assert not set(inferred) - reference.facts, seed
    if not reference.false:
        found = by_value([*inferred, *map(fact, asserted)])
        assert by_value(published(reference, asserted)) <= found, seed


def rules_of(proof: Proof) -> Iterator[object]:
    for part in proof.parts():
        if part.rule is not None and part.rule.name not in (LITERAL_TYPE, INEQUALITY):
            yield part.rule


def test_every_conclusion_of_the_tables_is_drawn_no_other_and_each_has_a_proof() -> None:
    for seed in seeds(SPARQL):
        asserted = triples("\n".join(lines(seed)))
        reference, closure = derive(asserted), materialise(asserted, "sparql")
        assert_as_in_the_tables(seed, asserted, reference, closure)
        assert bool(closure.inconsistencies) == bool(reference.false), seed
        prover, known = Prover.of(closure), {*closure.rules.rules, *SCHEMA_RULES}
        for row in closure.inferred:
            proof = prover.prove(fact(row))
            assert proof is not None, (seed, str(row))
            assert check(proof, closure.asserted_facts), (seed, str(row))
            assert set(rules_of(proof)) <= known, (seed, str(row))


@pytest.mark.parametrize("data", EQUATED)
def test_resources_that_are_different_values_are_different(data: str) -> None:
    asserted = triples(data)
    reference = derive(asserted)
    live = LiveClosure(())
    for row in sorted(asserted, key=str):
        live.change(added=[row])
    closures = {name: materialise(asserted, name) for name in ("sparql", "arrays", "duckdb")}
    for name, closure in {**closures, "live": live.closure()}.items():
        assert_as_in_the_tables(0, asserted, reference, closure)
        assert bool(closure.inconsistencies) == bool(reference.false), name
        prover = Prover.of(closure)
        for row in closure.inferred:
            proof = prover.prove(fact(row))
            assert proof is not None, (name, str(row))
            assert check(proof, closure.asserted_facts), (name, str(row))


def test_schemas_larger_than_their_data_conclude_what_the_tables_do() -> None:
    for seed in seeds(OTHERS):
        asserted = triples("\n".join(schema_lines(seed)))
        reference = derive(asserted)
        for engine in ("sparql", "arrays"):
            closure = materialise(asserted, engine)
            assert_as_in_the_tables(seed, asserted, reference, closure)
            assert bool(closure.inconsistencies) == bool(reference.false), seed
            prover = Prover.of(closure)
            for row in sorted(closure.inferred, key=str)[:: max(1, len(closure.inferred) // 8)]:
                proof = prover.prove(fact(row))
                assert proof is not None, (seed, str(row))
                assert check(proof, closure.asserted_facts), (seed, str(row))
        rows = sorted(asserted, key=str)
        live = LiveClosure(rows[::2])
        live.change(added=rows[1::2], removed=rows[::4])
        live.change(added=rows[::4])
        assert_as_in_the_tables(seed, asserted, reference, live.closure())


@pytest.mark.parametrize("engine", ["arrays", "duckdb"])
def test_columns_conclude_what_the_tables_do(engine: str) -> None:
    for seed in seeds(OTHERS):
        asserted = triples("\n".join(lines(seed)))
        reference, closure = derive(asserted), materialise(asserted, engine)
        assert_as_in_the_tables(seed, asserted, reference, closure)
        assert bool(closure.inconsistencies) == bool(reference.false), seed


def test_a_closure_that_was_edited_concludes_what_the_tables_do() -> None:
    for seed in seeds(OTHERS):
        asserted, chance = triples("\n".join(lines(seed))), random.Random(seed)
        rows = sorted(asserted, key=str)
        live = LiveClosure(row for row in rows if chance.random() < 0.75)
        live.change(removed=[row for row in rows if chance.random() < 0.3])
        live.change(added=rows)
        assert_as_in_the_tables(seed, asserted, derive(asserted), live.closure())
