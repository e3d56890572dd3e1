"""The JSON interface described in OpenAPI 3.1, generated from the kinds and the questions."""

import re
from collections.abc import Mapping

from pyoxigraph import NamedNode, QuerySolutions, Store

from partyline.publishing.api.kinds import Kind, Kinds
from partyline.publishing.api.schemas import COMPONENTS, PROBLEMS, answer_schema, ref
from partyline.publishing.api.shape_schemas import object_schema
from partyline.publishing.api.values import Json
from partyline.publishing.questions.collection import Questions
from partyline.publishing.questions.values import short
from partyline.releases import Parameter, ParameterKind, ParameterTerm, Question
from partyline.sparql import query_form
from partyline.vocabulary import XSD

#: Rows of a page, by default and at most.
DEFAULT_LIMIT, MOST_ROWS = 100, 1000
#: Characters of a name that is looked for.
LONGEST_NAME = 200
#: An IRI, or a prefixed name.
_RESOURCE = r"^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~/?#@!$&'()*+,;=%:-]+$"
_LANGUAGE = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
#: Text without control characters.
_PRINTED = r"^[^\u0000-\u001F\u007F-\u009F]*$"
_STATUSES = ("400", "404", "406", "410", "429", "503")
_PAGING: tuple[Json, ...] = (
    {
        "name": "limit",
        "in": "query",
        "description": "How many rows a page has.",
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": MOST_ROWS,
            "default": DEFAULT_LIMIT,
        },
    },
    {
        "name": "cursor",
        "in": "query",
        "description": (
            "Where the page begins: `next` of the page before. A cursor is of one release; after"
            " another was published, it is answered with 410."
        ),
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    },
)


def openapi(kinds: Kinds, questions: Questions, server: str) -> Json:
    """Return the description of the interface at the address *server*."""
    knowledge = kinds.publication.knowledge
    answered = [row for row in questions.rows if query_form(row.text) == "SELECT"]
    paths: dict[str, object] = {}
    for kind in kinds.by_key.values():
        paths[f"/api/{kind.key}"] = _list_path(kind)
        paths[f"/api/{kind.key}/{{slug}}"] = _object_path(kinds, kind)
    for question in answered:
        paths[f"/api/questions/{question.name}"] = _question_path(kinds, question)
    objects = {f"object-{row.key}": object_schema(kinds, row) for row in kinds.by_key.values()}
    schemas = {f"answer-{row.name}": answer_schema(variables(row)) for row in answered}
    info: dict[str, object] = {
        "title": knowledge.title,
        "version": kinds.publication.release.manifest.identifier,
        "description": (
            f"{knowledge.description} The version is that of the release: within it, every answer"
            " stays as it is."
        ).strip(),
    }
    if knowledge.licence:
        info["license"] = _licence(knowledge.licence)
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": server}],
        "tags": [
            {"name": "kinds", "description": "Resources by kind"},
            {"name": "questions", "description": "Questions with values to choose"},
        ],
        "paths": paths,
        "components": {"schemas": {**COMPONENTS, **objects, **schemas}, "responses": PROBLEMS},
    }


def variables(question: Question) -> tuple[str, ...]:
    """Return the columns of the answer to a SELECT query: the engine says what `*` stands for."""
    found = Store().query(question.text)
    if not isinstance(found, QuerySolutions):
        return ()
    return tuple(row.value for row in found.variables)


def _licence(licence: str) -> Json:
    is_address = licence.startswith(("http://", "https://"))
    return {"name": licence, "url": licence} if is_address else {"name": licence}


def _list_path(kind: Kind) -> Json:
    day = {"type": "string", "format": "date"}
    parameters: list[Json] = [
        {
            "name": "name",
            "in": "query",
            "description": "Only those with a name like this, best first.",
            "schema": {"type": "string", "maxLength": LONGEST_NAME},
        },
        {
            "name": "from",
            "in": "query",
            "description": "Only those dated on this day or later.",
            "schema": day,
        },
        {
            "name": "to",
            "in": "query",
            "description": "Only those dated on this day or earlier.",
            "schema": day,
        },
        *_PAGING,
    ]
    return _get(
        f"list-{kind.key}", f"All of the kind “{kind.name.text}”", "kinds", parameters, "List"
    )


def _object_path(kinds: Kinds, kind: Kind) -> Json:
    example = next(iter(kinds.members(kind, "", None)[:1]), None)
    slug: Json = {
        "name": "slug",
        "in": "path",
        "required": True,
        "description": "The end of the IRI, or the IRI: `slug` of the list has it.",
        "schema": {"type": "string", "minLength": 1},
    }
    if isinstance(example, NamedNode):
        slug["example"] = kind.slug(example.value)
    title = f"One of the kind “{kind.name.text}”"
    return _get(f"get-{kind.key}", title, "kinds", [slug], f"object-{kind.key}")


def _question_path(kinds: Kinds, question: Question) -> Json:
    parameters = [_parameter(kinds, row) for row in question.parameters]
    found = _get(
        f"ask-{question.name}",
        question.title,
        "questions",
        [*parameters, *_PAGING],
        f"answer-{question.name}",
    )
    if question.prose:
        found["get"]["description"] = question.prose  # type: ignore[index]
    return found


def _parameter(kinds: Kinds, parameter: Parameter) -> Json:
    schema = _schema(kinds, parameter)
    default = next(iter(parameter.default_terms), None)
    if default is not None:
        schema["default"] = _plain(kinds, parameter, default)
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": schema,
    }


def _schema(kinds: Kinds, parameter: Parameter) -> dict[str, object]:
    type_ = parameter.type
    if type_.kind is ParameterKind.CHOICE:
        return {"type": "string", "enum": [short(kinds.publication, row) for row in type_.choices]}
    if type_.kind is ParameterKind.NUMBER:
        is_whole = type_.datatype not in (XSD.decimal, XSD.double, XSD.float)
        found: dict[str, object] = {"type": "integer" if is_whole else "number"}
        if type_.minimum is not None:
            found["minimum"] = float(type_.minimum)
        if type_.maximum is not None:
            found["maximum"] = float(type_.maximum)
        return found
    schemas: Mapping[ParameterKind, dict[str, object]] = {
        ParameterKind.RESOURCE: {"type": "string", "pattern": _RESOURCE, "maxLength": 500},
        ParameterKind.DAY: {"type": "string", "format": "date"},
        ParameterKind.YEAR: {"type": "string", "pattern": "^[0-9]{4}$"},
        ParameterKind.BOOLEAN: {"type": "boolean"},
        ParameterKind.LANGUAGE: {"type": "string", "pattern": _LANGUAGE},
        ParameterKind.TEXT: {"type": "string", "pattern": _PRINTED, "maxLength": 500},
    }
    return dict(schemas[type_.kind])


def _plain(kinds: Kinds, parameter: Parameter, term: ParameterTerm) -> object:
    text = short(kinds.publication, term)
    if parameter.type.kind is ParameterKind.BOOLEAN:
        return text == "true"
    if parameter.type.kind is ParameterKind.NUMBER and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text


def _get(
    operation: str, summary: str, tag: str, parameters: list[Json], schema: str
) -> dict[str, object]:
    responses: dict[str, object] = {
        "200": {
            "description": "The answer",
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": ref(schema)}},
        }
    }
    responses.update({code: {"$ref": f"#/components/responses/{code}"} for code in _STATUSES})
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "tags": [tag],
            "parameters": parameters,
            "responses": responses,
        }
    }
