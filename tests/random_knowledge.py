"""Random ontologies and data of all constructs of OWL 2 RL, as lines of Turtle."""

from hypothesis import strategies as st

CLASSES = st.sampled_from([f":C{index}" for index in range(4)])
PROPERTIES = st.sampled_from([f":p{index}" for index in range(4)])
INDIVIDUALS = st.sampled_from([f":{name}" for name in "abcd"])
LITERALS = st.sampled_from(["1", "01", "2", "1.0", "'x'", "'x'@en", '"1990-02-30"^^xsd:date'])


def lines(pattern: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(pattern.format, *parts)


#: Constructs in which owlrl is right (it is not with owl:hasKey, for one).
AXIOMS = st.one_of(
    lines("{} rdfs:subClassOf {} .", CLASSES, CLASSES),
    lines("{} owl:equivalentClass {} .", CLASSES, CLASSES),
    lines("{} rdfs:subPropertyOf {} .", PROPERTIES, PROPERTIES),
    lines("{} owl:inverseOf {} .", PROPERTIES, PROPERTIES),
    lines("{} a owl:TransitiveProperty .", PROPERTIES),
    lines("{} a owl:SymmetricProperty .", PROPERTIES),
    lines("{} rdfs:domain {} .", PROPERTIES, CLASSES),
    lines("{} rdfs:range {} .", PROPERTIES, CLASSES),
    lines("{} owl:propertyChainAxiom ( {} {} ) .", PROPERTIES, PROPERTIES, PROPERTIES),
    lines("{} owl:intersectionOf ( {} {} ) .", CLASSES, CLASSES, CLASSES),
    lines("{} owl:unionOf ( {} {} ) .", CLASSES, CLASSES, CLASSES),
    lines(
        "[ owl:onProperty {} ; owl:someValuesFrom {} ] rdfs:subClassOf {} .",
        *(PROPERTIES, CLASSES, CLASSES),
    ),
    lines(
        "{} rdfs:subClassOf [ owl:onProperty {} ; owl:allValuesFrom {} ] .",
        *(CLASSES, PROPERTIES, CLASSES),
    ),
    lines(
        "{} rdfs:subClassOf [ owl:onProperty {} ; owl:hasValue {} ] .",
        *(CLASSES, PROPERTIES, INDIVIDUALS),
    ),
    lines("{} a owl:FunctionalProperty .", PROPERTIES),
    lines("{} a owl:InverseFunctionalProperty .", PROPERTIES),
)
DATA = st.one_of(
    lines("{} a {} .", INDIVIDUALS, CLASSES),
    lines("{} {} {} .", INDIVIDUALS, PROPERTIES, INDIVIDUALS),
    lines("{} {} {} .", INDIVIDUALS, PROPERTIES, INDIVIDUALS),
)

#: The other constructs, constraints among them, and axioms about the vocabulary itself.
MORE_AXIOMS = st.one_of(
    AXIOMS,
    lines("{} owl:equivalentProperty {} .", PROPERTIES, PROPERTIES),
    lines("{} owl:hasKey ( {} ) .", CLASSES, PROPERTIES),
    lines("{} owl:hasKey ( {} {} ) .", CLASSES, PROPERTIES, PROPERTIES),
    lines("{} owl:propertyChainAxiom ( {} [ owl:inverseOf {} ] ) .", *[PROPERTIES] * 3),
    lines("{} owl:oneOf ( {} {} ) .", CLASSES, INDIVIDUALS, INDIVIDUALS),
    lines("{} owl:disjointWith {} .", CLASSES, CLASSES),
    lines("{} owl:complementOf {} .", CLASSES, CLASSES),
    lines("{} owl:propertyDisjointWith {} .", PROPERTIES, PROPERTIES),
    lines("{} a owl:IrreflexiveProperty , owl:AsymmetricProperty .", PROPERTIES),
    lines("{} rdfs:range xsd:integer .", PROPERTIES),
    lines("{} rdfs:range xsd:string .", PROPERTIES),
    lines("[] a owl:AllDisjointClasses ; owl:members ( {} {} ) .", CLASSES, CLASSES),
    lines("[] a owl:AllDifferent ; owl:members ( {} {} ) .", INDIVIDUALS, INDIVIDUALS),
    lines("{} owl:equivalentClass [ owl:onProperty {} ; owl:hasValue 1 ] .", CLASSES, PROPERTIES),
    lines("{} rdfs:subClassOf [ owl:onProperty {} ; owl:maxCardinality 1 ] .", CLASSES, PROPERTIES),
    lines(
        "{} rdfs:subClassOf [ owl:onProperty {} ; owl:maxQualifiedCardinality {} ;"
        " owl:onClass {} ] .",
        *(CLASSES, PROPERTIES, st.sampled_from("01"), CLASSES),
    ),
    lines("{} rdfs:subClassOf owl:TransitiveProperty .", CLASSES),
    lines("{} rdfs:subPropertyOf owl:sameAs .", PROPERTIES),
    lines("{} rdfs:subPropertyOf rdf:type .", PROPERTIES),
    lines("owl:sameAs rdfs:subPropertyOf {} .", PROPERTIES),
    lines("rdf:type rdfs:range {} .", CLASSES),
)
MORE_DATA = st.one_of(
    DATA,
    lines("{} {} {} .", INDIVIDUALS, PROPERTIES, LITERALS),
    lines("{} owl:sameAs {} .", INDIVIDUALS, INDIVIDUALS),
    lines("{} owl:differentFrom {} .", INDIVIDUALS, INDIVIDUALS),
    lines("{} owl:sameAs {} .", PROPERTIES, PROPERTIES),
    lines("{} owl:sameAs {} .", CLASSES, CLASSES),
    lines("{} a {} .", PROPERTIES, CLASSES),
    lines("{} {} _:b .", INDIVIDUALS, PROPERTIES),
    lines("_:b {} {} .", PROPERTIES, INDIVIDUALS),
    lines("{} :other {} .", INDIVIDUALS, INDIVIDUALS),
)
