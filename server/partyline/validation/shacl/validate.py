"""Validation: what all data meet is left out, queries are batched where that is safe.

All else is the engine's.
"""

from collections.abc import Collection

from pyoxigraph import NamedNode, Triple

from partyline.dataset import TripleSet
from partyline.validation.shacl.batch_queries import query_reads
from partyline.validation.shacl.batches import read_batches, run_batches
from partyline.validation.shacl.conforming import Constraint, conforming
from partyline.validation.shacl.data_graph import DataGraph
from partyline.validation.shacl.engine import Result, run_engine
from partyline.validation.shacl.indexed_graph import IndexedGraph, Term, path_properties
from partyline.validation.shacl.reads import Reads
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
_SILENT = frozenset(
    {*TARGETS, RDF.type, SH.message, SH.severity, SH.name, SH.description, SH.order, SH.group}
)
_SILENT_PARTS = _SILENT | {SH.path}
#: Constraints that may read any property.
_READ_ALL = (SH.closed, SH.parameter)


def validate(data: Collection[Triple], shapes: ShapesGraph) -> list[Result]:
    """Return the results of validating *data* against *shapes*, as the engine alone would.

    Raises ShapesError where the engine refuses the shapes or a query takes too long.
    """
    graph = DataGraph(data)
    results, ran = run_batches(read_batches(shapes), graph)
    done = {(batch.shape, SH.sparql, batch.constraint) for batch in ran}
    rest = without_constraints(shapes.graph, done.union(conforming(shapes, graph)))
    return results + run_engine(relevant(graph, rest, shapes), rest.triples)


def without_constraints(graph: IndexedGraph, done: Collection[Constraint]) -> IndexedGraph:
    """Return the shapes that are left when the constraints *done* have been checked.

    Shapes, and nodes of SPARQL-based constraints, that say nothing without them are left out,
    unless others refer to them.
    """
    changed = {shape for shape, _, _ in done}
    left = IndexedGraph(row for row in graph.triples if tuple(row) not in done)
    asked = {value for _, parameter, value in done if parameter == SH.sparql}
    left = _without_nodes(left, asked - {row.object for row in left.triples})
    # A closed shape allows the paths of its property shapes.
    closed = {row.subject for row in left.triples if row.predicate == SH.closed}
    kept = {
        *(row.object for row in left.triples if row.predicate != SH.property),
        *(row.object for row in left.triples if row.subject in closed),
    }
    parts = {row for row in changed - kept if _SILENT_PARTS.issuperset(left.predicates(row))}
    changed |= {row.subject for row in left.triples if row.object in parts}
    left = _without_nodes(left, parts)
    named = {row.object for row in left.triples}
    return _without_nodes(
        left, {row for row in changed - named if _SILENT.issuperset(left.predicates(row))}
    )


def _without_nodes(graph: IndexedGraph, nodes: Collection[Term]) -> IndexedGraph:
    return IndexedGraph(
        row for row in graph.triples if row.subject not in nodes and row.object not in nodes
    )


def relevant(data: DataGraph, graph: IndexedGraph, shapes: ShapesGraph) -> TripleSet:
    """Return the triples of *data* that the shapes in *graph*, a part of *shapes*, can read.

    Core components look along paths, at types and at what they name (SHACL, section 4).
    """
    # A shape that is a class has its instances as focus nodes (section 2.1.3.3).
    subjects = frozenset(node for node in graph.subjects if isinstance(node, NamedNode))
    reads = Reads(classes=subjects)
    for triple in graph.triples:
        found = _reads(triple, graph, shapes)
        if found is None:
            return data.triples
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
