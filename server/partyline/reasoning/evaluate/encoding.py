"""How facts are written for the store, which knows only RDF and rewrites what it knows.

A blank node becomes an IRI, so that a rule can name it; a literal keeps its lexical form, which the
store would normalise (``"01"^^xsd:integer`` to ``1``), by a datatype that the store does not know.
"""

from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from partyline.rdf.terms import Term
from partyline.reasoning.model.rules import Fact
from partyline.vocabulary import XSD

_BLANK = "urn:partyline:blank:"
_EXACT = "urn:partyline:exact:"


def encode(node: Term) -> NamedNode | Literal:
    """Return *node* as the store keeps it.

    >>> encode(Literal("01", datatype=XSD.integer)).value
    '01'
    >>> decode(encode(BlankNode("b0")))
    <BlankNode value=b0>
    """
    if isinstance(node, BlankNode):
        return NamedNode(_BLANK + node.value)
    if isinstance(node, Literal) and not node.language and node.datatype != XSD.string:
        return Literal(node.value, datatype=NamedNode(_EXACT + node.datatype.value))
    return node


@cache
def decode(node: Term) -> Term:
    """Return the node that `encode` wrote."""
    if isinstance(node, NamedNode) and node.value.startswith(_BLANK):
        return BlankNode(node.value[len(_BLANK) :])
    if isinstance(node, Literal) and node.datatype.value.startswith(_EXACT):
        return Literal(node.value, datatype=NamedNode(node.datatype.value[len(_EXACT) :]))
    return node


def quad(fact: Fact) -> Quad:
    """Return *fact* as a quad of the default graph of the store."""
    subject, predicate, object_ = map(encode, fact)
    if not isinstance(subject, NamedNode) or not isinstance(predicate, NamedNode):
        raise ValueError(f"{fact}: a literal can only be an object")
    return Quad(subject, predicate, object_)


def fact_of(row: Quad) -> Fact:
    """Return the fact that `quad` wrote."""
    subject, predicate, object_ = row.subject, row.predicate, row.object
    if not isinstance(object_, NamedNode | Literal) or not isinstance(subject, NamedNode):
        raise ValueError(f"{row}: not written by this room")
    return decode(subject), decode(predicate), decode(object_)
