"""What shapes say of the values that members of a class have: how many there are, and what kind.

Only what every member of a class conforms to: constraints of severity violation, on a property or
on one of several. A release conforms to them, so its descriptions may promise the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from partyline.validation.shacl.indexed_graph import IndexedGraph, Path, Term
from partyline.validation.shacl.shapes_graph import ShapesGraph
from partyline.vocabulary import OWL, RDF, RDFS, SH


@dataclass(frozen=True, slots=True, order=True)
class ClassConstraint:
    """What holds of the values of a property, or of several together, of each member of a class.

    Everything is written as text, IRIs without angle brackets, so that it can be kept as JSON.
    """

    class_: str
    #: The values of all of these are counted together.
    properties: tuple[str, ...]
    at_least: int = 0
    at_most: int | None = None
    #: IRI of the datatype of each value; empty for any.
    datatype: str = ""
    #: Whether each value is an IRI.
    is_iri: bool = False
    #: IRI of a class of which each value is a member; empty for any.
    value_class: str = ""

    def to_json(self) -> dict[str, object]:
        """Return what is not the default."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in found.items() if value not in ("", 0, None, False)}

    @classmethod
    def from_json(cls, table: Mapping[str, object]) -> "ClassConstraint":
        """Read what `to_json` wrote. Raises TypeError for anything else."""
        properties = table["properties"]
        if not isinstance(properties, list | tuple):
            raise TypeError(f"properties: {properties!r} is not a list")
        return cls(**{**table, "properties": tuple(map(str, properties))})  # type: ignore[arg-type]  # as written


def class_constraints(shapes: ShapesGraph) -> tuple[ClassConstraint, ...]:
    """Return the constraints of *shapes* on the members of classes, in order."""
    graph = shapes.graph
    return tuple(sorted(set(_constraints(graph)), key=_key))


def _key(row: ClassConstraint) -> tuple[object, ...]:
    at_most = -1 if row.at_most is None else row.at_most
    return (row.class_, row.properties, row.at_least, at_most, row.datatype, row.value_class)


def _constraints(graph: IndexedGraph) -> Iterator[ClassConstraint]:
    for shape in graph.subjects:
        if _is_left_out(graph, shape):
            continue
        for class_ in _targets(graph, shape):
            for constraint in graph.objects(shape, SH.property):
                if not _is_left_out(graph, constraint):
                    yield from _constraint(graph, class_, constraint)


def _targets(graph: IndexedGraph, shape: Term) -> Iterator[NamedNode]:
    """Yield the classes whose members *shape* is about; a class that is a shape is its target."""
    for class_ in graph.objects(shape, SH.targetClass):
        if isinstance(class_, NamedNode):
            yield class_
    types = set(graph.objects(shape, RDF.type))
    if isinstance(shape, NamedNode) and types & {RDFS.Class, OWL.Class}:
        yield shape


def _is_left_out(graph: IndexedGraph, shape: Term) -> bool:
    """Tell whether data may be published that do not conform to *shape*."""
    severity = graph.value(shape, SH.severity)
    is_active = all(row.value != "true" for row in _literals(graph, shape, SH.deactivated))
    return severity not in (None, SH.Violation) or not is_active


def _constraint(
    graph: IndexedGraph, class_: NamedNode, constraint: Term
) -> Iterator[ClassConstraint]:
    properties = _properties(graph, constraint)
    if not properties:
        return
    datatype, value_class = (graph.value(constraint, row) for row in (SH.datatype, SH["class"]))
    found = ClassConstraint(
        class_.value,
        properties,
        at_least=max(_numbers(graph, constraint, SH.minCount), default=0),
        at_most=min(_numbers(graph, constraint, SH.maxCount), default=None),
        datatype=datatype.value if isinstance(datatype, NamedNode) else "",
        is_iri=graph.value(constraint, SH.nodeKind) == SH.IRI,
        value_class=value_class.value if isinstance(value_class, NamedNode) else "",
    )
    if len(found.to_json()) > 2:  # more than a class and its properties
        yield found


def _properties(graph: IndexedGraph, constraint: Term) -> tuple[str, ...]:
    """Return the property of a constraint, or its alternatives; none for another path."""
    node = graph.value(constraint, SH.path)
    path = None if node is None else graph.path(node)
    if path is None:
        return ()
    if isinstance(path, NamedNode):
        return (path.value,)
    operator, operands = path
    return tuple(_iris(operands)) if operator == "|" and _are_plain(operands) else ()


def _are_plain(operands: Iterable[Path]) -> bool:
    return all(isinstance(row, NamedNode) for row in operands)


def _iris(operands: Iterable[Path]) -> Iterator[str]:
    return (row.value for row in operands if isinstance(row, NamedNode))


def _numbers(graph: IndexedGraph, node: Term, predicate: NamedNode) -> list[int]:
    return [int(row.value) for row in _literals(graph, node, predicate) if row.value.isdigit()]


def _literals(graph: IndexedGraph, node: Term, predicate: NamedNode) -> Iterator[Literal]:
    return (row for row in graph.objects(node, predicate) if isinstance(row, Literal))
