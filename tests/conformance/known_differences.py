"""What other reasoners make of a graph that we do not, each with the smallest graph that shows it.

A difference on a larger graph is explained by a row when the least part of that graph on which it
stays has all constructs of the row, as often as the row has them.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["misses", "adds", "overlooks", "invents", "fails"]


@dataclass(frozen=True)
class Difference:
    """What a peer does with *data*: it misses or adds what is *said*, or a contradiction."""

    peer: str
    kind: Kind
    why: str
    data: str
    said: str = ""
    #: What must stand beside it for the peer to look, anything of several kinds.
    beside: str = ""

    def explains(self, peer: str, kind: Kind, data: str) -> bool:
        """Tell whether *peer* differs on *data* as it does here."""
        mine = (self.peer, self.kind) == (peer, kind)
        return mine and constructs(self.data) <= constructs(data)


def constructs(turtle: str) -> Counter[str]:
    """Count the names of the vocabularies in *turtle*.

    >>> constructs(":p rdfs:range [] , xsd:date .")
    Counter({'rdfs:range': 1, 'xsd:date': 1})
    """
    return Counter(re.findall(r"\b(?:owl|rdfs?|xsd):\w+", turtle))


def _cardinalities() -> Iterator[tuple[Kind, str, str]]:
    """Yield graphs in which a cardinality is an xsd:integer, as Turtle writes it."""
    members = " :a a :C ; :p :b , :c . :b a :D . :c a :D ."
    for form in ("owl:maxCardinality {}", "owl:maxQualifiedCardinality {} ; owl:onClass :D"):
        axiom = ":C rdfs:subClassOf [ owl:onProperty :p ; " + form + " ] ."
        yield "misses", axiom.format(1) + members, ":b owl:sameAs :c ."
        yield "overlooks", axiom.format(0) + members, ""


def _same_as_a_number() -> Iterator[tuple[str, str]]:
    """Yield graphs in which a thing is said to be the number of a cardinality."""
    cardinality = " :C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] ."
    yield "owlrl", ":a owl:sameAs 1 ." + cardinality
    value = ":C owl:equivalentClass [ owl:onProperty :p ; owl:hasValue 1 ] . :a a :C"
    yield "owlrl", f"{value} ; :p :a .{cardinality}"
    yield "owlrl-turbo", f":p rdfs:subPropertyOf owl:sameAs . {value} .{cardinality}"


_ONE_OF_TWO = "of two constructs of one kind on one subject only one counts"
_CARDINALITY = "a cardinality must be written as xsd:nonNegativeInteger"
_NO_RULE = "there is no such rule"
_INVERSE = "beyond the tables, the range of a property is the domain of its inverse"
_ONE_WAY = "beyond the tables, a difference is symmetrical; it is so by its meaning"

KNOWN = (
    Difference(
        "owlrl",
        "adds",
        "prp-key does not compare the last property",
        ":C owl:hasKey ( :k ) . :a a :C ; :k 1 . :b a :C ; :k 2 .",
        ":a owl:sameAs :b .",
    ),
    *(
        Difference(peer, "overlooks", why, data)
        for peer in ("owlrl", "owlrl-turbo")
        for why, data in (
            (
                "eq-diff2 does not find the list",
                "[] a owl:AllDifferent ; owl:members ( :a :a ) .",
            ),
            (
                "eq-diff3 does not find the list",
                "[] a owl:AllDifferent ; owl:distinctMembers ( :a :b ) . :a owl:sameAs :b .",
            ),
            (
                "prp-adp does not find the list",
                "[] a owl:AllDisjointProperties ; owl:members ( :p :q ) . :a :p :b ; :q :b .",
            ),
            ("a literal outside a range goes unseen", ":p rdfs:range xsd:integer . :a :p 'x' ."),
            ("a literal outside a range goes unseen", ":p rdfs:range xsd:string . :a :p 1 ."),
            (
                "two literals where one is allowed go unseen",
                ":p a owl:FunctionalProperty . :a :p 1 , 2 .",
            ),
        )
    ),
    *(
        Difference(peer, "fails", "a cardinality is a number and nothing else", data)
        for peer, data in _same_as_a_number()
    ),
    Difference(
        "owlrl-turbo",
        "fails",
        "no inverse of a property in a chain",
        ":p owl:propertyChainAxiom ( :q [ owl:inverseOf :r ] ) .",
    ),
    Difference(
        "owlrl-turbo",
        "fails",
        "no second name of a property in a key",
        ":C owl:hasKey ( :p ) . :p owl:sameAs :q .",
    ),
    Difference(
        "owlrl-turbo",
        "fails",
        "no second name of a property with a chain",
        ":p owl:propertyChainAxiom ( :p :q ) . :p owl:sameAs :r .",
    ),
    Difference(
        "reasonable",
        "adds",
        "prp-ifp does not compare the objects",
        ":p a owl:InverseFunctionalProperty . :a :p :c . :b :p :d .",
        ":a owl:sameAs :b .",
    ),
    *(
        Difference("reasonable", "misses", _NO_RULE, data, said)
        for data, said in (
            (":p owl:propertyChainAxiom ( :q :r ) . :a :q :b . :b :r :c .", ":a :p :c ."),
            (
                ":C owl:hasKey ( :k ) . :a a :C ; :k 1 . :b a :C ; :k 1 .",
                ":a owl:sameAs :b .",
            ),
            (":C owl:oneOf ( :a ) .", ":a a :C ."),
            (
                ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxCardinality 1 ] ."
                " :a a :C ; :p :b , :c .",
                ":b owl:sameAs :c .",
            ),
            (
                ":C rdfs:subClassOf [ owl:onProperty :p ; owl:maxQualifiedCardinality 1 ;"
                " owl:onClass :D ] . :a a :C ; :p :b , :c . :b a :D . :c a :D .",
                ":b owl:sameAs :c .",
            ),
            (":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .", ":C owl:equivalentClass :D ."),
            (
                ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
                ":p rdfs:subPropertyOf :r .",
            ),
            (":C owl:equivalentClass :D .", ":D owl:equivalentClass :C ."),
            (":C rdfs:subClassOf :D . :C owl:sameAs :D .", ":C owl:equivalentClass :D ."),
            (":p rdfs:subPropertyOf :q . :p owl:sameAs :q .", ":p owl:equivalentProperty :q ."),
            (
                ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
                ":p owl:equivalentProperty :q .",
            ),
            (":p owl:equivalentProperty :q .", ":p rdfs:subPropertyOf :q ."),
            (":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D ."),
            (":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D ."),
            (":q rdfs:domain :C . :p rdfs:subPropertyOf :q .", ":p rdfs:domain :C ."),
            (":q rdfs:range :C . :p rdfs:subPropertyOf :q .", ":p rdfs:range :C ."),
            (":C owl:intersectionOf ( :D ) .", ":C rdfs:subClassOf :D ."),
            (":C owl:unionOf ( :D ) .", ":D rdfs:subClassOf :C ."),
        )
    ),
    *(
        Difference("sparq-rdf", "misses", _ONE_OF_TWO, data, said)
        for data, said in (
            (
                ":p owl:propertyChainAxiom ( :q :r ) , ( :s :t ) ."
                " :a :q :b . :b :r :c . :d :s :e . :e :t :f .",
                ":a :p :c . :d :p :f .",
            ),
            (
                ":C owl:hasKey ( :k ) , ( :l ) . :a a :C ; :k 1 . :b a :C ; :k 1 ; :l 5 ."
                " :c a :C ; :l 5 .",
                ":a owl:sameAs :b . :b owl:sameAs :c .",
            ),
            (":C owl:unionOf ( :D ) , ( :E ) . :a a :D . :b a :E .", ":a a :C . :b a :C ."),
            (":C owl:intersectionOf ( :D ) , ( :E ) . :a a :C .", ":a a :D , :E ."),
            (":C owl:oneOf ( :a ) , ( :b ) .", ":a a :C . :b a :C ."),
        )
    ),
    Difference(
        "sparq-rdf",
        "overlooks",
        "dt-not-type: a literal without a value goes unseen",
        ':a :p "1990-02-30"^^xsd:date .',
    ),
    *(
        Difference("sparq-rdf", "overlooks", "a literal outside a range goes unseen", data)
        for data in (
            ":p rdfs:range xsd:integer . :a :p 'x' .",
            ":p rdfs:range xsd:string . :a :p 1 .",
        )
    ),
    Difference(
        "sparq-rdf", "overlooks", "nothing is taken to be itself", ":a owl:differentFrom :a ."
    ),
    *(
        Difference("sparq-rdf", "adds", _INVERSE, data, said, ":a owl:sameAs :b .")
        for data, said in (
            (":p rdfs:range :C ; owl:inverseOf :q .", ":q rdfs:domain :C ."),
            (":p rdfs:domain :C ; owl:inverseOf :q .", ":q rdfs:range :C ."),
        )
    ),
    *(
        Difference(peer, "adds", _ONE_WAY, ":a owl:differentFrom :b .", ":b owl:differentFrom :a .")
        for peer in ("sparq-rdf", "purrdf")
    ),
    *(
        Difference("purrdf", "overlooks", "a literal outside a range goes unseen", data)
        for data in (
            ":p rdfs:range xsd:integer . :a :p 'x' .",
            ":p rdfs:range xsd:string . :a :p 1 .",
        )
    ),
    *(
        Difference("purrdf", kind, _CARDINALITY, data, said)
        for kind, data, said in _cardinalities()
    ),
)
