"""Everything that the web serves from: one release, opened, and the words around it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import or_

from pyoxigraph import NamedNode, Triple

from partyline.errors import UnknownResource
from partyline.publishing.addresses import Addresses, document_of, ontology_paths
from partyline.publishing.class_index import ClassIndex
from partyline.publishing.documents.description import (
    Description,
    DocumentGraph,
    describe,
    document_graph,
    named_node,
)
from partyline.publishing.documents.turtle import TurtleDocuments
from partyline.publishing.labels import Labels
from partyline.publishing.ontologies import Ontology, find_ontologies
from partyline.publishing.pages.class_listing import ClassSize, class_sizes
from partyline.publishing.pages.ontology.document import ontology_triples, version_iri
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.pages.view_models import Links, Presenter
from partyline.publishing.statements import Statements
from partyline.publishing.thesauri.schemes import Schemes
from partyline.rdf import GRAPH_FORMATS, GraphFormat
from partyline.releases import Contradictions, Release, name_in_sources
from partyline.settings import Knowledge

#: The ending of the format that the table is written in directly.
_TURTLE = "ttl"


@dataclass(frozen=True, slots=True)
class Publication:
    """An opened release. Made before the first request, and never changed."""

    release: Release
    knowledge: Knowledge
    addresses: Addresses
    presenter: Presenter
    #: The declarations of pages, over the same statements.
    reader: PageReader
    classes: tuple[ClassSize, ...]
    ontologies: tuple[Ontology, ...]
    contradictions: Contradictions
    class_index: ClassIndex
    schemes: Schemes
    turtle: TurtleDocuments

    @classmethod
    def of(cls, release: Release, knowledge: Knowledge) -> "Publication":
        """Open *release* for reading. Raises ReleaseError where it cannot be read."""
        statements = Statements(release.table)
        labels = Labels.of(statements, knowledge, release.manifest.prefixes)
        found = find_ontologies(ontology_triples(statements), knowledge)
        ontologies = tuple(_with_all_fragments(row, statements) for row in found)
        paths = ontology_paths(
            (row.iri for row in ontologies),
            knowledge.base,
            lambda iri: statements.mentions(NamedNode(iri)),
        )
        terms = {term: row.iri for row in ontologies for term in row.terms}
        pages = {term for row in ontologies for term in _terms_with_pages(row, statements)}
        addresses = Addresses.of(knowledge, paths, terms, pages)
        dates = release.page_plan.dates_in(next(iter(knowledge.languages), "en"))
        links = Links(statements, labels, addresses, dates or {})
        presenter = Presenter(statements, labels, addresses, links)
        return cls(
            release=release,
            knowledge=knowledge,
            addresses=addresses,
            presenter=presenter,
            reader=PageReader.of(presenter, release.page_plan, release.reliance),
            classes=class_sizes(presenter),
            ontologies=ontologies,
            contradictions=release.contradictions,
            class_index=ClassIndex(statements, labels),
            schemes=Schemes(statements),
            turtle=TurtleDocuments(labels, release.manifest.prefixes),
        )

    def in_language(self, language: str) -> "Publication":
        """Return the same with names, dates and sentences in *language* where there are some."""
        languages = tuple(dict.fromkeys((language, *self.knowledge.languages)))
        knowledge = replace(self.knowledge, languages=languages)
        labels = Labels.of(self.statements, knowledge, self.prefixes)
        dates = self.release.page_plan.dates_in(language)
        links = Links(self.statements, labels, self.addresses, dates or {})
        presenter = Presenter(self.statements, labels, self.addresses, links)
        return replace(
            self,
            presenter=presenter,
            reader=replace(self.reader, presenter=presenter),
            class_index=ClassIndex(self.statements, labels),
        )

    @property
    def prefixes(self) -> Mapping[str, str]:
        """Return the prefixes in which the release is written."""
        return self.release.manifest.prefixes

    @property
    def statements(self) -> Statements:
        """Return all statements of the release."""
        return self.presenter.statements

    def paths(self, ontology: Ontology) -> tuple[str, ...]:
        """Return the paths of *ontology* and of its version."""
        path = self.addresses.ontologies[ontology.document]
        version = version_iri(self.statements, ontology.iri)
        within = self.addresses.has_path(version)
        return tuple(dict.fromkeys([path, *([self.addresses.local(version)] if within else [])]))

    def describe(self, iri: str) -> Description:
        """Describe the resource *iri*. Raises UnknownResource."""
        return describe(self.statements, named_node(iri))

    def described(self, iris: Iterable[str]) -> Description | None:
        """Return the description of the first of *iris* that a statement mentions, or None."""
        iri = self.mentioned(iris)
        return None if iri is None else self.describe(iri)

    def mentioned(self, iris: Iterable[str]) -> str | None:
        """Return the first of *iris* that a statement mentions, or None, without describing it."""
        for iri in iris:
            try:
                if self.statements.mentions(named_node(iri)):
                    return iri
            except UnknownResource:
                continue
        return None

    def graph_of(self, iris: Iterable[str]) -> str | None:
        """Return the first of *iris* that the sources name a graph by, or None."""
        present = self.statements.table.present_graphs
        return next((iri for iri in iris if name_in_sources(iri) in present), None)

    def is_only_graph(self, iris: Iterable[str]) -> bool:
        """Tell whether one of *iris* names a graph of the sources, and no statement mentions it."""
        graph = self.graph_of(iris)
        return graph is not None and self.mentioned([graph]) is None

    def document(self, iri: str, extension: str = "") -> str:
        """Return the path of the document about *iri*, which identifies that document alone."""
        return self.documents(iri)(extension)

    def documents(self, iri: str) -> Callable[[str], str]:
        """Return what gives the path of the document about *iri* in a format, by its extension."""
        if iri in self.addresses.term_pages:
            return partial(self._path_of_term, iri)
        path = self.addresses.document(iri)
        name = path.removeprefix("/doc/")
        if name == path or self.mentioned(self.names_of_document(name)) != iri:
            return partial(self.addresses.query_document, iri)
        # Most names are those of no other resource with the ending of a format.
        begins = self.statements.table.terms.has_beginning
        if not any(begins(f"<{row}.") for row in self.names_of_document(name)):
            return lambda extension: f"{path}.{extension}" if extension else path
        return partial(self._path_beside_others, iri, name)

    def _path_of_term(self, term: str, extension: str) -> str:
        """Return the path of the page of *term*, or of its document in a format."""
        full = f"{term}.{extension}"
        is_taken = self.mentioned((full, full.replace("#", "/", 1)))
        if extension and is_taken:
            return self.addresses.query_document(term, extension)
        page = self.addresses.page(term)
        return f"{page}.{extension}" if extension else page

    def _path_beside_others(self, iri: str, name: str, extension: str) -> str:
        """Return what `document` does, of an IRI that others continue with a full stop."""
        full = f"{name}.{extension}" if extension else name
        if self._meant(full) == (iri, extension):
            return f"/doc/{full}"
        return self.addresses.query_document(iri, extension)

    def resolve_document(self, name: str) -> tuple[Description, str] | None:
        """Return what the document at ``/doc/`` and *name* describes, and its extension.

        *name* has its escapes. A resource whose IRI ends as the name does goes before one whose
        document is of that format, and one below ``id/`` before one that is not.
        """
        meant = self._meant(name)
        return None if meant is None else (self.describe(meant[0]), meant[1])

    def _meant(self, name: str) -> tuple[str, str] | None:
        """Return the IRI and the extension of the document at ``/doc/`` and *name*."""
        stem, dot, ending = name.rpartition(".")
        found = self.mentioned(self.names_of_document(name))
        if found is not None:
            return found, ""
        if dot and stem and ending in self.extensions:
            found = self.mentioned(self.names_of_document(stem))
        return None if found is None else (found, ending)

    def names_of_document(self, name: str) -> Iterator[str]:
        """Yield the IRIs that *name* behind ``/doc/`` may stand for, with a slash or without."""
        names = dict.fromkeys((name, name.rstrip("/")))
        for prefix in ("id/", ""):
            for row in names:
                yield from self.addresses.candidates(prefix + row)

    @property
    def extensions(self) -> tuple[str, ...]:
        """Return the extensions of documents, in order of preference."""
        return (*(row.extension for row in GRAPH_FORMATS), "html")

    def has_fragments(self, iri: str) -> bool:
        """Tell whether IRIs with a fragment share the document *iri*."""
        return any(self.fragments(iri))

    def fragments(self, iri: str) -> Iterator[str]:
        """Yield the subjects whose IRIs are *iri* with a fragment, but for those of an ontology.

        Only documents that are published here have fragments: the others have no path.
        """
        document, table = document_of(iri), self.statements.table
        is_here = self.addresses.is_published(f"{document}#fragment")
        if not is_here or document in self.addresses.ontologies:
            return
        for number in table.terms.starting_with(f"<{document}#"):
            term = table.terms.term(number)
            if isinstance(term, NamedNode) and table.count(number):
                yield term.value

    def fragments_of(self, iri: str) -> tuple[Description, ...]:
        """Return the descriptions of the document *iri*, if there is one, and of its fragments."""
        iris = (document_of(iri), *self.fragments(iri))
        found = (self.described([row]) for row in iris)
        return tuple(row for row in found if row is not None)

    def graph(self, description: Description, path: str | None = None) -> DocumentGraph:
        """Return the graph of the document of *description*; *path* is its path if known."""
        if path is None:
            path = self.document(description.subject.value)
        document = self.addresses.published(path)
        return document_graph(description, self.presenter.labels, self.knowledge, document)

    def ontology_of(self, term: str) -> Ontology | None:
        """Return the ontology that *term* is a term of, or None."""
        iri = self.addresses.terms.get(term)
        return next((row for row in self.ontologies if row.iri == iri), None)

    def triples(self, description: Description) -> set[Triple]:
        """Return the statements of the document that holds *description*."""
        return self.graph(description).triples()

    def written(self, row: GraphFormat, graphs: Iterable[DocumentGraph]) -> bytes:
        """Return the document of *graphs*, one or more, in the format *row*.

        Raises NotSerialisable.
        """
        graph = reduce(or_, graphs)
        if row.extension == _TURTLE:
            return self.turtle.write(graph)
        return row.write(graph.triples(), self.prefixes)


def _with_all_fragments(ontology: Ontology, statements: Statements) -> Ontology:
    """Return *ontology* with what data describe below its ``#``: its document is theirs, too."""
    table = statements.table
    numbers = table.terms.starting_with(f"<{ontology.document}#")
    below = {table.terms.term(number) for number in numbers if table.count(number)}
    iris = {term.value for term in below if isinstance(term, NamedNode)} - {ontology.iri}
    return replace(ontology, terms=tuple(sorted({*ontology.terms, *iris})))


def _terms_with_pages(ontology: Ontology, statements: Statements) -> Iterator[str]:
    """Yield the terms of a large ontology whose pages are at addresses of nothing else."""
    beginning = f"{ontology.document}#"
    for term in ontology.terms if ontology.is_large else ():
        fragment = term.removeprefix(beginning)
        below = NamedNode(f"{ontology.document}/{fragment}")
        if fragment != term and not statements.mentions(below):
            yield term


def describe_all(publication: Publication, iris: Iterable[str]) -> set[Triple]:
    """Return the documents of the resources *iris* in one graph; what is unknown adds nothing."""
    triples: set[Triple] = set()
    for iri in iris:
        try:
            triples |= publication.triples(publication.describe(iri))
        except UnknownResource:
            continue
    return triples
