"""The changes as a Linked Data Event Stream: a version of each resource that was changed.

https://semiceu.github.io/LinkedDataEventStreams/ is the specification. The member of a version is
described in the default graph; what is asserted of its resource is in the graph that the member
names. Who keeps the latest version of each resource, and nothing of those whose latest one is a
deletion, has all asserted statements.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from partyline.history import ChangeKind
from partyline.history.resource_changes import ResourceChange
from partyline.publishing.feeds.change_pages import ChangePage, ChangePages
from partyline.settings import Knowledge
from partyline.vocabulary import DCT, RDF, SH, XSD, Namespace

LDES = Namespace("https://w3id.org/ldes#")
TREE = Namespace("https://w3id.org/tree#")
AS = Namespace("https://www.w3.org/ns/activitystreams#")
STREAM_PREFIXES = {
    "as": AS.iri,
    "dct": DCT.iri,
    "ldes": LDES.iri,
    "sh": SH.iri,
    "tree": TREE.iri,
    "xsd": XSD.iri,
}
PATH = "changes/stream"
#: Seconds after which a follower may look again.
_POLLING = 3600
_TRUE = Literal("true", datatype=XSD.boolean)
#: What the statements about blank nodes are a version of to which no resource leads.
WITHOUT_RESOURCE = "dataset#without-resource"


@dataclass(frozen=True, slots=True)
class EventStream:
    """The stream at the public address *root*, which ends in a slash."""

    root: str
    knowledge: Knowledge
    pages: ChangePages

    @property
    def iri(self) -> NamedNode:
        """Return the IRI of the stream."""
        return NamedNode(f"{self.root}{PATH}#stream")

    def node(self, page: ChangePage | None = None) -> NamedNode:
        """Return the address of a page; without one, that of the root."""
        return NamedNode(f"{self.root}{PATH}" + (f"/{page.path}" if page else ""))

    def root_quads(self) -> Iterator[Quad]:
        """Yield what the root says: the context, and where the pages of each publication begin."""
        stream, root = self.iri, self.node()
        yield _quad(stream, RDF.type, LDES.EventStream)
        yield _quad(stream, TREE.view, root)
        yield _quad(root, RDF.type, TREE.Node)
        yield _quad(stream, DCT.title, Literal(f"{self.knowledge.title}: changes"))
        if self.knowledge.licence.startswith(("http://", "https://")):
            yield _quad(stream, DCT.license, NamedNode(self.knowledge.licence))
        yield _quad(stream, LDES.timestampPath, DCT.created)
        yield _quad(stream, LDES.versionOfPath, DCT.isVersionOf)
        for kind in ChangeKind:
            yield _quad(stream, LDES[f"version{kind}Object"], AS[kind])
        yield _quad(stream, LDES.pollingInterval, Literal(_POLLING))
        yield from self._shape()
        firsts = list(self.pages.first_pages())
        for place, first in enumerate(firsts):
            yield from self._relations(root, first, f"r{place}")
        beginning = firsts[0].publication if firsts else None
        if beginning and beginning.number > 1:
            policy = NamedNode(f"{root.value}#retention")
            yield _quad(root, LDES.retentionPolicy, policy)
            yield _quad(policy, RDF.type, LDES.RetentionPolicy)
            yield _quad(policy, LDES.startingFrom, _time(beginning.row.published))

    def page_quads(self, page: ChangePage) -> Iterator[Quad]:
        """Yield the members of *page*, and where the next one is."""
        stream, node = self.iri, self.node(page)
        yield _quad(stream, RDF.type, LDES.EventStream)
        yield _quad(node, RDF.type, TREE.Node)
        yield _quad(node, LDES.immutable, _TRUE)
        for change in self.pages.members(page):
            yield from self._member(page, change)
        if following := self.pages.following(page):
            yield from self._relations(node, following, "next")

    def _relations(self, node: NamedNode, page: ChangePage, name: str) -> Iterator[Quad]:
        """Yield that *page* has what was published at its time, not before and not later."""
        for number, kind in enumerate(("GreaterThan", "LessThan")):
            relation = BlankNode(f"{name}x{number}")
            yield _quad(node, TREE.relation, relation)
            yield _quad(relation, RDF.type, TREE[f"{kind}OrEqualToRelation"])
            yield _quad(relation, TREE.node, self.node(page))
            yield _quad(relation, TREE.path, DCT.created)
            yield _quad(relation, TREE.value, _time(page.publication.row.published))

    def _member(self, page: ChangePage, change: ResourceChange) -> Iterator[Quad]:
        iri = change.iri or self.knowledge.base + WITHOUT_RESOURCE
        row = page.publication.row
        # The address of the resource in its release, and the publication: one may come back.
        place = f"releases/{row.release}/resource?iri={quote(iri, '')}"
        member = NamedNode(f"{self.root}{place}#{page.publication.number}")
        yield _quad(self.iri, TREE.member, member)
        yield _quad(member, RDF.type, AS[change.kind])
        yield _quad(member, DCT.isVersionOf, NamedNode(iri))
        yield _quad(member, DCT.created, _time(row.published))
        statements = self.pages.succession.table(page.publication).statements(change.rows)
        text = "".join(f"{statement} .\n" for statement in statements)
        for quad in parse(input=text, format=RdfFormat.N_TRIPLES):
            yield Quad(quad.subject, quad.predicate, quad.object, member)

    def _shape(self) -> Iterator[Quad]:
        """Yield the shape of members: what is said of each version besides the resource itself."""
        shape = NamedNode(f"{self.root}{PATH}#shape")
        yield _quad(self.iri, TREE.shape, shape)
        yield _quad(shape, RDF.type, SH.NodeShape)
        kinds = [BlankNode(f"kind{number}") for number in range(len(ChangeKind))]
        parts: dict[NamedNode, tuple[NamedNode, NamedNode | BlankNode]] = {
            RDF.type: (SH["in"], kinds[0]),
            DCT.isVersionOf: (SH.nodeKind, SH.IRI),
            DCT.created: (SH.datatype, XSD.dateTime),
        }
        for number, (path, (what, value)) in enumerate(parts.items()):
            part = BlankNode(f"part{number}")
            yield _quad(shape, SH.property, part)
            yield _quad(part, SH.path, path)
            yield _quad(part, SH.minCount, Literal(1))
            yield _quad(part, SH.maxCount, Literal(1))
            yield _quad(part, what, value)
        rests: list[BlankNode | NamedNode] = [*kinds[1:], RDF.nil]
        for cell, rest, kind in zip(kinds, rests, ChangeKind, strict=True):
            yield _quad(cell, RDF.first, AS[kind])
            yield _quad(cell, RDF.rest, rest)


def _quad(
    subject: NamedNode | BlankNode,
    predicate: NamedNode,
    object_: NamedNode | BlankNode | Literal,
) -> Quad:
    return Quad(subject, predicate, object_, DefaultGraph())


def _time(published: str) -> Literal:
    return Literal(published, datatype=XSD.dateTime)
