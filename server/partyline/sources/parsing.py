"""Files to triples: every lexical form as written, and the line that each triple stands on."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pyoxigraph import QuadParser, Triple, parse

from partyline.dataset import Numbering
from partyline.errors import SourceError
from partyline.findings import Finding, Severity
from partyline.rdf.byte_order_mark import without_byte_order_mark
from partyline.sources.invalid_iris import INVALID_IRI, InvalidTerms
from partyline.sources.json_ld import JsonLines, with_local_contexts
from partyline.sources.model import Document
from partyline.sources.reader import LineByLine, Reader
from partyline.sources.relative_iris import SENTINEL_BASE, SENTINEL_SCHEME
from partyline.sources.statements import Statements
from partyline.sources.syntax_findings import (
    context_finding,
    distinct,
    is_invalid,
    names_a_term,
    no_scheme,
    other_syntax,
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
_STAND_INS = (SENTINEL_SCHEME, NAMESPACE)


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


#: An error, and the number of triples before it.
_Error = tuple[SyntaxError, int]
#: Line and column.
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one reading of a document found."""

    statements: Statements
    prefixes: dict[str, str]
    errors: list[_Error]
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
    # Errors that a later reading does not meet again, by their places.
    kept: dict[_Place, _Error] = {}
    # A strict parser drops what has an invalid IRI in JSON-LD, and says nothing.
    severity = Severity.WARNING if withholds else Severity.VIOLATION
    invalid = InvalidTerms(name, severity) if syntax is JSON_LD else None
    readings = 0
    while True:
        readings += 1
        reading = _read(content, name, syntax, only, base, undeclared, numbering, invalid)
        relative = [row for row, _ in reading.errors if no_scheme(row)]
        refused = [row for row, _ in reading.errors if is_invalid(row)]
        kept |= {
            _place(row): (row, -1)
            for row, _ in reading.errors
            # What is withheld is a warning of the next reading.
            if names_a_term(row) and not (is_undeclared(row) or (withholds and is_invalid(row)))
        }
        if relative and not base:
            base = SENTINEL_BASE
        elif refused and invalid is None and (withholds or syntax.resumes):
            invalid = InvalidTerms(name, severity)
        elif not undeclared.add(row for row, _ in reading.errors) or readings >= MOST_READINGS:
            break
    errors = _in_order([*kept.values(), *_independent(reading.errors, kept)])
    text = content.decode("utf-8", "replace").split("\n") if errors else ()
    findings = [*syntax_findings(errors, text, name, syntax), *undeclared.findings(name, syntax)]
    findings = sorted(findings, key=lambda row: row.line)
    reported = set() if syntax is JSON_LD else {line for line, _ in kept}
    findings += [
        row for row in reading.findings if row.code != INVALID_IRI or row.line not in reported
    ]
    if reading.unnamed:
        findings.append(unnamed_graph_finding(reading.unnamed, name))
    return Document(name, reading.statements, reading.prefixes, distinct(findings))


def _independent(errors: Iterable[_Error], kept: Iterable[_Place]) -> Iterator[_Error]:
    """Yield those *errors* that do not follow from one of *kept*, which are found otherwise too."""
    lines = {line for line, _ in kept}
    for error, count in errors:
        follows = _place(error)[0] in lines and not names_a_term(error)
        if not follows and not is_undeclared(error):
            yield error, count


def _in_order(errors: Iterable[_Error]) -> list[_Error]:
    """Return *errors* by their places, one for each place."""
    by_place = {_place(error): (error, count) for error, count in errors}
    return [by_place[place] for place in sorted(by_place)]


def _place(error: SyntaxError) -> _Place:
    return error.lineno or 1, error.offset or 1


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
    lines = LineByLine(declarations + content, before_first=-bool(declarations))
    lenient = invalid is not None
    parser = parse(lines, format=syntax.format, base_iri=base or None, lenient=lenient)
    reader = Reader(name, syntax, lines, only, undeclared, numbering)
    reader.invalid = invalid
    reader.has_stand_ins = base == SENTINEL_BASE
    errors: list[_Error] = []
    for error in _errors(parser, syntax, reader):
        error.lineno = error.lineno - bool(declarations) if error.lineno else lines.number or 1
        errors.append((error, reader.count))
    prefixes = declared_prefixes(content) if syntax is RDF_XML else parser.prefixes
    own = {row: iri for row, iri in prefixes.items() if not iri.startswith(_STAND_INS)}
    return _Reading(reader.statements(), own, errors, [*reader.findings()], reader.unnamed)


def _errors(parser: QuadParser, syntax: Syntax, reader: Reader) -> Iterator[SyntaxError]:
    """Have everything read, and yield each error; most parsers find their way again after it."""
    while True:
        try:
            reader.read(parser)
            return
        except SyntaxError as error:
            yield error
            if not syntax.resumes:
                return


def _with_lines(document: Document, lines: JsonLines) -> Document:
    """Return *document* with the lines on which the descriptions of the subjects begin."""
    before = document.statements
    found = [lines.line_of(row.triple.subject) for row in before]
    numbers = np.array(found, dtype=np.int32)
    statements = Statements(before.path, before.numbering, before.columns, numbers, before.graphs)
    return replace(document, statements=statements)
