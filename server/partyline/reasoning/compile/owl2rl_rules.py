"""The rules of OWL 2 RL as the specification tabulates them, and how a line becomes rules.

https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, tables 4-9.

Each line is ``name  schema | body => head``. What stands before the bar is looked up in the
ontology when the rules are compiled; what stands after it is then a rule whose predicates and
classes are constants.

Left out on purpose, because they say of everything what is true of anything: ``eq-ref``
(everything is itself), ``prp-ap``, ``cls-thing``, ``cls-nothing1``, ``dt-type1`` and the reflexive
and axiomatic conclusions of ``scm-cls``, ``scm-op`` and ``scm-dp``. A rule of which such a
conclusion would be a premise has a line of its own without it. Rules over RDF lists are in
`list_rules`, ``dt-type2`` and ``dt-not-type`` in `compiler`, ``dt-eq`` in `lexical_variants`,
``dt-diff`` in `inequality`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, Variable

from partyline.reasoning.model.rules import Constraint, Pattern, Rule, Slot, ground, substitute
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDF, RDFS, XSD

#: Equality is between any two resources, so its rules are the same for every ontology.
_EQUALITY = """
eq-sym      | ?x owl:sameAs ?y => ?y owl:sameAs ?x
eq-trans    | ?x owl:sameAs ?y, ?y owl:sameAs ?z => ?x owl:sameAs ?z
eq-rep-s    | ?s owl:sameAs ?t, ?s ?p ?o => ?t ?p ?o
eq-rep-p    | ?p owl:sameAs ?q, ?s ?p ?o => ?s ?q ?o
eq-rep-o    | ?o owl:sameAs ?q, ?s ?p ?o => ?s ?p ?q
eq-diff1    | ?x owl:sameAs ?y, ?x owl:differentFrom ?y => false
"""

#: What eq-rep makes of ``?c rdfs:subClassOf ?c`` and the like, which nobody states.
_EQUALITY += """\
cls-thing   | owl:Thing owl:sameAs ?c => ?c a owl:Class
cls-nothing1 | owl:Nothing owl:sameAs ?c => ?c a owl:Class
scm-cls     | ?c a owl:Class, ?c owl:sameAs ?d => ?c rdfs:subClassOf ?d
scm-cls     | ?c a owl:Class, ?c owl:sameAs ?d => ?c owl:equivalentClass ?d
scm-op      | ?p a owl:ObjectProperty, ?p owl:sameAs ?q => ?p rdfs:subPropertyOf ?q
scm-op      | ?p a owl:ObjectProperty, ?p owl:sameAs ?q => ?p owl:equivalentProperty ?q
scm-dp      | ?p a owl:DatatypeProperty, ?p owl:sameAs ?q => ?p rdfs:subPropertyOf ?q
scm-dp      | ?p a owl:DatatypeProperty, ?p owl:sameAs ?q => ?p owl:equivalentProperty ?q
"""

_PROPERTIES = """
prp-dom     ?p rdfs:domain ?c                       | ?x ?p ?y => ?x a ?c
prp-rng     ?p rdfs:range ?c                        | ?x ?p ?y => ?y a ?c
prp-fp      ?p a owl:FunctionalProperty             | ?x ?p ?y, ?x ?p ?z => ?y owl:sameAs ?z
prp-ifp     ?p a owl:InverseFunctionalProperty      | ?x ?p ?y, ?z ?p ?y => ?x owl:sameAs ?z
prp-irp     ?p a owl:IrreflexiveProperty            | ?x ?p ?x => false
prp-symp    ?p a owl:SymmetricProperty              | ?x ?p ?y => ?y ?p ?x
prp-asyp    ?p a owl:AsymmetricProperty             | ?x ?p ?y, ?y ?p ?x => false
prp-trp     ?p a owl:TransitiveProperty             | ?x ?p ?y, ?y ?p ?z => ?x ?p ?z
prp-spo1    ?p rdfs:subPropertyOf ?q                | ?x ?p ?y => ?x ?q ?y
prp-eqp1    ?p owl:equivalentProperty ?q            | ?x ?p ?y => ?x ?q ?y
prp-eqp2    ?p owl:equivalentProperty ?q            | ?x ?q ?y => ?x ?p ?y
prp-pdw     ?p owl:propertyDisjointWith ?q          | ?x ?p ?y, ?x ?q ?y => false
prp-inv1    ?p owl:inverseOf ?q                     | ?x ?p ?y => ?y ?q ?x
prp-inv2    ?p owl:inverseOf ?q                     | ?x ?q ?y => ?y ?p ?x
prp-npa1    ?n owl:sourceIndividual ?i, ?n owl:assertionProperty ?p, ?n owl:targetIndividual ?j
            | ?i ?p ?j => false
prp-npa2    ?n owl:sourceIndividual ?i, ?n owl:assertionProperty ?p, ?n owl:targetValue ?j
            | ?i ?p ?j => false
"""

#: eq-diff1 where eq-ref gives the equality: it is needed where nothing else is the same.
_PROPERTIES += "eq-diff1    | ?x owl:differentFrom ?x => false\n"

_CLASSES = """
cls-nothing2    | ?x a owl:Nothing => false
cls-com     ?c owl:complementOf ?d                              | ?x a ?c, ?x a ?d => false
cls-svf1    ?c owl:someValuesFrom ?d, ?c owl:onProperty ?p      | ?x ?p ?y, ?y a ?d => ?x a ?c
cls-svf2    ?c owl:someValuesFrom owl:Thing, ?c owl:onProperty ?p | ?x ?p ?y => ?x a ?c
cls-avf     ?c owl:allValuesFrom ?d, ?c owl:onProperty ?p       | ?x a ?c, ?x ?p ?y => ?y a ?d
cls-hv1     ?c owl:hasValue ?v, ?c owl:onProperty ?p            | ?x a ?c => ?x ?p ?v
cls-hv2     ?c owl:hasValue ?v, ?c owl:onProperty ?p            | ?x ?p ?v => ?x a ?c
cls-maxc1   ?c owl:maxCardinality 0, ?c owl:onProperty ?p       | ?x a ?c, ?x ?p ?y => false
cls-maxc2   ?c owl:maxCardinality 1, ?c owl:onProperty ?p
            | ?x a ?c, ?x ?p ?y, ?x ?p ?z => ?y owl:sameAs ?z
cls-maxqc1  ?c owl:maxQualifiedCardinality 0, ?c owl:onProperty ?p, ?c owl:onClass ?d
            | ?x a ?c, ?x ?p ?y, ?y a ?d => false
cls-maxqc2  ?c owl:maxQualifiedCardinality 0, ?c owl:onProperty ?p, ?c owl:onClass owl:Thing
            | ?x a ?c, ?x ?p ?y => false
cls-maxqc3  ?c owl:maxQualifiedCardinality 1, ?c owl:onProperty ?p, ?c owl:onClass ?d
            | ?x a ?c, ?x ?p ?y, ?y a ?d, ?x ?p ?z, ?z a ?d => ?y owl:sameAs ?z
cls-maxqc4  ?c owl:maxQualifiedCardinality 1, ?c owl:onProperty ?p, ?c owl:onClass owl:Thing
            | ?x a ?c, ?x ?p ?y, ?x ?p ?z => ?y owl:sameAs ?z
cax-sco     ?c rdfs:subClassOf ?d                   | ?x a ?c => ?x a ?d
cax-eqc1    ?c owl:equivalentClass ?d               | ?x a ?c => ?x a ?d
cax-eqc2    ?c owl:equivalentClass ?d               | ?x a ?d => ?x a ?c
cax-dw      ?c owl:disjointWith ?d                  | ?x a ?c, ?x a ?d => false
"""

#: What follows among the axioms themselves; run over the ontology before it is compiled.
_SCHEMA = """
scm-cls     | ?c a owl:Class, owl:Thing rdfs:subClassOf ?d => ?c rdfs:subClassOf ?d
scm-cls     | ?c a owl:Class, ?d rdfs:subClassOf owl:Nothing => ?d rdfs:subClassOf ?c
scm-eqc2    | ?c a owl:Class, owl:Thing rdfs:subClassOf ?c => ?c owl:equivalentClass owl:Thing
scm-eqc2    | ?c a owl:Class, ?c rdfs:subClassOf owl:Nothing => ?c owl:equivalentClass owl:Nothing
scm-sco     | ?c rdfs:subClassOf ?d, ?d rdfs:subClassOf ?e => ?c rdfs:subClassOf ?e
scm-eqc1    | ?c owl:equivalentClass ?d => ?c rdfs:subClassOf ?d
scm-eqc1    | ?c owl:equivalentClass ?d => ?d rdfs:subClassOf ?c
scm-eqc2    | ?c rdfs:subClassOf ?d, ?d rdfs:subClassOf ?c => ?c owl:equivalentClass ?d
scm-spo     | ?p rdfs:subPropertyOf ?q, ?q rdfs:subPropertyOf ?r => ?p rdfs:subPropertyOf ?r
scm-eqp1    | ?p owl:equivalentProperty ?q => ?p rdfs:subPropertyOf ?q
scm-eqp1    | ?p owl:equivalentProperty ?q => ?q rdfs:subPropertyOf ?p
scm-eqp2    | ?p rdfs:subPropertyOf ?q, ?q rdfs:subPropertyOf ?p => ?p owl:equivalentProperty ?q
scm-dom1    | ?p rdfs:domain ?c, ?c rdfs:subClassOf ?d => ?p rdfs:domain ?d
scm-dom1    | ?c a owl:Class, ?p rdfs:domain owl:Nothing => ?p rdfs:domain ?c
scm-dom2    | ?q rdfs:domain ?c, ?p rdfs:subPropertyOf ?q => ?p rdfs:domain ?c
scm-rng1    | ?p rdfs:range ?c, ?c rdfs:subClassOf ?d => ?p rdfs:range ?d
scm-rng1    | ?c a owl:Class, ?p rdfs:range owl:Nothing => ?p rdfs:range ?c
scm-rng2    | ?q rdfs:range ?c, ?p rdfs:subPropertyOf ?q => ?p rdfs:range ?c
scm-hv      | ?c owl:hasValue ?v, ?c owl:onProperty ?p, ?d owl:hasValue ?v, ?d owl:onProperty ?p
            => ?c rdfs:subClassOf ?d
scm-hv      | ?c owl:hasValue ?v, ?c owl:onProperty ?p, ?d owl:hasValue ?v, ?d owl:onProperty ?q,
              ?p rdfs:subPropertyOf ?q
            => ?c rdfs:subClassOf ?d
scm-svf1    | ?c owl:someValuesFrom ?y, ?c owl:onProperty ?p, ?d owl:someValuesFrom ?y,
              ?d owl:onProperty ?p
            => ?c rdfs:subClassOf ?d
scm-svf1    | ?c owl:someValuesFrom ?y, ?c owl:onProperty ?p, ?d owl:someValuesFrom owl:Thing,
              ?d owl:onProperty ?p
            => ?c rdfs:subClassOf ?d
scm-svf1    | ?c owl:someValuesFrom owl:Nothing, ?c owl:onProperty ?p, ?d owl:someValuesFrom ?z,
              ?d owl:onProperty ?p
            => ?c rdfs:subClassOf ?d
scm-svf1    | ?c owl:someValuesFrom ?y, ?c owl:onProperty ?p, ?d owl:someValuesFrom ?z,
              ?d owl:onProperty ?p, ?y rdfs:subClassOf ?z
            => ?c rdfs:subClassOf ?d
scm-svf2    | ?c owl:someValuesFrom ?y, ?c owl:onProperty ?p, ?d owl:someValuesFrom ?y,
              ?d owl:onProperty ?q, ?p rdfs:subPropertyOf ?q
            => ?c rdfs:subClassOf ?d
scm-avf1    | ?c owl:allValuesFrom ?y, ?c owl:onProperty ?p, ?d owl:allValuesFrom ?y,
              ?d owl:onProperty ?p
            => ?c rdfs:subClassOf ?d
scm-avf1    | ?c owl:allValuesFrom ?y, ?c owl:onProperty ?p, ?d owl:allValuesFrom owl:Thing,
              ?d owl:onProperty ?p
            => ?c rdfs:subClassOf ?d
scm-avf1    | ?c owl:allValuesFrom owl:Nothing, ?c owl:onProperty ?p, ?d owl:allValuesFrom ?z,
              ?d owl:onProperty ?p
            => ?c rdfs:subClassOf ?d
scm-avf1    | ?c owl:allValuesFrom ?y, ?c owl:onProperty ?p, ?d owl:allValuesFrom ?z,
              ?d owl:onProperty ?p, ?y rdfs:subClassOf ?z
            => ?c rdfs:subClassOf ?d
scm-avf2    | ?c owl:allValuesFrom ?y, ?c owl:onProperty ?p, ?d owl:allValuesFrom ?y,
              ?d owl:onProperty ?q, ?p rdfs:subPropertyOf ?q
            => ?d rdfs:subClassOf ?c
"""

_PREFIXES = {"owl": OWL, "rdf": RDF, "rdfs": RDFS}


@dataclass(frozen=True, slots=True)
class Template:
    """One line of a table. *head* is None where it says ``false``."""

    name: str
    schema: tuple[Pattern, ...]
    body: tuple[Pattern, ...]
    head: Pattern | None

    def instances(self, ontology: Facts) -> Iterator[Rule | Constraint]:
        """Yield the rules that this line makes of the axioms in *ontology*."""
        for binding in ontology.solutions(self.schema):
            body = tuple(substitute(pattern, binding) for pattern in self.body)
            axioms = tuple(ground(pattern, binding) for pattern in self.schema)
            if self.head is None:
                yield Constraint(self.name, body, axioms)
            else:
                yield Rule(self.name, substitute(self.head, binding), body, axioms)


def _templates(text: str) -> tuple[Template, ...]:
    # A line that begins with a space continues the one before it.
    rules = text.strip().replace("\n ", " ")
    return tuple(_template(line) for line in rules.splitlines())


def _template(line: str) -> Template:
    name, _, rule = line.partition(" ")
    premises, _, head = rule.partition("=>")
    schema, _, body = premises.partition("|")
    stated = None if head.strip() == "false" else _pattern(head)
    return Template(name, _patterns(schema), _patterns(body), stated)


def _patterns(text: str) -> tuple[Pattern, ...]:
    return tuple(_pattern(part) for part in text.split(",") if part.strip())


def _pattern(text: str) -> Pattern:
    subject, predicate, object_ = map(_slot, text.split())
    return subject, predicate, object_


def _slot(text: str) -> Slot:
    if text.startswith("?"):
        return Variable(text[1:])
    if text == "a":
        return RDF.type
    if text.isdecimal():
        return Literal(text, datatype=XSD.nonNegativeInteger)
    prefix, _, name = text.partition(":")
    return _PREFIXES[prefix][name]


EQUALITY = _templates(_EQUALITY)
COMPILED = _templates(_PROPERTIES) + _templates(_CLASSES)
SCHEMA = _templates(_SCHEMA)

#: Where the tables of the rules are.
SPECIFICATION = (
    "https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
)

#: A sentence for each rule that concludes something, by its name in tables 4 to 9.
DESCRIPTIONS = {
    "eq-sym": "If one resource is the same as another, the other is the same as the first.",
    "eq-trans": "Resources that are the same as one resource are the same as each other.",
    "eq-rep-s": "What is stated about a resource holds for every resource that is the same.",
    "eq-rep-p": "What one property states, a property that is the same states too.",
    "eq-rep-o": "A statement that refers to a resource refers to every resource that is the same.",
    "prp-dom": "Whatever has the property belongs to the domain of the property.",
    "prp-rng": "Every value of the property belongs to the range of the property.",
    "prp-fp": "A functional property has one value: all its values for one resource are the same.",
    "prp-ifp": "A value of an inverse functional property identifies a resource: "
    "all resources with that value are the same.",
    "prp-symp": "A symmetric property holds in both directions.",
    "prp-trp": "A transitive property links the ends of every chain of its statements.",
    "prp-spo1": "What a property states, every superproperty of it states too.",
    "prp-spo2": "A chain of properties, followed step by step, implies a single property "
    "from its beginning to its end.",
    "prp-eqp1": "Equivalent properties state the same.",
    "prp-eqp2": "Equivalent properties state the same.",
    "prp-inv1": "A property implies its inverse in the opposite direction.",
    "prp-inv2": "A property implies its inverse in the opposite direction.",
    "prp-key": "Members of a class that agree in every property of a key are the same.",
    "cls-thing": "What is the same as owl:Thing is a class.",
    "cls-nothing1": "What is the same as owl:Nothing is a class.",
    "cls-int1": "Whatever belongs to every part of an intersection belongs to the intersection.",
    "cls-int2": "Whatever belongs to an intersection belongs to each part of it.",
    "cls-uni": "Whatever belongs to a part of a union belongs to the union.",
    "cls-svf1": "Whatever has a value of the required class belongs to the restriction.",
    "cls-svf2": "Whatever has a value of the property belongs to the restriction.",
    "cls-avf": "All values that a member of the restriction has belong to the required class.",
    "cls-hv1": "Every member of the restriction has the required value.",
    "cls-hv2": "Whatever has the required value belongs to the restriction.",
    "cls-maxc2": "With at most one value allowed, all values are the same.",
    "cls-maxqc3": "With at most one value of a class allowed, all values of that class are the "
    "same.",
    "cls-maxqc4": "With at most one value allowed, all values are the same.",
    "cls-oo": "Everything that an enumeration lists belongs to the enumerated class.",
    "cax-sco": "Every member of a class is a member of its superclasses.",
    "cax-eqc1": "Equivalent classes have the same members.",
    "cax-eqc2": "Equivalent classes have the same members.",
    "dt-type2": "A literal in the value space of a datatype belongs to the datatype.",
    "dt-eq": "Literals of equal value are the same, however they are written.",
    "dt-diff": "Literals of different values are different.",
    "scm-cls": "Every class is a subclass of itself and of owl:Thing, and a superclass of "
    "owl:Nothing.",
    "scm-sco": "A subclass of a subclass is a subclass.",
    "scm-eqc1": "Equivalent classes are subclasses of each other.",
    "scm-eqc2": "Classes that are subclasses of each other are equivalent.",
    "scm-op": "Every object property is a subproperty of itself, and of what is the same.",
    "scm-dp": "Every datatype property is a subproperty of itself, and of what is the same.",
    "scm-spo": "A subproperty of a subproperty is a subproperty.",
    "scm-eqp1": "Equivalent properties are subproperties of each other.",
    "scm-eqp2": "Properties that are subproperties of each other are equivalent.",
    "scm-dom1": "A property with a domain has every superclass of it as a domain.",
    "scm-dom2": "A property has the domains of its superproperties.",
    "scm-rng1": "A property with a range has every superclass of it as a range.",
    "scm-rng2": "A property has the ranges of its superproperties.",
    "scm-hv": "A restriction to a value is narrower if its property is.",
    "scm-svf1": "A restriction to some value of a class is narrower if that class is.",
    "scm-svf2": "A restriction to some value of a property is narrower if its property is.",
    "scm-avf1": "A restriction to all values of a class is narrower if that class is.",
    "scm-avf2": "A restriction to all values of a property is wider if its property is narrower.",
    "scm-int": "An intersection is a subclass of each of its parts.",
    "scm-uni": "Each part of a union is a subclass of the union.",
}
