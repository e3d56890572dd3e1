"""Named questions with the values of their parameters, as queries."""

from collections.abc import Mapping

from partyline.errors import UnknownResource
from partyline.publishing.citable.answer import Inquiry
from partyline.publishing.publication import Publication
from partyline.releases import read_questions


def inquiry_of_question(
    publication: Publication, name: str, arguments: Mapping[str, str]
) -> Inquiry:
    """Return the question *name* with *arguments*. Raises UnknownResource and BadQuery."""
    questions = {row.name: row for row in read_questions(publication.release.questions)}
    question = questions.get(name)
    if question is None:
        known = ", ".join(questions) or "none"
        raise UnknownResource(f"Unknown question: {name}; the questions are: {known}.")
    values = question.read(arguments, publication.prefixes)
    return Inquiry(question.bind(values), question.title, name, dict(arguments))
