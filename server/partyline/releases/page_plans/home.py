"""Read what the home page shows: counts, where to begin, examples of a dispute and of a proof."""

from collections.abc import Callable, Iterator
from typing import NoReturn

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.releases.page_plans.model import HomeCount, HomePlan
from partyline.validation.shacl.indexed_graph import IndexedGraph, Term
from partyline.vocabulary import RDF, RDFS, SH, VIEW

#: Raises SourceError for a node, with what is wrong with it.
Refuse = Callable[[Term, str], NoReturn]


def read_home(graph: IndexedGraph, refuse: Refuse) -> HomePlan:
    """Return what the resources of class ``view:Home`` in *graph* declare."""
    homes = [node for node in graph.subjects if VIEW.Home in graph.objects(node, RDF.type)]
    counts = [_count(graph, row, refuse) for row in _values(graph, homes, VIEW["count"])]
    return HomePlan(
        counts=tuple(sorted(counts, key=lambda row: row.order)),
        starts=tuple(_resources(graph, homes, VIEW.start, refuse)),
        disputes=tuple(_resources(graph, homes, VIEW.dispute, refuse)),
        proofs=tuple(_statement(graph, row, refuse) for row in _values(graph, homes, VIEW.proof)),
    )


def _values(graph: IndexedGraph, homes: list[Term], predicate: NamedNode) -> Iterator[Term]:
    return (value for home in homes for value in graph.objects(home, predicate))


def _resources(
    graph: IndexedGraph, homes: list[Term], predicate: NamedNode, refuse: Refuse
) -> Iterator[NamedNode]:
    for value in _values(graph, homes, predicate):
        if not isinstance(value, NamedNode):
            refuse(homes[0], f"{value} in {predicate} is not an IRI; name a resource")
        yield value


def _count(graph: IndexedGraph, node: Term, refuse: Refuse) -> HomeCount:
    kind, order = graph.value(node, SH.targetClass), graph.value(node, SH.order)
    if not isinstance(kind, NamedNode):
        refuse(node, "the count has no class; add sh:targetClass")
    names = [row for row in graph.objects(node, RDFS.label) if isinstance(row, Literal)]
    try:
        place = 0.0 if order is None else float(getattr(order, "value", ""))
    except ValueError:
        refuse(node, f"{order} in sh:order is not a number")
    return HomeCount(kind, tuple(names), place)


def _statement(graph: IndexedGraph, node: Term, refuse: Refuse) -> Triple:
    """Return the statement that *node* describes (RDF Schema, section 5.3)."""
    subject, predicate, object_ = (
        graph.value(node, name) for name in (RDF.subject, RDF.predicate, RDF.object)
    )
    if (
        not isinstance(subject, NamedNode)
        or not isinstance(predicate, NamedNode)
        or object_ is None
        or isinstance(object_, BlankNode)
    ):
        refuse(node, "the statement lacks rdf:subject, rdf:predicate or rdf:object; add an IRI")
    return Triple(subject, predicate, object_)
