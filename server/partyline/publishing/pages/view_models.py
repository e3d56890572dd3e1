"""What templates receive: links, words and groups of them, and no graph."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.publishing.addresses import Addresses
from partyline.publishing.labels import Labels, Text
from partyline.publishing.pages.verbalisation import verbalise
from partyline.publishing.statements import STANDING_ORDER, Standing, Statement, Statements, Term
from partyline.releases import is_of_sources, name_in_sources
from partyline.vocabulary import (
    HTTP_SDO,
    LABEL_PROPERTIES,
    OTHER_NAMES,
    OWL,
    PL,
    RDF,
    RDFS,
    SDO,
    XSD,
)

_FIRST, _REST, _NIL = RDF.first, RDF.rest, RDF.nil
#: Blank nodes inside blank nodes that a page shows; a cycle of them has no end.
_DEEPEST = 8
#: Links that are kept; pages share most of theirs.
_KEPT = 1 << 14


class Link(NamedTuple):
    """A resource, its name and the path at which this host says more about it."""

    name: Text
    iri: str
    path: str
    #: A word more, such as the date of an event.
    note: str = ""
    #: The address of the resource itself, where it is a web page elsewhere.
    outside: str = ""


class Words(NamedTuple):
    """A literal as it is written, and in words."""

    literal: str
    words: str
    language: str = ""
    #: Compact name of the datatype; empty for plain text.
    datatype: str = ""

    @property
    def in_its_language(self) -> Text:
        """Return the literal as a text."""
        return Text(self.literal, self.language)


@dataclass(frozen=True, slots=True)
class BlankReference:
    """A blank node that several statements mention: its number on the page, and its anchor."""

    number: int
    anchor: str


@dataclass(frozen=True, slots=True)
class BlankView:
    """What is said of such a blank node."""

    reference: BlankReference
    groups: tuple["Group", ...]


class Value(NamedTuple):
    """What a statement says: a link, a literal, a list, or a node without a name."""

    standing: Standing
    link: Link | None = None
    words: Words | None = None
    items: tuple["Value", ...] = ()
    groups: tuple["Group", ...] = ()
    #: A blank node that the page shows once, elsewhere: its number there.
    reference: "BlankReference | None" = None
    #: ``file:line`` of every place that asserts it.
    origins: tuple[str, ...] = ()
    #: Path of the explanation of an entailed or disputed statement; empty for others.
    why: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """All values of one predicate."""

    predicate: Link
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Links:
    """The links to resources; those made last are kept."""

    statements: Statements
    labels: Labels
    addresses: Addresses
    #: The phrases of dates, where they are not English.
    dates: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def parameter(self) -> Callable[[Term], str]:
        """Return what writes a term as a parameter of an address."""
        return lru_cache(_KEPT)(self._parameter)

    def _parameter(self, term: Term) -> str:
        prefixed = self.labels.compact(term.value) if isinstance(term, NamedNode) else ""
        return self.addresses.query(prefixed or str(term))

    @cached_property
    def to(self) -> Callable[[NamedNode], Link]:
        """Return what makes the link to a node."""
        return lru_cache(_KEPT)(self._link)

    def _link(self, node: NamedNode) -> Link:
        iri, addresses = node.value, self.addresses
        ours = addresses.is_published(iri) or addresses.is_ontology(iri) or iri in addresses.bases
        outside = "" if ours or not iri.startswith(("http://", "https://")) else iri
        return Link(self.labels.best(node), iri, addresses.page(iri), self._note(node), outside)

    def _note(self, node: NamedNode) -> str:
        if not self.addresses.is_published(node.value):
            return ""
        dates = self.statements.objects(node, PL.date)
        literals = (day for day in dates if isinstance(day, Literal))
        return ", ".join(verbalise(day, self.dates) for day in literals)


@dataclass(frozen=True, slots=True)
class Presenter:
    """Turns terms and statements into what templates receive."""

    statements: Statements
    labels: Labels
    addresses: Addresses
    links: Links
    nested: Mapping[BlankNode, tuple[Statement, ...]] = field(default_factory=dict)
    #: The blank nodes that a page mentions more than once.
    shared: Mapping[BlankNode, BlankReference] = field(default_factory=dict)

    @property
    def has_images(self) -> bool:
        """Tell whether any resource has an image."""
        return bool(self.labels.images)

    def image(self, iri: str) -> str:
        """Return the address of the image of the resource *iri*, or the empty string."""
        found = (
            address
            for row in self.labels.images
            for image in self.statements.objects(NamedNode(iri), row)
            for address in self._image_addresses(image)
        )
        return next((row for row in found if row.startswith(("http://", "https://"))), "")

    def _image_addresses(self, image: Term) -> Iterator[str]:
        """Yield where *image* may be: what schema.org says of an ImageObject, or itself."""
        if not isinstance(image, Literal | Triple):
            for name in (SDO.contentUrl, HTTP_SDO.contentUrl, SDO.url, HTTP_SDO.url):
                for address in self.statements.objects(image, name):
                    if isinstance(address, Literal | NamedNode):
                        yield address.value
        if isinstance(image, Literal | NamedNode):
            yield image.value

    def link(self, node: NamedNode) -> Link:
        """Return *node* as a link."""
        return self.links.to(node)

    def words(self, literal: Literal) -> Words:
        """Return *literal* as it is written and in words."""
        plain = literal.language or literal.datatype == XSD.string
        datatype = literal.datatype.value
        return Words(
            literal=literal.value,
            words=verbalise(literal, self.links.dates),
            language=literal.language or "",
            datatype="" if plain else self.labels.compact(datatype) or datatype,
        )

    def value(self, term: Term, statement: Statement, depth: int = 0) -> Value:
        """Return *term*, a part of *statement*, as a value."""
        origins = tuple(map(str, self.statements.table.origins(statement.row)))
        standing, reason = statement.standing, self.why(statement)
        if isinstance(term, NamedNode):
            return Value(standing, link=self.link(term), origins=origins, why=reason)
        if isinstance(term, Literal):
            return Value(standing, words=self.words(term), origins=origins, why=reason)
        if isinstance(term, Triple) or depth >= _DEEPEST:
            return Value(standing, words=Words(str(term), str(term)), origins=origins)
        if term in self.shared:
            return Value(standing, reference=self.shared[term], origins=origins)
        if items := self._items(term):
            members = tuple(self.value(item.triple.object, item, depth + 1) for item in items)
            return Value(standing, items=members, origins=origins)
        inner = self.groups(self.nested.get(term, ()), depth + 1)
        return Value(standing, groups=inner, origins=origins)

    def stated_in(self, row: int) -> tuple[Link, ...]:
        """Return the graphs in which the sources state the triple in *row* of the table."""
        names = self.statements.table.graphs_of(row)
        return tuple([self.link(NamedNode(name[1:-1])) for name in names if is_of_sources(name)])

    def graph_size(self, node: NamedNode) -> int:
        """Return the number of triples that the sources state in the graph *node*; 0 for others."""
        name = name_in_sources(node.value)
        table = self.statements.table
        return table.count(graphs=[name]) if name in table.present_graphs else 0

    def bare_value(self, term: Term, statement: Statement) -> Value:
        """Return *term* as a value, of an IRI or a literal without origins and explanation."""
        if isinstance(term, NamedNode):
            return Value(statement.standing, link=self.link(term))
        if isinstance(term, Literal):
            return Value(statement.standing, words=self.words(term))
        return self.value(term, statement)

    def why(self, statement: Statement) -> str:
        """Return the path of the explanation of *statement*, or the empty string.

        What is asserted explains itself, and a blank node has no name that lasts.
        """
        if statement.standing is Standing.ASSERTED:
            return ""
        return self.explanation(*statement.triple)

    def explanation(self, subject: Term, predicate: Term, object_: Term) -> str:
        """Return the path that explains a statement; empty where a node has no lasting name."""
        terms = (subject, predicate, object_)
        if any(isinstance(term, BlankNode | Triple) for term in terms):
            return ""
        return "/why?" + "&".join(
            f"{key}={self.links.parameter(term)}"
            for key, term in zip(("subject", "predicate", "object"), terms, strict=True)
        )

    def _items(self, node: BlankNode) -> list[Statement]:
        """Return the rdf:first statements of the list that begins at *node*, if there is one."""
        items: list[Statement] = []
        here: Term | None = node
        seen: set[Term] = set()
        while isinstance(here, BlankNode) and here not in seen:
            seen.add(here)
            cells = self.nested.get(here, ())
            items += [row for row in cells if row.triple.predicate == _FIRST]
            rest = [row.triple.object for row in cells if row.triple.predicate == _REST]
            here = rest[0] if rest else None
        return items

    def shared_nodes(self) -> tuple[BlankView, ...]:
        """Return the blank nodes that the page mentions more than once, each with its groups."""
        return tuple(
            BlankView(reference, self.groups(self.nested.get(node, ()), 1))
            for node, reference in self.shared.items()
        )

    def groups(self, statements: Iterable[Statement], depth: int = 0) -> tuple[Group, ...]:
        """Group *statements* by predicate: names, types, own properties, foreign ones."""
        by_predicate: dict[NamedNode, list[Value]] = {}
        for row in statements:
            value = self.value(row.triple.object, row, depth)
            by_predicate.setdefault(row.triple.predicate, []).append(value)
        return self._ordered(by_predicate)

    def incoming(self, statements: Iterable[Statement]) -> tuple[Group, ...]:
        """Group *statements* by predicate, showing their subjects."""
        by_predicate: dict[NamedNode, list[Value]] = {}
        for row in statements:
            value = self.value(row.triple.subject, row)
            by_predicate.setdefault(row.triple.predicate, []).append(value)
        return self._ordered(by_predicate)

    def _ordered(self, by_predicate: Mapping[NamedNode, list[Value]]) -> tuple[Group, ...]:
        groups = [
            (self._rank(predicate, values), Group(self.link(predicate), tuple(in_order(values))))
            for predicate, values in by_predicate.items()
        ]
        groups.sort(key=lambda row: (row[0], row[1].predicate.name.order, row[1].predicate.iri))
        return tuple(group for _, group in groups)

    def _rank(self, predicate: NamedNode, values: Iterable[Value]) -> tuple[int, bool]:
        inferred = all(value.standing is Standing.INFERRED for value in values)
        names = (*LABEL_PROPERTIES, *OTHER_NAMES)
        if predicate in names:
            return names.index(predicate), False
        if predicate == RDF.type:
            return len(names), False
        if self.addresses.is_term(predicate.value):
            return len(names) + 1, inferred
        noise = predicate in RDF or predicate in RDFS or predicate in OWL
        return len(names) + (3 if noise else 2), inferred


def in_order(values: Iterable[Value]) -> list[Value]:
    """Sort *values*: asserted before inferred before disputed, then by name."""

    def key(value: Value) -> tuple[int, str, str]:
        text = value.link.name.order if value.link else value.words.literal if value.words else ""
        language = value.words.language if value.words else ""
        return STANDING_ORDER[value.standing], language, text

    return sorted(values, key=key)
