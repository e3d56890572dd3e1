"""The resources that are reconciled, and the classes and properties beside them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from partyline.errors import UnknownResource
from partyline.publishing.documents.description import named_node
from partyline.publishing.external_links import IDENTITY, spellings
from partyline.publishing.labels import Text
from partyline.publishing.pages.resource_page import kinds
from partyline.publishing.pages.view_models import Link
from partyline.publishing.publication import Publication
from partyline.publishing.statements import Standing
from partyline.vocabulary import OTHER_NAMES, OWL, RDF, RDFS

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: Classes of terms, which are types and properties of an answer, and no entities.
_TERMS = (
    *(OWL.Class, RDFS.Class, RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty),
    *(OWL.AnnotationProperty, OWL.Ontology),
)
#: Identity links of a resource that are followed, of any one relation.
_MOST_LINKS = 50


@dataclass(frozen=True)
class Entities:
    """The resources of a publication, by identifiers: their IRIs, or what stands for these."""

    publication: Publication

    def iri(self, identifier: str) -> NamedNode | None:
        """Return the node that *identifier* means: an IRI, a prefixed name, or what follows a base.

        The IRI itself goes first. None where no statement mentions it.
        """
        for iri in self._meant(identifier.strip()):
            try:
                node = named_node(iri)
            except UnknownResource:
                continue
            if self.publication.statements.mentions(node):
                return node
        return None

    def _meant(self, identifier: str) -> Iterator[str]:
        if not identifier:
            return
        is_absolute = _SCHEME.match(identifier)
        if is_absolute:
            yield identifier
        prefix, colon, rest = identifier.partition(":")
        if colon and prefix in self.publication.prefixes:
            yield self.publication.prefixes[prefix] + rest
        if not is_absolute:
            for path in (identifier, f"id/{identifier}"):
                yield from self.publication.addresses.candidates(path)

    def find(self, identifier: str) -> NamedNode | None:
        """Return the entity *identifier*, or None; a link of another dataset means ours."""
        node = self.iri(identifier)
        if node is not None and self.is_entity(node):
            return node
        found = [row for row in self.linked(identifier) if self.is_entity(row)]
        return found[0] if len(found) == 1 else None

    def linked(self, iri: str) -> list[NamedNode]:
        """Return the resources that are the same as that of another dataset, *iri*."""
        if not _SCHEME.match(iri):
            return []
        statements, found = self.publication.statements, dict[NamedNode, None]()
        for spelling in spellings(iri):
            try:
                target = named_node(spelling)
            except UnknownResource:
                continue
            for relation in IDENTITY:
                rows = statements.some(_MOST_LINKS, None, relation, target)
                nodes = (row.triple.subject for row in rows if row.standing != Standing.DISPUTED)
                found.update({row: None for row in nodes if isinstance(row, NamedNode)})
        return list(found)

    def is_entity(self, node: NamedNode) -> bool:
        """Tell whether *node* is published here, and is not a class or a property."""
        if not self.publication.addresses.is_published(node.value):
            return False
        table = self.publication.statements.table
        number, type_ = table.number(node), table.number(RDF.type)
        if number is None or not table.count(number):
            return False
        if self.publication.addresses.is_term(node.value) or type_ is None:
            return not self.publication.addresses.is_ontology(node.value)
        terms = filter(None, map(table.number, _TERMS))
        return not any(table.row_of(number, type_, term) is not None for term in terms)

    def types(self, node: NamedNode) -> Sequence[Link]:
        """Return the most specific classes of *node*, by name."""
        link = self.publication.presenter.link
        found = map(link, kinds(self.publication.presenter, node))
        return sorted(found, key=lambda row: row.name.order)

    def link(self, node: NamedNode) -> Link:
        """Return *node* with its name."""
        return self.publication.presenter.link(node)

    def definition(self, node: NamedNode) -> Text | None:
        """Return what describes *node*, in the best language, or None."""
        labels, statements = self.publication.presenter.labels, self.publication.statements
        texts = (text for row in labels.descriptions for text in statements.objects(node, row))
        return labels.pick(texts)

    def names(self, node: NamedNode) -> Iterator[Text]:
        """Yield all names of *node*."""
        labels, statements = self.publication.presenter.labels, self.publication.statements
        found = labels.literals(node)
        yield from (labels.best(row) for row in found)
        for other in OTHER_NAMES:
            yield from (labels.best(row) for row in statements.objects(node, other))
        if not found:
            yield labels.best(node)

    def type_objects(self, node: NamedNode) -> list[dict[str, str]]:
        """Return the classes of *node* as an answer has them."""
        return [{"id": row.iri, "name": row.name.text} for row in self.types(node)]
