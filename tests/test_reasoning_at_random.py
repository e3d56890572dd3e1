"""Random ontologies and data: our engine against owlrl, both ways, and proofs of it all."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Triple

from partyline.reasoning import check, materialise, prove
from test_reasoning import triples

CLASSES = st.sampled_from([f":C{index}" for index in range(4)])
PROPERTIES = st.sampled_from([f":p{index}" for index in range(4)])
INDIVIDUALS = st.sampled_from([f":{name}" for name in "abcd"])

#: Axioms with the constructs of OWL 2 RL in which owlrl is right (it is not with owl:hasKey).
AXIOMS = st.one_of(
    st.builds("{} rdfs:subClassOf {} .".format, CLASSES, CLASSES),
    st.builds("{} owl:equivalentClass {} .".format, CLASSES, CLASSES),
    st.builds("{} rdfs:subPropertyOf {} .".format, PROPERTIES, PROPERTIES),
    st.builds("{} owl:inverseOf {} .".format, PROPERTIES, PROPERTIES),
    st.builds("{} a owl:TransitiveProperty .".format, PROPERTIES),
    st.builds("{} a owl:SymmetricProperty .".format, PROPERTIES),
    st.builds("{} rdfs:domain {} .".format, PROPERTIES, CLASSES),
    st.builds("{} rdfs:range {} .".format, PROPERTIES, CLASSES),
    st.builds("{} owl:propertyChainAxiom ( {} {} ) .".format, PROPERTIES, PROPERTIES, PROPERTIES),
    st.builds("{} owl:intersectionOf ( {} {} ) .".format, CLASSES, CLASSES, CLASSES),
    st.builds("{} owl:unionOf ( {} {} ) .".format, CLASSES, CLASSES, CLASSES),
    st.builds(
        "[ owl:onProperty {} ; owl:someValuesFrom {} ] rdfs:subClassOf {} .".format,
        PROPERTIES,
        CLASSES,
        CLASSES,
    ),
    st.builds(
        "{} rdfs:subClassOf [ owl:onProperty {} ; owl:allValuesFrom {} ] .".format,
        CLASSES,
        PROPERTIES,
        CLASSES,
    ),
    st.builds(
        "{} rdfs:subClassOf [ owl:onProperty {} ; owl:hasValue {} ] .".format,
        CLASSES,
        PROPERTIES,
        INDIVIDUALS,
    ),
    st.builds("{} a owl:FunctionalProperty .".format, PROPERTIES),
    st.builds("{} a owl:InverseFunctionalProperty .".format, PROPERTIES),
)
DATA = st.one_of(
    st.builds("{} a {} .".format, INDIVIDUALS, CLASSES),
    st.builds("{} {} {} .".format, INDIVIDUALS, PROPERTIES, INDIVIDUALS),
    st.builds("{} {} {} .".format, INDIVIDUALS, PROPERTIES, INDIVIDUALS),
)


def about_individuals(found: frozenset[Triple]) -> set[str]:
    names = tuple(f"<http://example.org/{name}> " for name in "abcd")
    return {str(triple) for triple in found if str(triple).startswith(names)}


@settings(max_examples=40, deadline=None)
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
