"""What a graph must be for RDF 1.1 to represent it: asked before the first byte is written."""

import re
from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.errors import NotSerialisable
from partyline.vocabulary import RDF

#: Characters of a term that a message shows.
_LONGEST = 200
#: Datatypes of literals with a language tag.
TAGGED = frozenset({RDF.langString, RDF.dirLangString})
#: A label of a blank node that every syntax and every known parser reads.
_LABEL = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_ENCODED = re.compile(r"x[0-9a-f]+")


def check_rdf11(triples: Iterable[Triple]) -> None:
    """Raise NotSerialisable for a triple that RDF 1.1 does not have.

    Triple terms and base directions belong to RDF 1.2; a literal with the datatype rdf:langString
    and no language tag to neither.
    """
    for triple in triples:
        object_ = triple.object
        if isinstance(object_, Literal):
            check_literal(object_)
        elif isinstance(object_, Triple):
            raise NotSerialisable(
                f"{shown(triple)}: a triple term is RDF 1.2; RDF 1.1 is written here"
            )


def check_literal(literal: Literal) -> None:
    """Raise NotSerialisable for a literal that RDF 1.1 does not have."""
    if literal.direction:
        raise NotSerialisable(
            f"{shown(literal)}: a base direction is RDF 1.2; RDF 1.1 is written here"
        )
    if not literal.language and literal.datatype in TAGGED:
        raise NotSerialisable(f"{shown(literal)}: a literal of this datatype needs a language tag")


def shown(term: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return *term* for a message: a long one is cut."""
    text = str(term)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def label(node: BlankNode) -> str:
    """Return a label for *node* that every syntax can write; another node has another label.

    >>> label(BlankNode("b0")), label(BlankNode("é"))
    ('b0', 'xc3a9')
    """
    plain = _LABEL.fullmatch(node.value) and not _ENCODED.fullmatch(node.value)
    return node.value if plain else "x" + node.value.encode().hex()


def n_triples(term: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return *term* in N-Triples, a blank node with a label that every parser reads."""
    return f"_:{label(term)}" if isinstance(term, BlankNode) else str(term)
