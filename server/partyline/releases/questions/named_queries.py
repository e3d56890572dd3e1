"""Named queries of the knowledge base, each with a title, a description and parameters.

A named query is a file ``NAME.rq``. The comment at its beginning has the title, then sentences
about it, then a line ``?name: what it is`` for each parameter; the default of a parameter is
written in the query as ``VALUES ?name { … }``. Turtle in the same folder may declare themes and
types (`question_shapes`). A release holds copies of the files.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from partyline.errors import BadQuery, SourceError
from partyline.releases.questions.parameter_types import ParameterKind, ParameterType, Term
from partyline.releases.questions.question_shapes import (
    TITLE_LANGUAGE,
    BarChart,
    DeclaredQuestion,
    Translation,
    read_declarations,
    typed,
)
from partyline.sources import read_text_file
from partyline.vocabulary import RDF

_PARAMETER = re.compile(r"\?(?P<name>\w+): (?P<description>.+)")
_VALUES = r"VALUES \?{name} \{{ (?P<default>[^}}]+?) \}}"
_PROLOGUE = re.compile(
    r"^\s*(?:PREFIX\s+(?P<prefix>[^\s:]*):|BASE)\s*<(?P<iri>[^>]*)>", re.I | re.M
)
_UNBOUND = re.compile(r"\bUNDEF\b")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a named query: a variable, its meaning, and its default."""

    name: str
    description: str
    #: One or more terms as they are written in the query.
    default: str
    #: The same terms; none where the default leaves the variable unbound (UNDEF).
    default_terms: tuple[Term, ...] = ()
    type: ParameterType = field(default_factory=partial(ParameterType, ParameterKind.TEXT))


@dataclass(frozen=True, slots=True)
class Question:
    """A query with a name, and what it asks."""

    name: str
    title: str
    prose: str
    parameters: tuple[Parameter, ...]
    text: str
    #: What it is about, as headings of a list.
    themes: tuple[str, ...] = ()
    #: How its answer is drawn, if it is.
    chart: BarChart | None = None
    #: The language of title and prose.
    language: str = TITLE_LANGUAGE
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def prefixes(self) -> Mapping[str, str]:
        """Return the prefixes that the query declares; values may use them."""
        found = _PROLOGUE.finditer(self.text)
        return {row["prefix"]: row["iri"] for row in found if row["prefix"] is not None}

    def in_language(self, tag: str) -> "Question":
        """Return the question as it is called in the language *tag*, as far as it is translated."""
        known = self.translations
        found = known.get(tag.lower()) or known.get(tag.lower().partition("-")[0])
        if found is None or not found.title:
            return self
        return replace(
            self,
            title=found.title,
            prose=found.prose,
            themes=found.themes or self.themes,
            language=tag,
            parameters=tuple(
                replace(row, description=found.parameters.get(row.name, row.description))
                for row in self.parameters
            ),
        )

    def read(
        self, arguments: Mapping[str, str], prefixes: Mapping[str, str] | None = None
    ) -> dict[str, Term]:
        """Return the terms that the texts of *arguments* mean; an empty one leaves the default.

        Values may use *prefixes* beside those of the query. Raises BadQuery for a value that is
        not what its parameter expects, and for a parameter that the query does not have.
        """
        known = {**(prefixes or {}), **self.prefixes}
        values = {}
        for name, text in arguments.items():
            parameter = self._parameter(name)
            if text.strip():
                try:
                    values[name] = parameter.type.read(text, known)
                except BadQuery as error:
                    raise BadQuery(
                        f"The parameter {name} ({parameter.description}): {error}"
                    ) from error
        return values

    def bind(self, values: Mapping[str, Term]) -> str:
        """Return the query with *values* in place of the defaults of its parameters.

        Raises BadQuery for a parameter that the query does not have.
        """
        places = []
        for name, term in values.items():
            self._parameter(name)
            if found := re.search(_VALUES.format(name=name), self.text):
                places.append((*found.span("default"), str(term)))
        # From the end, so that no place is looked for in a value that was put in before.
        text = self.text
        for begin, end, term_text in sorted(places, reverse=True):
            text = text[:begin] + term_text + text[end:]
        return text

    def _parameter(self, name: str) -> Parameter:
        for row in self.parameters:
            if row.name == name:
                return row
        known = ", ".join(row.name for row in self.parameters) or "none"
        raise BadQuery(f"{self.name} has no parameter {name}; it has {known}")


def read_questions(folder: Path | None) -> tuple[Question, ...]:
    """Return the named queries in *folder*, by name; none where *folder* is None.

    Raises SourceError where the folder or a file cannot be read, for a parameter without a default
    in the query, and where a question or a parameter is declared that is not there.
    """
    paths = _paths(folder)
    declared = read_declarations(folder) if folder else {}
    for name in declared.keys() - {path.stem for path in paths}:
        raise SourceError(f"{folder}: {name} is declared, but {name}.rq is missing")
    return tuple(_question(path, declared.get(path.stem, DeclaredQuestion())) for path in paths)


def question_files(folder: Path | None) -> tuple[tuple[str, bytes], ...]:
    """Return the name and the content of every file of named queries in *folder*, by name.

    The Turtle that declares something of them is among the files. Raises SourceError.
    """
    declarations = sorted(folder.glob("*.ttl")) if folder else []
    return tuple((path.name, _read(path)) for path in (*_paths(folder), *declarations))


def _paths(folder: Path | None) -> list[Path]:
    if folder is not None and not folder.is_dir():
        raise SourceError(f"{folder}: no such folder; knowledge.questions in the settings names it")
    return sorted(folder.glob("*.rq")) if folder else []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def _question(path: Path, declared: DeclaredQuestion) -> Question:
    content = read_text_file(path)
    comment = [line.lstrip("#").strip() for line in _leading_comment(content)]
    title = comment[0] if comment else re.sub(r"[-_]+", " ", path.stem).capitalize()
    described = [match for line in comment[1:] if (match := _PARAMETER.fullmatch(line))]
    sentences = [line for line in comment[1:] if line and not _PARAMETER.fullmatch(line)]
    text = "\n".join(content.splitlines()[len(comment) :]).strip() + "\n"
    for name in declared.types.keys() - {match["name"] for match in described}:
        raise SourceError(f"{path}: ?{name} is declared; describe it in a line # ?{name}: …")
    for column in (declared.chart.name, declared.chart.value) if declared.chart else ():
        if not re.search(rf"[?$]{re.escape(column)}\b", text):
            raise SourceError(
                f"{path}: the chart shows ?{column}, and the query has no such column"
            )
    parameters = tuple(_read_parameter(path, match, text, declared) for match in described)
    prose, chart = " ".join(sentences), declared.chart
    return Question(
        *(path.stem, title, prose, parameters, text, declared.themes, chart),
        translations=declared.translations,
    )


def _read_parameter(
    path: Path, match: re.Match[str], text: str, declared: DeclaredQuestion
) -> Parameter:
    name = match["name"]
    stands = re.search(_VALUES.format(name=name), text)
    if stands is None:
        raise SourceError(f"{path}: ?{name} has no default; write VALUES ?{name} {{ … }}")
    default = stands["default"]
    try:
        terms = tuple(_terms(default, text))
    except SyntaxError as error:
        raise SourceError(f"{path}: the default of ?{name} cannot be read: {error.msg}") from error
    type_ = typed(declared.types.get(name), terms)
    return Parameter(name, match["description"], default, terms, type_)


def _terms(default: str, query: str) -> Iterator[Term]:
    """Yield the terms of the block of VALUES *default*: Turtle writes them alike, as a list."""
    prologue = "\n".join(row[0] for row in _PROLOGUE.finditer(query))
    members = _UNBOUND.sub(" ", default)
    for row in parse(f"{prologue}\n<a:a> <a:a> ( {members} ) .", RdfFormat.TURTLE):
        if row.predicate == RDF.first and isinstance(row.object, NamedNode | Literal):
            yield row.object


def _leading_comment(content: str) -> Iterator[str]:
    for line in content.splitlines():
        if not line.startswith("#"):
            return
        yield line
