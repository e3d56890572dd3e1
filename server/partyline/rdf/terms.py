"""Nodes as the text that stands for them in N-Triples, the form in which columns hold them."""

import re

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

#: An RDF term; triple terms are not terms of OWL 2.
Term = NamedNode | BlankNode | Literal

_LITERAL = re.compile(r'"(?P<value>[^"\\]*)"(?:@(?P<language>.+)|\^\^<(?P<datatype>[^>]+)>)?\Z')


def text(node: Term) -> str:
    """Return *node* in canonical N-Triples.

    >>> text(Literal("01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")))
    '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    return str(node)


def node(written: str) -> Term:
    """Return the node that `text` wrote.

    >>> node(text(Literal('a "b"', language="en")))
    <Literal value=a "b" language=en>
    """
    if written[0] == "<":
        return NamedNode(written[1:-1])
    if written[0] == "_":
        return BlankNode(written[2:])
    match = _LITERAL.match(written)
    if match is None:  # there are escapes in it
        return _parsed(written)
    if match["language"]:
        return Literal(match["value"], language=match["language"])
    if match["datatype"]:
        return Literal(match["value"], datatype=NamedNode(match["datatype"]))
    return Literal(match["value"])


def literal_parts(written: str) -> tuple[str, str, str]:
    r"""Return value, language and datatype of a literal that `text` wrote; empty where not written.

    >>> literal_parts('"1"^^<urn:x>'), literal_parts('"\\t"@en')
    (('1', '', 'urn:x'), ('\t', 'en', ''))
    """
    value, _, rest = written[1:].rpartition('"')
    if "\\" in value:
        parsed = _parsed(written)
        value = parsed.value
    return value, rest[1:] if rest[:1] == "@" else "", rest[3:-1] if rest[:1] == "^" else ""


def _parsed(written: str) -> Term:
    (quad,) = parse(f"<urn:s> <urn:p> {written} .", format=RdfFormat.N_TRIPLES)
    if isinstance(quad.object, Triple):
        raise TypeError(f"{written} is a quoted triple")
    found: Term = quad.object
    return found
