"""The value that a literal stands for: equal here where OWL 2 has one value (Syntax, section 4).

What counts is identity. A decimal is never a double; ``+0.0`` and ``-0.0`` are two values, and so
are one instant at two offsets from UTC.
"""

import re
from base64 import b64decode
from binascii import Error
from calendar import isleap
from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import cache
from math import copysign, inf, isnan
from struct import pack, unpack

from pyoxigraph import Literal, NamedNode

from partyline.vocabulary import RDF, XSD

#: The datatype whose value space contains that of the key.
_PARENT = {
    "integer": "decimal",
    "nonNegativeInteger": "integer",
    "nonPositiveInteger": "integer",
    "positiveInteger": "nonNegativeInteger",
    "negativeInteger": "nonPositiveInteger",
    "long": "integer",
    "int": "long",
    "short": "int",
    "byte": "short",
    "unsignedLong": "nonNegativeInteger",
    "unsignedInt": "unsignedLong",
    "unsignedShort": "unsignedInt",
    "unsignedByte": "unsignedShort",
    "normalizedString": "string",
    "token": "normalizedString",
    "language": "token",
    "Name": "token",
    "NCName": "Name",
    "NMTOKEN": "token",
    "dateTimeStamp": "dateTime",
}
PARENTS = {XSD[name]: XSD[parent] for name, parent in _PARENT.items()}

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_BOOLEAN = {"true": True, "1": True, "false": False, "0": False}
_DAY = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2}(?:\.[0-9]+)?)"
_ZONE = r"(?P<zone>Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_DATE = re.compile(_DAY + _ZONE)
_DATE_TIME = re.compile(f"{_DAY}T{_TIME}{_ZONE}")


@cache
def root(datatype: NamedNode) -> NamedNode:
    """Return the widest datatype whose value space contains that of *datatype*."""
    return root(PARENTS[datatype]) if datatype in PARENTS else datatype


def spelled(literal: Literal) -> Literal:
    """Return *literal* as RDF writes it: rdf:PlainLiteral is for formats without language tags.

    >>> spelled(Literal("chat@fr", datatype=RDF.PlainLiteral))
    <Literal value=chat language=fr>
    """
    text, at, language = literal.value.rpartition("@")
    if literal.datatype != RDF.PlainLiteral or not at:
        return literal
    return Literal(text, language=language) if language else Literal(text)


def comparable(literal: Literal) -> bool:
    """Tell whether the values of the datatype of *literal* are known here.

    >>> comparable(Literal("1")), comparable(Literal("1", datatype=NamedNode("urn:unknown")))
    (True, False)
    """
    return bool(literal.language) or root(spelled(literal).datatype) in _READERS


@cache
def value(literal: Literal) -> tuple[Hashable, ...] | None:
    """Return the value of *literal*, or None where there is none or it is not known.

    >>> one = value(Literal("1.0", datatype=XSD.decimal))
    >>> one == value(Literal("01", datatype=XSD.integer))
    True
    >>> one == value(Literal("1", datatype=XSD.double))
    False
    """
    literal = spelled(literal)
    if literal.language:
        return RDF.langString, literal.value, literal.language.lower()
    space = root(literal.datatype)
    read = _READERS.get(space)
    # White space is collapsed as in XML; of strings, it is part of the value.
    text = literal.value if space == XSD.string else " ".join(literal.value.split())
    found = read(text) if read else None
    return None if found is None else (space, found)


#: For some datatypes, the spellings that `common` gives.
COMMON = {
    XSD.integer: r"0|-?[1-9][0-9]*",
    XSD.decimal: r"-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]",
    XSD.boolean: r"true|false",
    XSD.anyURI: r"[^ \x00-\x1f]*",
    XSD.date: r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}",
    XSD.dateTime: r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z?",
}


def common(literal: Literal) -> Literal | None:
    """Return the spelling of the value of *literal* that most data have, or None without a value.

    >>> common(Literal("+01.50", datatype=XSD.decimal)).value
    '1.5'
    """
    found = value(literal)
    if found is None:
        return None
    space, inner, *rest = found
    if space == RDF.langString:
        return Literal(str(inner), language=str(rest[0]))
    write = _WRITERS.get(space)
    return write(inner) if write else literal


def offset(literal: Literal) -> int | None:
    """Return the minutes from UTC of a date or an instant, or None where it has no time zone."""
    text = literal.value.strip()
    match = _DATE_TIME.fullmatch(text) or _DATE.fullmatch(text)
    return _offset(match["zone"]) if match else None


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _double(text: str) -> Hashable:
    if not _DOUBLE.fullmatch(text):
        return None
    number = float(text)
    return "NaN" if isnan(number) else (number, copysign(1, number))


def _float(text: str) -> Hashable:
    if not _DOUBLE.fullmatch(text):
        return None
    try:
        (number,) = unpack("f", pack("f", float(text)))
    except OverflowError:
        number = copysign(inf, float(text))
    return _double(str(number).replace("inf", "INF").replace("nan", "NaN"))


def _date(text: str) -> Hashable:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    day = _day(match)
    return day and (day, _offset(match["zone"]))


def _date_time(text: str) -> Hashable:
    match = _DATE_TIME.fullmatch(text)
    if match is None or (day := _day(match)) is None:
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"]), Decimal(match["second"])
    if hour == 24 and minute == 0 and second == 0:
        day, hour = _next(*day), 0
    if hour > 23 or minute > 59 or second >= 60:
        return None
    return day, hour, minute, second, _offset(match["zone"])


def _day(match: re.Match[str]) -> tuple[int, int, int] | None:
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    return (year, month, day) if 1 <= month <= 12 and 1 <= day <= _days(year, month) else None


def _days(year: int, month: int) -> int:
    return 28 + isleap(year) if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def _next(year: int, month: int, day: int) -> tuple[int, int, int]:
    if day < _days(year, month):
        return year, month, day + 1
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:])
    return -minutes if zone[0] == "-" else minutes


def _hexadecimal(text: str) -> bytes | None:
    return bytes.fromhex(text) if re.fullmatch(r"([0-9A-Fa-f]{2})*", text) else None


def _base64(text: str) -> bytes | None:
    try:
        return b64decode(text.replace(" ", ""), validate=True)
    except (Error, ValueError):
        return None


_READERS: dict[NamedNode, Callable[[str], Hashable]] = {
    XSD.string: str,
    XSD.anyURI: str,
    XSD.decimal: _decimal,
    XSD.double: _double,
    XSD.float: _float,
    XSD.boolean: _BOOLEAN.get,
    XSD.date: _date,
    XSD.dateTime: _date_time,
    XSD.hexBinary: _hexadecimal,
    XSD.base64Binary: _base64,
}


def _write_address(text: str) -> Literal:
    return Literal(text, datatype=XSD.anyURI)


def _write_decimal(number: Decimal) -> Literal:
    if number == int(number):
        return Literal(str(int(number)), datatype=XSD.integer)
    return Literal(f"{number:f}".rstrip("0"), datatype=XSD.decimal)


def _write_day(year: int, month: int, day: int) -> str:
    sign = "-" if year < 0 else ""
    return f"{sign}{abs(year):04}-{month:02}-{day:02}"


def _write_offset(minutes: int | None) -> str:
    if not minutes:
        return "" if minutes is None else "Z"
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _write_date(found: tuple[tuple[int, int, int], int | None]) -> Literal:
    day, zone = found
    return Literal(_write_day(*day) + _write_offset(zone), datatype=XSD.date)


def _write_date_time(found: tuple[tuple[int, int, int], int, int, Decimal, int | None]) -> Literal:
    day, hour, minute, second, zone = found
    whole, _, part = f"{second:f}".partition(".")
    fraction = f".{part.rstrip('0')}" if part.strip("0") else ""
    time = f"{hour:02}:{minute:02}:{int(whole):02}{fraction}"
    written = f"{_write_day(*day)}T{time}{_write_offset(zone)}"
    return Literal(written, datatype=XSD.dateTime)


def _write_boolean(found: bool) -> Literal:
    return Literal("true" if found else "false", datatype=XSD.boolean)


#: How values are written that other datatypes, or other forms of one, spell too.
_WRITERS: dict[Hashable, Callable[..., Literal]] = {
    XSD.string: Literal,
    XSD.anyURI: _write_address,
    XSD.decimal: _write_decimal,
    XSD.boolean: _write_boolean,
    XSD.date: _write_date,
    XSD.dateTime: _write_date_time,
}
