"""Documents in Turtle, made from rows of the table, are the bytes of the writer of graphs."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.errors import NotSerialisable
from partyline.publishing.documents.description import describe, document_graph
from partyline.publishing.documents.turtle import TurtleDocuments
from partyline.publishing.labels import Labels
from partyline.publishing.statements import Statements
from partyline.rdf import write_turtle
from partyline.settings import Knowledge
from partyline.vocabulary import OWL, RDF, XSD
from sampling import examples
from test_dumps import STATEMENTS, table_of
from test_writers import EX, PREFIXES, A, P, Q

#: P names resources: of some, with a blank node.
KNOWLEDGE = Knowledge("Examples", EX, labels=(P.value,))
DOCUMENT = EX + "document"


def labels_of(statements: Iterable[tuple[str, Triple]]) -> Labels:
    return Labels.of(Statements(table_of([*statements])), KNOWLEDGE, PREFIXES)


def bytes_or_refusal(write: Callable[[], bytes]) -> bytes | str:
    try:
        return write()
    except NotSerialisable as error:
        return str(error)


def described(triples: set[Triple], node: NamedNode) -> set[Triple]:
    """Return what the document about *node* says, but for what it says of itself."""
    found = {row for row in triples if node in (row.subject, row.predicate, row.object)}
    while True:
        blank = {term for row in found for term in row if isinstance(term, BlankNode)}
        more = {row for row in triples if row.subject in blank} - found
        if not more:
            break
        found |= more
    named = {term for row in found for term in row if isinstance(term, NamedNode)} - {node}
    return found | {row for row in triples if row.subject in named and row.predicate == P}


@given(STATEMENTS)
@example([("one", Triple(A, P, Literal("a"))), ("one", Triple(NamedNode(DOCUMENT), Q, A))])
@example([("one", Triple(A, RDF.type, OWL.Class)), ("one", Triple(Q, P, BlankNode("a")))])
@example([("one", Triple(A, Q, RDF.nil)), ("one", Triple(RDF.nil, P, Literal("1")))])
@example([("one", Triple(A, P, Literal("1", datatype=XSD.integer))), ("one", Triple(Q, Q, A))])
@settings(max_examples=examples(60, 2000), deadline=None, suppress_health_check=list(HealthCheck))
def test_a_document_is_written_as_its_graph(statements: list[tuple[str, Triple]]) -> None:
    labels, triples = labels_of(statements), {triple for _, triple in statements}
    documents = TurtleDocuments(labels, PREFIXES)
    for node in {term for row in triples for term in row if isinstance(term, NamedNode)}:
        description = describe(labels.statements, node)
        graph = document_graph(description, labels, KNOWLEDGE, DOCUMENT)
        assert graph.triples() - graph.others == described(triples, node) - graph.others
        found = bytes_or_refusal(lambda: documents.write(graph))  # noqa: B023
        expected = bytes_or_refusal(lambda: write_turtle(graph.triples(), PREFIXES).encode())  # noqa: B023
        assert found == expected


def test_the_graph_of_two_descriptions_has_the_statements_of_both() -> None:
    triples = [Triple(A, Q, P), Triple(P, P, Literal("p")), Triple(Q, P, Literal("q"))]
    labels = labels_of(("one", row) for row in triples)
    first, second = (
        document_graph(describe(labels.statements, node), labels, KNOWLEDGE, DOCUMENT)
        for node in (A, Q)
    )
    assert (first | second).triples() == first.triples() | second.triples()
    written = TurtleDocuments(labels, PREFIXES).write(first | second)
    assert written == write_turtle(first.triples() | second.triples(), PREFIXES).encode()


@pytest.mark.parametrize("licence", ["", f"{EX}licence", "Free to use.", RDF.nil.value])
def test_what_a_document_says_of_itself_is_written_as_by_the_writer(licence: str) -> None:
    labels = labels_of([("one", Triple(A, P, Literal("a")))])
    description = describe(labels.statements, A)
    knowledge = replace(KNOWLEDGE, licence=licence)
    graph = document_graph(description, labels, knowledge, DOCUMENT)
    expected = write_turtle(graph.triples(), PREFIXES).encode()
    assert TurtleDocuments(labels, PREFIXES).write(graph) == expected
