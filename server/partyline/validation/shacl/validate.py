"""Validation: SPARQL-based constraints in batches where that is safe, all else by the engine."""

from collections.abc import Collection, Iterable

from pyoxigraph import NamedNode, Triple

from partyline.validation.shacl.batches import read_batches, run_batches
from partyline.validation.shacl.engine import Result, run_engine
from partyline.validation.shacl.indexed_graph import IndexedGraph, path_properties
from partyline.validation.shacl.shapes_graph import ShapesGraph
from partyline.vocabulary import RDF, RDFS, SH

#: Parameters whose values are properties that a shape reads besides those of its path.
_READ = (
    *(SH.targetSubjectsOf, SH.targetObjectsOf),
    *(SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals),
)
#: Constraints that may read any property.
_READ_ALL = (SH.closed, SH.sparql, SH.parameter)


def validate(data: Collection[Triple], shapes: ShapesGraph) -> list[Result]:
    """Return the results of validating *data* against *shapes*, as the engine alone would.

    Raises ShapesError where the engine refuses the shapes.
    """
    results, ran = run_batches(read_batches(shapes), data)
    taken = {(batch.shape, SH.sparql, batch.constraint) for batch in ran}
    rest = IndexedGraph(row for row in shapes.graph.triples if tuple(row) not in taken)
    return results + run_engine(relevant(data, rest), rest.triples)


def relevant(data: Iterable[Triple], shapes: IndexedGraph) -> Iterable[Triple]:
    """Return the triples of *data* that *shapes* can read: most are inferred, and no path's.

    Core components look along paths, at types and at what they name (SHACL, section 4).
    """
    predicates = {RDF.type, RDFS.subClassOf}
    for triple in shapes.triples:
        if triple.predicate in _READ_ALL:
            return data
        if triple.predicate in _READ and isinstance(triple.object, NamedNode):
            predicates.add(triple.object)
        if triple.predicate == SH.path:
            path = shapes.path(triple.object)
            predicates |= set() if path is None else set(path_properties(path))
    return [triple for triple in data if triple.predicate in predicates]
