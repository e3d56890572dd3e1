"""Compile an ontology into rules whose predicates and classes are constants."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Triple, Variable

from partyline.reasoning.compile.lexical_variants import with_lexical_variants
from partyline.reasoning.compile.list_rules import list_rules
from partyline.reasoning.compile.owl2rl_rules import COMPILED, EQUALITY
from partyline.reasoning.compile.redundancy import Hierarchy
from partyline.reasoning.literals import datatypes
from partyline.reasoning.model.rules import Constraint, Differ, Fact, NotIn, Pattern, Rule, RuleSet
from partyline.reasoning.model.triple_index import Facts, Graph
from partyline.vocabulary import OWL, RDF, XSD

_Row = TypeVar("_Row", Rule, Constraint)

_X = Variable("x")
_CARDINALITIES = (OWL.maxCardinality, OWL.maxQualifiedCardinality)


def compile_rules(triples: Iterable[Triple]) -> RuleSet:
    """Return the rules that OWL 2 RL makes of the axioms in *triples*.

    Every construct counts, however often it repeats on one subject. Rules that could never apply
    are left out: those of equality where no rule and no triple says ``owl:sameAs``.
    """
    facts = Facts(fact(triple) for triple in triples)
    rules = compile_facts(facts, facts, equality=states_equality(facts))
    return with_lexical_variants(rules, facts.asserted_literals)


def compile_facts(facts: Facts, asserted: Facts, *, equality: bool) -> RuleSet:
    """Compile the axioms in *facts*; those not in *asserted* follow from the others.

    *equality* tells whether anything is stated to be the same as something else.

    A derived axiom that the others already have the effect of (`Hierarchy.implies`) makes no rule
    of its own: proofs stay with the axioms that somebody wrote.
    """
    written = {_canonical(axiom): axiom for axiom in facts}
    ontology = Facts(written)
    hierarchy = Hierarchy(asserted)
    compiled, malformed = list_rules(ontology, asserted)
    for template in COMPILED:
        for row in template.instances(ontology):
            # The axioms as they stand in the file, so that a proof finds them there.
            compiled.append(replace(row, axioms=tuple(written[axiom] for axiom in row.axioms)))
    rules = [row for row in compiled if isinstance(row, Rule)]
    constraints = [row for row in compiled if isinstance(row, Constraint)]
    rules = [rule for rule in rules if not _tautology(rule) and not hierarchy.implies(rule.axioms)]
    # Where a property is said to be the same as a literal, no triple can say anything by it.
    rules = [rule for rule in rules if _is_about_triples((rule.head, *rule.body))]
    constraints = [row for row in constraints if _is_about_triples(row.body)]
    rules += _everything_is_a_thing(ontology, rules, constraints)
    # A property may be made a sub-property of owl:sameAs, or a rule may conclude any predicate.
    if equality or any(rule.head[1] == OWL.sameAs for rule in rules):
        for template in EQUALITY:
            for row in template.instances(ontology):
                (rules if isinstance(row, Rule) else constraints).append(row)  # type: ignore[arg-type]  # one of each
    constraints += _literal_constraints(rules)
    return RuleSet(_sorted(rules), _sorted(constraints), tuple(malformed))


def states_equality(graph: Graph) -> bool:
    """Tell whether *graph* says of anything that it is the same as something."""
    return bool(graph.match((_X, OWL.sameAs, Variable("y"))))


def fact(triple: Triple) -> Fact:
    """Return *triple* as a fact. Raises ValueError for a quoted triple: OWL knows none."""
    subject, predicate, object_ = triple.subject, triple.predicate, triple.object
    if isinstance(subject, Triple) or isinstance(object_, Triple):
        raise ValueError(f"{triple}: OWL 2 has no quoted triples")
    return subject, predicate, object_


def _canonical(axiom: Fact) -> Fact:
    """Write a cardinality as the tables do: Turtle's ``1`` is an xsd:integer."""
    subject, predicate, object_ = axiom
    if predicate in _CARDINALITIES and isinstance(object_, Literal) and object_.value.isdecimal():
        number = Literal(str(int(object_.value)), datatype=XSD.nonNegativeInteger)
        return subject, predicate, number
    return axiom


def _is_about_triples(patterns: Iterable[Pattern]) -> bool:
    return not any(isinstance(slot, Literal) for pattern in patterns for slot in pattern[:2])


def _tautology(rule: Rule) -> bool:
    return rule.head in rule.body or (not rule.body and rule.head[0] == rule.head[2])


def _everything_is_a_thing(
    ontology: Facts, rules: list[Rule], constraints: list[Constraint]
) -> Iterator[Rule]:
    """Yield ``x a C => x a owl:Thing`` (scm-cls, cax-sco) where an axiom is about all things."""
    thing = (_X, RDF.type, OWL.Thing)
    bodies = [rule.body for rule in rules] + [row.body for row in constraints]
    if not any(pattern[1:] == thing[1:] for body in bodies for pattern in body):
        return
    for axiom in ontology.match((_X, RDF.type, OWL.Class)):
        if axiom[0] != OWL.Thing:
            yield Rule("scm-cls", thing, ((_X, RDF.type, axiom[0]),), (axiom,))


def _literal_constraints(rules: list[Rule]) -> Iterator[Constraint]:
    """Yield what a rule forbids where its conclusion would be about a literal.

    ``"x" a xsd:date`` is no triple, and false where the literal is no date (dt-not-type);
    ``"1" owl:sameAs "2"`` is no triple, and false (dt-diff with eq-diff1).
    """
    for rule in rules:
        subject, predicate, object_ = rule.head
        if not isinstance(subject, Variable):
            continue
        if predicate == RDF.type and isinstance(object_, NamedNode) and datatypes.known(object_):
            yield Constraint("dt-not-type", rule.body, rule.axioms, NotIn(subject, object_))
        elif predicate == OWL.sameAs and isinstance(object_, Variable) and rule.axioms:
            yield Constraint("dt-diff", rule.body, rule.axioms, Differ(subject, object_))


def _sorted(rows: list[_Row]) -> tuple[_Row, ...]:
    # By name and text, each once: two runs print, evaluate and prove the same.
    return tuple(sorted(dict.fromkeys(rows), key=str))
