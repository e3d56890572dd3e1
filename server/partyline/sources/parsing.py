"""Files to triples: every lexical form as written, and the line that each triple stands on."""

import hashlib
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pyoxigraph import BlankNode, NamedNode, Quad, QuadParser, Triple, parse

from partyline.dataset import Origin
from partyline.errors import SourceError
from partyline.findings import Finding
from partyline.rdf.byte_order_mark import without_byte_order_mark
from partyline.sources.json_ld import JsonLines, with_local_contexts
from partyline.sources.model import Document, SourceStatement
from partyline.sources.relative_iris import SENTINEL_BASE, RelativeIris, is_relative
from partyline.sources.syntax_findings import (
    context_finding,
    distinct,
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
#: Returns the line of a triple, from 1.
_LineOf = Callable[[Triple], int]


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
) -> Document:
    """Parse *content* in *syntax*; *name* stands for the file in origins and blank node labels.

    Contexts of JSON-LD are read from *contexts*, by IRI, or from *folder*, by relative path; they
    are never fetched. Relative IRIs are resolved against *base*, the IRI of the document, unless it
    has a base of its own; where both are missing, they are findings. A graph that a blank node
    names cannot be asked for, which is a warning; its triples go without a graph.
    """
    content = as_utf8(content) if syntax is RDF_XML else content
    content = without_byte_order_mark(content)
    other = other_syntax(content, name, syntax)
    if other is not None:
        return Document(name, (), {}, (other,))
    original = content
    if syntax is JSON_LD:
        content, missing = with_local_contexts(content, contexts or {}, folder)
        if missing:
            return Document(name, (), {}, (context_finding(name, original, missing),))
    document = _parsed(content, name, syntax, only, base)
    if syntax is JSON_LD:
        return _with_lines(document, JsonLines(original, document.prefixes))
    return document


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one reading of a document found; an error comes with the number of triples before."""

    statements: tuple[SourceStatement, ...]
    prefixes: dict[str, str]
    errors: list[tuple[SyntaxError, int]]
    #: What is wrong with triples that were read.
    findings: list[Finding]
    #: The graphs that are blank nodes, each with its first line.
    unnamed: dict[str, int]


def _parsed(
    content: bytes, name: str, syntax: Syntax, only: Collection[Triple] | None, given: str
) -> Document:
    """Read *content*, again where an error hides what else is wrong in its statement."""
    # Where the parser reports no line of a relative IRI, or drops it, one base marks them all.
    base = given or ("" if syntax.resumes else SENTINEL_BASE)
    undeclared = UndeclaredPrefixes()
    relative: dict[tuple[int | None, int | None], tuple[SyntaxError, int]] = {}
    for _ in range(MOST_READINGS):
        reading = _read(content, name, syntax, only, base, undeclared)
        found = {(row.lineno, row.offset): (row, -1) for row, _ in reading.errors if no_scheme(row)}
        relative |= found
        if found and not base:
            base = SENTINEL_BASE
        elif not undeclared.add(row for row, _ in reading.errors):
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
) -> _Reading:
    """Read *content* once, as if it declared the prefixes that are *undeclared*."""
    declarations = undeclared.declarations()
    lines = _LineByLine(declarations + content, before_first=-bool(declarations))
    parser = parse(lines, format=syntax.format, base_iri=base or None)
    rename = BlankNodeNames(name)
    statements: list[SourceStatement] = []
    errors: list[tuple[SyntaxError, int]] = []
    findings: list[Finding] = []
    relative = RelativeIris(name, syntax)
    unnamed: dict[str, int] = {}
    count = 0
    for item in _parse_on(parser, syntax):
        if isinstance(item, SyntaxError):
            item.lineno = item.lineno - bool(declarations) if item.lineno else lines.number or 1
            errors.append((item, count))
            continue
        count += 1
        triple, line = item.triple, lines.number
        found = list(rdf12_findings(triple, name, line))
        findings += found
        graph = item.graph_name if isinstance(item.graph_name, NamedNode) else None
        if isinstance(item.graph_name, BlankNode):
            unnamed.setdefault(item.graph_name.value, line)
        if undeclared and undeclared.add_uses(triple, line, graph):
            continue
        if base == SENTINEL_BASE and is_relative(triple, graph):
            relative.add(triple, line, graph)
            continue
        triple = Triple(rename(triple.subject), triple.predicate, rename(triple.object))
        if not found and (only is None or triple in only):
            statements.append(SourceStatement(triple, Origin(name, line), graph))
    if not syntax.resumes:
        findings = [*relative.findings(), *findings]
    prefixes = declared_prefixes(content) if syntax is RDF_XML else parser.prefixes
    own = {row: iri for row, iri in prefixes.items() if not iri.startswith(_STAND_INS)}
    return _Reading(tuple(statements), own, errors, findings, unnamed)


def _with_lines(document: Document, lines: JsonLines) -> Document:
    """Return *document* with the lines on which the descriptions of the subjects begin."""
    statements = tuple(
        replace(row, origin=Origin(row.origin.path, lines.line_of(row.triple.subject)))
        for row in document.statements
    )
    return replace(document, statements=statements)


def _parse_on(parser: QuadParser, syntax: Syntax) -> Iterator[Quad | SyntaxError]:
    """Yield what is read; where the parser finds its way again after an error, go on asking."""
    while True:
        try:
            yield next(parser)
        except StopIteration:
            return
        except SyntaxError as error:
            yield error
            if not syntax.resumes:
                return


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
        if not self._rest:
            self._rest = self.readline()
            self.number += bool(self._rest)
        end = len(self._rest) if size is None or size < 0 else size
        piece, self._rest = self._rest[:end], self._rest[end:]
        return piece


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
