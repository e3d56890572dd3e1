"""The part of a graph that is about classes and properties: all that the compiler reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode, Triple, Variable

from partyline.dataset import TripleSet
from partyline.rdf.terms import Term
from partyline.reasoning.compile.compiler import compile_facts, fact
from partyline.reasoning.compile.list_rules import LIST_CLASSES, LIST_PREDICATES, list_rules
from partyline.reasoning.compile.owl2rl_rules import COMPILED, SCHEMA
from partyline.reasoning.evaluate.pairs.numbered_facts import NumberedFacts
from partyline.reasoning.evaluate.pairs.schema import SchemaArrays
from partyline.reasoning.model.exclusions import Exclusion
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Fact, Pattern, Rule, ground
from partyline.reasoning.model.triple_index import Facts, Graph
from partyline.vocabulary import OWL, RDF

SCHEMA_RULES = tuple(
    row for template in SCHEMA for row in template.instances(Facts(())) if isinstance(row, Rule)
)

_X, _Y = Variable("x"), Variable("y")


def _schema() -> Iterator[Pattern]:
    for template in (*COMPILED, *SCHEMA):
        yield from template.schema
    for rule in SCHEMA_RULES:
        yield from (*rule.body, rule.head)


#: Predicates of axioms and of class expressions; those of RDF lists are `LISTS`.
AXIOM_PREDICATES = frozenset(
    {row[1] for row in _schema() if isinstance(row[1], NamedNode)} - {RDF.type}
) | frozenset(LIST_PREDICATES)
#: Classes whose instances are classes, properties or axioms.
AXIOM_CLASSES = frozenset(
    {row[2] for row in _schema() if row[1] == RDF.type and isinstance(row[2], NamedNode)}
    | LIST_CLASSES
    | {OWL.Class}
)
#: Predicates of RDF lists, which are read from the axioms that name them.
LISTS = (RDF.first, RDF.rest)


def is_axiom(row: Fact | Triple) -> bool:
    """Tell whether *row* belongs to an axiom or a class expression; cells of lists do not."""
    _, predicate, object_ = row
    return predicate in AXIOM_PREDICATES or (predicate == RDF.type and object_ in AXIOM_CLASSES)


def axioms(graph: Graph) -> Facts:
    """Return the axioms of *graph*, with the cells of the lists that they name."""
    if isinstance(graph, Facts):
        found = list(filter(is_axiom, graph))
        graph = Facts(row for row in graph if row[1] in LISTS)
    else:
        patterns: list[Pattern] = [
            (_X, predicate, _Y) for predicate in sorted(AXIOM_PREDICATES, key=str)
        ]
        patterns += [(_X, RDF.type, class_) for class_ in sorted(AXIOM_CLASSES, key=str)]
        found = [fact for pattern in patterns for fact in graph.match(pattern)]
    heads = [row[2] for row in found if row[1] in LIST_PREDICATES]
    return Facts((*found, *list_cells(graph, heads)))


def axioms_among(triples: TripleSet) -> Facts:
    """Return what `axioms` does, without a fact for each of *triples*."""
    types = triples.of_predicates((RDF.type,)).of_objects(AXIOM_CLASSES)
    chosen = triples.of_predicates((*AXIOM_PREDICATES, *LISTS)) | types
    return axioms(Facts(map(fact, chosen)))


def list_cells(graph: Graph, heads: Iterable[Term]) -> Iterator[Fact]:
    """Yield the facts of the cells of the lists *heads*, well-formed or not, each once."""
    first, rest = LISTS
    pending = list(dict.fromkeys(heads))
    seen = set(pending)
    while pending:
        cell = pending.pop()
        yield from graph.match((cell, first, _Y))
        for row in graph.match((cell, rest, _Y)):
            yield row
            if row[2] not in seen:
                seen.add(row[2])
                pending.append(row[2])


@dataclass(frozen=True)
class CompiledAxioms:
    """The axioms of a graph, what follows from them alone, and the rules of all of these."""

    #: The asserted axioms.
    asserted: Facts
    #: All others.
    derived: NumberedFacts
    rules: RuleSet

    @property
    def ontology(self) -> Facts:
        """Return all axioms."""
        return self._ontology

    @cached_property
    def _ontology(self) -> Facts:
        return Facts((*self.asserted, *self.derived))


def compile_axioms(asserted: Facts, *, equality: bool) -> CompiledAxioms:
    """Close the axioms of a graph and compile them; *equality* is as for `close_axioms`."""
    return close_axioms(asserted, asserted, equality=equality)


def close_axioms(stated: Facts, asserted: Facts, *, equality: bool) -> CompiledAxioms:
    """Close *stated* under the rules of axioms, and compile them.

    Args:
        stated: the axioms of a graph.
        asserted: the asserted ones among them.
        equality: whether anything is stated to be the same as something else.

    Raises:
        ClosureTooLarge: a hierarchy has too many pairs.

    """
    schema = SchemaArrays(SCHEMA_RULES, stated, asserted)
    schema.add(_statements(list_rules(stated, asserted)[0]))
    while True:
        schema.close()
        rules = compile_facts(schema.effective(), asserted, equality=equality)
        if not schema.add(_statements(rules.rules)):
            return CompiledAxioms(asserted, schema.derived(), rules)


def _statements(rules: Iterable[Rule | Exclusion]) -> Iterator[Fact]:
    """Yield the axioms that rules without premises state: scm-int, scm-uni and scm-hv."""
    for rule in rules:
        if isinstance(rule, Rule) and not rule.body and rule.head[1] in AXIOM_PREDICATES:
            subject, predicate, object_ = ground(rule.head, {})
            if subject != object_:
                yield subject, predicate, object_
