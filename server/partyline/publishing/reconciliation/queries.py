"""Batches of reconciliation queries, read from JSON (sections 4.1 and 4.3)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from partyline.errors import BadQuery, QueryTooLong

#: Queries of one batch.
MOST_QUERIES = 50
#: Characters of a name or a value.
_LONGEST = 200
_MOST_CANDIDATES = 50
_CANDIDATES = 10
_MOST_TYPES = 20
_MOST_CONSTRAINTS = 10
_MOST_VALUES = 20
_STRICTNESS = ("any", "should", "all")
_FIELDS = ("query", "type", "limit", "properties", "type_strict")


@dataclass(frozen=True, slots=True)
class EntityReference:
    """A value that was reconciled before."""

    identifier: str


#: What a property is compared with.
Value = str | float | bool | EntityReference


@dataclass(frozen=True, slots=True)
class Constraint:
    """A property that candidates should have one of some values for."""

    property: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One query: a name, constraints, or both."""

    text: str = ""
    types: tuple[str, ...] = ()
    #: ``any`` or ``all`` exclude candidates of other types; ``should`` places them last.
    strictness: str = "should"
    constraints: tuple[Constraint, ...] = ()
    limit: int = _CANDIDATES


def read_batch(text: str) -> dict[str, Query]:
    """Return the queries of the batch *text* by their identifiers.

    Raises BadQuery where the batch is not valid, QueryTooLong where it has too many queries.
    """
    batch = read_object(text, "queries")
    if len(batch) > MOST_QUERIES:
        raise QueryTooLong(
            f"The batch has {len(batch):,} queries; send at most {MOST_QUERIES} in one request."
        )
    return {name: _query(f"query {name}", fields) for name, fields in batch.items()}


def read_object(text: str, parameter: str) -> dict[str, object]:
    """Return the JSON object in *text*, the value of *parameter*. Raises BadQuery."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "nested too deeply"
        raise BadQuery(f"The parameter {parameter} is not JSON: {reason}.") from error
    if not isinstance(found, dict):
        raise BadQuery(f"The parameter {parameter} is not an object of JSON.")
    return found


def _query(place: str, fields: object) -> Query:
    if not isinstance(fields, Mapping):
        raise BadQuery(f"{place}: a query is an object.")
    if unknown := sorted(set(fields) - set(_FIELDS)):
        raise BadQuery(
            f"{place}: unknown field {', '.join(unknown)}; a query has {', '.join(_FIELDS)}."
        )
    query = Query(
        text=_text(place, fields.get("query", "")),
        types=_types(place, fields.get("type", ())),
        strictness=_strictness(place, fields.get("type_strict", "should")),
        constraints=_constraints(place, fields.get("properties", ())),
        limit=_limit(place, fields.get("limit", _CANDIDATES)),
    )
    if not query.text and not query.constraints:
        raise BadQuery(f"{place}: give a query, or properties with at least one entry.")
    return query


def _text(place: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise BadQuery(f"{place}: query is not a string of at most {_LONGEST} characters.")
    return value.strip()


def _types(place: str, value: object) -> tuple[str, ...]:
    # OpenRefine asks for any type with null.
    rows = () if value is None else (value,) if isinstance(value, str) else value
    if not isinstance(rows, list | tuple) or len(rows) > _MOST_TYPES:
        raise BadQuery(f"{place}: type is not an identifier or a list of at most {_MOST_TYPES}.")
    # Some clients send objects, as results have them.
    names = [row.get("id") if isinstance(row, Mapping) else row for row in rows]
    found = tuple(row for row in names if isinstance(row, str))
    if len(found) != len(names):
        raise BadQuery(f"{place}: each type is an identifier.")
    return tuple(filter(None, found))


def _strictness(place: str, value: object) -> str:
    if value not in _STRICTNESS:
        raise BadQuery(f"{place}: type_strict is one of {', '.join(_STRICTNESS)}.")
    return str(value)


def _limit(place: str, value: object) -> int:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or value != value or value < 1:  # type: ignore[operator]
        raise BadQuery(f"{place}: limit is not a positive integer.")
    return int(min(value, _MOST_CANDIDATES))  # type: ignore[call-overload]


def _constraints(place: str, value: object) -> tuple[Constraint, ...]:
    if not isinstance(value, list | tuple) or len(value) > _MOST_CONSTRAINTS:
        raise BadQuery(f"{place}: properties is not a list of at most {_MOST_CONSTRAINTS}.")
    found = (_constraint(place, row) for row in value)
    return tuple(row for row in found if row.values)


def _constraint(place: str, fields: object) -> Constraint:
    if not isinstance(fields, Mapping) or not isinstance(fields.get("pid"), str):
        raise BadQuery(f"{place}: each of properties is an object with pid, a string, and v.")
    if "v" not in fields:
        raise BadQuery(f"{place}: the property {fields['pid']} has no v.")
    value = fields["v"]
    rows = value if isinstance(value, list) else [value]
    if len(rows) > _MOST_VALUES:
        raise BadQuery(
            f"{place}: the property {fields['pid']} has more than {_MOST_VALUES} values."
        )
    values = (_value(f"{place}: the property {fields['pid']}", row) for row in rows)
    # An empty cell of a table says nothing.
    return Constraint(fields["pid"], tuple(row for row in values if row != ""))


def _value(place: str, value: object) -> Value:
    if isinstance(value, Mapping):
        identifier = value.get("id")
        if not isinstance(identifier, str):
            raise BadQuery(f"{place}: a value that is an object has an id, a string.")
        return EntityReference(identifier)
    if isinstance(value, str):
        return value.strip()[:_LONGEST]
    if isinstance(value, bool | int | float):
        return value
    raise BadQuery(f"{place}: a value is a string, a number, a boolean, or an object with an id.")
