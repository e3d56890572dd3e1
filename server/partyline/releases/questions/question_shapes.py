"""What the Turtle beside the named queries declares of them: themes, and types of parameters.

A question is the relative IRI of its file without the ending, ``<leaders-on-a-day>``. It has its
themes as ``schema:keywords``, and its parameters as ``sh:parameter``: a ``sh:Parameter``, whose
``sh:path`` ends in the name of the variable, with ``sh:class``, ``sh:datatype``, ``sh:in``,
``sh:minInclusive`` or ``sh:maxInclusive``. ``view:bars`` shows its answer as a chart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import unquote

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from partyline.errors import SourceError
from partyline.rdf.lists import MalformedList, list_members
from partyline.releases.questions.parameter_types import ParameterKind, ParameterType, Term, kind_of
from partyline.sources import read_text_file
from partyline.vocabulary import HTTP_SDO, RDFS, SDO, SH, VIEW, XSD

#: What relative IRIs are resolved against while a file is read; no statement is published so.
_BASE = "http://questions.invalid/"
#: The language of the comments of the files.
TITLE_LANGUAGE = "en"
_Node = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars that show an answer: the columns that name a bar, and that say how long it is."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A question in another language; what is empty there is not translated."""

    title: str = ""
    prose: str = ""
    themes: tuple[str, ...] = ()
    #: What each parameter is, by its name.
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeclaredQuestion:
    """What is declared of a question."""

    themes: tuple[str, ...] = ()
    chart: BarChart | None = None
    types: Mapping[str, ParameterType] = field(default_factory=dict)
    #: What it is called in other languages, by their tags.
    translations: Mapping[str, Translation] = field(default_factory=dict)


def read_declarations(folder: Path) -> Mapping[str, DeclaredQuestion]:
    """Return what the Turtle files in *folder* declare, by the names of the questions.

    Raises SourceError, which names the file.
    """
    found: dict[str, DeclaredQuestion] = {}
    for path in sorted(folder.glob("*.ttl")):
        found.update(_Declarations(path).questions())
    return found


class _Declarations:
    """The statements of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._objects: dict[tuple[_Node, NamedNode], list[_Node]] = {}
        try:
            for row in parse(read_text_file(path), RdfFormat.TURTLE, base_iri=_BASE):
                self._objects.setdefault((row.subject, row.predicate), []).append(row.object)
        except SyntaxError as error:
            raise SourceError(f"{path}:{error.lineno}: {error.msg}") from error

    def questions(self) -> Iterator[tuple[str, DeclaredQuestion]]:
        """Yield each question that the file says something of."""
        subjects = {subject for subject, _ in self._objects if isinstance(subject, NamedNode)}
        for subject in sorted(subjects, key=str):
            keywords = self._in_languages(subject, SDO.keywords, HTTP_SDO.keywords)
            nodes = self._of(subject, SH.parameter)
            charts = self._of(subject, VIEW.bars)
            translations = self._translations(subject, nodes)
            if keywords or nodes or charts or translations:
                themes = (*keywords.get("", ()), *keywords.get(TITLE_LANGUAGE, ()))
                types = dict(self._parameter(row) for row in nodes)
                chart = self._chart(charts[0]) if charts else None
                yield _name(subject), DeclaredQuestion(themes, chart, types, translations)

    def _translations(
        self, question: NamedNode, parameters: Iterable[_Node]
    ) -> Mapping[str, Translation]:
        """Return what *question* is called in each language but that of its file."""
        titles, comments = (self._in_languages(question, row) for row in (RDFS.label, RDFS.comment))
        themes = self._in_languages(question, SDO.keywords, HTTP_SDO.keywords)
        described = {
            _name(path): self._in_languages(row, SH.description)
            for row in parameters
            for path in self._of(row, SH.path)
            if isinstance(path, NamedNode)
        }
        tags = {*titles, *comments, *themes, *(tag for row in described.values() for tag in row)}
        return {
            tag: Translation(
                " ".join(titles.get(tag, ())),
                " ".join(comments.get(tag, ())),
                themes.get(tag, ()),
                {name: " ".join(row[tag]) for name, row in described.items() if tag in row},
            )
            for tag in sorted(tags - {"", TITLE_LANGUAGE})
        }

    def _in_languages(self, node: _Node, *predicates: NamedNode) -> Mapping[str, tuple[str, ...]]:
        """Return the texts of *predicates* by the tag of their language, in lower case."""
        found: dict[str, tuple[str, ...]] = {}
        for row in (row for predicate in predicates for row in self._of(node, predicate)):
            if isinstance(row, Literal):
                tag = (row.language or "").lower()
                found[tag] = (*found.get(tag, ()), row.value)
        return found

    def _parameter(self, node: _Node) -> tuple[str, ParameterType]:
        path = next((row for row in self._of(node, SH.path) if isinstance(row, NamedNode)), None)
        if path is None:
            raise self._error(f"{node} has no sh:path; it ends in the name of the variable")
        return _name(path), self._type(node)

    def _chart(self, node: _Node) -> BarChart:
        names, values = self._texts(node, VIEW.name), self._texts(node, VIEW.value)
        if len(names) != 1 or len(values) != 1:
            raise self._error(f"{node} has not one view:name and one view:value, columns of bars")
        return BarChart(names[0], values[0])

    def _type(self, node: _Node) -> ParameterType:
        classes = [row.value for row in self._of(node, SH["class"]) if isinstance(row, NamedNode)]
        datatypes = [row for row in self._of(node, SH.datatype) if isinstance(row, NamedNode)]
        if choices := self._choices(node):
            return ParameterType(ParameterKind.CHOICE, choices=choices)
        if datatypes:
            return ParameterType(
                kind_of(datatypes[0]),
                datatype=datatypes[0],
                minimum=self._bound(node, SH.minInclusive),
                maximum=self._bound(node, SH.maxInclusive),
            )
        return ParameterType(ParameterKind.RESOURCE, class_=next(iter(classes), ""))

    def _choices(self, node: _Node) -> tuple[Term, ...]:
        try:
            members = [
                member
                for head in self._of(node, SH["in"])
                for member in list_members(head, self._of)
            ]
        except MalformedList as error:
            raise self._error(f"the list of sh:in is malformed: {error}") from error
        return tuple(row for row in members if isinstance(row, NamedNode | Literal))

    def _bound(self, node: _Node, predicate: NamedNode) -> Decimal | None:
        for text in self._texts(node, predicate):
            try:
                return Decimal(text)
            except InvalidOperation as error:
                raise self._error(f"{text} is not a number") from error
        return None

    def _texts(self, node: _Node, predicate: NamedNode) -> tuple[str, ...]:
        return tuple(row.value for row in self._of(node, predicate) if isinstance(row, Literal))

    def _of(self, node: _Node, predicate: NamedNode) -> Sequence[_Node]:
        return self._objects.get((node, predicate), ())

    def _error(self, message: str) -> SourceError:
        return SourceError(f"{self._path}: {message}")


def typed(declared: ParameterType | None, default: Sequence[Term]) -> ParameterType:
    """Return the type of a parameter with a *default*, as *declared* where it is.

    A language is often compared as plain text: the default says in which form the query has it.
    """
    by_default = ParameterType.of_default(default)
    if declared is None:
        return by_default
    first = next(iter(default), None)
    if declared.kind is ParameterKind.LANGUAGE and isinstance(first, Literal):
        return ParameterType(declared.kind, datatype=first.datatype)
    if declared.kind is ParameterKind.TEXT and declared.datatype == XSD.string:
        return ParameterType(
            declared.kind, datatype=by_default.datatype, language=by_default.language
        )
    return declared


def _name(node: NamedNode) -> str:
    return unquote(node.value.rpartition("#")[2].rpartition("/")[2])
