"""``owl:imports``: from a catalogue of local files; what is not there is a warning.

Nothing is ever fetched (OWL 2 Structural Specification, section 3.4, leaves the means open).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import NamedNode

from partyline.errors import SourceError
from partyline.findings import Finding, Severity
from partyline.sources.model import Document
from partyline.sources.statements import SourceStatement
from partyline.vocabulary import OWL, RDF

_Read = Callable[[Path], Document | Finding]


def with_imports(
    ontology: Sequence[Document],
    kb: Sequence[Document],
    read: _Read,
    catalogue: Mapping[str, Path],
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Return *ontology* with what it imports, and warnings of what is imported and not here.

    An import of an ontology that is among the documents, by its IRI or its version, adds nothing.
    Raises SourceError where a file of the catalogue is not RDF or cannot be read.
    """
    documents, warnings = list(ontology), []
    here = {iri for document in (*ontology, *kb) for iri in _ontologies(document)}
    waiting = [row for document in (*ontology, *kb) for row in _imports(document)]
    while waiting:
        row = waiting.pop(0)
        iri = _iri(row)
        if iri in here:
            continue
        here.add(iri)
        if iri not in catalogue:
            warnings.append(_missing(row, iri))
            continue
        document = read(catalogue[iri])
        if not isinstance(document, Document):
            raise SourceError(f"{catalogue[iri]}: is not RDF, and the catalogue names it for {iri}")
        documents.append(document)
        here.update(_ontologies(document))
        waiting += _imports(document)
    return tuple(documents), tuple(warnings)


def _ontologies(document: Document) -> Iterator[str]:
    """Yield the IRIs of the ontologies that *document* holds, and of their versions."""
    statements = document.statements
    for row in statements.of_predicates((RDF.type,)).of_objects((OWL.Ontology,)):
        if isinstance(row.triple.subject, NamedNode):
            yield row.triple.subject.value
    for row in statements.of_predicates((OWL.versionIRI,)):
        if isinstance(row.triple.object, NamedNode):
            yield row.triple.object.value


def _imports(document: Document) -> Iterator[SourceStatement]:
    for row in document.statements.of_predicates((OWL.imports,)):
        if isinstance(row.triple.object, NamedNode):
            yield row


def _iri(row: SourceStatement) -> str:
    return row.triple.object.value if isinstance(row.triple.object, NamedNode) else ""


def _missing(row: SourceStatement, iri: str) -> Finding:
    return Finding(
        row.origin.path,
        row.origin.line,
        "import",
        f"<{iri}> is imported and is not among the sources; nothing is fetched, so it is left out",
        "put a copy of it beside the ontology, or name a file for it in the table [catalogue] of"
        " the settings",
        Severity.WARNING,
    )
