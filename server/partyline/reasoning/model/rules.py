"""What a rule is: a body, a head, the name that OWL 2 RL gives it and the axioms it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode, Variable

from partyline.rdf.curies import PrefixMap
from partyline.rdf.terms import Term
from partyline.vocabulary import OWL, RDF, RDFS

Slot = Term | Variable
#: A generalised triple: its predicate may be a blank node (``[ owl:inverseOf p ]``).
Fact = tuple[Term, Term, Term]
Pattern = tuple[Slot, Slot, Slot]
Binding = Mapping[Variable, Term]

#: What the namespaces of these prefixes begin with.
_W3C = "http://www.w3.org/"
_NAMES = PrefixMap({"owl": OWL.iri, "rdf": RDF.iri, "rdfs": RDFS.iri})


@dataclass(frozen=True, slots=True)
class Rule:
    """``body => head``, compiled from *axioms*. A rule without a body states a fact.

    *name* is that of the OWL 2 Profiles, section 4.3, tables 4 to 9.
    """

    name: str
    head: Pattern
    body: tuple[Pattern, ...]
    axioms: tuple[Fact, ...] = ()

    def __str__(self) -> str:
        return f"{self.name:13}{_patterns(self.body)} => {show_pattern(self.head)}"


@dataclass(frozen=True, slots=True)
class NotIn:
    """Holds where the literal of *variable* is outside the value space of *datatype*."""

    variable: Variable
    datatype: NamedNode


@dataclass(frozen=True, slots=True)
class Differ:
    """Holds where two variables are literals of different values."""

    one: Variable
    other: Variable


@dataclass(frozen=True, slots=True)
class Constraint:
    """``body => false``: where the body holds, and the *test* of its literals, all is lost."""

    name: str
    body: tuple[Pattern, ...]
    axioms: tuple[Fact, ...] = ()
    test: NotIn | Differ | None = None

    def __str__(self) -> str:
        test = ""
        if isinstance(self.test, NotIn):
            test = f", {self.test.variable} not in {show(self.test.datatype)}"
        elif isinstance(self.test, Differ):
            test = f", {self.test.one} differs from {self.test.other}"
        return f"{self.name:13}{_patterns(self.body)}{test} => false"


def show(slot: Slot) -> str:
    """Return *slot* as in Turtle, with the prefixes ``owl:``, ``rdf:`` and ``rdfs:``.

    >>> show(OWL.sameAs)
    'owl:sameAs'
    """
    if isinstance(slot, NamedNode) and slot.value.startswith(_W3C):
        return _NAMES.prefixed_name(slot.value) or str(slot)
    return str(slot)


def show_pattern(pattern: Pattern) -> str:
    """Return the three slots of *pattern*, separated by spaces."""
    return " ".join(map(show, pattern))


def _patterns(body: tuple[Pattern, ...]) -> str:
    return ", ".join(map(show_pattern, body))


def substitute(pattern: Pattern, binding: Binding) -> Pattern:
    """Replace the variables of *pattern* that *binding* knows.

    >>> substitute((Variable("x"), RDF.type, OWL.Class), {Variable("x"): OWL.Thing})[0]
    <NamedNode value=http://www.w3.org/2002/07/owl#Thing>
    """
    subject, predicate, object_ = (
        binding.get(slot, slot) if isinstance(slot, Variable) else slot for slot in pattern
    )
    return subject, predicate, object_


def ground(pattern: Pattern, binding: Binding) -> Fact:
    """Replace every variable of *pattern*. Raises KeyError for one that *binding* lacks."""
    subject, predicate, object_ = (
        binding[slot] if isinstance(slot, Variable) else slot for slot in pattern
    )
    return subject, predicate, object_


def variables(patterns: tuple[Pattern, ...]) -> Iterator[Variable]:
    """Yield the variables of *patterns*, each as often as it stands there."""
    return (slot for pattern in patterns for slot in pattern if isinstance(slot, Variable))


def composes(rule: Rule) -> bool:
    """Tell whether *rule* composes one relation with itself: ``x p y, y p z => x p z``."""
    if len(rule.body) != 2:
        return False
    (one, predicate, middle), second = rule.body
    other = second[2]
    distinct = len({one, middle, other}) == 3
    if not distinct or not all(isinstance(slot, Variable) for slot in (one, middle, other)):
        return False
    shape = second == (middle, predicate, other) and rule.head == (one, predicate, other)
    return shape and not isinstance(predicate, Variable)
