"""What a conclusion depends on, compared with reasoning over what remains."""

import random

import pytest
from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.reasoning import Derivations, Fact, Prover, fact, materialise
from partyline.vocabulary import RDF
from random_graphs import lines
from sampling import examples
from test_reasoning import triples

EX = "http://example.org/"


def node(name: str) -> NamedNode:
    return NamedNode(EX + name)


def derivations(text: str, goal: Fact, limit: int = 2_000) -> Derivations:
    prover = Prover.of(materialise(triples(text)))
    return Derivations.of(prover, goal, limit)


TWO_WAYS = """
:p rdfs:domain :Parent . :q rdfs:range :Parent .
:a :p :b . :c :q :a .
"""
GOAL = (node("a"), RDF.type, node("Parent"))


def test_a_statement_with_two_derivations_falls_when_both_lose_a_premise() -> None:
    found = derivations(TWO_WAYS, GOAL)
    one, other = (node("a"), node("p"), node("b")), (node("c"), node("q"), node("a"))
    assert found.holds_without([one])
    assert found.holds_without([other])
    assert not found.holds_without([one, other])
    assert found.indispensable([one, other]) == ()


def test_an_asserted_statement_may_hold_without_being_asserted() -> None:
    stated = derivations(TWO_WAYS + ":a a :Parent .", GOAL)
    assert stated.holds_without([GOAL])
    alone = derivations(":a a :Parent . :Parent rdfs:subClassOf :Person .", GOAL)
    assert not alone.holds_without([GOAL])


def test_statements_that_entail_each_other_do_not_support_themselves() -> None:
    text = ":p owl:inverseOf :q . :a :p :b . :b :q :a ."
    one, other = (node("a"), node("p"), node("b")), (node("b"), node("q"), node("a"))
    found = derivations(text, one)
    assert found.holds_without([one])
    assert found.holds_without([other])
    assert not found.holds_without([one, other])


def test_what_is_not_known_in_full_is_not_decided() -> None:
    links = " ".join(f":n{number} :p :n{number + 1} ." for number in range(20))
    goal = (node("n0"), node("p"), node("n20"))
    found = derivations(f":p a owl:TransitiveProperty . {links}", goal, limit=5)
    assert not found.complete
    with pytest.raises(ValueError, match="not all derivations"):
        found.holds_without([goal])


def test_no_more_steps_than_allowed_are_taken_to_one_fact() -> None:
    text = ":p rdfs:domain :Parent . " + " ".join(f":a :p :b{number} ." for number in range(9))
    prover = Prover.of(materialise(triples(text)))
    found = Derivations.of(prover, GOAL, most_steps=4)
    assert len(found.steps[GOAL]) == 4
    assert not found.complete
    assert Derivations.of(prover, GOAL, most_steps=100).complete


def test_withdrawing_random_statements_of_random_graphs_agrees_with_reasoning_again() -> None:
    """The oracle is the reasoner itself, run over what remains."""
    decided = fallen = 0
    seeds = examples(30, 300)
    for seed in range(seeds):
        chance = random.Random(seed)
        asserted = sorted(triples("\n".join(lines(seed))), key=str)
        whole_closure = materialise(asserted)
        prover = Prover.of(whole_closure)
        inferred = [row for row in sorted(whole_closure.inferred, key=str) if named(row)]
        # The cells of a list belong to the axiom that names the list.
        whole = [row for row in asserted if row.predicate not in (RDF.first, RDF.rest)]
        withdrawn = chance.sample(whole, min(3, len(whole)))
        remaining = [row for row in asserted if row not in withdrawn]
        closure = materialise(remaining)
        for row in chance.sample(inferred, min(6, len(inferred))):
            found = Derivations.of(prover, fact(row))
            if not found.complete:
                continue
            expected = row in closure.inferred or row in remaining
            decided, fallen = decided + 1, fallen + (not expected)
            holds = found.holds_without([fact(gone) for gone in withdrawn])
            assert holds == expected, (seed, str(row))
    assert decided > 1.5 * seeds
    assert fallen > 0.15 * seeds


def named(row: Triple) -> bool:
    return not any(isinstance(term, BlankNode) for term in row)
