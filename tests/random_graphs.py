"""Random graphs of all constructs of OWL 2 RL, made from a seed; most repeat what they say.

Class expressions are repeated under other blank nodes, axioms are also derived from data, fillers
are datatypes too, values have several lexical forms, and names are the same as others.
"""

import random
from collections.abc import Callable, Iterator
from itertools import pairwise

PREFIXES = """\
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
CLASSES = [f":C{number}" for number in range(4)]
OBJECT_PROPERTIES = [f":p{number}" for number in range(3)]
DATA_PROPERTIES = [":d0", ":d1"]
INDIVIDUALS = [":a", ":b", ":c"]
DATATYPES = [
    *("xsd:integer", "xsd:decimal", "xsd:nonNegativeInteger", "xsd:byte", "xsd:string"),
    *("rdfs:Literal", "rdf:PlainLiteral", "xsd:boolean", ":Own"),
]
LITERALS = [
    *("1", "01", "1.0", "2", "-3", "1.5", "1.50", "1e0", "true", "'x'", "'x'@en", "'x'@EN"),
    *('"7"^^xsd:byte', '"1"^^xsd:boolean', '"x"^^:Own', '"y"^^:Own'),
]
ILL_TYPED = ['"1990-02-30"^^xsd:date', '"300"^^xsd:byte', "'one'^^xsd:integer"]


class Graph:
    """One graph in the making. *strict* keeps to the grammar of OWL 2 RL, with declarations."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.strict = chance.random() < 0.5
        self.declared = self.strict or chance.random() < 0.5
        #: A few expressions that are written again and again, each time as another blank node.
        self.pool = [self.expression() for _ in range(3)]

    def pick(self, names: list[str]) -> str:
        """Return one of a few names."""
        return self.chance.choice(names)

    def property(self) -> str:
        """Return any property."""
        return self.pick(OBJECT_PROPERTIES + DATA_PROPERTIES)

    def both(self) -> tuple[str, str]:
        """Return two properties, both of objects or both of data where that is the grammar."""
        kind = self.pick(["object", "object", "data", "any"])
        if kind == "any" and not self.strict:
            return self.property(), self.property()
        names = DATA_PROPERTIES if kind == "data" else OBJECT_PROPERTIES
        return self.pick(names), self.pick(names)

    def literal(self) -> str:
        """Return a literal; one in thirty has no value."""
        return self.pick(ILL_TYPED if self.chance.random() < 0.03 else LITERALS)

    def class_(self) -> str:
        """Return a class: a name, or one of the expressions of the pool."""
        roll = self.chance.random()
        if roll < 0.55:
            return self.pick(CLASSES)
        if roll < 0.58:
            return self.pick(["owl:Thing", "owl:Nothing"])
        return self.pick(self.pool) if roll < 0.93 else self.expression()

    def expression(self, depth: int = 1) -> str:
        """Return a class expression as a blank node."""
        part = self.pick(CLASSES)
        if depth and self.chance.random() < 0.25:
            part = self.expression(depth - 1)
        if self.chance.random() < 0.1:
            part = self.pick(["owl:Thing", "owl:Nothing"])
        object_, data = self.pick(OBJECT_PROPERTIES), self.pick(DATA_PROPERTIES)
        other = self.pick(CLASSES)
        number = self.pick(["0", "1", '"1"^^xsd:nonNegativeInteger'])
        return self.pick(
            [
                f"[ owl:onProperty {object_} ; owl:someValuesFrom {part} ]",
                f"[ owl:onProperty {object_} ; owl:someValuesFrom {part} ]",
                f"[ owl:onProperty {object_} ; owl:someValuesFrom owl:Thing ]",
                f"[ owl:onProperty {data} ; owl:someValuesFrom {self.range()} ]",
                f"[ owl:onProperty {data} ; owl:someValuesFrom {self.range()} ]",
                f"[ owl:onProperty {object_} ; owl:allValuesFrom {part} ]",
                f"[ owl:onProperty {data} ; owl:allValuesFrom {self.range()} ]",
                f"[ owl:onProperty {object_} ; owl:hasValue {self.pick(INDIVIDUALS)} ]",
                f"[ owl:onProperty {data} ; owl:hasValue {self.pick(LITERALS)} ]",
                f"[ owl:onProperty {data} ; owl:hasValue {self.pick(LITERALS)} ]",
                f"[ owl:onProperty {object_} ; owl:maxCardinality {number} ]",
                f"[ owl:onProperty {data} ; owl:maxCardinality {number} ]",
                f"[ owl:onProperty {object_} ; owl:maxQualifiedCardinality {number} ;"
                f" owl:onClass {part} ]",
                f"[ owl:onProperty {data} ; owl:maxQualifiedCardinality {number} ;"
                f" owl:onClass {self.range()} ]",
                f"[ owl:intersectionOf ( {part} {other} ) ]",
                f"[ owl:unionOf ( {part} {other} ) ]",
                f"[ owl:complementOf {part} ]",
                f"[ owl:oneOf ( {self.pick(INDIVIDUALS)} {self.pick(INDIVIDUALS)} ) ]",
            ]
        )

    def range(self) -> str:
        """Return a data range."""
        one, two = self.pick(DATATYPES), self.pick(DATATYPES)
        kinds = [one] * 8 + [f"[ owl:intersectionOf ( {one} {two} ) ]"]
        kinds += [f"[ owl:oneOf ( {self.pick(LITERALS)} {self.pick(LITERALS)} ) ]"]
        return self.pick(kinds)

    def axiom(self) -> str:
        """Return one axiom."""
        object_, other, third = (self.pick(OBJECT_PROPERTIES) for _ in range(3))
        data = self.pick(DATA_PROPERTIES)
        one, two = self.both()
        individual = self.pick(INDIVIDUALS)
        inverse = f"[ owl:inverseOf {other} ]"
        functional = self.property()
        choices: list[Callable[[], str]] = [
            *[lambda: f"{self.class_()} rdfs:subClassOf {self.class_()} ."] * 5,
            *[lambda: f"{self.class_()} owl:equivalentClass {self.class_()} ."] * 3,
            *[lambda: f"{one} rdfs:subPropertyOf {two} ."] * 2,
            lambda: f"{one} owl:equivalentProperty {two} .",
            lambda: f"{object_} owl:inverseOf {other} .",
            lambda: f"{object_} a owl:{self.pick(['Transitive', 'Symmetric'])}Property .",
            lambda: f"{functional} a owl:FunctionalProperty .",
            lambda: f"{object_} a owl:InverseFunctionalProperty .",
            lambda: f"{object_} a owl:{self.pick(['Irreflexive', 'Asymmetric'])}Property .",
            lambda: f"{self.property()} rdfs:domain {self.class_()} .",
            lambda: f"{object_} rdfs:range {self.class_()} .",
            *[lambda: f"{data} rdfs:range {self.range()} ."] * 2,
            lambda: f"{object_} owl:propertyChainAxiom ( {other} {third} ) .",
            lambda: f"{object_} owl:propertyChainAxiom ( {third} {inverse} ) .",
            lambda: f"{self.class_()} owl:hasKey ( {self.property()} ) .",
            lambda: f"{self.pick(CLASSES)} owl:hasKey ( {object_} {data} ) .",
            lambda: f"{self.class_()} owl:disjointWith {self.class_()} .",
            lambda: f"{one} owl:propertyDisjointWith {two} .",
            lambda: f"[] a owl:AllDisjointClasses ; owl:members ( {self.class_()} :C0 :C1 ) .",
            lambda: f"[] a owl:AllDisjointProperties ; owl:members ( {one} {two} ) .",
            lambda: "[] a owl:AllDifferent ; owl:members ( :a :b ) .",
            lambda: "[] a owl:AllDifferent ; owl:distinctMembers ( :b :c ) .",
            lambda: (
                f"[] owl:sourceIndividual {individual} ; owl:assertionProperty {data} ;"
                f" owl:targetValue {self.pick(LITERALS)} ."
            ),
            lambda: (
                f"[] owl:sourceIndividual {individual} ; owl:assertionProperty {object_} ;"
                f" owl:targetIndividual {self.pick(INDIVIDUALS)} ."
            ),
            lambda: (
                f":Own {self.pick(['rdfs:subClassOf', 'owl:equivalentClass'])} {self.range()} ."
            ),
        ]
        if not self.strict:
            choices += [lambda: self.loose()] * 5
        return self.chance.choice(choices)()

    def loose(self) -> str:
        """Return what OWL 2 RL has no grammar for and its rules have conclusions of."""
        one, two = self.property(), self.property()
        return self.pick(
            [
                f"{self.pick(CLASSES)} rdfs:subClassOf owl:TransitiveProperty .",
                f"{self.pick(CLASSES)} rdfs:subClassOf owl:FunctionalProperty .",
                f"{one} a {self.pick(CLASSES)} .",
                f"{one} rdfs:subPropertyOf owl:sameAs .",
                f"{one} rdfs:subPropertyOf rdf:type .",
                f"{one} rdfs:subPropertyOf rdfs:subClassOf .",
                f"{one} owl:inverseOf {two} .",
                f"{one} owl:sameAs {two} .",
                f"{self.pick(CLASSES)} owl:sameAs {self.pick(CLASSES)} .",
                f"{self.pick(CLASSES)} {one} {self.pick(CLASSES)} .",
                f"{self.pick(CLASSES)} owl:sameAs {self.class_()} .",
                f"{self.pick(DATA_PROPERTIES)} a owl:InverseFunctionalProperty .",
                f"{one} rdfs:range {self.class_()} .",
            ]
        )

    def fact(self) -> str:
        """Return one assertion about individuals."""
        subject = self.pick([*INDIVIDUALS, *INDIVIDUALS, "_:x"])
        roll = self.chance.random()
        if roll < 0.3:
            return f"{subject} a {self.class_()} ."
        if roll < 0.55:
            object_ = self.pick([*INDIVIDUALS, "_:x"])
            return f"{subject} {self.pick(OBJECT_PROPERTIES)} {object_} ."
        if roll < 0.9:
            name = self.pick(DATA_PROPERTIES) if self.strict else self.property()
            name = name if self.chance.random() < 0.3 else self.pick(DATA_PROPERTIES)
            return f"{subject} {name} {self.literal()} ."
        same = self.pick(["owl:sameAs", "owl:sameAs", "owl:differentFrom"])
        return f"{subject} {same} {self.pick(INDIVIDUALS)} ."

    def lines(self) -> Iterator[str]:
        """Yield the lines of the graph."""
        if self.declared:
            yield from (f"{name} a owl:Class ." for name in CLASSES)
            yield from (f"{name} a owl:ObjectProperty ." for name in OBJECT_PROPERTIES)
            yield from (f"{name} a owl:DatatypeProperty ." for name in DATA_PROPERTIES)
        for _ in range(self.chance.randint(2, 8)):
            yield self.axiom()
        for _ in range(self.chance.randint(2, 7)):
            yield self.fact()


def lines(seed: int) -> list[str]:
    """Return the lines of Turtle, without prefixes, of the graph of *seed*."""
    return [*Graph(random.Random(seed)).lines()]


class Schema(Graph):
    """A graph with more axioms than data: deep hierarchies, equivalences, repeated expressions."""

    def hierarchy(self) -> Iterator[str]:
        """Yield a chain of classes, a chain of properties, and links back and across."""
        chance = self.chance
        names = [*CLASSES, *(f":D{number}" for number in range(chance.randint(2, 8)))]
        chance.shuffle(names)
        for low, high in pairwise(names):
            roll = chance.random()
            if roll < 0.1:
                continue
            kind = "rdfs:subClassOf" if roll < 0.8 else "owl:equivalentClass"
            middle = chance.choice(self.pool) if chance.random() < 0.3 else high
            yield f"{low} {kind} {middle} ."
            if middle != high:
                yield f"{middle} {kind} {high} ."
        for kind in ("rdfs:subPropertyOf", "owl:equivalentProperty", "owl:inverseOf"):
            one, other = chance.choice(OBJECT_PROPERTIES), chance.choice(OBJECT_PROPERTIES)
            yield f"{one} {kind} {other} ."
        listed = " ".join(chance.sample(names, chance.randint(2, len(names))))
        if chance.random() < 0.2:
            yield f"[] a owl:AllDisjointClasses ; owl:members ( {listed} ) ."
        part = chance.choice(["intersectionOf", "unionOf"])
        yield f"{chance.choice(names)} owl:{part} ( {listed} ) ."

    def lines(self) -> Iterator[str]:
        """Yield the lines of the graph."""
        yield from super().lines()
        yield from self.hierarchy()
        for _ in range(self.chance.randint(4, 10)):
            kind = self.pick(["rdfs:subClassOf", "rdfs:subClassOf", "owl:equivalentClass"])
            yield f"{self.class_()} {kind} {self.class_()} ."


def schema_lines(seed: int) -> list[str]:
    """Return the lines of Turtle of the schema of *seed*."""
    return [*Schema(random.Random(seed)).lines()]
