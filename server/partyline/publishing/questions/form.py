"""The form of a question: a field for each parameter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from partyline.publishing.pages.view_models import Link
from partyline.publishing.publication import Publication
from partyline.publishing.questions.values import short
from partyline.releases import Parameter, ParameterKind, ParameterTerm, Question, question_path


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form."""

    name: str
    description: str
    kind: ParameterKind
    #: What a value is, in words.
    expected: str
    value: str
    #: The resource that the value names.
    link: Link | None
    #: The values to choose from, each with its name.
    choices: tuple[tuple[str, str], ...]
    #: IRI of the class of the resources; empty for any.
    class_: str
    minimum: str
    maximum: str


def fields(
    publication: Publication,
    question: Question,
    values: Mapping[str, ParameterTerm],
    written: Mapping[str, str],
) -> tuple[Field, ...]:
    """Return the fields of *question* with *values*; without one, as *written*, or the default."""
    return tuple(
        _field(publication, row, values.get(row.name), written.get(row.name, ""))
        for row in question.parameters
    )


def address(
    publication: Publication,
    question: Question,
    values: Mapping[str, ParameterTerm],
    extension: str = "",
    **others: str,
) -> str:
    """Return the path of the answer for *values*, which are in the order of the parameters."""
    given = {
        row.name: short(publication, values[row.name])
        for row in question.parameters
        if row.name in values
    }
    query = urlencode({**given, **others}, safe="/:#")
    return question_path(question.name, extension) + (f"?{query}" if query else "")


def _field(
    publication: Publication, parameter: Parameter, value: ParameterTerm | None, written: str
) -> Field:
    type_ = parameter.type
    if value is None and not written:
        value = next(iter(parameter.default_terms), None)
    resource = value if type_.kind is ParameterKind.RESOURCE else None
    return Field(
        name=parameter.name,
        description=parameter.description,
        kind=type_.kind,
        expected=type_.expected(publication.prefixes),
        value=written if value is None else short(publication, value),
        link=(publication.presenter.link(resource) if isinstance(resource, NamedNode) else None),
        choices=tuple(_choices(publication, parameter)),
        class_=type_.class_,
        minimum="" if type_.minimum is None else str(type_.minimum),
        maximum="" if type_.maximum is None else str(type_.maximum),
    )


def _choices(publication: Publication, parameter: Parameter) -> Iterator[tuple[str, str]]:
    if parameter.type.kind is ParameterKind.BOOLEAN:
        yield from (("true", "true"), ("false", "false"))
    for row in parameter.type.choices:
        label = publication.presenter.labels.best(row).text if isinstance(row, NamedNode) else ""
        yield short(publication, row), label or row.value
