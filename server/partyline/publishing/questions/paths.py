"""Where the questions are."""

from urllib.parse import quote

#: Where they are listed, and below it each.
PATH = "/questions/"
#: Where clients look for the examples of an endpoint.
EXAMPLES_PATH = "/.well-known/sparql-examples"


def question_path(name: str, extension: str = "") -> str:
    """Return the path of the answer to the question *name*, in a format by its *extension*.

    >>> question_path("members", "csv")
    '/questions/members.csv'
    """
    return f"{PATH}{quote(name)}{'.' if extension else ''}{extension}"
