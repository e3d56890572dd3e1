"""The description of one resource: its statements, incoming links, and the labels of both."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.errors import UnknownResource
from partyline.publishing.labels import Labels
from partyline.publishing.statements import Node, Statement, Statements
from partyline.settings import Knowledge
from partyline.vocabulary import DCT, FOAF, RDF

#: Statements about one resource that a document holds. Classes of a large dataset have millions.
_MOST = 5000
_MOST_INCOMING = 1000
#: Statements that a document shows of the use of a property.
_USES = 25


@dataclass(frozen=True, slots=True)
class Description:
    """The statements of a release about one resource."""

    subject: NamedNode
    about: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    #: Statements whose predicate the resource is.
    uses: tuple[Statement, ...]
    #: The statements of the blank nodes that the others mention, and of those these mention.
    nested: Mapping[BlankNode, tuple[Statement, ...]]
    #: False where the release says more of the resource than the description holds.
    complete: bool

    def shared_blank_nodes(self) -> list[BlankNode]:
        """Return the blank nodes that are mentioned more than once, in the order of mention."""
        counts: Counter[BlankNode] = Counter()
        if self.nested:
            inner = [row for rows in self.nested.values() for row in rows]
            ends = [row.triple.object for row in (*self.about, *self.uses, *inner)]
            ends += [row.triple.subject for row in (*self.incoming, *self.uses)]
            counts.update(node for node in ends if isinstance(node, BlankNode))
        return [node for node, count in counts.items() if count > 1]

    def statements(self) -> Iterator[Statement]:
        """Yield every statement of the description."""
        yield from self.about
        yield from self.incoming
        yield from self.uses
        for inner in self.nested.values():
            yield from inner


def describe(statements: Statements, subject: NamedNode) -> Description:
    """Describe *subject*. Raises UnknownResource where no triple mentions it."""
    # One more of each than is shown says whether there are more.
    more_about = statements.some(_MOST + 1, subject)
    more_incoming = statements.some(_MOST_INCOMING + 1, object_=subject)
    more_uses = statements.some(_USES + 1, predicate=subject)
    if not (more_about or more_incoming or more_uses):
        raise UnknownResource(f"No statement here mentions <{subject.value}>.")
    about, incoming, uses = more_about[:_MOST], more_incoming[:_MOST_INCOMING], more_uses[:_USES]
    return Description(
        subject=subject,
        about=about,
        incoming=incoming,
        uses=uses,
        nested=nested(statements, (*about, *incoming, *uses)),
        complete=(about, incoming, uses) == (more_about, more_incoming, more_uses),
    )


def nested(
    statements: Statements, mentioning: Iterable[Statement]
) -> dict[BlankNode, tuple[Statement, ...]]:
    """Return the statements of all blank nodes that can be reached from *mentioning*."""
    found: dict[BlankNode, tuple[Statement, ...]] = {}
    waiting = [node for row in mentioning for node in _blank_nodes(row.triple)]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = statements.some(_MOST, node)
            waiting += [node for row in found[node] for node in _blank_nodes(row.triple)]
    return found


def description_triples(
    description: Description, labels: Labels, knowledge: Knowledge, document: str
) -> set[Triple]:
    """Return the graph of a document: the description, labels of what it mentions, and itself.

    *document* is the IRI of the document.
    """
    triples = {row.triple for row in description.statements()}
    mentioned = {node for triple in triples for node in _named_nodes(triple)}
    rows = labels.rows_of(mentioned - {description.subject})
    triples.update(map(labels.statements.table.triple, rows.tolist()))
    return triples | set(_of_document(description.subject, knowledge, document))


def _of_document(subject: NamedNode, knowledge: Knowledge, document: str) -> Iterator[Triple]:
    state = partial(Triple, NamedNode(document))
    yield state(RDF.type, FOAF.Document)
    yield state(FOAF.primaryTopic, subject)
    yield state(DCT.isPartOf, NamedNode(knowledge.base + "dataset"))
    if knowledge.licence:
        yield state(DCT.license, iri_or_text(knowledge.licence))


def named_node(iri: str) -> NamedNode:
    """Return *iri* as a node. Raises UnknownResource where it is not a valid IRI."""
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise UnknownResource(f"“{iri}” is not an absolute IRI: {error}") from error


def iri_or_text(text: str) -> NamedNode | Literal:
    """Return *text* as an IRI where it is one, as a literal where it is not."""
    try:
        return NamedNode(text)
    except ValueError:
        return Literal(text)


def _blank_nodes(triple: Triple) -> list[BlankNode]:
    return [node for node in (triple.subject, triple.object) if isinstance(node, BlankNode)]


def _named_nodes(triple: Triple) -> list[NamedNode]:
    terms: tuple[Node | Literal | Triple, ...] = (triple.subject, triple.predicate, triple.object)
    return [term for term in terms if isinstance(term, NamedNode)]
