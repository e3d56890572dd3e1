"""Which files of the folders in the settings are read, and findings about the others."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

from partyline.errors import SourceError
from partyline.findings import Finding, Severity
from partyline.settings import Settings
from partyline.sources.compression import read_decompressed
from partyline.sources.file_watcher import file_state
from partyline.sources.imports import with_imports
from partyline.sources.kept import KeptFiles
from partyline.sources.model import Document, Sources
from partyline.sources.parsing import name_of, parse_document
from partyline.sources.syntaxes import (
    JSON_LD,
    TURTLE,
    Syntax,
    by_extension,
    extension_of,
    has_shared_extension,
    syntax_of,
)

_EXTENSIONS = "*.ttl, *.nt, *.nq, *.trig, *.rdf, *.owl or *.jsonld"


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reads files; a file that is asked for twice is read once."""

    relative_to: Path
    #: Files of ontologies and of contexts, by IRI.
    catalogue: Mapping[str, Path] = field(default_factory=dict)
    #: What was read before, where it is the same.
    kept: KeptFiles = field(default_factory=KeptFiles)
    #: IRI of the folder *relative_to*, for relative IRIs in documents without a base; or empty.
    document_base: str = ""
    #: Whether statements with invalid IRIs are left out, and the others of their files read.
    withholds: bool = False
    _read: dict[Path, Document | Finding] = field(default_factory=dict)

    def read(self, path: Path) -> Document | Finding:
        """Return the document in *path*, or the warning that it is not RDF.

        Raises SourceError where the file cannot be read.
        """
        resolved = path.resolve()
        if resolved not in self._read:
            self._read[resolved] = self.kept.find(resolved) or self._parse(path, resolved)
        return self._read[resolved]

    def _parse(self, path: Path, resolved: Path) -> Document | Finding:
        state = file_state(resolved)
        found, syntax = self._parsed(path)
        if syntax is not JSON_LD:  # which reads other files, its contexts
            self.kept.keep(resolved, state, found)
        return found

    def _parsed(self, path: Path) -> tuple[Document | Finding, Syntax | None]:
        """Return what *path* holds, and the syntax in which it was read."""
        name = name_of(path, self.relative_to)
        content = read_decompressed(path)
        syntax, named = syntax_of(path.name, content), by_extension(path.name)
        if syntax is None and (named is None or has_shared_extension(path.name)):
            return _passed_over(name), None
        syntax = syntax or named or TURTLE
        document = parse_document(
            content,
            name,
            syntax,
            self.catalogue,
            path.parent,
            base=self._base(path),
            numbering=self.kept.numbering,
            withholds=self.withholds,
        )
        if named is None or named is syntax:
            return document, syntax
        findings = (_misnamed(name, syntax, named), *document.findings)
        return replace(document, findings=findings), syntax

    def _base(self, path: Path) -> str:
        """Return the IRI of the document *path*, against which its relative IRIs are resolved."""
        if not self.document_base:
            return ""
        below, folder = path.resolve(), self.relative_to.resolve()
        if below.is_relative_to(folder):
            below = below.relative_to(folder)
        return self.document_base + quote(below.as_posix().lstrip("/"))


def _misnamed(name: str, syntax: Syntax, named: Syntax) -> Finding:
    return Finding(
        name,
        1,
        "syntax",
        f"this is {syntax.name}, and .{extension_of(name)} stands for {named.name};"
        f" it was read as {syntax.name}",
        f"rename the file, so that it ends in .{syntax.extensions[0]}",
        Severity.WARNING,
    )


def _passed_over(name: str) -> Finding:
    return Finding(
        name,
        1,
        "not-read",
        "this is not RDF, so it was not read",
        "remove it, convert it to Turtle, or name it in the setting knowledge.ignored",
        Severity.WARNING,
    )


def read_sources(settings: Settings, kept: KeptFiles | None = None) -> Sources:
    """Read every file of RDF that *settings* name, in any syntax.

    Of files that are *kept* from an earlier call and have not changed, the documents are the same.

    Syntax errors are findings of the documents, so that all of them are known at once. A file that
    the ontology and the data share is divided: what it says of terms belongs to the ontology.
    Raises SourceError for a folder that is not there, a file that cannot be read, or if no file
    holds RDF.
    """
    knowledge = settings.knowledge
    kept = KeptFiles() if kept is None else kept
    reader = SourceReader(
        settings.path.parent,
        settings.catalogue,
        kept,
        knowledge.document_base,
        withholds=settings.checks.invalid_iris == "withhold",
    )
    others = [settings.path, settings.releases, *settings.catalogue.values()]
    queries = (
        *(knowledge.questions, knowledge.lineage),
        *(knowledge.withheld, knowledge.reifiers),
    )
    others += [row for row in (knowledge.shapes, *queries, *knowledge.pages) if row]
    folders = _Folders(reader, others, knowledge.ignored)
    if knowledge.sources:
        ontology = kb = _distinct(row for place in knowledge.sources for row in folders.read(place))
    else:
        home = settings.path.parent
        ontology = folders.read(knowledge.ontology, optional=home / "ontology")
        kb = folders.read(knowledge.kb, optional=home / "kb")
    if not ontology and not kb:
        # An empty graph would be served as if nothing were known.
        places = knowledge.sources or (knowledge.ontology, knowledge.kb)
        named = " and ".join(dict.fromkeys(map(str, places)))
        raise SourceError(f"{named}: no RDF files; expected {_EXTENSIONS} there")
    ontology, kb = _divided(ontology, kb, kept)
    ontology, imports = with_imports(ontology, kb, reader.read, settings.catalogue)
    return Sources(
        ontology=ontology,
        kb=kb,
        extra_prefixes=settings.prefixes,
        warnings=(*folders.warnings, *imports),
    )


def _divided(
    ontology: Sequence[Document], kb: Sequence[Document], kept: KeptFiles
) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """Divide the documents that belong to the ontology and to the data."""
    shared = {id(row) for row in ontology} & {id(row) for row in kb}
    both = [row for row in ontology if id(row) in shared]
    parts = {id(row): found for row, found in zip(both, kept.parts.of(both), strict=True)}
    return (
        tuple(parts[id(row)][0] if id(row) in parts else row for row in ontology),
        tuple(parts[id(row)][1] if id(row) in parts else row for row in kb),
    )


class _Folders:
    """Reads what folders hold, but for hidden files and for those that have another purpose."""

    def __init__(
        self, reader: SourceReader, others: Collection[Path], ignored: Sequence[str]
    ) -> None:
        self._reader, self._ignored = reader, ignored
        #: What these are, and what is below them, begins with one of these.
        self._others = tuple(f"{path.resolve()}{os.sep}" for path in others)
        self._warnings: dict[str, Finding] = {}

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return a warning for each file that was not read."""
        return tuple(self._warnings.values())

    def read(self, place: Path, optional: Path | None = None) -> tuple[Document, ...]:
        """Return the documents of the file or folder *place*, by path.

        Raises SourceError where it is not there, unless it is *optional*.
        """
        if not place.exists():
            if place == optional:
                return ()
            raise SourceError(f"{place}: no such file or folder")
        documents = []
        for path in self._files(place):
            found = self._reader.read(path)
            if isinstance(found, Document):
                documents.append(found)
            else:
                self._warnings[found.path] = found
        return tuple(documents)

    def _files(self, place: Path) -> Iterator[Path]:
        if place.is_file():
            yield place
            return
        # Sorted, so that two machines report the same first error.
        for path in sorted(place.rglob("*")):
            below = path.relative_to(place)
            hidden = any(part.startswith(".") for part in below.parts)
            if path.is_file() and not hidden and not self._is_left_out(path, below.as_posix()):
                yield path

    def _is_left_out(self, path: Path, below: str) -> bool:
        if f"{path.resolve()}{os.sep}".startswith(self._others):
            return True
        return any(
            fnmatchcase(below, pattern) or fnmatchcase(path.name, pattern)
            for pattern in self._ignored
        )


def is_below(path: Path, folder: Path | None) -> bool:
    """Tell whether *path* lies in *folder*, if there is one."""
    return folder is not None and path.resolve().is_relative_to(folder.resolve())


def _distinct(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple({id(row): row for row in documents}.values())
