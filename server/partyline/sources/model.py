"""What is read: statements with the file and the line that each stands on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import BlankNode, NamedNode, Triple

from partyline.dataset import Numbering, Origin, TripleSet
from partyline.findings import Finding, Severity
from partyline.sources.statements import SourceStatement, Statements
from partyline.vocabulary import WELL_KNOWN


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read. Triples behind a syntax error are missing; *findings* says so."""

    path: str
    statements: Statements
    prefixes: Mapping[str, str]
    findings: tuple[Finding, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Tell whether a part of the file could not be read."""
        return any(row.severity is Severity.VIOLATION for row in self.findings)


@dataclass(frozen=True)
class Sources:
    """All documents of the ontology and of the knowledge base."""

    ontology: tuple[Document, ...]
    kb: tuple[Document, ...]
    #: Prefixes that the settings add to those of the documents.
    extra_prefixes: Mapping[str, str] = field(default_factory=dict)
    #: Warnings of files that were not read, and of ontologies that are imported and not here.
    warnings: tuple[Finding, ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        """Return every document, the ontology's first."""
        return self.ontology + self.kb

    @property
    def findings(self) -> list[Finding]:
        """Return what is wrong with the documents, and what was not read."""
        found = [finding for document in self.documents for finding in document.findings]
        return [*found, *self.warnings]

    @cached_property
    def numbering(self) -> Numbering:
        """Return the numbering of `ontology_triples` and `kb_triples`."""
        numberings = (document.statements.numbering for document in self.documents)
        return next(numberings, Numbering())

    @cached_property
    def ontology_triples(self) -> TripleSet:
        """Return the triples of the ontology."""
        return self._triples(self.ontology)

    @cached_property
    def kb_triples(self) -> TripleSet:
        """Return the triples of the knowledge base."""
        return self._triples(self.kb)

    def _triples(self, documents: Iterable[Document]) -> TripleSet:
        numbered = (row.statements.numbered_in(self.numbering) for row in documents)
        return TripleSet.of_rows(self.numbering, (row.columns for row in numbered))

    @cached_property
    def named_graphs(self) -> Mapping[str, Sequence[Statements]]:
        """Return the statements of each graph that the documents name, by its IRI."""
        found: dict[str, list[Statements]] = {}
        for document in self.documents:
            for graph, statements in document.statements.numbered_in(self.numbering).by_graph():
                found.setdefault(graph.value, []).append(statements)
        return {iri: found[iri] for iri in sorted(found)}

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Return the declared prefixes, and well-known ones whose name and namespace are free.

        A namespace that documents have without a prefix is named by its last part: the default
        prefix means something else in every document.
        """
        merged = dict(self.declared_prefixes)
        defaults = [row.prefixes[""] for row in self.documents if row.prefixes.get("")]
        named = [(_name_of(iri), iri) for iri in dict.fromkeys(defaults)]
        for prefix, iri in (*WELL_KNOWN.items(), *named):
            if iri not in merged.values():
                merged.setdefault(prefix, iri)
        return {prefix: merged[prefix] for prefix in sorted(merged)}

    @cached_property
    def declared_prefixes(self) -> dict[str, str]:
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


def _name_of(namespace: str) -> str:
    """Return a prefix for *namespace*, made of its last part.

    >>> _name_of("http://www.e.org/My-Music#"), _name_of("https://e.org/2024/")
    ('mymusic', 'ns')
    """
    last = re.split(r"[/#]", namespace.rstrip("/#"))[-1].partition(".")[0]
    name = re.sub(r"[^a-z0-9]", "", last.lower())
    return name if name[:1].isalpha() else "ns"
