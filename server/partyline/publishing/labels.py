"""Labels of resources, in the languages of the settings."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from textwrap import shorten
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.dataset import Numbers
from partyline.publishing.statements import Standing, Statements, Term
from partyline.rdf.curies import PrefixMap
from partyline.settings import Knowledge
from partyline.vocabulary import (
    DC,
    DCT,
    FOAF,
    HTTP_SDO,
    LABEL_PROPERTIES,
    OA,
    OTHER_NAMES,
    OWL,
    RDF,
    RDFS,
    SDO,
    SKOS,
    SKOSXL,
    XSD,
)

#: Properties whose value a page begins with, best first.
DESCRIPTION_PROPERTIES = (
    SKOS.definition,
    DCT.description,
    DC.description,
    SDO.description,
    HTTP_SDO.description,
    RDFS.comment,
)
#: Properties that lead to an image of a resource, best first.
IMAGE_PROPERTIES = (
    FOAF.depiction,
    FOAF.img,
    SDO.image,
    HTTP_SDO.image,
    FOAF.thumbnail,
    SDO.logo,
    FOAF.logo,
)
#: Resources whose names are kept.
_KEPT = 1 << 14
#: Characters of a quotation that stand for the passage.
_LONGEST = 72
#: Names of terms that nearly every dataset uses and hardly any describes.
_WELL_KNOWN = {
    RDF.type: "is a",
    RDF.first: "first of the list",
    RDF.rest: "rest of the list",
    RDFS.Resource: "resource",
    RDFS.label: "label",
    RDFS.comment: "comment",
    RDFS.seeAlso: "see also",
    RDFS.isDefinedBy: "defined by",
    RDFS.subClassOf: "subclass of",
    RDFS.subPropertyOf: "subproperty of",
    RDFS.domain: "domain",
    RDFS.range: "range",
    OWL.sameAs: "the same as",
    OWL.inverseOf: "inverse of",
    SKOS.prefLabel: "name",
    SKOS.altLabel: "other name",
    SKOS.hiddenLabel: "spelling to search by",
    SKOS.definition: "definition",
    SKOS.scopeNote: "scope note",
    SKOS.editorialNote: "editorial note",
    SKOS.historyNote: "history note",
    SKOS.example: "example",
    SKOS.note: "note",
    SKOS.Concept: "concept",
    SKOS.ConceptScheme: "concept scheme",
    SKOS.Collection: "collection",
    SKOS.broader: "broader",
    SKOS.narrower: "narrower",
    SKOS.related: "related",
    SKOS.inScheme: "in the scheme",
    SKOS.hasTopConcept: "top concept",
    SKOS.topConceptOf: "top concept of",
    SKOS.notation: "notation",
    SKOS.member: "member",
    SKOS.exactMatch: "exactly matches",
    SKOS.closeMatch: "closely matches",
    SKOS.broadMatch: "broadly matches",
    SKOS.narrowMatch: "narrowly matches",
    SKOS.relatedMatch: "related match",
    DCT.title: "title",
    DCT.description: "description",
    DCT.source: "source",
    DCT.identifier: "identifier",
    DCT.language: "language",
    DCT.license: "licence",
    DCT.created: "created",
    DCT.modified: "modified",
    DCT.issued: "issued",
    DCT.creator: "creator",
    DCT.publisher: "publisher",
    FOAF.name: "name",
    OA.hasSource: "is quoted from",
    OA.hasSelector: "place in the source",
    OA.exact: "quotation",
    OA.prefix: "text before",
    OA.suffix: "text after",
    OA.start: "from character",
    OA.end: "to character",
}


@dataclass(frozen=True, slots=True)
class NameColumns:
    """Statements that name resources, by these, and in the order of the table."""

    #: The place of each resource among those that were asked for.
    places: Numbers
    #: The numbers of the names: literals, or labels of SKOS-XL.
    objects: Numbers
    #: The places of the properties among those that name, the best first.
    ranks: Numbers
    #: Whether the name may be one that is only said to be another one.
    may_be_others: Numbers


class Text(NamedTuple):
    """Words and the BCP 47 tag of their language, empty where unknown."""

    text: str
    language: str = ""

    @property
    def order(self) -> str:
        """Return what to sort by: case and accents do not part what belongs together.

        >>> sorted([Text("Zora"), Text("Émile"), Text("anna")], key=lambda text: text.order)[1]
        Text(text='Émile', language='')
        """
        folded = self.text.strip().casefold()
        if folded.isascii():
            return folded
        if self.text.isascii():
            return self.text.casefold()
        decomposed = unicodedata.normalize("NFKD", folded)
        return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@dataclass(frozen=True)
class Labels:
    """The names of resources, looked up in the statements; those asked for last are kept."""

    statements: Statements
    knowledge: Knowledge
    names: PrefixMap
    #: Properties that name resources and that the statements have, best first.
    properties: tuple[NamedNode, ...]

    @classmethod
    def of(
        cls, statements: Statements, knowledge: Knowledge, prefixes: Mapping[str, str]
    ) -> "Labels":
        """Return the names in *statements*, with *prefixes* for what has none."""
        names = PrefixMap.of({"xsd": XSD.iri} | dict(prefixes))
        wanted = tuple(map(NamedNode, knowledge.labels)) or LABEL_PROPERTIES
        used = tuple(row for row in wanted if statements.table.number(row) is not None)
        return cls(statements, knowledge, names, used)

    @cached_property
    def images(self) -> tuple[NamedNode, ...]:
        """Return the properties that lead to images and that the statements have, best first."""
        wanted = tuple(map(NamedNode, self.knowledge.images)) or IMAGE_PROPERTIES
        return tuple(row for row in wanted if self.statements.table.number(row) is not None)

    @cached_property
    def descriptions(self) -> tuple[NamedNode, ...]:
        """Return the properties that describe resources, best first."""
        return tuple(map(NamedNode, self.knowledge.descriptions)) or DESCRIPTION_PROPERTIES

    def best(self, term: Term) -> Text:
        """Return the best name of *term*; never empty."""
        if isinstance(term, Literal):
            return Text(term.value, term.language or "")
        if isinstance(term, NamedNode):
            return self._name(term)
        return Text("unnamed" if isinstance(term, BlankNode) else str(term))

    @cached_property
    def _name(self) -> Callable[[NamedNode], Text]:
        return lru_cache(_KEPT)(self._best_name)

    def _best_name(self, node: NamedNode) -> Text:
        found = self._best_literal(node)
        return self._fallback(node) if found is None else _text(found)

    def _best_literal(self, node: NamedNode) -> Literal | None:
        """Return the first of `literals`, or None, without reading those that cannot be it."""
        subject = self.statements.table.number(node)
        if subject is None:
            return None
        best, lowest = None, len(self.knowledge.languages) + 2
        for name in self._property_numbers:
            for value in self._names(subject, name):
                rank = self.language_rank(value.language or "")
                if rank < lowest and value.value.strip():
                    best, lowest = value, rank
            if lowest == 0:
                break
        return best

    @cached_property
    def _rows(self) -> tuple[Numbers, Numbers]:
        """The rows that name something, by their subjects, and these subjects."""
        table = self.statements.table
        numbers = (table.number(name) for name in self.properties)
        found = [table.rows(predicate=number) for number in numbers if number is not None]
        rows = np.sort(np.concatenate([np.empty(0, dtype=np.int32), *found]))
        return rows, table.columns["subject"][rows]

    def rows_of(self, nodes: Numbers) -> Numbers:
        """Return the rows of the table that name one of *nodes*, given by their numbers."""
        rows, subjects = self._rows
        firsts, lasts = (subjects.searchsorted(nodes, side).tolist() for side in ("left", "right"))
        parts = [rows[a:b] for a, b in zip(firsts, lasts, strict=True) if a < b]
        return np.concatenate(parts or [rows[:0]])

    def literals(self, node: NamedNode) -> list[Literal]:
        """Return the names of *node*, best first."""
        table = self.statements.table
        subject = table.number(node)
        if subject is None:
            return []
        # Those of the best property first, which the sort keeps of one language.
        found = [
            value
            for name in self._property_numbers
            for value in self._names(subject, name)
            if value.value.strip()
        ]
        languages = self.knowledge.languages
        found.sort(key=lambda value: _language_rank(value.language, languages))
        return found

    @cached_property
    def _property_numbers(self) -> tuple[int, ...]:
        numbers = map(self.statements.table.number, self.properties)
        return tuple(number for number in numbers if number is not None)

    def columns_of(self, subjects: Numbers) -> "NameColumns":
        """Return the statements that name *subjects*, which are given by their numbers."""
        rows, named = self._rows
        firsts, lasts = (np.searchsorted(named, subjects, side) for side in ("left", "right"))
        found = rows[_places(firsts, lasts)]
        columns = self.statements.table.columns
        ranks = np.zeros(len(found), dtype=np.int64)
        for rank, number in enumerate(map(self.statements.table.number, self.properties)):
            ranks[columns["predicate"][found] == number] = rank
        return NameColumns(
            places=np.repeat(np.arange(len(subjects)), lasts - firsts),
            objects=columns["object"][found],
            ranks=ranks,
            may_be_others=self._may_be_others(found),
        )

    def _may_be_others(self, rows: Numbers) -> Numbers:
        """Tell of which *rows* the name may be another name of its resource, by inference."""
        table = self.statements.table
        numbers = filter(None, map(table.number, OTHER_NAMES))
        if not any(table.count(None, number) for number in numbers):
            return np.zeros(len(rows), dtype=bool)
        return np.array([row is Standing.INFERRED for row in self.statements.standings(rows)], bool)

    def language_rank(self, language: str) -> int:
        """Return the place of *language* among the preferred ones; the lowest is the best."""
        return _language_rank(language, self.knowledge.languages)

    def of_all(self, subjects: Numbers) -> Iterator[tuple[int, list[Literal]]]:
        """Yield each of *subjects*, by their numbers, with what `literals` returns for it.

        Many names are read at once: of a million resources in seconds.
        """
        table = self.statements.table
        term, literals = table.terms.term, table.terms.literals
        rows, named = self._rows
        firsts, lasts = (np.searchsorted(named, subjects, side) for side in ("left", "right"))
        rows, sizes = rows[_places(firsts, lasts)], (lasts - firsts).tolist()
        ranks = {number: rank for rank, number in enumerate(map(table.number, self.properties))}
        objects, standings = table.columns["object"][rows].tolist(), self.statements.standings(rows)
        predicates = table.columns["predicate"][rows].tolist()
        preferred, first = self.knowledge.languages, 0
        for subject, size in zip(subjects.tolist(), sizes, strict=True):
            own = slice(first, first + size)
            first += size
            if any(number not in literals for number in objects[own]):  # SKOS-XL
                node = term(subject)
                yield subject, self.literals(node) if isinstance(node, NamedNode) else []
                continue
            is_inferred = Standing.INFERRED in standings[own]
            others = self._other_numbers(subject) if is_inferred else frozenset()
            found = [
                (_language_rank(literal.language, preferred), ranks[predicate], literal)
                for predicate, number, standing in zip(
                    predicates[own], objects[own], standings[own], strict=True
                )
                if not (standing is Standing.INFERRED and number in others)
                and isinstance(literal := term(number), Literal)
                and literal.value.strip()
            ]
            found.sort(key=lambda row: row[:2])
            yield subject, [literal for _, _, literal in found]

    def _other_numbers(self, subject: int) -> frozenset[int]:
        """Return the numbers of the literals that are other names of *subject*."""
        table = self.statements.table
        numbers = (number for name in OTHER_NAMES if (number := table.number(name)) is not None)
        return frozenset(row for name in numbers for row in table.objects(subject, name))

    def _names(self, subject: int, name: int) -> Iterator[Literal]:
        """Yield the values of the property *name*; of SKOS-XL, the literal forms of the labels.

        An alternative or hidden label of SKOS is also an ``rdfs:label`` by inference (SKOS
        Reference, S11), and no name to show.
        """
        table = self.statements.table
        others: frozenset[int] | None = None
        for row, number in table.links(subject, name, len(table)):  # in the order of their text
            value = table.terms.term(number)
            if isinstance(value, Literal):
                if self.statements.standing(row) is Standing.INFERRED:
                    if others is None:
                        others = self._other_numbers(subject)
                    if number in others:
                        continue
                yield value
            elif name == table.number(SKOSXL.prefLabel):
                forms = self.statements.objects(value, SKOSXL.literalForm)
                yield from (form for form in forms if isinstance(form, Literal))

    def pick(self, values: Iterable[Term]) -> Text | None:
        """Return the literal of *values* in the best language, or None."""
        literals = [value for value in values if isinstance(value, Literal)]
        languages = self.knowledge.languages
        literals.sort(key=lambda value: _language_rank(value.language, languages))
        return _text(literals[0]) if literals else None

    def _fallback(self, node: NamedNode) -> Text:
        """Return readable words for a node that has no label."""
        if node in _WELL_KNOWN:
            return Text(_WELL_KNOWN[node], "en")
        if node.value.startswith((self.knowledge.base, *self.knowledge.bases)):
            return self._quotation(node) or Text(readable(node.value))
        return Text(self.compact(node.value) or self._local_name(node) or node.value)

    def _local_name(self, node: NamedNode) -> str:
        """Return the local name of a class or property without a description; empty for others."""
        table = self.statements.table
        number, type_ = table.number(node), table.number(RDF.type)
        if number is None or not (
            table.count(None, number) or (type_ is not None and table.count(None, type_, number))
        ):
            return ""
        return unquote(re.split(r"[/#]", node.value.rstrip("/#"))[-1])

    def _quotation(self, node: NamedNode) -> Text | None:
        """Return the words that *node* quotes: a passage is best known by them."""
        selectors = self.statements.objects(node, OA.hasSelector)
        found = self.pick(
            text for row in selectors for text in self.statements.objects(row, OA.exact)
        )
        if found is None:
            return None
        return Text(f"“{shorten(found.text, _LONGEST, placeholder=' …')}”", found.language)

    def compact(self, iri: str) -> str:
        """Return *iri* as a prefixed name of Turtle and SPARQL, or the empty string."""
        return self.names.prefixed_name(iri) or ""


def readable(iri: str) -> str:
    """Return the last part of *iri* as words, without escapes; a name in mixed case stays as it is.

    >>> readable("https://example.org/id/event/opening-of-the-hall")
    'Opening of the hall'
    >>> readable("https://e.org/terms#mintedIn"), readable("https://e.org/Z%C3%BCrich_West")
    ('mintedIn', 'Zürich West')
    """
    last = unquote(re.split(r"[/#:]", iri.rstrip("/#:"))[-1])
    words = re.sub(r"[-_]+", " ", last).strip() or iri
    return words if words != words.lower() else words[:1].upper() + words[1:]


def _places(firsts: Numbers, lasts: Numbers) -> Numbers:
    """Return the numbers from each of *firsts* up to that of *lasts*, one range after another.

    >>> _places(np.array([5, 2]), np.array([7, 3])).tolist()
    [5, 6, 2]
    """
    sizes = lasts - firsts
    ends: Numbers = np.cumsum(sizes)
    found: Numbers = np.arange(int(sizes.sum())) + np.repeat(firsts - ends + sizes, sizes)
    return found


def _text(literal: Literal) -> Text:
    return Text(literal.value, literal.language or "")


def _language_rank(language: str | None, preferred: Sequence[str]) -> int:
    """Rank a preferred language by its place, then no language, then any other."""
    if not language:
        return len(preferred)
    for rank, tag in enumerate(preferred):
        if language.lower() == tag.lower() or language.lower().startswith(tag.lower() + "-"):
            return rank
    return len(preferred) + 1
