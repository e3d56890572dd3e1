"""What the columns are called in Table Schema, CSVW and Parquet: by their datatype in RDF."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from partyline.releases.dumps.tables.columns import Column, Kind
from partyline.vocabulary import XSD


@dataclass(frozen=True, slots=True)
class CellType:
    """A type of single values, and the form that all of them must have: XSD allows more."""

    frictionless: str
    csvw: str
    parquet: str
    form: re.Pattern[str]


_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,17}(?:\.[0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"[0-9]{4}")
_TRUTH = re.compile("true|false")
_ANY = re.compile("(?s:.*)")

#: A text is what every type can be.
TEXT = CellType("string", "string", "VARCHAR", _ANY)
_TYPES: Mapping[str, CellType] = {
    XSD.integer.value: CellType("integer", "integer", "BIGINT", _WHOLE),
    XSD.int.value: CellType("integer", "int", "BIGINT", _WHOLE),
    XSD.long.value: CellType("integer", "long", "BIGINT", _WHOLE),
    XSD.nonNegativeInteger.value: CellType("integer", "nonNegativeInteger", "BIGINT", _WHOLE),
    XSD.positiveInteger.value: CellType("integer", "positiveInteger", "BIGINT", _WHOLE),
    XSD.decimal.value: CellType("number", "decimal", "DOUBLE", _NUMBER),
    XSD.double.value: CellType("number", "double", "DOUBLE", _NUMBER),
    XSD.float.value: CellType("number", "float", "DOUBLE", _NUMBER),
    XSD.boolean.value: CellType("boolean", "boolean", "BOOLEAN", _TRUTH),
    XSD.date.value: CellType("date", "date", "DATE", _DAY),
    XSD.gYear.value: CellType("year", "gYear", "INTEGER", _YEAR),
    XSD.anyURI.value: CellType("string", "anyURI", "VARCHAR", _ANY),
}


def type_of(column: Column) -> CellType:
    """Return the type of the values of *column*: that of a text unless all have the form."""
    found = _TYPES.get(column.datatype)
    if column.kind is not Kind.LITERAL or found is None:
        return TEXT
    cells = filter(None, column.cells)
    values = (
        value
        for cell in cells
        for value in (cell.split(column.separator) if column.separator else [cell])
    )
    return found if all(map(found.form.fullmatch, values)) else TEXT
