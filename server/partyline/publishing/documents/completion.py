"""What an editor of queries may complete: prefixes, the ontology's terms, and others in use."""

from collections.abc import Iterator, Sequence
from typing import TypedDict

from pyoxigraph import NamedNode

from partyline.dataset import Table
from partyline.dataset.graph_names import DEFAULT_GRAPH
from partyline.publishing.labels import Text
from partyline.publishing.pages.ontology.document import term_sections
from partyline.publishing.publication import Publication
from partyline.vocabulary import RDF


class TermWords(TypedDict):
    """One term: its prefixed name, and words for a reader to choose by."""

    name: str
    kind: str
    label: str
    definition: str


class Vocabulary(TypedDict):
    """All that may be completed."""

    prefixes: dict[str, str]
    terms: list[TermWords]


def vocabulary(publication: Publication) -> Vocabulary:
    """Return the prefixes, and the terms that have one: those of the ontology first."""
    own = [
        TermWords(
            name=term.compact,
            kind="class" if term.kind == "class" else term.kind.rpartition(" ")[2],
            label=term.names[0].text,
            definition=_in_language(term.definitions, term.names[0].language),
        )
        for ontology in publication.ontologies
        for section in term_sections(publication.presenter, ontology)
        for term in section.terms
        if term.compact
    ]
    named = {term["name"] for term in own}
    others = [term for term in _others(publication) if term["name"] not in named]
    return Vocabulary(prefixes=dict(publication.prefixes), terms=[*own, *others])


def _others(publication: Publication) -> Iterator[TermWords]:
    """Yield the classes and properties that statements use, by name."""
    labels = publication.presenter.labels
    kinds = _terms_in_use(publication.release.table)
    for node in sorted(kinds, key=lambda node: node.value):
        name = labels.compact(node.value)
        if name:
            label = labels.best(node).text
            # Where there is no label, the name stands for it.
            words = "" if label == name else label
            yield TermWords(name=name, kind=kinds[node], label=words, definition="")


def _terms_in_use(table: Table) -> dict[NamedNode, str]:
    """Return the properties and the classes of the statements of the default graph."""
    kinds: dict[NamedNode, str] = {}
    for number in table.predicates():
        predicate = table.terms.term(number)
        if isinstance(predicate, NamedNode) and table.count(None, number, graphs=DEFAULT_GRAPH):
            kinds[predicate] = "property"
    slots = table.slots(None, RDF.type, None)
    if slots is None:
        return kinds
    typed = table.rows(*slots, DEFAULT_GRAPH)
    for number in sorted(set(table.columns["object"][typed].tolist())):
        kind = table.terms.term(number)
        if isinstance(kind, NamedNode):
            kinds.setdefault(kind, "class")
    return kinds


def _in_language(texts: Sequence[Text], language: str) -> str:
    """Return the first of *texts* that is in *language*, or else the first of all."""
    fitting = [text for text in texts if text.language == language]
    return next((text.text for text in (*fitting, *texts)), "")
