"""Whether one graph entails another, as far as the rules of OWL 2 RL can tell."""

from collections.abc import Iterable

from pyoxigraph import BlankNode, Triple, Variable

from partyline.reasoning.compile.compiler import fact
from partyline.reasoning.evaluate.closure import Closure
from partyline.reasoning.evaluate.engines import materialise
from partyline.reasoning.model.rules import Fact, Pattern, Slot
from partyline.vocabulary import OWL, RDF, RDFS

#: Types that say more than what kind of name a name is.
_CHARACTERISTICS = frozenset(
    {
        OWL[f"{name}Property"]
        for name in (
            *("Functional", "InverseFunctional", "Transitive", "Symmetric"),
            *("Asymmetric", "Irreflexive", "Reflexive"),
        )
    }
    | {OWL.Nothing}
)
_REFLEXIVE = (OWL.sameAs, RDFS.subClassOf, RDFS.subPropertyOf, OWL.equivalentClass)


def entails(premises: Iterable[Triple], conclusion: Iterable[Triple]) -> bool:
    """Tell whether *conclusion* is found to follow from *premises*; False may be ignorance.

    Blank nodes of the conclusion may be any node; declarations and what holds of everything are
    taken as given. No rule concludes ``owl:differentFrom`` but of values: it follows where
    ``owl:sameAs`` would contradict the premises. From a contradiction everything follows.
    """
    asserted = frozenset(premises)
    closure = materialise(asserted)
    if closure.inconsistencies:
        return True
    wanted = [row for row in map(fact, conclusion) if not _given(row)]
    refuted = [row for row in wanted if row[1] == OWL.differentFrom and row not in closure.facts]
    stated = [_pattern(row) for row in wanted if row not in refuted]
    found = any(True for _ in closure.facts.solutions(stated))
    return found and all(_differ(closure, row) for row in refuted)


def _differ(closure: Closure, row: Fact) -> bool:
    subject, _, object_ = row
    same = Triple(subject, OWL.sameAs, object_)  # type: ignore[arg-type]  # from a triple
    return bool(materialise(closure.asserted | {same}).inconsistencies)


def _given(row: Fact) -> bool:
    """Tell whether *row* declares something, or says what holds of everything."""
    subject, predicate, object_ = row
    declared = predicate == RDF.type and any(object_ in name for name in (OWL, RDFS, RDF))
    meant = object_ in _CHARACTERISTICS
    return (declared and not meant) or (subject == object_ and predicate in _REFLEXIVE)


def _pattern(row: Fact) -> Pattern:
    subject, predicate, object_ = map(_slot, row)
    return subject, predicate, object_


def _slot(node: Slot) -> Slot:
    return Variable(f"b{node.value}") if isinstance(node, BlankNode) else node
