"""Where the questions are."""

from urllib.parse import quote

#: Where they are listed, and below it each.
QUESTIONS_PATH = "/questions/"
#: Where clients look for the examples of an endpoint.
EXAMPLES_PATH = "/.well-known/sparql-examples"


def question_iri(base: str, name: str) -> str:
    """Return the IRI of the question *name* of what is published under *base*.

    >>> question_iri("https://e.org/ns#", "members")
    'https://e.org/questions/members'
    """
    return base[: base.rindex("/")] + question_path(name)


def question_path(name: str, extension: str = "") -> str:
    """Return the path of the answer to the question *name*, in a format by its *extension*.

    >>> question_path("members", "csv")
    '/questions/members.csv'
    """
    return f"{QUESTIONS_PATH}{quote(name)}{'.' if extension else ''}{extension}"
