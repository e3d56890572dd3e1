"""Files to triples: every lexical form as written, and the line that each triple stands on."""

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from pyoxigraph import BlankNode, NamedNode, Quad, QuadParser, Triple, parse

from partyline.dataset import Numbering, is_rdf12
from partyline.errors import SourceError
from partyline.findings import Finding, Severity
from partyline.rdf.byte_order_mark import without_byte_order_mark
from partyline.sources.invalid_iris import InvalidTerms
from partyline.sources.json_ld import JsonLines, with_local_contexts
from partyline.sources.model import Document
from partyline.sources.relative_iris import SENTINEL_BASE, RelativeIris, is_relative
from partyline.sources.statements import Collected, Statements
from partyline.sources.syntax_findings import (
    context_finding,
    distinct,
    is_invalid,
    no_scheme,
    other_syntax,
    rdf12_findings,
    syntax_findings,
    unnamed_graph_finding,
)
from partyline.sources.syntaxes import JSON_LD, RDF_XML, TURTLE, Syntax
from partyline.sources.undeclared_prefixes import (
    MOST_READINGS,
    NAMESPACE,
    UndeclaredPrefixes,
    is_undeclared,
)
from partyline.sources.xml_encoding import as_utf8, declared_prefixes

#: What IRIs begin with that no document has.
_STAND_INS = (SENTINEL_BASE, NAMESPACE)


def read_turtle(
    path: Path, relative_to: Path | None = None, only: Collection[Triple] | None = None
) -> Document:
    """Read one Turtle file; its name in origins is relative to *relative_to* where it lies below.

    With *only*, keep the statements of these triples: where they stand in a large file. Raises
    SourceError where the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    return parse_turtle(content, name_of(path, relative_to), only)


def name_of(path: Path, relative_to: Path | None) -> str:
    """Return the name of *path* in origins: relative to *relative_to* where it lies below."""
    if relative_to is not None and path.is_relative_to(relative_to):
        path = path.relative_to(relative_to)
    return path.as_posix()


def parse_turtle(content: bytes, name: str, only: Collection[Triple] | None = None) -> Document:
    """Parse Turtle; *name* stands for the file in origins and in blank node labels.

    >>> document = parse_turtle(b"@prefix : <http://example.org/> . :a :b 01 .", "a.ttl")
    >>> document.statements[0].triple.object
    <Literal value=01 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#integer>>
    """
    return parse_document(content, name, TURTLE, only=only)


def parse_document(
    content: bytes,
    name: str,
    syntax: Syntax,
    contexts: Mapping[str, Path] | None = None,
    folder: Path | None = None,
    only: Collection[Triple] | None = None,
    base: str = "",
    numbering: Numbering | None = None,
    *,
    withholds: bool = False,
) -> Document:
    """Parse *content* in *syntax*; *name* stands for the file in origins and blank node labels.

    Contexts of JSON-LD are read from *contexts*, by IRI, or from *folder*, by relative path; they
    are never fetched. Relative IRIs are resolved against *base*, the IRI of the document, unless it
    has a base of its own; where both are missing, they are findings. A graph that a blank node
    names cannot be asked for, which is a warning; its triples go without a graph. Terms receive
    numbers of *numbering*. A statement with an IRI that is not valid is an error, or, where the
    reader *withholds* it, a warning; the others of the document are read then.
    """
    numbering = Numbering() if numbering is None else numbering
    content = as_utf8(content) if syntax is RDF_XML else content
    content = without_byte_order_mark(content)
    other = other_syntax(content, name, syntax)
    if other is not None:
        return Document(name, Statements.of((), numbering), {}, (other,))
    original = content
    if syntax is JSON_LD:
        content, missing = with_local_contexts(content, contexts or {}, folder)
        if missing:
            finding = context_finding(name, original, missing)
            return Document(name, Statements.of((), numbering), {}, (finding,))
    document = _parsed(content, name, syntax, only, base, numbering, withholds=withholds)
    if syntax is JSON_LD:
        return _with_lines(document, JsonLines(original, document.prefixes))
    return document


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one reading of a document found; an error comes with the number of triples before."""

    statements: Statements
    prefixes: dict[str, str]
    errors: list[tuple[SyntaxError, int]]
    #: What is wrong with triples that were read.
    findings: list[Finding]
    #: The graphs that are blank nodes, each with its first line.
    unnamed: dict[str, int]


def _parsed(
    content: bytes,
    name: str,
    syntax: Syntax,
    only: Collection[Triple] | None,
    given: str,
    numbering: Numbering,
    *,
    withholds: bool,
) -> Document:
    """Read *content*, again where an error hides what else is wrong in its statement."""
    # Where the parser reports no line of a relative IRI, or drops it, one base marks them all.
    base = given or ("" if syntax.resumes else SENTINEL_BASE)
    undeclared = UndeclaredPrefixes()
    relative: dict[tuple[int | None, int | None], tuple[SyntaxError, int]] = {}
    # A strict parser drops what has an invalid IRI in JSON-LD, and says nothing.
    severity = Severity.WARNING if withholds else Severity.VIOLATION
    invalid = InvalidTerms(name, severity) if syntax is JSON_LD else None
    readings = 0
    while True:
        readings += 1
        reading = _read(content, name, syntax, only, base, undeclared, numbering, invalid)
        found = {(row.lineno, row.offset): (row, -1) for row, _ in reading.errors if no_scheme(row)}
        relative |= found
        if found and not base:
            base = SENTINEL_BASE
        elif withholds and invalid is None and any(is_invalid(row) for row, _ in reading.errors):
            invalid = InvalidTerms(name, severity)
        elif not undeclared.add(row for row, _ in reading.errors) or readings >= MOST_READINGS:
            break
    errors = [row for row in reading.errors if not is_undeclared(row[0])] + [*relative.values()]
    text = content.decode("utf-8", "replace").split("\n") if errors else ()
    findings = [*syntax_findings(errors, text, name, syntax), *undeclared.findings(name, syntax)]
    findings = sorted(findings, key=lambda row: row.line) + reading.findings
    if reading.unnamed:
        findings.append(unnamed_graph_finding(reading.unnamed, name))
    return Document(name, reading.statements, reading.prefixes, distinct(findings))


def _read(
    content: bytes,
    name: str,
    syntax: Syntax,
    only: Collection[Triple] | None,
    base: str,
    undeclared: UndeclaredPrefixes,
    numbering: Numbering,
    invalid: InvalidTerms | None,
) -> _Reading:
    """Read *content* once, as if it declared the prefixes that are *undeclared*.

    With *invalid*, what has an invalid IRI is left out, and found there.
    """
    declarations = undeclared.declarations()
    lines = _LineByLine(declarations + content, before_first=-bool(declarations))
    lenient = invalid is not None
    parser = parse(lines, format=syntax.format, base_iri=base or None, lenient=lenient)
    reader = _Reader(name, syntax, lines, only, undeclared, numbering)
    reader.invalid = invalid
    reader.has_stand_ins = base == SENTINEL_BASE
    errors: list[tuple[SyntaxError, int]] = []
    for error in _errors(parser, syntax, reader):
        error.lineno = error.lineno - bool(declarations) if error.lineno else lines.number or 1
        errors.append((error, reader.count))
    prefixes = declared_prefixes(content) if syntax is RDF_XML else parser.prefixes
    own = {row: iri for row, iri in prefixes.items() if not iri.startswith(_STAND_INS)}
    return _Reading(reader.statements(), own, errors, [*reader.findings()], reader.unnamed)


def _errors(parser: QuadParser, syntax: Syntax, reader: "_Reader") -> Iterator[SyntaxError]:
    """Have everything read, and yield each error; most parsers find their way again after it."""
    while True:
        try:
            reader.read(parser)
            return
        except SyntaxError as error:
            yield error
            if not syntax.resumes:
                return


class _Reader:
    """Numbers what a parser yields, and finds what cannot be published."""

    def __init__(
        self,
        name: str,
        syntax: Syntax,
        lines: "_LineByLine",
        only: Collection[Triple] | None,
        undeclared: UndeclaredPrefixes,
        numbering: Numbering,
    ) -> None:
        self._name, self._syntax, self._lines, self._only = name, syntax, lines, only
        self._undeclared = undeclared
        self._collected, self._rename = Collected(numbering), BlankNodeNames(name)
        self._relative = RelativeIris(name, syntax)
        self._refused: list[Finding] = []
        #: Whether an IRI that begins with `SENTINEL_BASE` is relative in the document.
        self.has_stand_ins = False
        #: Finds invalid IRIs, where the parser does not.
        self.invalid: InvalidTerms | None = None
        #: The graphs that are blank nodes, each with its first line.
        self.unnamed: dict[str, int] = {}
        #: The number of triples that were read and left out.
        self._left_out = 0

    @property
    def count(self) -> int:
        """Return the number of triples that the parser has yielded."""
        return len(self._collected.lines) + self._left_out

    def read(self, quads: Iterator[Quad]) -> None:
        """Read on. Raises SyntaxError where *quads* does, and can go on then."""
        looks_at_triples = self._only is not None or self.has_stand_ins or self._undeclared
        if looks_at_triples or self.invalid is not None or self._syntax.has_graphs:
            for quad in quads:
                self._read_one(quad)
        else:
            self._read_all(quads)

    def _read_all(self, quads: Iterator[Quad]) -> None:
        """Read what needs no look at whole triples: this is where large files are read."""
        collected, lines = self._collected, self._lines
        known, number = collected.numbering.find, collected.numbering.number
        add_subject, add_predicate = collected.subjects.append, collected.predicates.append
        add_object, add_line = collected.objects.append, collected.lines.append
        for quad in quads:
            subject, predicate, object_ = quad.subject, quad.predicate, quad.object
            one = None if type(subject) is BlankNode else known(subject)
            three = None if type(object_) is BlankNode else known(object_)
            if three is None:
                if is_rdf12(object_):
                    self._refuse(quad.triple)
                    continue
                three = number(self._rename(object_))
            add_subject(number(self._rename(subject)) if one is None else one)
            add_predicate(number(predicate))
            add_object(three)
            add_line(lines.number)

    def _read_one(self, quad: Quad) -> None:
        triple, line, name = quad.triple, self._lines.number, quad.graph_name
        graph = name if isinstance(name, NamedNode) else None
        if self.invalid and (found := self.invalid.find(triple, graph, line)):
            self._refused.append(found)
            self._left_out += 1
            return
        if isinstance(name, BlankNode):
            self.unnamed.setdefault(name.value, line)
        is_refused = is_rdf12(triple.object)
        if is_refused:
            self._refuse(triple)
        if self._undeclared and self._undeclared.add_uses(triple, line, graph):
            self._left_out += not is_refused
        elif self.has_stand_ins and is_relative(triple, graph):
            self._relative.add(triple, line, graph)
            self._left_out += not is_refused
        elif not is_refused:
            rename = self._rename
            triple = Triple(rename(triple.subject), triple.predicate, rename(triple.object))
            if self._only is None or triple in self._only:
                self._collected.add(triple, line, graph)
            else:
                self._left_out += 1

    def _refuse(self, triple: Triple) -> None:
        self._refused += rdf12_findings(triple, self._name, self._lines.number)
        self._left_out += 1

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with triples that were read."""
        if not self._syntax.resumes:
            yield from self._relative.findings()
        yield from self._refused

    def statements(self) -> Statements:
        """Return what was read."""
        return self._collected.statements(self._name)


def _with_lines(document: Document, lines: JsonLines) -> Document:
    """Return *document* with the lines on which the descriptions of the subjects begin."""
    before = document.statements
    found = [lines.line_of(row.triple.subject) for row in before]
    numbers = np.array(found, dtype=np.int32)
    statements = Statements(before.path, before.numbering, before.columns, numbers, before.graphs)
    return replace(document, statements=statements)


class _LineByLine(io.BytesIO):
    """Hand bytes to the parser one line at a time.

    The parser asks for more only when it needs more, so the number of lines handed out when it
    yields a triple is the number of the line on which the triple ends.
    """

    def __init__(self, content: bytes, before_first: int = 0) -> None:
        super().__init__(content)
        self._rest = b""
        self.number = before_first

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next line, or the next *size* bytes of it."""
        line = self._rest
        if not line:
            line = self.readline()
            if line:
                self.number += 1
        if size is None or size < 0 or len(line) <= size:
            self._rest = b""
            return line
        self._rest = line[size:]
        return line[:size]


_Term = TypeVar("_Term")


class BlankNodeNames:
    """Name the blank nodes of a document by its name and their order, the same at every build."""

    def __init__(self, document: str) -> None:
        self._stem = "b" + hashlib.sha256(document.encode()).hexdigest()[:8]
        self._names: dict[str, BlankNode] = {}

    def __call__(self, term: _Term) -> _Term | BlankNode:
        """Return the name of *term*; what is not a blank node stays as it is."""
        if not isinstance(term, BlankNode):
            return term
        if term.value not in self._names:
            self._names[term.value] = BlankNode(f"{self._stem}n{len(self._names)}")
        return self._names[term.value]
