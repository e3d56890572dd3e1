"""The part of a closure that is published: RDF 1.1 without trivial statements."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from partyline.rdf.terms import Term
from partyline.reasoning.model.rules import Fact, Pattern
from partyline.reasoning.model.triple_index import Facts
from partyline.vocabulary import OWL, RDF, RDFS, XSD

_P, _O = Variable("p"), Variable("o")
#: Predicates of which ``x p x`` says nothing.
REFLEXIVE = frozenset(
    {
        OWL.sameAs,
        OWL.equivalentClass,
        OWL.equivalentProperty,
        RDFS.subClassOf,
        RDFS.subPropertyOf,
    }
)
#: Triples that hold of everything carry no information.
EVERYTHING = frozenset({OWL.Thing, RDFS.Resource})
#: Predicates that hold between anything and one of these.
TRUE_OF_ALL = frozenset({RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range})
#: What only a class expression, a property expression or an axiom has.
EXPRESSION = frozenset(
    OWL[name]
    for name in (
        *("onProperty", "intersectionOf", "unionOf", "oneOf", "complementOf", "inverseOf"),
        *("onDatatype", "datatypeComplementOf", "members", "distinctMembers"),
        *("sourceIndividual", "annotatedSource"),
    )
)
#: Vocabularies whose terms are not described further.
VOCABULARIES = tuple(vocabulary.iri for vocabulary in (OWL, RDF, RDFS, XSD))
#: Where these name a blank node, they speak of a class expression, not of an individual.
ABOUT_CLASSES = frozenset(
    {RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.equivalentClass, OWL.disjointWith}
)


class FactSet(Protocol):
    """Facts that may be asked for by pattern, and whether they are there."""

    def __contains__(self, fact: object, /) -> bool:
        """Tell whether *fact* is one of them."""
        ...

    def match(self, pattern: Pattern, /) -> Sequence[Fact]:
        """Return the facts that agree with the positions of *pattern* that are not variables."""
        ...


def published(
    new: Iterable[Fact],
    everything: Callable[[], FactSet],
    asserted: Facts,
    variant_predicates: Mapping[Literal, Set[Literal]],
) -> Iterator[Triple]:
    """Yield those of the facts *new*, none of them asserted, that are worth a triple.

    *everything* gives all facts. *variant_predicates* has the literals that rules of dt-eq
    conclude, with those that they are read from: of the lexical forms of one value, one is enough.
    """
    expressions = {row[0] for row in asserted if describes_expression(row)}
    compared = everything() if variant_predicates else asserted
    projection = Projection(compared, asserted, expressions, variant_predicates)
    for row in new:
        triple = projection.triple(row)
        if triple is not None:
            yield triple


def describes_expression(row: Fact) -> bool:
    """Tell whether *row*, an asserted fact, makes its subject an expression of classes or a list.

    Nothing that is concluded about such a node is published.
    """
    return isinstance(row[0], BlankNode) and (row[1] in EXPRESSION or row[1] == RDF.first)


@dataclass(frozen=True, slots=True)
class Projection:
    """Decides which facts are published."""

    everything: FactSet
    asserted: FactSet
    #: The nodes of expressions, see `describes_expression`.
    expressions: Container[Term]
    #: As for `published`.
    variants: Mapping[Literal, Set[Literal]]

    def triple(self, row: Fact) -> Triple | None:
        """Return *row*, which is not asserted, as a triple, or None where it is not worth one."""
        subject, predicate, object_ = row
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
            return None
        if subject in self.expressions:
            return None
        if object_ in self.expressions and predicate in ABOUT_CLASSES:
            return None
        if not self._is_chosen_form(row) or _says_nothing(subject, predicate, object_):
            return None
        return Triple(subject, predicate, object_)

    def _is_chosen_form(self, row: Fact) -> bool:
        return is_chosen_form(row, self.everything, self.asserted, self.variants)


def is_chosen_form(
    fact: Fact,
    everything: FactSet,
    asserted: FactSet,
    variants: Mapping[Literal, Set[Literal]],
) -> bool:
    """Tell whether the literal of *fact* is the lexical form to publish its value in.

    It is not where an asserted triple, or one that no rule of dt-eq can conclude, has another
    form. Where there are only such that these rules may have made of each other, it is the one
    that the subject has in an asserted triple, or else the least.
    """
    subject, predicate, object_ = fact
    if object_ not in variants:
        return True
    forms = lexical_forms(object_, variants)
    there = [form for form in forms if (subject, predicate, form) in everything]
    if any((subject, predicate, form) in asserted or form not in variants for form in there):
        return False
    said = {row[2] for row in asserted.match((subject, _P, _O))}
    return object_ == min(there, key=lambda form: (form not in said, str(form)))


def lexical_forms(literal: Term, variants: Mapping[Literal, Set[Literal]]) -> set[Literal]:
    """Return the literals that rules of dt-eq connect with *literal*, itself included."""
    found: set[Literal] = set()
    pending = [literal]
    while pending:
        form = pending.pop()
        if isinstance(form, Literal) and form not in found:
            found.add(form)
            pending += variants.get(form, ())
            pending += (read for read, written in variants.items() if form in written)
    return found


def _says_nothing(subject: object, predicate: NamedNode, object_: object) -> bool:
    if subject == object_ and predicate in REFLEXIVE:
        return True
    if object_ in EVERYTHING and predicate in TRUE_OF_ALL:
        return True
    # Axiomatic triples about the vocabularies themselves.
    return isinstance(subject, NamedNode) and subject.value.startswith(VOCABULARIES)
