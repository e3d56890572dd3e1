"""The rules that are applied: all of OWL 2 RL, those of RDFS, or none; and what is left out."""

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pyoxigraph import NamedNode, Triple, Variable

from partyline.dataset import TripleSet
from partyline.reasoning.compile.compiler import fact
from partyline.reasoning.evaluate.axioms import is_axiom
from partyline.reasoning.evaluate.closure import Closure
from partyline.reasoning.evaluate.engines import materialise
from partyline.reasoning.model.rule_set import RuleSet
from partyline.reasoning.model.rules import Fact, Pattern
from partyline.reasoning.model.triple_index import Facts, Graph
from partyline.vocabulary import OWL, RDF, RDFS

OWL_RL, RDFS_RULES, NO_RULES = "owl-rl", "rdfs", "none"
#: The rules of RDFS (RDF 1.1 Semantics, section 9.2.1) by the names that OWL 2 RL gives them:
#: rdfs2, rdfs3, rdfs5, rdfs7, rdfs9 and rdfs11.
_RDFS_NAMES = {"prp-dom", "prp-rng", "scm-spo", "prp-spo1", "cax-sco", "scm-sco"}
#: The predicates of the axioms that they read.
_RDFS_AXIOMS = {RDFS.domain, RDFS.range, RDFS.subPropertyOf, RDFS.subClassOf}
#: What only rules of OWL 2 RL conclude from those axioms (scm-dom1, scm-rng1, scm-eqc2, scm-eqp2).
_NOT_RDFS = {RDFS.domain, RDFS.range, OWL.equivalentClass, OWL.equivalentProperty}
_SUBJECT, _OBJECT = Variable("s"), Variable("o")


def materialise_by(
    asserted: Iterable[Triple], engine: str = "auto", rule_set: str = OWL_RL
) -> Closure:
    """Return the closure of *asserted* under a rule set: ``owl-rl``, ``rdfs`` or ``none``.

    The last two find no contradictions: none of their rules concludes one. Raises what
    `materialise` raises.
    """
    if rule_set == OWL_RL:
        return materialise(asserted, engine)
    given = TripleSet.of(asserted)
    if rule_set == NO_RULES:
        return Closure(given, frozenset(), RuleSet(), (), lambda: Facts(map(fact, given)))
    closure = materialise((row for row in given if is_read_by(row, rule_set)), engine)
    inferred = frozenset(row for row in closure.inferred if row.predicate not in _NOT_RDFS)
    rules = RuleSet(tuple(row for row in closure.rules.rules if row.name in _RDFS_NAMES))

    def load_facts() -> Facts:
        return Facts({*closure.facts, *map(fact, given)})

    return Closure(given, inferred - given, rules, (), load_facts)


def is_read_by(row: Fact | Triple, rule_set: str) -> bool:
    """Tell whether the rules of *rule_set* read *row*; what they do not read stays as it is."""
    if rule_set == NO_RULES:
        return False
    _, predicate, _ = row
    is_ignored = predicate == OWL.sameAs or (is_axiom(row) and predicate not in _RDFS_AXIOMS)
    return rule_set == OWL_RL or not is_ignored


def only_by_transitivity(closure: Closure, engine: str = "auto") -> Set[Triple]:
    """Return what *closure* infers and would not without ``owl:TransitiveProperty``."""
    types = TripleSet.of(closure.asserted).of_predicates((RDF.type,))
    axioms = types.of_objects((OWL.TransitiveProperty,))
    if not axioms:
        return frozenset()
    return closure.inferred - materialise(closure.asserted - axioms, engine).inferred


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of what follows is published."""

    #: IRIs or patterns with ``*`` of the predicates; empty: all.
    predicates: tuple[str, ...] = ()
    #: Properties that everything has to itself, or to itself because it has them to something.
    loops: frozenset[NamedNode] = frozenset()

    @classmethod
    def of(cls, axioms: Graph, predicates: Collection[str] = ()) -> "Selection":
        """Return the selection for *axioms*, those that follow included."""
        return cls(tuple(predicates), frozenset(_loops(axioms)))

    def published(self, inferred: TripleSet) -> TripleSet:
        """Return those of the *inferred* triples that are published."""
        if loops := inferred.loops():  # most data have none
            inferred -= loops.of_predicates(self.loops)
        if not self.predicates:
            return inferred
        return inferred.of_predicates(filter(self._is_named, inferred.predicates()))

    def publishes(self, row: Fact | Pattern | Triple) -> bool:
        """Tell whether *row* is published where it is inferred."""
        subject, predicate, object_ = row
        if subject == object_ and predicate in self.loops:
            return False
        return not self.predicates or self._is_named(predicate)

    def _is_named(self, predicate: object) -> bool:
        """Tell whether *predicate* is one of the settings; a variable may be."""
        if not isinstance(predicate, NamedNode):
            return True
        return any(_fits(predicate.value, pattern) for pattern in self.predicates)


def _fits(iri: str, pattern: str) -> bool:
    return fnmatchcase(iri, pattern) if "*" in pattern else iri == pattern


def _loops(axioms: Graph) -> Iterable[NamedNode]:
    """Yield what is reflexive, or symmetric and transitive, and the super-properties of these.

    A mapping of a concept to another one makes it map to itself, which is trivial.
    """

    def are(kind: NamedNode) -> set[object]:
        return {row[0] for row in axioms.match((_SUBJECT, RDF.type, kind))}

    pending = list(
        are(OWL.ReflexiveProperty) | (are(OWL.SymmetricProperty) & are(OWL.TransitiveProperty))
    )
    above: dict[object, list[object]] = {}
    for lower, _, upper in axioms.match((_SUBJECT, RDFS.subPropertyOf, _OBJECT)):
        above.setdefault(lower, []).append(upper)
    for one, _, other in axioms.match((_SUBJECT, OWL.equivalentProperty, _OBJECT)):
        above.setdefault(one, []).append(other)
        above.setdefault(other, []).append(one)
    seen = set(pending)
    while pending:
        node = pending.pop()
        if isinstance(node, NamedNode):
            yield node
        new = set(above.get(node, ())) - seen
        seen |= new
        pending += new
