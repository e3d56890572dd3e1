"""SPARQL-based constraints (SHACL, section 5), each asked once for all focus nodes.

pySHACL asks such a query again for every focus node, and parses it every time: a hundred times the
cost. Constraints that this module does not read are left to pySHACL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Variable

from partyline.errors import SourceError
from partyline.vocabulary import RDF, RDFS, SH

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

Term = NamedNode | BlankNode | Literal

_THIS, _VALUE = Variable("this"), Variable("value")
#: What the pre-bound variables are called besides ``$this``; a query with them needs its shape.
_UNREAD = ("$PATH", "?PATH", "$shapesGraph", "?shapesGraph", "$currentShape", "?currentShape")
#: How the focus nodes of each kind of target are found (SHACL, section 2.1.3).
_TARGETS = {
    SH.targetClass: f"SELECT DISTINCT ?this {{{{ ?this {RDF.type}/{RDFS.subClassOf}* <{{}}> }}}}",
    SH.targetSubjectsOf: "SELECT DISTINCT ?this {{ ?this <{}> ?object }}",
    SH.targetObjectsOf: "SELECT DISTINCT ?this {{ ?subject <{}> ?this }}",
}


@dataclass(frozen=True, slots=True)
class ConstraintViolation:
    """A focus node of which a constraint does not hold, and the value that it names."""

    focus: Term
    value: Term | None
    message: str
    severity: NamedNode


@dataclass(frozen=True, slots=True)
class SparqlConstraint:
    """A SELECT whose solutions are violations, and the queries that find its focus nodes."""

    prologue: str
    select: str
    targets: tuple[str, ...]
    message: str
    severity: NamedNode

    def violations(self, store: Store) -> Iterator[ConstraintViolation]:
        """Yield every solution for every focus node. Raises SourceError if it is no query."""
        # The focus nodes come first, as if $this were bound already: a constraint may deny only.
        head, brace, rest = self.select.partition("{")
        for target in self.targets:
            query = f"{self.prologue}{head}{brace} {{ {target} }} {rest}"
            for this, value in _select(store, query):
                yield ConstraintViolation(this, value, self.message, self.severity)


def _select(store: Store, query: str) -> Iterator[tuple[Term, Term | None]]:
    """Yield ``$this`` and, where it is bound, ``?value`` of each solution."""
    try:
        solutions = store.query(query)
    except SyntaxError as error:
        raise SourceError(f"a SHACL constraint holds no SPARQL: {error}: {query}") from error
    if not isinstance(solutions, QuerySolutions) or _THIS not in solutions.variables:
        raise SourceError(f"a SHACL constraint must be a SELECT with $this: {query}")
    with_value = _VALUE in solutions.variables
    for solution in solutions:
        yield solution[_THIS], solution[_VALUE] if with_value else None


def extract_constraints(shapes: "rdflib.Graph") -> list[SparqlConstraint]:
    """Remove from *shapes* the constraints that can be asked once, and return them."""
    import rdflib

    taken = []
    for shape, node in list(shapes.subject_objects(rdflib.URIRef(SH.sparql.value))):
        constraint = _constraint(shapes, shape, node)
        if constraint is not None:
            shapes.remove((shape, rdflib.URIRef(SH.sparql.value), node))
            taken.append(constraint)
    return sorted(taken, key=lambda row: (row.message, row.select))


def _constraint(shapes: "rdflib.Graph", shape: "Node", node: "Node") -> SparqlConstraint | None:
    import rdflib

    def values(of: "Node", name: NamedNode) -> list[str]:
        return sorted(str(value) for value in shapes.objects(of, rdflib.URIRef(name.value)))

    select = values(node, SH.select)
    targets = tuple(
        pattern.format(iri) for name, pattern in _TARGETS.items() for iri in values(shape, name)
    )
    unread = bool(values(shape, SH.targetNode) or values(shape, SH.deactivated))
    if len(select) != 1 or not targets or unread or any(name in select[0] for name in _UNREAD):
        return None
    message = [*values(node, SH.message), *values(shape, SH.message), "a shape is violated"][0]
    severity = [*values(shape, SH.severity), SH.Violation.value][0]
    prologue = "".join(_prefixes(shapes, node))
    return SparqlConstraint(prologue, select[0], targets, message, NamedNode(severity))


def _prefixes(shapes: "rdflib.Graph", node: "Node") -> Iterator[str]:
    """Yield the PREFIX lines that a constraint declares (SHACL, section 5.2.1)."""
    import rdflib

    declare, prefix = rdflib.URIRef(SH.declare.value), rdflib.URIRef(SH.prefix.value)
    namespace = rdflib.URIRef(SH.namespace.value)
    for ontology in shapes.objects(node, rdflib.URIRef(SH.prefixes.value)):
        for declared in shapes.objects(ontology, declare):
            name, iri = shapes.value(declared, prefix), shapes.value(declared, namespace)
            yield f"PREFIX {name}: <{iri}>\n"
