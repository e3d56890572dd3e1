"""Named questions with the values of their parameters, as queries."""

import re
from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from partyline.errors import BadQuery, UnknownResource
from partyline.publishing.citable.answer import Inquiry
from partyline.publishing.publication import Publication
from partyline.rdf.statement_text import read_statement
from partyline.releases import Question, read_questions

_DATATYPE = re.compile(r"""["'](?P<datatype>\^\^\S+)""")
_ANY = NamedNode("urn:any")


def inquiry_of_question(
    publication: Publication, name: str, arguments: Mapping[str, str]
) -> Inquiry:
    """Return the question *name* with *arguments*. Raises UnknownResource and BadQuery."""
    questions = {row.name: row for row in read_questions(publication.release.questions)}
    question = questions.get(name)
    if question is None:
        known = ", ".join(questions) or "none"
        raise UnknownResource(f"There is no question {name}; the questions are: {known}.")
    values = _read(question, arguments, publication.prefixes)
    return Inquiry(question.bind(values), question.title, name, dict(arguments))


def _read(
    question: Question, arguments: Mapping[str, str], prefixes: Mapping[str, str]
) -> dict[str, NamedNode | Literal]:
    """Read *arguments*: terms as in Turtle, or the text of a literal of the type of the default."""
    defaults = {row.name: row.default for row in question.parameters}
    values = {}
    for name, text in arguments.items():
        typed = _DATATYPE.search(defaults.get(name, ""))
        if typed and not text.startswith(("'", '"')):
            text = f'"{text}"{typed["datatype"]}'
        try:
            value = read_statement((_ANY, _ANY, text), prefixes).object
        except ValueError as error:
            raise BadQuery(f"The parameter {name}: {error}") from error
        if not isinstance(value, NamedNode | Literal):
            raise BadQuery(f"The parameter {name} is an IRI or a literal, not {text}.")
        values[name] = value
    return values
