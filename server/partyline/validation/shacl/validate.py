"""Validation: SPARQL-based constraints in batches where that is safe, all else by the engine."""

from collections.abc import Collection

from pyoxigraph import NamedNode, Triple

from partyline.validation.shacl.batch_queries import query_reads
from partyline.validation.shacl.batches import Batch, read_batches, run_batches
from partyline.validation.shacl.engine import Result, run_engine
from partyline.validation.shacl.indexed_graph import IndexedGraph, path_properties
from partyline.validation.shacl.reads import DataGraph, Reads
from partyline.validation.shacl.shapes_graph import TARGETS, ShapesGraph
from partyline.vocabulary import RDF, SH

#: Parameters whose values are properties that a shape reads besides those of its path.
_PROPERTIES = (
    *(SH.targetSubjectsOf, SH.targetObjectsOf),
    *(SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals),
)
_CLASSES = (SH.targetClass, SH["class"])
_PATH, _QUERIES = SH.path, (SH.select, SH.ask)
#: What a shape has besides constraints.
_INERT = frozenset({*TARGETS, RDF.type, SH.message, SH.severity, SH.name, SH.description})
#: Constraints that may read any property.
_READ_ALL = (SH.closed, SH.parameter)


def validate(data: Collection[Triple], shapes: ShapesGraph) -> list[Result]:
    """Return the results of validating *data* against *shapes*, as the engine alone would.

    Raises ShapesError where the engine refuses the shapes or a query takes too long.
    """
    graph = DataGraph(data)
    results, ran = run_batches(read_batches(shapes), graph)
    rest = _without(shapes.graph, ran)
    return results + run_engine(relevant(graph, rest, shapes), rest.triples)


def _without(graph: IndexedGraph, ran: Collection[Batch]) -> IndexedGraph:
    """Return the shapes that are left when the constraints in *ran* have been checked."""
    taken = {(batch.shape, SH.sparql, batch.constraint) for batch in ran}
    left = IndexedGraph(row for row in graph.triples if tuple(row) not in taken)
    done = {batch.constraint for batch in ran} - {row.object for row in left.triples}
    # No other shape refers to the shape of a batch: without a constraint, it says nothing.
    done |= {batch.shape for batch in ran if _INERT.issuperset(left.predicates(batch.shape))}
    return IndexedGraph(row for row in left.triples if row.subject not in done)


def relevant(data: DataGraph, graph: IndexedGraph, shapes: ShapesGraph) -> list[Triple]:
    """Return the triples of *data* that the shapes in *graph*, a part of *shapes*, can read.

    Core components look along paths, at types and at what they name (SHACL, section 4).
    """
    # A shape that is a class has its instances as focus nodes (section 2.1.3.3).
    subjects = frozenset(node for node in graph.subjects if isinstance(node, NamedNode))
    reads = Reads(classes=subjects)
    for triple in graph.triples:
        found = _reads(triple, graph, shapes)
        if found is None:
            return data.all()
        reads |= found
    return reads.select(data)


def _reads(triple: Triple, graph: IndexedGraph, shapes: ShapesGraph) -> Reads | None:
    """Return what one statement of a shape makes the engine read; None where it may be all."""
    subject, predicate, value = triple
    if predicate in _READ_ALL:
        return None
    if predicate in _QUERIES:
        return query_reads(value, dict(shapes.declared_prefixes(subject)))
    if predicate == _PATH:
        path = graph.path(value)
        return Reads(frozenset(() if path is None else path_properties(path)))
    if isinstance(value, NamedNode):
        named = frozenset({value})
        if predicate in _PROPERTIES:
            return Reads(predicates=named)
        if predicate in _CLASSES:
            return Reads(classes=named)
    return Reads()
