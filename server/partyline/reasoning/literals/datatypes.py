"""The value spaces of literals: which are ill-typed, which lie outside a datatype, which differ.

OWL 2 Profiles, table 8; the datatypes are those of OWL 2 RL (section 4.2) and xsd:date, which is
not in the OWL 2 datatype map but in most data.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import TypeGuard

from pyoxigraph import Literal, NamedNode

from partyline.reasoning.literals.value_space import PARENTS, offset, root, spelled, value
from partyline.reasoning.model.rules import Fact, Pattern
from partyline.vocabulary import RDF, RDFS, XSD

_ROOTS = (
    *("decimal", "string", "boolean", "float", "double", "date", "dateTime", "anyURI"),
    *("hexBinary", "base64Binary"),
)
_DATATYPES = frozenset(
    {*PARENTS, *(XSD[name] for name in _ROOTS)}
    | {RDFS.Literal, RDF.PlainLiteral, RDF.XMLLiteral, RDF.langString}
)
_LIMITS = {
    XSD.nonNegativeInteger: (0, None),
    XSD.positiveInteger: (1, None),
    XSD.nonPositiveInteger: (None, 0),
    XSD.negativeInteger: (None, -1),
    XSD.long: (-(2**63), 2**63 - 1),
    XSD.int: (-(2**31), 2**31 - 1),
    XSD.short: (-(2**15), 2**15 - 1),
    XSD.byte: (-128, 127),
    XSD.unsignedLong: (0, 2**64 - 1),
    XSD.unsignedInt: (0, 2**32 - 1),
    XSD.unsignedShort: (0, 2**16 - 1),
    XSD.unsignedByte: (0, 255),
}


#: Lexical forms that certainly stand for a value; the others are asked of rdflib, one by one.
PLAIN = {
    XSD.integer: r"[+-]?[0-9]+",
    XSD.nonNegativeInteger: r"[0-9]+",
    XSD.positiveInteger: r"[1-9][0-9]*",
    XSD.decimal: r"[+-]?[0-9]+(\.[0-9]+)?",
    XSD.double: r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?",
    XSD.float: r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?",
    XSD.boolean: r"true|false|0|1",
    XSD.date: r"([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
    r"-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
}
_PLAIN = {datatype: re.compile(form) for datatype, form in PLAIN.items()}
#: The primitive datatypes whose values are those of rdf:PlainLiteral.
_PLAIN_LITERALS = (XSD.string, RDF.langString)
#: Strings that are certainly values of these datatypes; of names, those in ASCII.
_STRINGS = {
    XSD.normalizedString: re.compile(r"[^\t\n\r]*"),
    XSD.token: re.compile(r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?"),
    XSD.language: re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
    XSD.NMTOKEN: re.compile(r"[A-Za-z0-9._:-]+"),
    XSD.Name: re.compile(r"[A-Za-z_:][A-Za-z0-9._:-]*"),
    XSD.NCName: re.compile(r"[A-Za-z_][A-Za-z0-9._-]*"),
}
#: The rule by which a literal is in the datatypes that contain its value (table 8).
LITERAL_TYPE = "dt-type2"
#: The vocabularies whose datatypes rdflib knows.
_TYPED = (XSD.iri, RDF.iri)


def known(datatype: NamedNode) -> bool:
    """Tell whether *datatype* is one whose value space is known here."""
    return datatype in _DATATYPES


def ill_typed(literal: Literal) -> bool:
    """Tell whether the lexical form of *literal* stands for no value of its datatype.

    >>> ill_typed(Literal("1992-13-45", datatype=XSD.date)), ill_typed(Literal("1992"))
    (True, False)
    """
    datatype = literal.datatype
    if literal.language or datatype == XSD.string or not datatype.value.startswith(_TYPED):
        return False
    plain = _PLAIN.get(datatype)
    if plain and plain.fullmatch(literal.value):
        return False
    if root(datatype) in (XSD.date, XSD.dateTime):
        # rdflib knows neither years before 1 and after 9999 nor the end of a day, 24:00:00.
        floating = datatype == XSD.dateTimeStamp and offset(literal) is None
        return floating or value(literal) is None
    return _ill_typed(literal)


def outside(literal: Literal, datatype: NamedNode) -> bool:
    """Tell whether the value of *literal* is certainly not in the value space of *datatype*.

    >>> outside(Literal("7", datatype=XSD.integer), XSD.nonNegativeInteger)
    False
    >>> outside(Literal("-7", datatype=XSD.integer), XSD.nonNegativeInteger)
    True
    """
    literal = spelled(literal)
    if datatype in (RDFS.Literal, literal.datatype):
        return ill_typed(literal)
    if not known(literal.datatype):
        return False
    if datatype == RDF.PlainLiteral:
        return root(literal.datatype) not in _PLAIN_LITERALS
    if ill_typed(literal) or root(literal.datatype) != root(datatype):
        return True
    if within(literal.datatype, datatype):
        return False
    return _outside_limits(literal, datatype)


def inside(literal: Literal, datatype: NamedNode) -> bool:
    """Tell whether the value of *literal* is certainly in the value space of *datatype*.

    >>> inside(Literal("7", datatype=XSD.integer), XSD.byte)
    True
    >>> inside(Literal("7", datatype=NamedNode("urn:unknown")), RDFS.Literal)
    False
    """
    literal = spelled(literal)
    if not known(literal.datatype) or outside(literal, datatype) or ill_typed(literal):
        return False
    if datatype == RDFS.Literal or within(literal.datatype, datatype):
        return True
    if datatype in _STRINGS:
        return _STRINGS[datatype].fullmatch(literal.value) is not None
    return root(datatype) != XSD.string


def is_typed_literal(fact: Pattern) -> TypeGuard[Fact]:
    """Tell whether *fact* is ``literal rdf:type datatype``, and true (dt-type2)."""
    subject, predicate, object_ = fact
    return (
        isinstance(subject, Literal)
        and predicate == RDF.type
        and isinstance(object_, NamedNode)
        and known(object_)
        and inside(subject, object_)
    )


def typed_literals(
    datatypes: Iterable[NamedNode], literals: Collection[Literal]
) -> Iterator[tuple[Literal, NamedNode, NamedNode]]:
    """Yield ``literal rdf:type datatype`` for each literal in a value space (dt-type2)."""
    for datatype in datatypes:
        for literal in literals:
            if inside(literal, datatype):
                yield literal, RDF.type, datatype


def different(one: Literal, other: Literal) -> bool:
    """Tell whether two literals certainly stand for two values.

    >>> different(Literal("1", datatype=XSD.integer), Literal("01", datatype=XSD.integer))
    False
    """
    one, other = spelled(one), spelled(other)
    if known(one.datatype) and known(other.datatype) and root(one.datatype) != root(other.datatype):
        return True
    left, right = value(one), value(other)
    return None not in (left, right) and left != right


def _outside_limits(literal: Literal, datatype: NamedNode) -> bool:
    if datatype == XSD.dateTimeStamp:
        return offset(literal) is None
    _, number = value(literal) or (None, None)
    if not isinstance(number, Decimal):
        return False
    low, high = _LIMITS.get(datatype, (None, None))
    fraction = datatype != XSD.decimal and number != int(number)
    return fraction or (low is not None and number < low) or (high is not None and number > high)


def within(narrow: NamedNode, wide: NamedNode) -> bool:
    """Tell whether every value of *narrow* is one of *wide*."""
    return narrow == wide or (narrow in PARENTS and within(PARENTS[narrow], wide))


@cache
def _ill_typed(literal: Literal) -> bool:
    from partyline.rdf.rdflib_bridge import literal_to_rdflib

    return bool(literal_to_rdflib(literal).ill_typed)
