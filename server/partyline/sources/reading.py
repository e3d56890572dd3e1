"""Files to triples: every lexical form as written, and the line that each triple stands on."""

import hashlib
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pyoxigraph import BlankNode, NamedNode, QuadParser, RdfFormat, Triple, parse

from partyline.errors import SourceError
from partyline.findings import Finding
from partyline.rdf.byte_order_mark import without_byte_order_mark
from partyline.sources.syntax_findings import (
    distinct,
    other_syntax,
    rdf12_findings,
    syntax_findings,
)


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """The place of a statement: a path relative to the settings file, and a line from 1."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class SourceStatement:
    """A triple, and where it stands."""

    triple: Triple
    origin: Origin


@dataclass(frozen=True, slots=True)
class Document:
    """One Turtle file as read. Triples behind a syntax error are missing; *findings* says so."""

    path: str
    statements: tuple[SourceStatement, ...]
    prefixes: Mapping[str, str]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Sources:
    """All documents of the ontology and of the knowledge base."""

    ontology: tuple[Document, ...]
    kb: tuple[Document, ...]
    #: Prefixes that the settings add to those of the documents.
    extra_prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def documents(self) -> tuple[Document, ...]:
        """Return every document, the ontology's first."""
        return self.ontology + self.kb

    @property
    def findings(self) -> list[Finding]:
        """Return the syntax errors of all documents."""
        return [finding for document in self.documents for finding in document.findings]

    @cached_property
    def ontology_triples(self) -> frozenset[Triple]:
        """Return the triples of the ontology."""
        return frozenset(_triples(self.ontology))

    @cached_property
    def kb_triples(self) -> frozenset[Triple]:
        """Return the triples of the knowledge base."""
        return frozenset(_triples(self.kb))

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Return the prefixes of all documents; where two differ, the settings, then the first."""
        merged = dict(self.extra_prefixes)
        for document in self.documents:
            for prefix, iri in document.prefixes.items():
                merged.setdefault(prefix, iri)
        return {prefix: merged[prefix] for prefix in sorted(merged) if prefix}

    @cached_property
    def _origins(self) -> dict[Triple, tuple[Origin, ...]]:
        origins: dict[Triple, tuple[Origin, ...]] = {}
        for document in self.documents:
            for statement in document.statements:
                known = origins.get(statement.triple, ())
                origins[statement.triple] = (*known, statement.origin)
        return origins

    @cached_property
    def _subjects(self) -> dict[NamedNode | BlankNode | Triple, list[SourceStatement]]:
        about: dict[NamedNode | BlankNode | Triple, list[SourceStatement]] = {}
        for document in self.documents:
            for statement in document.statements:
                about.setdefault(statement.triple.subject, []).append(statement)
        return about

    def origins(self, triple: Triple) -> tuple[Origin, ...]:
        """Return every place where *triple* is asserted; empty where it is not."""
        return self._origins.get(triple, ())

    def about(self, subject: NamedNode | BlankNode | Triple) -> Sequence[SourceStatement]:
        """Return the statements whose subject is *subject*, in the order of files and lines."""
        return self._subjects.get(subject, ())


def read_sources(
    ontology: Path,
    kb: Path,
    relative_to: Path,
    extra_prefixes: Mapping[str, str] | None = None,
    releases: Path | None = None,
) -> Sources:
    """Read every Turtle file of the two folders.

    The files directly in *ontology* are the ontology (its subfolders hold shapes and questions);
    *kb* is read with all its subfolders, but for *releases*, which holds dumps. Syntax errors are
    findings of the document, so that all of them are known at once. Raises SourceError for a
    folder without Turtle, or a file that cannot be read.
    """
    return Sources(
        ontology=_read_folder(ontology, "*.ttl", relative_to, releases),
        kb=_read_folder(kb, "**/*.ttl", relative_to, releases),
        extra_prefixes=extra_prefixes or {},
    )


def _read_folder(
    folder: Path, pattern: str, relative_to: Path, releases: Path | None
) -> tuple[Document, ...]:
    # Sorted, so that two machines report the same first error.
    paths = sorted(path for path in folder.glob(pattern) if not is_below(path, releases))
    if not paths:
        # An empty graph would be served as if nothing were known.
        raise SourceError(f"{folder}: no Turtle files; expected {pattern} there")
    return tuple(read_turtle(path, relative_to) for path in paths)


def is_below(path: Path, folder: Path | None) -> bool:
    """Tell whether *path* lies in *folder*, if there is one."""
    return folder is not None and path.resolve().is_relative_to(folder.resolve())


def read_turtle(
    path: Path, relative_to: Path | None = None, only: Collection[Triple] | None = None
) -> Document:
    """Read one Turtle file; its name in origins is relative to *relative_to* where it lies below.

    With *only*, keep the statements of these triples: where they stand in a large file. Raises
    SourceError where the file cannot be read.
    """
    name = path
    if relative_to is not None and path.is_relative_to(relative_to):
        name = path.relative_to(relative_to)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    return parse_turtle(content, name.as_posix(), only)


def parse_turtle(content: bytes, name: str, only: Collection[Triple] | None = None) -> Document:
    """Parse Turtle; *name* stands for the file in origins and in blank node labels.

    >>> document = parse_turtle(b"@prefix : <http://example.org/> . :a :b 01 .", "a.ttl")
    >>> document.statements[0].triple.object
    <Literal value=01 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#integer>>
    """
    content = without_byte_order_mark(content)
    other = other_syntax(content, name)
    if other is not None:
        return Document(name, (), {}, (other,))
    lines = _LineByLine(content)
    parser = parse(lines, format=RdfFormat.TURTLE)
    rename = BlankNodeNames(name)
    statements: list[SourceStatement] = []
    errors: list[tuple[SyntaxError, int]] = []
    unpublishable: list[Finding] = []
    count = 0
    for item in _parse_on(parser):
        if isinstance(item, SyntaxError):
            errors.append((item, count))
            continue
        count += 1
        found = list(rdf12_findings(item, name, lines.number))
        unpublishable += found
        triple = Triple(rename(item.subject), item.predicate, rename(item.object))
        if not found and (only is None or triple in only):
            statements.append(SourceStatement(triple, Origin(name, lines.number)))
    text = content.decode("utf-8", "replace").split("\n") if errors else ()
    findings = distinct([*syntax_findings(errors, text, name), *unpublishable])
    return Document(name, tuple(statements), parser.prefixes, findings)


def _parse_on(parser: QuadParser) -> Iterator[Triple | SyntaxError]:
    """Yield what is read; the parser finds its way again after an error, so go on asking."""
    while True:
        try:
            yield next(parser).triple
        except StopIteration:
            return
        except SyntaxError as error:
            yield error


def _triples(documents: Iterable[Document]) -> Iterator[Triple]:
    return (statement.triple for document in documents for statement in document.statements)


class _LineByLine(io.BytesIO):
    """Hand bytes to the parser one line at a time.

    The parser asks for more only when it needs more, so the number of lines handed out when it
    yields a triple is the number of the line on which the triple ends.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._rest = b""
        self.number = 0

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
        """Return the name of *term*; what is no blank node stays as it is."""
        if not isinstance(term, BlankNode):
            return term
        if term.value not in self._names:
            self._names[term.value] = BlankNode(f"{self._stem}n{len(self._names)}")
        return self._names[term.value]
