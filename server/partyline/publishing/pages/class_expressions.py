"""Class and property expressions of OWL in readable words, with links where terms stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.publishing.pages.verbalisation import verbalise
from partyline.publishing.pages.view_models import Link, Presenter
from partyline.publishing.statements import Statements, Term
from partyline.vocabulary import OWL, RDF

#: A phrase is a sequence of words and links.
Part = str | Link
Phrase = tuple[Part, ...]

_DEEPEST = 8
_CARDINALITIES = {
    OWL.minCardinality: "at least",
    OWL.maxCardinality: "at most",
    OWL.cardinality: "exactly",
    OWL.minQualifiedCardinality: "at least",
    OWL.maxQualifiedCardinality: "at most",
    OWL.qualifiedCardinality: "exactly",
}
_QUANTIFIERS = {
    OWL.someValuesFrom: "some",
    OWL.allValuesFrom: "only",
    OWL.hasValue: "the value",
    OWL.hasSelf: "itself:",
}


def members(statements: Statements, head: Term | None) -> list[Term]:
    """Return the members of the RDF list that begins at *head*."""
    found: list[Term] = []
    seen: set[Term] = set()
    while isinstance(head, BlankNode) and head not in seen:
        seen.add(head)
        first = statements.object_(head, RDF.first)
        found += [first] if first is not None else []
        head = statements.object_(head, RDF.rest)
    return found


@dataclass(frozen=True, slots=True)
class Expressions:
    """Writes expressions as phrases."""

    presenter: Presenter

    def phrase(self, term: Term, depth: int = 0) -> Phrase:
        """Return *term* as a phrase."""
        if isinstance(term, NamedNode):
            return (self.presenter.link(term),)
        if isinstance(term, Literal):
            return (f"“{verbalise(term)}”",)
        if isinstance(term, BlankNode) and depth < _DEEPEST:
            return next(filter(None, self._readings(term, depth)), ("an unnamed node",))
        return ("…",)

    def chain(self, head: Term) -> Phrase:
        """Return a property chain: the steps in the order in which they are taken."""
        return self._join(members(self.presenter.statements, head), " then ", 1)

    def listed(self, head: Term | None) -> Phrase:
        """Return the members of a list, parted by commas."""
        return self._join(members(self.presenter.statements, head), ", ", 1)

    def _readings(self, node: BlankNode, depth: int) -> Iterator[Phrase]:
        """Yield the phrase of each kind of expression; empty where *node* is not of that kind."""
        readings: tuple[Callable[[BlankNode, int], Phrase], ...] = (
            self._restriction,
            self._boolean,
            self._complement,
            self._inverse,
        )
        return (reading(node, depth + 1) for reading in readings)

    def _restriction(self, node: BlankNode, depth: int) -> Phrase:
        statements = self.presenter.statements
        property_ = statements.object_(node, OWL.onProperty)
        if property_ is None:
            return ()
        subject = self.phrase(property_, depth)
        for predicate, word in _QUANTIFIERS.items():
            filler = statements.object_(node, predicate)
            if filler is not None:
                return (*subject, f" {word} ", *self.phrase(filler, depth))
        for predicate, word in _CARDINALITIES.items():
            number = statements.object_(node, predicate)
            if isinstance(number, Literal):
                return (*subject, f" {word} {number.value}", *self._qualification(node, depth))
        return subject

    def _qualification(self, node: BlankNode, depth: int) -> Phrase:
        statements = self.presenter.statements
        filler = statements.object_(node, OWL.onClass) or statements.object_(node, OWL.onDataRange)
        return (" ", *self.phrase(filler, depth)) if filler is not None else ()

    def _boolean(self, node: BlankNode, depth: int) -> Phrase:
        statements = self.presenter.statements
        for predicate, word in (
            (OWL.unionOf, " or "),
            (OWL.intersectionOf, " and "),
            (OWL.oneOf, ", "),
        ):
            head = statements.object_(node, predicate)
            if head is not None:
                joined = self._join(members(statements, head), word, depth)
                return ("one of ", *joined) if predicate == OWL.oneOf else ("(", *joined, ")")
        return ()

    def _complement(self, node: BlankNode, depth: int) -> Phrase:
        other = self.presenter.statements.object_(node, OWL.complementOf)
        return ("not ", *self.phrase(other, depth)) if other is not None else ()

    def _inverse(self, node: BlankNode, depth: int) -> Phrase:
        other = self.presenter.statements.object_(node, OWL.inverseOf)
        return ("inverse of ", *self.phrase(other, depth)) if other is not None else ()

    def _join(self, terms: list[Term], word: str, depth: int) -> Phrase:
        parts: list[Part] = []
        for number, term in enumerate(terms):
            parts += [word] if number else []
            parts += self.phrase(term, depth)
        return tuple(parts)
