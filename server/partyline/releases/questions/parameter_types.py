"""The types of the parameters of named queries: what a value may be, and how it is read.

A type is declared as a SHACL parameter (SHACL Advanced Features, ``sh:Parameter``); without a
declaration it is that of the default.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from pyoxigraph import Literal, NamedNode

from partyline.errors import BadQuery
from partyline.rdf.curies import PrefixMap
from partyline.vocabulary import XSD

Term = NamedNode | Literal

_INTEGERS = (XSD.integer, XSD.int, XSD.long, XSD.nonNegativeInteger, XSD.positiveInteger)
_NUMBERS = (*_INTEGERS, XSD.decimal, XSD.double, XSD.float)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEAR = re.compile(r"-?(?:[1-9]\d{3,}|0\d{3})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
#: Characters of a value that an error repeats.
_REPEATED = 60


class ParameterKind(StrEnum):
    """What the values of a parameter are."""

    RESOURCE = "resource"
    DAY = "day"
    YEAR = "year"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LANGUAGE = "language"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class ParameterType:
    """What a value of a parameter may be.

    >>> ParameterType(ParameterKind.YEAR, datatype=XSD.gYear).read("1993")
    <Literal value=1993 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#gYear>>
    """

    kind: ParameterKind
    #: IRI of the class of the resources; empty for any.
    class_: str = ""
    #: Datatype, and language, of the literals.
    datatype: NamedNode = XSD.string
    language: str | None = None
    choices: tuple[Term, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    @classmethod
    def of_default(cls, terms: Sequence[Term]) -> "ParameterType":
        """Return the type that a parameter with these default *terms* has."""
        first = next(iter(terms), None)
        if first is None:
            return cls(ParameterKind.TEXT)
        if isinstance(first, NamedNode):
            return cls(ParameterKind.RESOURCE)
        return cls(kind_of(first.datatype), datatype=first.datatype, language=first.language)

    def read(self, text: str, prefixes: Mapping[str, str] | None = None) -> Term:
        """Return the term that *text* means. Raises BadQuery, which says what is expected."""
        term = _READERS[self.kind](self, text.strip(), prefixes or {})
        if term is None:
            shown = text if len(text) <= _REPEATED else f"{text[:_REPEATED]}…"
            raise BadQuery(f"“{shown}” is not {self.expected(prefixes)}.")
        return term

    def write(self, term: Term, prefixes: Mapping[str, str] | None = None) -> str:
        """Return *term* as a text that `read` takes for it: short where it can be."""
        if isinstance(term, Literal):
            return term.value
        return PrefixMap(prefixes or {}).prefixed_name(term.value) or term.value

    def expected(self, prefixes: Mapping[str, str] | None = None) -> str:
        """Return what a value is, in words."""
        if self.kind is ParameterKind.CHOICE:
            return "one of " + ", ".join(self.write(row, prefixes) for row in self.choices)
        if self.kind is ParameterKind.NUMBER:
            number = "a whole number" if self.datatype in _INTEGERS else "a number"
            least = f" of at least {self.minimum}" if self.minimum is not None else ""
            most = f" of at most {self.maximum}" if self.maximum is not None else ""
            return number + least + (" and" if least and most else "") + most
        if self.kind is ParameterKind.RESOURCE and self.class_:
            name = PrefixMap(prefixes or {}).prefixed_name(self.class_) or self.class_
            return f"the IRI, or the prefixed name, of a {name}"
        return _EXPECTED[self.kind]


_EXPECTED = {
    ParameterKind.RESOURCE: "the IRI, or the prefixed name, of a resource",
    ParameterKind.DAY: "a day, such as 1993-05-23",
    ParameterKind.YEAR: "a year, such as 1993",
    ParameterKind.BOOLEAN: "true or false",
    ParameterKind.LANGUAGE: "a language tag (BCP 47), such as en or zh-Hant",
    ParameterKind.TEXT: "a text",
}


def kind_of(datatype: NamedNode) -> ParameterKind:
    """Return the kind of the literals of *datatype*."""
    if datatype in _NUMBERS:
        return ParameterKind.NUMBER
    return _KINDS.get(datatype, ParameterKind.TEXT)


_KINDS = {
    XSD.date: ParameterKind.DAY,
    XSD.gYear: ParameterKind.YEAR,
    XSD.boolean: ParameterKind.BOOLEAN,
    XSD.language: ParameterKind.LANGUAGE,
}


def _resource(type_: ParameterType, text: str, prefixes: Mapping[str, str]) -> Term | None:
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    prefix, _, local = text.partition(":")
    if prefix in prefixes and not local.startswith("//"):
        text = prefixes[prefix] + local
    if not _ABSOLUTE.fullmatch(text):
        return None
    try:
        return NamedNode(text)
    except ValueError:
        return None


def _day(type_: ParameterType, text: str, prefixes: Mapping[str, str]) -> Term | None:
    try:
        return _literal(type_, text) if _DAY.fullmatch(text) and date.fromisoformat(text) else None
    except ValueError:
        return None


def _matching(pattern: re.Pattern[str]) -> "_Reader":
    def read(type_: ParameterType, text: str, prefixes: Mapping[str, str]) -> Term | None:
        return _literal(type_, text) if pattern.fullmatch(text) else None

    return read


def _number(type_: ParameterType, text: str, prefixes: Mapping[str, str]) -> Term | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    is_whole = bool(_INTEGER.fullmatch(text))
    if not number.is_finite() or (type_.datatype in _INTEGERS and not is_whole):
        return None
    if type_.datatype == XSD.decimal:
        text = f"{number:f}"
    is_low = type_.minimum is not None and number < type_.minimum
    is_high = type_.maximum is not None and number > type_.maximum
    return None if is_low or is_high else _literal(type_, text)


def _boolean(type_: ParameterType, text: str, prefixes: Mapping[str, str]) -> Term | None:
    return _literal(type_, text) if text in ("true", "false") else None


def _text(type_: ParameterType, text: str, prefixes: Mapping[str, str]) -> Term | None:
    return None if _CONTROL.search(text) else _literal(type_, text)


def _choice(type_: ParameterType, text: str, prefixes: Mapping[str, str]) -> Term | None:
    named = _resource(type_, text, prefixes)
    return next((row for row in type_.choices if row == named or row.value == text), None)


def _literal(type_: ParameterType, text: str) -> Literal:
    if type_.language:
        return Literal(text, language=type_.language)
    return Literal(text, datatype=type_.datatype)


_Reader = Callable[[ParameterType, str, Mapping[str, str]], Term | None]
_READERS: Mapping[ParameterKind, _Reader] = {
    ParameterKind.RESOURCE: _resource,
    ParameterKind.DAY: _day,
    ParameterKind.YEAR: _matching(_YEAR),
    ParameterKind.NUMBER: _number,
    ParameterKind.BOOLEAN: _boolean,
    ParameterKind.LANGUAGE: _matching(_LANGUAGE),
    ParameterKind.TEXT: _text,
    ParameterKind.CHOICE: _choice,
}
