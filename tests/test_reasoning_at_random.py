"""Random ontologies and data: our engine against owlrl, both ways, and proofs of it all."""

from collections.abc import Set

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Triple

from partyline.reasoning import check, materialise, prove
from random_knowledge import AXIOMS, DATA
from sampling import examples
from test_reasoning import triples


def about_individuals(found: Set[Triple]) -> set[str]:
    names = tuple(f"<http://example.org/{name}> " for name in "abcd")
    return {str(triple) for triple in found if str(triple).startswith(names)}


@settings(max_examples=examples(20, 200), deadline=None)
@given(st.lists(AXIOMS, min_size=1, max_size=8), st.lists(DATA, min_size=2, max_size=8))
def test_random_knowledge_has_the_closure_of_owlrl_and_a_proof_for_all_of_it(
    axioms: list[str], data: list[str]
) -> None:
    asserted = triples("\n".join(axioms + data))
    ours, theirs = materialise(asserted), materialise(asserted, "owlrl")

    assert about_individuals(ours.inferred) == about_individuals(theirs.inferred)
    for triple in ours.inferred:
        proof = prove(ours, triple)
        assert proof is not None
        assert check(proof, ours.asserted_facts)
