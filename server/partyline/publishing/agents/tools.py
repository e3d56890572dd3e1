"""The table of tools: name, what each is for, the schemas of arguments and answers.

The list is sent with every conversation: it stays short.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from partyline.publishing.agents.toolbox import Table, Toolbox
from partyline.settings import Knowledge

Schema = Mapping[str, Any]
_TEXT: Schema = {"type": "string"}
_OBJECTS: Schema = {"type": "array", "items": {"type": "object"}}
_NUMBER: Schema = {"type": "integer"}
_ENVELOPE: Mapping[str, Schema] = {
    "release": _TEXT,
    "cite": _TEXT,
    "conflicts": _OBJECTS,
    "more_conflicts": _NUMBER,
}
_STATED: Mapping[str, Schema] = {
    "iri": _TEXT,
    "standing": {"type": ["string", "null"]},
    "statements": _OBJECTS,
}


def _about(description: str) -> Schema:
    return {"type": "string", "description": description}


_IRI = _about("IRI or prefixed name")
_TERM = _about("IRI, prefixed name or Turtle literal")


@dataclass(frozen=True, slots=True)
class AgentTool:
    """A tool that reads."""

    name: str
    description: str
    properties: Mapping[str, Schema]
    required: tuple[str, ...]
    #: Members of the answer, besides those of every answer; and those that it always has.
    answer: Mapping[str, Schema]
    always: tuple[str, ...]
    run: Callable[..., Table]

    @property
    def input_schema(self) -> dict[str, Any]:
        """Return the schema of the arguments."""
        return {
            "type": "object",
            "properties": dict(self.properties),
            "required": list(self.required),
            "additionalProperties": False,
        }

    @property
    def output_schema(self) -> dict[str, Any]:
        """Return the schema of the answer."""
        return {
            "type": "object",
            "properties": {**_ENVELOPE, **self.answer},
            "required": [*_ENVELOPE, *self.always],
        }


TOOLS = (
    AgentTool(
        "search",
        "Find resources by name, in any script or spelling. Start here to get an IRI.",
        {"query": _TEXT, "kind": _about("IRI of a class")},
        ("query",),
        {"results": _OBJECTS, "more": _NUMBER},
        ("results",),
        Toolbox.search,
    ),
    AgentTool(
        "describe",
        "All statements of a resource with their standing, its passages, and every side of what is"
        " disputed about it.",
        {"iri": _IRI},
        ("iri",),
        _STATED,
        tuple(_STATED),
        Toolbox.describe,
    ),
    AgentTool(
        "as_of",
        "The same as of a day: what did not hold then is left out.",
        {"iri": _IRI, "day": _about("YYYY-MM-DD")},
        ("iri", "day"),
        {**_STATED, "held": {"type": ["string", "null"]}},
        (*_STATED, "held"),
        Toolbox.as_of,
    ),
    AgentTool(
        "ask",
        "Answer a named question; without arguments, list the questions and their parameters."
        " Prefer it to sparql.",
        {
            "question": _about("name of the question"),
            "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        (),
        {"rows": _OBJECTS, "questions": _OBJECTS},
        (),
        Toolbox.ask,
    ),
    AgentTool(
        "sparql",
        "Answer a SPARQL 1.1 query (read-only, with limits of time and memory). Known prefixes need"
        " declarations.",
        {"query": _TEXT},
        ("query",),
        {"rows": _OBJECTS, "boolean": {"type": "boolean"}, "graph": _TEXT},
        (),
        Toolbox.sparql,
    ),
    AgentTool(
        "why",
        "Why a statement is published: its passages, or the proof by which it is inferred.",
        {"subject": _TERM, "predicate": _TERM, "object": _TERM},
        ("subject", "predicate", "object"),
        {"standing": _TEXT, "explanation": {"type": "object"}},
        ("standing", "explanation"),
        Toolbox.why,
    ),
    AgentTool(
        "sources_of",
        "The passages and sources on which a resource, and what is claimed about it, rests.",
        {"iri": _IRI},
        ("iri",),
        {"passages": _OBJECTS, "more": _NUMBER},
        ("passages",),
        Toolbox.sources_of,
    ),
)


def instructions(knowledge: Knowledge) -> str:
    """Return what a client tells its model of the tools."""
    return (
        f"{knowledge.title}. {knowledge.description} ".replace(". .", ".").strip()
        + " Read-only. Every answer names the release and has `cite`, the address to cite. Standing"
        " is asserted (a source says it), inferred (it follows; see why), disputed (not relied"
        " upon) or followed (the value relied upon where sources differ). Where `conflicts` is not"
        " empty, report every side with its passages and hedges; never choose one silently."
        " `more…` counts what is left out: describe the resources to see it."
    )
