"""Read one statement from three texts, as people type terms and as addresses carry them."""

import re
from collections.abc import Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

_BARE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
#: A term, or its text: a prefixed name, an IRI, or a term as in Turtle.
TermText = str | NamedNode | BlankNode | Literal


def read_statement(
    terms: tuple[TermText, TermText, TermText], prefixes: Mapping[str, str]
) -> Triple:
    """Read subject, predicate and object as one Turtle statement.

    An IRI with ``//`` may stand without its angle brackets. Raises ValueError where the terms are
    not one statement; the message quotes them and gives the reason.

    >>> print(read_statement(("ex:a", "a", "https://example.org/B"), {"ex": "https://example.org/"}))
    <https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/B>
    """
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes.items())
    text = " ".join(map(_turtle, terms))
    try:
        quads = list(parse(f"{head}{text} .", format=RdfFormat.TURTLE))
    except SyntaxError as error:
        reason = str(error.args[0]).partition(": ")[2]
        raise ValueError(f"{text}: is not a valid statement: {reason}") from error
    if len(quads) != 1:
        raise ValueError(f"{text}: expected exactly one statement, found {len(quads)}")
    quad = quads[0]
    if isinstance(quad.object, Triple):
        raise ValueError(f"{text}: a triple term is not supported here")
    return Triple(quad.subject, quad.predicate, quad.object)


def _turtle(term: TermText) -> str:
    if not isinstance(term, str):
        return str(term)
    return f"<{term}>" if _BARE_IRI.match(term) else term
