"""Relative IRIs in a document that has no base (RFC 3986, section 5.1): no IRI to publish."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from partyline.findings import Finding
from partyline.sources.syntaxes import JSON_LD, Syntax

#: Stands for the base of a document that has none, so that its relative IRIs are recognised.
SENTINEL_BASE = "relative://document/"
#: What such IRIs begin with: //example.org/a has a host of its own.
SENTINEL_SCHEME = "relative:"
#: Further relative IRIs that a finding lists.
LISTED = 10


def is_relative(triple: Triple, graph: NamedNode | None = None) -> bool:
    """Tell whether a term of *triple*, or *graph*, was relative in a document without a base."""
    return any(map(_is_marked, iris(triple, graph)))


def iris(triple: Triple, graph: NamedNode | None = None) -> Iterator[str]:
    """Yield the IRIs of *graph* and in *triple*, those of datatypes included."""
    if graph is not None:
        yield graph.value
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, NamedNode):
            yield term.value
        elif isinstance(term, Literal):
            yield term.datatype.value
        elif isinstance(term, Triple):
            yield from iris(term)


def _is_marked(iri: str) -> bool:
    return iri.startswith(SENTINEL_SCHEME)


class RelativeIris:
    """The relative IRIs of one document, in the order in which they are found."""

    def __init__(self, name: str, syntax: Syntax) -> None:
        self._name, self._syntax = name, syntax
        self._found: dict[str, int] = {}

    def add(self, triple: Triple, line: int, graph: NamedNode | None = None) -> None:
        """Keep the relative IRIs of *triple* in *graph*, which ends on *line*."""
        for iri in filter(_is_marked, iris(triple, graph)):
            text = "<" + iri.removeprefix(SENTINEL_BASE).removeprefix(SENTINEL_SCHEME) + ">"
            self._found.setdefault(text, line if self._syntax.streams else 1)

    def findings(self) -> Iterator[Finding]:
        """Yield one finding for all of them: one base corrects them all."""
        if self._found:
            found = [(line, text) for text, line in self._found.items()]
            yield relative_finding(self._name, found, self._syntax)


def relative_finding(name: str, found: list[tuple[int, str]], syntax: Syntax) -> Finding:
    """Return the finding of the relative IRIs *found*, each with its line."""
    (line, iri), *more = found
    details = [f"line {number}: {text}" for number, text in more[:LISTED]]
    if len(more) > LISTED:
        details.append(f"and {len(more) - LISTED} more")
    named, example = "@base", "write @base <https://…> . with"
    if syntax is JSON_LD:
        named, example = '"@base"', 'write "@base": "https://…" in the "@context", with'
    elif not syntax.resumes:
        named, example = "xml:base", 'write xml:base="https://…" in the element rdf:RDF, with'
    where = "above it" if syntax.resumes else "for it"
    return Finding(
        name,
        line,
        "syntax",
        f"{iri or 'this'} is a relative IRI, and there is no {named} {where}",
        f"{example} the address of this document{' at the top of the file' * syntax.resumes}, or"
        " write the IRI in full, or set knowledge.document_base",
        details=tuple(details),
    )
