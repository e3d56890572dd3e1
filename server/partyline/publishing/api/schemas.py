"""JSON Schemas (2020-12) of what the JSON interface answers."""

from collections.abc import Mapping, Sequence

from partyline.publishing.api.values import Json
from partyline.publishing.statements import Standing


def ref(name: str) -> Json:
    """Return a reference to the schema *name*."""
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Mapping[str, object]) -> Json:
    """Return *schema*, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def answer_schema(columns: Sequence[str]) -> Json:
    """Return the schema of a page of the answer to a question with these *columns*."""
    row = _closed({name: nullable(ref("Value")) for name in columns})
    return _closed(
        {
            "release": _TEXT,
            "question": _TEXT,
            "columns": {"type": "array", "items": {"enum": list(columns)}},
            "rows": {"type": "array", "items": row},
            "next": _NEXT,
        }
    )


def _closed(properties: Mapping[str, object]) -> Json:
    """Return the schema of an object with these *properties*, all of them and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT: Json = {"type": "string"}
_TEXT_OR_NULL: Json = {"type": ["string", "null"]}
_DAY: Json = {"type": ["string", "null"], "format": "date"}
_IRI: Json = {"type": "string", "format": "iri"}
_NEXT: Json = {
    "type": ["string", "null"],
    "description": "The cursor of the following page; null at the end.",
}
_NAME = {"text": _TEXT, "language": _TEXT_OR_NULL}
_REFERENCE = {"iri": _IRI, "name": _TEXT, "language": _TEXT_OR_NULL, "page": _TEXT}
_LITERAL = {
    "value": _TEXT,
    "words": _TEXT_OR_NULL,
    "language": _TEXT_OR_NULL,
    "datatype": _TEXT_OR_NULL,
    "bounds": nullable(ref("Bounds")),
}
_STANDING: Mapping[str, object] = {
    "standing": {"enum": [row.value for row in Standing]},
    "why": {"type": ["string", "null"], "description": "Where it is explained."},
}
_ITEM = {**_REFERENCE, "slug": _TEXT, "dates": _TEXT_OR_NULL}
_BOUNDS = {"beginEarliest": _DAY, "beginLatest": _DAY, "endEarliest": _DAY, "endLatest": _DAY}
_OBJECT = {
    "release": _TEXT,
    **_ITEM,
    "kinds": {"type": "array", "items": ref("Reference")},
    "names": {"type": "array", "items": ref("Name")},
    "bounds": nullable(ref("Bounds")),
    "statements": {
        "type": "object",
        "description": "By property, a prefixed name or an IRI.",
        "additionalProperties": {"type": "array", "items": ref("Statement")},
    },
    "passages": {"type": "array", "items": ref("Passage")},
    "complete": {"type": "boolean", "description": "False where the release says more of it."},
}
_LIST = {
    "release": _TEXT,
    "kind": ref("Reference"),
    "total": {"type": "integer", "minimum": 0},
    "items": {"type": "array", "items": ref("Item")},
    "next": _NEXT,
}
_PASSAGE = {
    "passage": {"type": ["string", "null"]},
    "sources": {"type": "array", "items": ref("Reference")},
    "quotations": {"type": "array", "items": ref("Name")},
}
_PROBLEM: Json = {
    "type": "object",
    "description": "Problem details (RFC 9457)",
    "properties": {
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
    },
    "required": ["title", "status", "detail"],
}

COMPONENTS: Mapping[str, object] = {
    "Name": _closed(_NAME),
    "Reference": _closed(_REFERENCE),
    "Literal": _closed(_LITERAL),
    "Value": {"oneOf": [ref("Reference"), ref("Literal")]},
    "Bounds": _closed({**_BOUNDS, "ongoing": {"type": "boolean"}}),
    "Statement": {
        "oneOf": [_closed({**_REFERENCE, **_STANDING}), _closed({**_LITERAL, **_STANDING})]
    },
    "Passage": _closed(_PASSAGE),
    "Item": _closed(_ITEM),
    "List": _closed(_LIST),
    "Object": _closed(_OBJECT),
    "Problem": _PROBLEM,
}

_ABOUT = {
    "400": "A parameter is not what is expected; `detail` says what is.",
    "404": "There is no such resource in this release.",
    "406": "The client accepts no JSON.",
    "410": "The cursor is of another release.",
    "429": "The client has had its share of the engine.",
    "503": "The answer takes too long, or the server is busy.",
}
PROBLEMS: Mapping[str, object] = {
    code: {
        "description": about,
        "content": {"application/problem+json": {"schema": ref("Problem")}},
    }
    for code, about in _ABOUT.items()
}
