"""The values of the parameters of a question, as people and programs write them."""

from collections.abc import Mapping

from pyoxigraph import NamedNode

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing.documents.description import named_node
from partyline.publishing.pages.search_page import found_resources
from partyline.publishing.publication import Publication
from partyline.releases import Parameter, ParameterKind, ParameterTerm, Question
from partyline.search import Likeness
from partyline.vocabulary import RDF

#: Resources of one name that a message lists.
_LISTED = 5
#: Characters of a value that a message repeats.
_SHOWN = 60


def read_values(
    publication: Publication, question: Question, arguments: Mapping[str, str]
) -> dict[str, ParameterTerm]:
    """Return the terms that *arguments* mean for the parameters of *question*.

    A resource may be written by its name, where one resource alone has that name. Raises BadQuery
    for what is not of the type of its parameter, and for a resource that is not in the release, or
    is not a member of the class.
    """
    rows = {row.name: row for row in question.parameters}
    written = {
        name: _as_iri(publication, rows[name], text) if name in rows else text
        for name, text in arguments.items()
    }
    values = question.read(written, publication.prefixes)
    for name, term in values.items():
        if isinstance(term, NamedNode) and rows[name].type.kind is ParameterKind.RESOURCE:
            _refuse_others(publication, rows[name], term)
    return values


def is_member(publication: Publication, node: NamedNode, kind: str) -> bool:
    """Tell whether *node* is a member of the class *kind*; where that is empty, it is."""
    if not kind:
        return True
    return bool(publication.statements.some(1, node, RDF.type, named_node(kind)))


def short(publication: Publication, term: ParameterTerm) -> str:
    """Return *term* as an address has it: a prefixed name where there is one."""
    if isinstance(term, NamedNode):
        return publication.presenter.labels.compact(term.value) or term.value
    return term.value


def _as_iri(publication: Publication, parameter: Parameter, text: str) -> str:
    """Return the IRI of the one resource with the name *text*, where that is not an IRI."""
    if parameter.type.kind is not ParameterKind.RESOURCE or not text.strip():
        return text
    try:
        parameter.type.read(text, publication.prefixes)
    except BadQuery:
        found = _named(publication, parameter, text)
        if len(found) != 1:
            raise _not_one(publication, parameter, text, found) from None
        return found[0].value
    return text


def _named(publication: Publication, parameter: Parameter, text: str) -> list[NamedNode]:
    matches = found_resources(publication, text)
    return [
        node
        for match, node in matches
        if match.likeness is Likeness.SAME and is_member(publication, node, parameter.type.class_)
    ]


def _not_one(
    publication: Publication, parameter: Parameter, text: str, found: list[NamedNode]
) -> BadQuery:
    if not found:
        described = parameter.type.expected(publication.prefixes)
        return BadQuery(
            f"The parameter {parameter.name} ({parameter.description}): nothing in this release has"
            f" the name “{text.strip()[:_SHOWN]}”; expected is a name, or {described}."
        )
    names = ", ".join(short(publication, row) for row in found[:_LISTED])
    return BadQuery(
        f"The parameter {parameter.name} ({parameter.description}): “{text.strip()}” is the name of"
        f" {len(found)} resources: {names}. Write one of these."
    )


def _refuse_others(publication: Publication, parameter: Parameter, node: NamedNode) -> None:
    try:
        is_known = publication.statements.mentions(named_node(node.value))
    except UnknownResource:
        is_known = False
    kind = parameter.type.class_
    if is_known and is_member(publication, node, kind):
        return
    name = short(publication, node)
    described = parameter.type.expected(publication.prefixes)
    reason = "is not in this release" if not is_known else "is a member of another class"
    raise BadQuery(
        f"The parameter {parameter.name} ({parameter.description}): {name} {reason}; expected is"
        f" {described}."
    )
