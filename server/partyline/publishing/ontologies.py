"""The ontologies of a release: which there are, and which terms each of them defines."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from partyline.publishing.addresses import document_of
from partyline.settings import Knowledge
from partyline.sources.terms import defines_a_term
from partyline.vocabulary import OWL, RDF, RDFS

_NAMESPACE = re.compile(r".*[/#:]", re.DOTALL)
#: Terms that one page shows in full.
_MOST_ON_ONE_PAGE = 60


@dataclass(frozen=True, slots=True)
class Ontology:
    """An ontology document and the terms that it defines."""

    iri: str
    terms: tuple[str, ...]

    @property
    def namespace(self) -> str:
        """Return what the IRI of most terms begins with."""
        counts = Counter(map(namespace_of, self.terms))
        return counts.most_common(1)[0][0] if counts else self.iri

    @property
    def is_large(self) -> bool:
        """Tell whether its document is an index, and each term has a page of its own."""
        return len(self.terms) > _MOST_ON_ONE_PAGE

    @property
    def document(self) -> str:
        """Return the IRI of the document, without the ``#`` that the IRI may end in."""
        return document_of(self.iri)


def find_ontologies(triples: Iterable[Triple], knowledge: Knowledge) -> tuple[Ontology, ...]:
    """Return the ontologies that *triples*, the statements about terms, describe.

    The one that the settings name is the first. A term belongs to the ontology that it is
    ``rdfs:isDefinedBy``, else to the one with whose IRI its own begins. Terms of no ontology make
    one for their namespace, if that is published here or nothing else is.
    """
    headers, subjects = [knowledge.ontology_iri] if knowledge.ontology_iri else [], set()
    defined: dict[str, str] = {}
    typed: set[str] = set()
    for triple in triples:
        if not isinstance(triple.subject, NamedNode):
            continue
        iri = triple.subject.value
        if triple.predicate == RDF.type and triple.object == OWL.Ontology:
            headers.append(iri)
            continue
        subjects.add(iri)
        if defines_a_term(triple):
            typed.add(iri)
        if triple.predicate == RDFS.isDefinedBy and isinstance(triple.object, NamedNode):
            defined[iri] = triple.object.value
    headers = _sorted_headers(headers, knowledge)
    owner = _owners(subjects - set(headers), typed, headers, defined)
    rest = typed - owner.keys() - set(headers)
    for namespace in _namespaces(rest, headers, knowledge):
        headers.append(namespace)
        owner |= {iri: namespace for iri in rest if namespace_of(iri) == namespace}
    terms: dict[str, list[str]] = {iri: [] for iri in headers}
    for iri in sorted(owner):
        terms[owner[iri]].append(iri)
    return tuple(Ontology(iri, tuple(found)) for iri, found in terms.items())


def namespace_of(iri: str) -> str:
    """Return *iri* up to its last ``#`` or ``/``.

    >>> namespace_of("http://xmlns.com/foaf/0.1/Person")
    'http://xmlns.com/foaf/0.1/'
    """
    found = _NAMESPACE.match(iri)
    return found[0] if found else iri


def _sorted_headers(headers: Sequence[str], knowledge: Knowledge) -> list[str]:
    """Return each ontology once, that of the settings first, by its IRI in the data."""
    wanted = document_of(knowledge.ontology_iri)
    by_document = {document_of(iri): iri for iri in headers}
    return sorted(by_document.values(), key=lambda iri: (document_of(iri) != wanted, iri))


def _owners(
    subjects: Iterable[str], typed: set[str], headers: Sequence[str], defined: Mapping[str, str]
) -> dict[str, str]:
    """Return the ontology of each term that has one."""
    by_document = {document_of(iri): iri for iri in headers}
    longest = sorted(headers, key=len, reverse=True)
    found = {}
    for iri in subjects:
        named = by_document.get(document_of(defined.get(iri, "")))
        owner = named if named and iri in typed else _by_prefix(iri, iri in typed, longest)
        if owner is not None:
            found[iri] = owner
    return found


def _by_prefix(iri: str, is_typed: bool, longest: Iterable[str]) -> str | None:
    for header in longest:
        document = document_of(header)
        if iri.startswith(document + "#"):
            return header
        # Data below a slash are not terms: only what is declared to be a class or a property is.
        if is_typed and iri.startswith(document.rstrip("/") + "/") and iri != document:
            return header
    return None


def _namespaces(rest: Iterable[str], headers: Sequence[str], knowledge: Knowledge) -> list[str]:
    """Return the namespaces of *rest* that make an ontology, the largest first."""
    counts = Counter(map(namespace_of, rest))
    bases = (knowledge.base, *knowledge.bases)
    found = [name for name, _ in counts.most_common() if not headers or name.startswith(bases)]
    taken = set(map(document_of, headers))
    return [name for name in found if document_of(name) not in taken]
