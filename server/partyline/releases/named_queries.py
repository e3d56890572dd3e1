"""Named queries of the knowledge base, each with a title, a description and parameters.

A named query is a file ``NAME.rq``. The comment at its beginning has the title, then sentences
about it, then a line ``?name: what it is`` for each parameter; the default of a parameter is
written in the query as ``VALUES ?name { … }``. A release holds copies of the files.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from partyline.errors import BadQuery, SourceError
from partyline.sources import read_text_file

_PARAMETER = re.compile(r"\?(?P<name>\w+): (?P<description>.+)")
_VALUES = r"VALUES \?{name} \{{ (?P<default>[^}}]+?) \}}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a named query: a variable, its meaning, and its default."""

    name: str
    description: str
    #: One or more terms as they are written in the query.
    default: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query with a name, and what it asks."""

    name: str
    title: str
    prose: str
    parameters: tuple[Parameter, ...]
    text: str

    def bind(self, values: Mapping[str, NamedNode | Literal]) -> str:
        """Return the query with *values* in place of the defaults of its parameters.

        Raises BadQuery for a parameter that the query does not have.
        """
        text = self.text
        for name, term in values.items():
            if name not in {row.name for row in self.parameters}:
                known = ", ".join(row.name for row in self.parameters) or "none"
                raise BadQuery(f"{self.name} has no parameter {name}; it has {known}")
            found = re.search(_VALUES.format(name=name), text)
            if found is not None:
                text = text[: found.start("default")] + str(term) + text[found.end("default") :]
        return text


def read_questions(folder: Path | None) -> tuple[Question, ...]:
    """Return the named queries in *folder*, by name; none where *folder* is None.

    Raises SourceError where the folder or a file cannot be read, and for a parameter without a
    default in the query.
    """
    return tuple(_question(path) for path in _paths(folder))


def question_files(folder: Path | None) -> tuple[tuple[str, bytes], ...]:
    """Return the name and the content of every file of named queries in *folder*, by name.

    Raises SourceError.
    """
    return tuple((path.name, _read(path)) for path in _paths(folder))


def _paths(folder: Path | None) -> list[Path]:
    if folder is not None and not folder.is_dir():
        raise SourceError(f"{folder}: no such folder; knowledge.questions in the settings names it")
    return sorted(folder.glob("*.rq")) if folder else []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def _question(path: Path) -> Question:
    content = read_text_file(path)
    comment = [line.lstrip("#").strip() for line in _leading_comment(content)]
    title = comment[0] if comment else re.sub(r"[-_]+", " ", path.stem).capitalize()
    described = [match for line in comment[1:] if (match := _PARAMETER.fullmatch(line))]
    sentences = [line for line in comment[1:] if line and not _PARAMETER.fullmatch(line)]
    text = "\n".join(content.splitlines()[len(comment) :]).strip() + "\n"
    parameters = []
    for match in described:
        stands = re.search(_VALUES.format(name=match["name"]), text)
        if stands is None:
            raise SourceError(
                f"{path}: ?{match['name']} has no default; write VALUES ?{match['name']} {{ … }}"
            )
        parameters.append(Parameter(match["name"], match["description"], stands["default"]))
    return Question(path.stem, title, " ".join(sentences), tuple(parameters), text)


def _leading_comment(content: str) -> Iterator[str]:
    for line in content.splitlines():
        if not line.startswith("#"):
            return
        yield line
