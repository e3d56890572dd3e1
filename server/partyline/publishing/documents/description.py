"""The description of one resource: its statements, incoming links, and the labels of both."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.dataset import Numbers, Table
from partyline.dataset.arrays import NUMBER
from partyline.errors import UnknownResource
from partyline.publishing.labels import Labels
from partyline.publishing.statements import Statement, Statements
from partyline.settings import Knowledge
from partyline.vocabulary import DCT, FOAF, RDF

#: Statements about one resource that a document holds. Classes of a large dataset have millions.
_MOST = 5000
_MOST_INCOMING = 1000
#: Statements that a document shows of the use of a property.
_USES = 25


@dataclass(frozen=True, eq=False)
class Description:
    """The statements of a release about one resource, as rows of its table, asserted ones first."""

    subject: NamedNode
    source: Statements
    about_rows: Numbers
    incoming_rows: Numbers
    #: Statements whose predicate the resource is.
    uses_rows: Numbers
    #: By its number, the statements of each blank node that the others mention, and these mention.
    nested_rows: Mapping[int, Numbers]
    #: False where the release says more of the resource than the description holds.
    complete: bool

    @cached_property
    def about(self) -> tuple[Statement, ...]:
        """Return the statements whose subject the resource is."""
        return tuple(self.source.of(self.about_rows))

    @cached_property
    def incoming(self) -> tuple[Statement, ...]:
        """Return the statements whose object the resource is."""
        return tuple(self.source.of(self.incoming_rows))

    @cached_property
    def uses(self) -> tuple[Statement, ...]:
        """Return the statements whose predicate the resource is."""
        return tuple(self.source.of(self.uses_rows))

    @cached_property
    def nested(self) -> Mapping[BlankNode, tuple[Statement, ...]]:
        """Return the statements of the blank nodes."""
        term = self.source.table.terms.term
        return {
            node: tuple(self.source.of(rows))
            for number, rows in self.nested_rows.items()
            if isinstance(node := term(number), BlankNode)
        }

    @property
    def rows(self) -> Numbers:
        """Return the rows of all statements; one may be there twice."""
        parts = (self.about_rows, self.incoming_rows, self.uses_rows, *self.nested_rows.values())
        return np.concatenate(parts)

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
        yield from self.source.of(self.rows)


def describe(statements: Statements, subject: NamedNode) -> Description:
    """Describe *subject*. Raises UnknownResource where no triple mentions it."""
    number = statements.table.number(subject)
    if number is None:
        raise _not_mentioned(subject)
    # One more of each than is shown says whether there are more.
    more_about = statements.some_rows(_MOST + 1, number)
    more_incoming = statements.some_rows(_MOST_INCOMING + 1, object_=number)
    more_uses = statements.some_rows(_USES + 1, predicate=number)
    more = (len(more_about), len(more_incoming), len(more_uses))
    if not any(more):
        raise _not_mentioned(subject)
    about, incoming, uses = more_about[:_MOST], more_incoming[:_MOST_INCOMING], more_uses[:_USES]
    return Description(
        subject=subject,
        source=statements,
        about_rows=about,
        incoming_rows=incoming,
        uses_rows=uses,
        nested_rows=_nested(statements, np.concatenate((about, incoming, uses))),
        complete=(len(about), len(incoming), len(uses)) == more,
    )


def _not_mentioned(subject: NamedNode) -> UnknownResource:
    return UnknownResource(f"No statement here mentions <{subject.value}>.")


def _nested(statements: Statements, mentioning: Numbers) -> dict[int, Numbers]:
    """Return the rows of all blank nodes that can be reached from the rows *mentioning*."""
    found: dict[int, Numbers] = {}
    waiting = _blank_nodes(statements.table, mentioning)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = statements.some_rows(_MOST, node)
            waiting += _blank_nodes(statements.table, found[node])
    return found


def _blank_nodes(table: Table, rows: Numbers) -> list[int]:
    """Return the numbers of the blank nodes in *rows*."""
    ends = np.concatenate((table.columns["subject"][rows], table.columns["object"][rows]))
    blank: list[int] = ends[ends >= table.terms.blank_nodes.start].tolist()
    return blank


@dataclass(frozen=True, eq=False)
class DocumentGraph:
    """The graph of a document: rows of a table, labels, and statements that are in no table."""

    labels: Labels
    #: Rows in order, each once.
    rows: Numbers
    #: IRIs, by their numbers in order, whose labels the graph has and which are not subjects of
    #: *rows*: most subjects of most documents.
    labelled: Numbers
    others: frozenset[Triple]

    @property
    def all_rows(self) -> Numbers:
        """Return the rows of all statements that are in the table, in order."""
        return np.union1d(self.rows, self.labels.rows_of(self.labelled))

    def triples(self) -> set[Triple]:
        """Return the statements as triples."""
        table = self.labels.statements.table
        return {*map(table.triple, self.all_rows.tolist()), *self.others}

    def __or__(self, other: "DocumentGraph") -> "DocumentGraph":
        """Return the statements of two graphs from the same table."""
        rows = np.union1d(self.all_rows, other.all_rows)
        return DocumentGraph(self.labels, rows, rows[:0], self.others | other.others)


def document_graph(
    description: Description, labels: Labels, knowledge: Knowledge, document: str
) -> DocumentGraph:
    """Return the graph of a document: the description, labels of what it mentions, and itself.

    *document* is the IRI of the document.
    """
    table, rows = description.source.table, description.rows
    subjects = table.columns["subject"][rows]
    others = [table.columns[name][rows] for name in ("predicate", "object")]
    iris = table.terms.iris
    own = {*subjects.tolist()}
    mentioned = own.union(*(column.tolist() for column in others))
    mentioned.discard(table.number(description.subject))
    named = sorted(number for number in mentioned if iris.start <= number < iris.stop)
    inside = [number for number in named if number in own]
    with_labels = np.concatenate((rows, labels.rows_of(np.array(inside, NUMBER))))
    return DocumentGraph(
        labels,
        np.unique(with_labels),
        np.array([number for number in named if number not in own], NUMBER),
        frozenset(_of_document(description.subject, knowledge, document)),
    )


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
