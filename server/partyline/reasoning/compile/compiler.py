"""Compile an ontology into rules whose predicates and classes are constants."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import permutations
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Triple, Variable

from partyline.reasoning.compile.lexical_variants import with_lexical_variants
from partyline.reasoning.compile.list_rules import list_rules
from partyline.reasoning.compile.owl2rl_rules import COMPILED, EQUALITY
from partyline.reasoning.compile.redundancy import Hierarchy
from partyline.reasoning.literals import datatypes
from partyline.reasoning.literals.value_space import value
from partyline.reasoning.model.exclusions import Exclusion
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Constraint, Differ, Fact, NotIn, Pattern, Rule
from partyline.reasoning.model.triple_index import Facts, Graph
from partyline.vocabulary import OWL, RDF, RDFS, XSD

_Row = TypeVar("_Row", Rule, Constraint, Exclusion)

_X, _Y = Variable("x"), Variable("y")
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
    of its own: proofs use the asserted axioms.
    """
    hierarchy = Hierarchy(asserted)
    written = {_canonical(axiom): axiom for axiom in facts if not hierarchy.implies(axiom)}
    ontology = Facts(written)
    listed, malformed = list_rules(ontology, asserted)
    exclusions = [row for row in listed if isinstance(row, Exclusion)]
    compiled: list[Rule | Constraint] = [row for row in listed if isinstance(row, Rule)]
    for template in COMPILED:
        for row in template.instances(ontology):
            # The axioms as they stand in the file, so that a proof finds them there.
            compiled.append(replace(row, axioms=tuple(written[axiom] for axiom in row.axioms)))
    rules = [row for row in compiled if isinstance(row, Rule)]
    constraints = [row for row in compiled if isinstance(row, Constraint)]
    rules = [rule for rule in rules if not _tautology(rule)]
    # Where a property is said to be the same as a literal, no triple can say anything by it.
    rules = [rule for rule in rules if _is_about_triples((rule.head, *rule.body))]
    constraints = [row for row in constraints if _is_about_triples(row.body)]
    rules += _everything_is_a_thing(ontology, [*rules, *constraints, *exclusions])
    rules += _equal_values(ontology, hierarchy)
    # A property may be made a sub-property of owl:sameAs, or a rule may conclude any predicate.
    if equality or any(rule.head[1] == OWL.sameAs for rule in rules):
        for template in EQUALITY:
            for row in template.instances(ontology):
                (rules if isinstance(row, Rule) else constraints).append(row)  # type: ignore[arg-type]  # one of each
    bodies: list[Rule | Constraint | Exclusion] = [*rules, *constraints, *exclusions]
    asked = _datatypes(row.body for row in bodies)
    constraints += _literal_constraints(rules)
    return RuleSet(
        _sorted(rules), _sorted(constraints), tuple(malformed), asked, _sorted(exclusions)
    )


def states_equality(graph: Graph) -> bool:
    """Tell whether *graph* has a statement of equality."""
    return bool(graph.match((_X, OWL.sameAs, _Y)))


def fact(triple: Triple) -> Fact:
    """Return *triple* as a fact. Raises ValueError for a quoted triple: OWL knows none."""
    subject, predicate, object_ = triple.subject, triple.predicate, triple.object
    if isinstance(subject, Triple) or isinstance(object_, Triple):
        raise ValueError(f"{triple}: OWL 2 has no quoted triples")
    return subject, predicate, object_


def as_triple(row: Fact) -> Triple | None:
    """Return *row* as a triple of RDF 1.1, or None where it is generalised."""
    subject, predicate, object_ = row
    if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
        return None
    return Triple(subject, predicate, object_)


def _canonical(axiom: Fact) -> Fact:
    """Write a cardinality as the tables do: Turtle's ``1`` is an xsd:integer."""
    subject, predicate, object_ = axiom
    if predicate in _CARDINALITIES and isinstance(object_, Literal) and object_.value.isdecimal():
        number = Literal(str(int(object_.value)), datatype=XSD.nonNegativeInteger)
        return subject, predicate, number
    return axiom


def _is_about_triples(patterns: Iterable[Pattern]) -> bool:
    return not any(isinstance(pattern[1], Literal) for pattern in patterns)


def _tautology(rule: Rule) -> bool:
    return rule.head in rule.body or (not rule.body and rule.head[0] == rule.head[2])


def _everything_is_a_thing(
    ontology: Facts, rows: Iterable[Rule | Constraint | Exclusion]
) -> Iterator[Rule]:
    """Yield ``x a C => x a owl:Thing`` (scm-cls, cax-sco) where an axiom is about all things."""
    thing = (_X, RDF.type, OWL.Thing)
    if not any(pattern[1:] == thing[1:] for row in rows for pattern in row.body):
        return
    for axiom in ontology.match((_X, RDF.type, OWL.Class)):
        if axiom[0] != OWL.Thing:
            yield Rule("scm-cls", thing, ((_X, RDF.type, axiom[0]),), (axiom,))


def _datatypes(bodies: Iterable[tuple[Pattern, ...]]) -> tuple[NamedNode, ...]:
    """Return the datatypes whose members *bodies* ask for, in order."""
    classes = {row[2] for body in bodies for row in body if row[1] == RDF.type}
    found = (row for row in classes if isinstance(row, NamedNode) and datatypes.known(row))
    return tuple(sorted(found, key=str))


def _equal_values(ontology: Facts, hierarchy: Hierarchy) -> Iterator[Rule]:
    """Yield scm-hv for two lexical forms of one value, which dt-eq makes the same."""
    restrictions: dict[object, list[Fact]] = {}
    for axiom in ontology.match((_X, OWL.hasValue, _Y)):
        if isinstance(axiom[2], Literal) and (found := value(axiom[2])) is not None:
            restrictions.setdefault(found, []).append(axiom)
    for one, other in (pair for rows in restrictions.values() for pair in permutations(rows, 2)):
        if one[2] == other[2] or one[0] == other[0]:
            continue
        for narrow in ontology.match((one[0], OWL.onProperty, _Y)):
            for wide in ontology.match((other[0], OWL.onProperty, _Y)):
                below = (narrow[2], RDFS.subPropertyOf, wide[2])
                axioms = (one, narrow, other, wide)
                head = (one[0], RDFS.subClassOf, other[0])
                if narrow[2] == wide[2]:
                    yield Rule("scm-hv", head, (), axioms)
                elif below in ontology or hierarchy.has_effect_of(below):
                    yield Rule("scm-hv", head, (), (*axioms, below))


def _literal_constraints(rules: list[Rule]) -> Iterator[Constraint]:
    """Yield what a rule forbids where its conclusion would be about a literal.

    ``"x" a xsd:date`` is false where the literal is not a date (dt-not-type), and
    ``"1" owl:sameAs "2"`` is false (dt-diff with eq-diff1).
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
