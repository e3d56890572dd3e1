"""How facts are written for the store, which knows only RDF and rewrites what it knows.

Every term becomes an IRI: a blank node, so that a rule can name it; a literal, so that it can be a
subject while rules run and keeps its lexical form, which the store would normalise
(``"01"^^xsd:integer`` to ``1``).
"""

from pyoxigraph import Literal, NamedNode, Quad

from partyline.rdf.terms import Term
from partyline.reasoning.literals.value_space import comparable
from partyline.reasoning.model.rules import Fact

#: The IRIs of blank nodes, of literals, and of those literals whose values are known.
_TERM = "urn:partyline:term:"
LITERAL = f"{_TERM}literal:"
COMPARABLE = f"{LITERAL}comparable:"


class Encoding:
    """The IRIs that stand for the blank nodes and the literals of one store."""

    def __init__(self) -> None:
        self._encoded: dict[Term, NamedNode] = {}
        self._decoded: dict[NamedNode, Term] = {}

    def encode(self, node: Term) -> NamedNode:
        """Return the IRI of *node*.

        >>> encoding = Encoding()
        >>> encoding.decode(encoding.encode(Literal("01"))).value
        '01'
        """
        if isinstance(node, NamedNode):
            return node
        found = self._encoded.get(node)
        if found is None:
            found = NamedNode(f"{_kind(node)}{len(self._encoded)}")
            self._encoded[node] = found
            self._decoded[found] = node
        return found

    def decode(self, node: Term) -> Term:
        """Return the term that *node* stands for."""
        return self._decoded.get(node, node)  # type: ignore[arg-type]  # any term can be asked for

    def quad(self, fact: Fact) -> Quad:
        """Return *fact* as a quad of the default graph."""
        subject, predicate, object_ = fact
        return Quad(self.encode(subject), self.encode(predicate), self.encode(object_))

    def fact(self, row: Quad) -> Fact:
        """Return the fact that `quad` wrote."""
        decode = self.decode
        return decode(row.subject), decode(row.predicate), decode(row.object)  # type: ignore[arg-type]  # no triple terms


def _kind(node: Term) -> str:
    if not isinstance(node, Literal):
        return _TERM
    return COMPARABLE if comparable(node) else LITERAL
