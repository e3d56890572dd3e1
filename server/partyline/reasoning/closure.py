"""Materialise: the least set of facts that holds the given ones and all that follows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.errors import EngineError
from partyline.reasoning import datatypes
from partyline.reasoning.axioms import axioms, close_axioms
from partyline.reasoning.compiler import compile_facts, fact, states_equality
from partyline.reasoning.evaluation import REFLEXIVE, Violation, Workspace
from partyline.reasoning.facts import Facts
from partyline.reasoning.owlrl_engine import expand
from partyline.reasoning.rules import Constraint, Fact, RuleSet
from partyline.vocabulary import OWL, RDF, RDFS, XSD

#: Nothing is learned from being told that something is something.
_EVERYTHING = frozenset({OWL.Thing, RDFS.Resource})
#: Vocabularies of which nobody wants to be told more.
VOCABULARIES = tuple(vocabulary.iri for vocabulary in (OWL, RDF, RDFS, XSD))
#: Where these name a blank node, they speak of a class expression, not of an individual.
_ABOUT_CLASSES = frozenset(
    {RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.equivalentClass, OWL.disjointWith}
)


@dataclass(frozen=True)
class Closure:
    """What was asserted, what follows, and where it contradicts itself."""

    asserted: frozenset[Triple]
    #: What follows and is not asserted: RDF 1.1 without literal subjects, without conclusions
    #: about the blank nodes of class expressions and without what holds of everything.
    inferred: frozenset[Triple]
    rules: RuleSet
    contradictions: tuple[Violation, ...]
    #: All facts, with the steps between that are not published.
    facts: Facts

    @cached_property
    def asserted_facts(self) -> frozenset[Fact]:
        """Return the asserted triples as facts."""
        return frozenset(map(fact, self.asserted))


def materialise(asserted: Iterable[Triple], engine: str = "auto") -> Closure:
    """Return the closure of *asserted*, axioms and data, under the rules of OWL 2 RL.

    *engine* is ``auto`` or ``sparql`` (the rules run on pyoxigraph), or ``owlrl`` (the library,
    for comparison). Raises EngineError for any other.
    """
    given = frozenset(asserted)
    if engine not in ENGINES:
        raise EngineError(f"no engine {engine!r}; choose one of {', '.join(sorted(ENGINES))}")
    facts = Facts(map(fact, given))
    workspace, rules = ENGINES[engine](facts)
    everything = workspace.facts()
    ill_typed = _ill_typed(facts)
    contradictions = (*ill_typed, *workspace.violations(rules.constraints))
    inferred = frozenset(_published(everything, facts))
    return Closure(given, inferred, rules, contradictions, everything)


def _by_sparql(facts: Facts) -> tuple[Workspace, RuleSet]:
    workspace = Workspace(facts)
    asserted = axioms(facts)
    stated, equality = asserted, states_equality(facts)
    while True:
        ontology, rules = close_axioms(stated, asserted, equality=equality)
        workspace.add(ontology)
        workspace.apply(rules.rules)
        # Data may state axioms: what was derived may call for rules that were not there before.
        stated = axioms(workspace)
        equality = rules.equality or states_equality(workspace)
        if set(stated) <= set(ontology) and equality == rules.equality:
            return workspace, rules


def _by_owlrl(facts: Facts) -> tuple[Workspace, RuleSet]:
    workspace = Workspace(row for row in expand(facts) if not isinstance(row[0], Literal))
    found = workspace.facts()
    return workspace, compile_facts(found, facts, equality=states_equality(found))


ENGINES: dict[str, Callable[[Facts], tuple[Workspace, RuleSet]]] = {
    "auto": _by_sparql,
    "sparql": _by_sparql,
    "owlrl": _by_owlrl,
}


def _ill_typed(facts: Facts) -> Iterator[Violation]:
    """Yield the literals that stand for no value (dt-not-type)."""
    wrong = {
        literal
        for literal in {row[2] for row in facts if isinstance(row[2], Literal)}
        if datatypes.ill_typed(literal)
    }
    for row in sorted((row for row in facts if row[2] in wrong), key=str):
        yield Violation(Constraint("dt-not-type", (row,)), (), (row,))


def _published(everything: Facts, asserted: Facts) -> Iterator[Triple]:
    expressions = {
        row[0]
        for row in asserted
        if isinstance(row[0], BlankNode) and (row[1] in _EXPRESSION or row[1] == RDF.first)
    }
    for subject, predicate, object_ in everything - asserted:
        if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
            continue
        if subject in expressions or (object_ in expressions and predicate in _ABOUT_CLASSES):
            continue
        if not _says_nothing(subject, predicate, object_):
            yield Triple(subject, predicate, object_)


#: What only a class expression, a property expression or an axiom has.
_EXPRESSION = frozenset(
    OWL[name]
    for name in (
        *("onProperty", "intersectionOf", "unionOf", "oneOf", "complementOf", "inverseOf"),
        *("onDatatype", "datatypeComplementOf", "members", "distinctMembers"),
        *("sourceIndividual", "annotatedSource"),
    )
)


def _says_nothing(subject: object, predicate: NamedNode, object_: object) -> bool:
    if subject == object_ and predicate in REFLEXIVE:
        return True
    if object_ in _EVERYTHING and predicate in (RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range):
        return True
    # Axiomatic triples about the vocabularies themselves.
    return isinstance(subject, NamedNode) and subject.value.startswith(VOCABULARIES)
