"""SPARQL-based constraints (SHACL, section 5), each asked once for all focus nodes.

The engine asks such a query again for every focus node, and some take time that grows with the
square of the data. Asked once, the focus nodes are joined with the query; and a join is not
pre-binding (section 5.3.1), which reaches into nested groups, sub-selects and paths of length
zero. So only queries are taken for which the two are the same: one group of triple patterns and
filters. All others are left to the engine.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import starmap
from operator import or_

import numpy as np
from pyoxigraph import Literal, NamedNode, Quad, Store

from partyline.dataset import TripleSet
from partyline.errors import BadQuery, QueryTimeout
from partyline.sparql import select_locally
from partyline.validation.shacl.batch_queries import BatchQuery, read_batch_query
from partyline.validation.shacl.data_graph import DataGraph
from partyline.validation.shacl.engine import Result, ShapesError
from partyline.validation.shacl.indexed_graph import Term
from partyline.validation.shacl.reads import Reads
from partyline.validation.shacl.shapes_graph import TARGETS, ShapesGraph
from partyline.vocabulary import RDF, RDFS, SH, XSD

#: How the focus nodes of each kind of target are found (SHACL, section 2.1.3).
_TARGET_PATTERNS = {
    SH.targetClass: f"{{{{ ?this {RDF.type}/{RDFS.subClassOf}* {{}} }}}}",
    SH.targetSubjectsOf: "{{ ?this {} ?object }}",
    SH.targetObjectsOf: "{{ ?subject {} ?this }}",
}
_PLAIN = frozenset({XSD.string, RDF.langString})


@dataclass(frozen=True, slots=True)
class Batch:
    """A constraint of one shape, the query for it, and what every result of it has."""

    shape: Term
    constraint: Term
    query: BatchQuery
    targets: tuple[str, ...]
    reads: Reads
    severity: Term
    messages: tuple[str, ...]

    def results(self, store: Store) -> Iterator[Result]:
        """Yield a result for every solution for every focus node."""
        focus = f"SELECT DISTINCT ?this {{ {' UNION '.join(self.targets)} }}"
        solutions = select_locally(store, self.query.joined(focus))
        this = solutions.column("this")
        projected = "value" in solutions.variables
        values = solutions.column("value") if projected else this
        for node, value in zip(this, values, strict=True):
            if node is not None:
                yield Result(
                    focus=node,
                    path=None,
                    value=node if value is None else value,
                    severity=self.severity,
                    component=SH.SPARQLConstraintComponent,
                    shape=self.shape,
                    constraint=self.constraint,
                    messages=self.messages,
                )


def read_batches(shapes: ShapesGraph) -> list[Batch]:
    """Return the constraints of *shapes* that may be asked once for all focus nodes."""
    graph = shapes.graph
    return [
        batch
        for shape in graph.subjects
        for constraint in graph.objects(shape, SH.sparql)
        if (batch := _batch(shapes, shape, constraint)) is not None
    ]


def _batch(shapes: ShapesGraph, shape: Term, constraint: Term) -> Batch | None:
    graph = shapes.graph
    queries = graph.objects(constraint, SH.select)
    # A shape that others refer to is checked for their value nodes too, and one with a path, for
    # the values of its focus nodes: the engine's work.
    elsewhere = shape in shapes.referrers or graph.objects(shape, SH.path)
    deactivated = graph.objects(shape, SH.deactivated) or graph.objects(constraint, SH.deactivated)
    implicit = set(graph.objects(shape, RDF.type)) - {SH.NodeShape}
    if elsewhere or deactivated or implicit or len(queries) != 1:
        return None
    targets, reads = _targets(shapes, shape)
    messages = graph.objects(constraint, SH.message) or graph.objects(shape, SH.message)
    texts = tuple(sorted(row.value for row in messages if isinstance(row, Literal)))
    prefixes = dict(shapes.declared_prefixes(constraint))
    query = read_batch_query(queries[0], prefixes)
    ambiguous = len(prefixes) != len(shapes.declared_prefixes(constraint))
    if (
        not targets
        or query is None
        or ambiguous
        or any("{?" in row or "{$" in row for row in texts)
    ):
        return None
    return Batch(
        shape,
        constraint,
        query,
        targets,
        reads | query.reads,
        graph.value(shape, SH.severity) or SH.Violation,
        texts,
    )


def _targets(shapes: ShapesGraph, shape: Term) -> tuple[tuple[str, ...], Reads]:
    """Return the patterns of the focus nodes and what they read; none if a target is a node."""
    patterns, reads = [], Reads()
    for target in TARGETS:
        for value in shapes.graph.objects(shape, target):
            if target == SH.targetNode or not isinstance(value, NamedNode):
                return (), Reads()
            patterns.append(_TARGET_PATTERNS[target].format(value))
            named = frozenset({value})
            of_class = target == SH.targetClass
            reads |= Reads(classes=named) if of_class else Reads(predicates=named)
    return tuple(patterns), reads


def run_batches(batches: Iterable[Batch], data: DataGraph) -> tuple[list[Result], list[Batch]]:
    """Return the results of *batches* and those of them that ran; the others are the engine's.

    One that reads a literal of another lexical form than the store keeps, such as ``01``, does
    not run, since its query might see the difference. Raises ShapesError for a query that takes
    too long.
    """
    batches = list(batches)
    reads = reduce(or_, (batch.reads for batch in batches), Reads())
    store, changed = _load(reads.select(data))
    results: list[Result] = []
    ran = []
    for batch in batches:
        if batch.reads.predicates & changed:
            continue
        try:
            results += batch.results(store)
        except BadQuery:
            continue  # the engine has the better message for its shape
        except QueryTimeout as error:
            # The engine would ask the same again for every focus node.
            raise ShapesError(str(error), batch.constraint) from error
        ran.append(batch)
    return results, ran


def _load(triples: TripleSet) -> tuple[Store, set[NamedNode]]:
    """Return *triples* in a store, and the predicates of literals that it changes."""
    term = triples.numbering.term
    _, predicates, objects = triples.columns
    store = Store()
    slots = (map(term, column.tolist()) for column in triples.columns)
    store.bulk_extend(starmap(Quad, zip(*slots, strict=True)))
    changed = _changed_literals(map(term, np.unique(objects).tolist()))
    numbers = predicates[np.isin(objects, triples.numbering.numbers(changed))]
    found = map(term, np.unique(numbers).tolist())
    return store, {row for row in found if isinstance(row, NamedNode)}


def _changed_literals(terms: Iterable[Term]) -> set[Literal]:
    """Return those of *terms* that a store gives back in another lexical form."""
    typed = {row for row in terms if isinstance(row, Literal) and row.datatype not in _PLAIN}
    store = Store()
    store.bulk_extend(Quad(RDF.nil, RDF.value, row) for row in typed)
    return typed - {quad.object for quad in store}
