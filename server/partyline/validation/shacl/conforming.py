"""Constraints that all their focus nodes meet, as counting and comparing of numbers shows.

Most data meet most constraints, and the engine need not look at those: it reads all that they can
read, and visits each focus node. Where a single node may not conform, the engine gets the
constraint, and says what is wrong.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from pyoxigraph import BlankNode, Literal, NamedNode

from partyline.dataset import Numbers
from partyline.validation.shacl.data_graph import DataGraph
from partyline.validation.shacl.indexed_graph import Term
from partyline.validation.shacl.shapes_graph import TARGETS, ShapesGraph
from partyline.vocabulary import RDF, SH, XSD

#: A shape, one of its parameters and the value of that.
Constraint = tuple[Term, NamedNode, Term]
_KINDS: dict[Term, tuple[type, ...]] = {
    SH.IRI: (NamedNode,),
    SH.BlankNode: (BlankNode,),
    SH.Literal: (Literal,),
    SH.BlankNodeOrIRI: (BlankNode, NamedNode),
    SH.BlankNodeOrLiteral: (BlankNode, Literal),
    SH.IRIOrLiteral: (NamedNode, Literal),
}
#: Few enough digits for every engine.
_DECIMAL = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_COUNTS = {SH.minCount, SH.maxCount}
_SHAPE_TYPES = {SH.NodeShape, SH.PropertyShape}


@dataclass(frozen=True, slots=True)
class _ValueNodes:
    """The focus nodes of a shape and their value nodes (SHACL, section 3.4), as numbers."""

    data: DataGraph
    focus: Numbers
    #: For each value node, its focus node.
    of: Numbers
    values: Numbers

    def counts(self) -> Numbers:
        """Return the number of value nodes of each focus node."""
        return np.bincount(self.of, minlength=len(self.data.numbering))[self.focus]

    def terms(self) -> Iterator[Term]:
        """Yield each value node once."""
        return map(self.data.numbering.term, np.unique(self.values).tolist())


def conforming(shapes: ShapesGraph, data: DataGraph) -> Iterator[Constraint]:
    """Yield statements of *shapes*, each a constraint that all focus nodes in *data* meet."""
    graph = shapes.graph
    for shape in shapes.shapes:
        # A node shape that counts is ill-formed: the engine says so.
        checked = _CHECKS if graph.objects(shape, SH.path) else _CHECKS.keys() - _COUNTS
        predicates = [row for row in graph.predicates(shape) if row in checked]
        nodes = _value_nodes(shapes, shape, data) if predicates else None
        if nodes is None:
            continue
        for predicate in predicates:
            parameters = graph.objects(shape, predicate)
            # Only of classes there may be several.
            if predicate == SH["class"] or len(parameters) == 1:
                for parameter in parameters:
                    if _CHECKS[predicate](nodes, parameter, shapes):
                        yield shape, predicate, parameter


def _value_nodes(shapes: ShapesGraph, shape: Term, data: DataGraph) -> _ValueNodes | None:
    """Return the nodes that *shape* is about; None where it takes more than to look them up."""
    focus = _focus_nodes(shapes, shape, data)
    if focus is None:
        return None
    paths = shapes.graph.objects(shape, SH.path)
    if not paths:
        return _ValueNodes(data, focus, focus, focus)
    path = shapes.path(shape)
    pairs = None if path is None or len(paths) > 1 else data.pairs(path, focus)
    return None if pairs is None else _ValueNodes(data, focus, *pairs)


def _focus_nodes(shapes: ShapesGraph, shape: Term, data: DataGraph) -> Numbers | None:
    """Return the focus nodes of *shape*, by its targets and those of the node shapes it is in."""
    owners: list[Term] = [shape]
    for owner, parameter in shapes.referrers.get(shape, {}).items():
        if parameter != SH.property or owner in shapes.referrers:
            return None
        if shapes.graph.objects(owner, SH.path):
            return None  # its values are the focus nodes, not its targets
        owners.append(owner)
    found = [_targets(shapes, owner, data) for owner in owners]
    known = [row for row in found if row is not None]
    return np.unique(np.concatenate(known)) if len(known) == len(owners) else None


def _targets(shapes: ShapesGraph, shape: Term, data: DataGraph) -> Numbers | None:
    """Return the nodes that the targets of *shape* declare; None where that is more to find."""
    graph = shapes.graph
    implicit = set(graph.objects(shape, RDF.type)) - _SHAPE_TYPES
    if implicit or graph.objects(shape, SH.deactivated) or graph.objects(shape, SH.target):
        return None
    found = [np.empty(0, dtype=np.intp)]
    for target in TARGETS:
        for value in graph.objects(shape, target):
            if target == SH.targetNode or not isinstance(value, NamedNode):
                return None
            if target == SH.targetClass:
                found.append(data.instances(value))
            else:
                column = data.subjects if target == SH.targetSubjectsOf else data.objects
                found.append(column[data.rows(value)])
    return np.concatenate(found)


def _has_enough(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    least = _whole_number(parameter)
    return least is not None and bool((nodes.counts() >= least).all())


def _has_no_more(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    most = _whole_number(parameter)
    return most is not None and bool((nodes.counts() <= most).all())


def _are_of_kind(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    kinds = _KINDS.get(parameter, ())
    return bool(kinds) and all(isinstance(term, kinds) for term in nodes.terms())


def _are_of_datatype(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    return isinstance(parameter, NamedNode) and all(
        isinstance(term, Literal) and term.datatype == parameter and _is_well_typed(term)
        for term in nodes.terms()
    )


def _is_well_typed(literal: Literal) -> bool:
    """Tell whether *literal* surely is in the lexical space of its datatype."""
    if literal.datatype == XSD.integer:
        return _INTEGER.fullmatch(literal.value) is not None
    # Engines know the datatypes of XML Schema and RDF, and no others.
    known = literal.datatype in XSD or literal.datatype in RDF
    return not known or literal.datatype in (XSD.string, RDF.langString)


def _are_instances(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    return isinstance(parameter, NamedNode) and bool(
        np.isin(nodes.values, nodes.data.instances(parameter)).all()
    )


def _are_listed(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    members = shapes.graph.members(parameter)
    return members is not None and set(members).issuperset(nodes.terms())


def _are_as_long(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    least = _whole_number(parameter)
    return least is not None and all(_length(term) >= least for term in nodes.terms())


def _are_no_longer(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    most = _whole_number(parameter)
    return most is not None and all(0 <= _length(term) <= most for term in nodes.terms())


def _length(term: Term) -> int:
    """Return the number of characters of *term*, -1 where it has no string."""
    return len(term.value) if isinstance(term, Literal | NamedNode) else -1


def _are_as_great(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    least = _decimal(parameter)
    return least is not None and all(
        (value := _decimal(term)) is not None and value >= least for term in nodes.terms()
    )


def _are_no_greater(nodes: _ValueNodes, parameter: Term, shapes: ShapesGraph) -> bool:
    most = _decimal(parameter)
    return most is not None and all(
        (value := _decimal(term)) is not None and value <= most for term in nodes.terms()
    )


def _decimal(term: Term) -> Decimal | None:
    """Return the number that *term* surely is."""
    if isinstance(term, Literal) and term.datatype in (XSD.integer, XSD.decimal):
        return Decimal(term.value) if _DECIMAL.fullmatch(term.value) else None
    return None


def _whole_number(term: Term) -> int | None:
    if isinstance(term, Literal) and term.datatype == XSD.integer:
        return int(term.value) if _INTEGER.fullmatch(term.value) else None
    return None


_Check = Callable[[_ValueNodes, Term, ShapesGraph], bool]
#: Tell of constraints (SHACL, section 4) whether all value nodes surely meet them.
_CHECKS: dict[NamedNode, _Check] = {
    SH.minCount: _has_enough,
    SH.maxCount: _has_no_more,
    SH.nodeKind: _are_of_kind,
    SH.datatype: _are_of_datatype,
    SH["class"]: _are_instances,
    SH["in"]: _are_listed,
    SH.minLength: _are_as_long,
    SH.maxLength: _are_no_longer,
    SH.minInclusive: _are_as_great,
    SH.maxInclusive: _are_no_greater,
}
