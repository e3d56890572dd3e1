"""Class and property expressions of OWL in readable words, with links where terms stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.publishing.pages.verbalisation import verbalise
from partyline.publishing.pages.view_models import Link, Presenter
from partyline.publishing.statements import Standing, Term
from partyline.rdf.lists import MalformedList, list_members
from partyline.vocabulary import OWL

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


@dataclass(frozen=True, slots=True)
class Expressions:
    """Verbalises expressions as phrases."""

    presenter: Presenter

    def phrase(self, term: Term, depth: int = 0) -> Phrase:
        """Return *term* as a phrase."""
        if isinstance(term, NamedNode):
            return (self.presenter.link(term),)
        if isinstance(term, Literal):
            return (f"“{verbalise(term)}”",)
        if isinstance(term, BlankNode) and depth < _DEEPEST:
            return next(filter(None, self._readings(term, depth)), ("a blank node",))
        return ("…",)

    def chain(self, head: Term) -> Phrase:
        """Return a property chain: the steps in the order in which they are taken."""
        return self._list(head, " then ", 1)

    def listed(self, head: Term | None) -> Phrase:
        """Return the members of a list, separated by commas."""
        return self._list(head, ", ", 1) if head is not None else ()

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
                joined = self._list(head, word, depth)
                return ("one of ", *joined) if predicate == OWL.oneOf else ("(", *joined, ")")
        return ()

    def _complement(self, node: BlankNode, depth: int) -> Phrase:
        other = self.presenter.statements.object_(node, OWL.complementOf)
        return ("not ", *self.phrase(other, depth)) if other is not None else ()

    def _inverse(self, node: BlankNode, depth: int) -> Phrase:
        other = self.presenter.statements.object_(node, OWL.inverseOf)
        return ("inverse of ", *self.phrase(other, depth)) if other is not None else ()

    def _list(self, head: Term, word: str, depth: int) -> Phrase:
        """Return the members of a list with *word* between them; of a malformed one, the fault."""
        try:
            members, fault = list_members(head, self._objects), ""
        except MalformedList as error:
            members, fault = error.members, f" (malformed list: {error})"
        parts: list[Part] = []
        for number, term in enumerate(members):
            parts += [word] if number else []
            parts += self.phrase(term, depth)
        return (*parts, fault) if fault else tuple(parts)

    def _objects(self, cell: Term, predicate: NamedNode) -> list[Term]:
        """Return the asserted values, else the inferred: equality makes derived lists branch."""
        rows = list(self.presenter.statements.match(cell, predicate))
        asserted = [row for row in rows if row.standing is not Standing.INFERRED]
        return [row.triple.object for row in asserted or rows]
