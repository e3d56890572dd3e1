"""A small graph in memory: objects by subject and predicate, lists, and SHACL property paths."""

from collections.abc import Callable, Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.rdf.lists import MalformedList, list_members
from partyline.vocabulary import RDF, SH

Term = NamedNode | BlankNode | Literal | Triple
#: A property, or an operator of SPARQL property paths with its operands: ``("/", (p, q))``.
Path = NamedNode | tuple[str, tuple["Path", ...]]

_UNARY = {
    SH.inversePath: "^",
    SH.zeroOrMorePath: "*",
    SH.oneOrMorePath: "+",
    SH.zeroOrOnePath: "?",
}


class IndexedGraph:
    """Triples by subject and predicate, the objects in the order in which they were given."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = tuple(dict.fromkeys(triples))
        self._index: dict[Term, dict[NamedNode, list[Term]]] = {}
        for triple in self.triples:
            properties = self._index.setdefault(triple.subject, {})
            properties.setdefault(triple.predicate, []).append(triple.object)

    def __contains__(self, node: object) -> bool:
        return node in self._index

    @property
    def subjects(self) -> tuple[Term, ...]:
        """Return every subject, in order."""
        return tuple(self._index)

    def predicates(self, subject: Term) -> tuple[NamedNode, ...]:
        """Return the predicates of *subject*, in order."""
        return tuple(self._index.get(subject, ()))

    def objects(self, subject: Term, predicate: NamedNode) -> tuple[Term, ...]:
        """Return the objects of *subject* and *predicate*, in order."""
        return tuple(self._index.get(subject, {}).get(predicate, ()))

    def value(self, subject: Term, predicate: NamedNode) -> Term | None:
        """Return the first object, or None."""
        return next(iter(self.objects(subject, predicate)), None)

    def members(self, node: Term) -> list[Term] | None:
        """Return the members of the RDF list that begins at *node*; None if it is not one."""
        try:
            return list_members(node, self.objects)
        except MalformedList:
            return None

    def path(self, node: Term) -> Path | None:
        """Return the property path at *node* (SHACL, section 2.3.1); None if it is not one."""
        return self._path(node, frozenset())

    def _path(self, node: Term, within: frozenset[Term]) -> Path | None:
        if isinstance(node, NamedNode):
            return node
        if not isinstance(node, BlankNode) or node in within:
            return None
        within |= {node}
        if self.objects(node, RDF.first):
            return self._operator("/", node, within)
        for predicate, operator in _UNARY.items():
            for inner in self.objects(node, predicate):
                operand = self._path(inner, within)
                return None if operand is None else (operator, (operand,))
        for alternatives in self.objects(node, SH.alternativePath):
            return self._operator("|", alternatives, within)
        return None

    def _operator(self, operator: str, head: Term, within: frozenset[Term]) -> Path | None:
        members = self.members(head)
        if members is None or len(members) < 2:
            return None
        operands = tuple(self._path(member, within) for member in members)
        known = tuple(operand for operand in operands if operand is not None)
        return (operator, known) if len(known) == len(operands) else None


def path_text(path: Path, name: Callable[[NamedNode], str], *, outer: bool = True) -> str:
    """Return *path* in the syntax of SPARQL, its properties written by *name*.

    >>> near = NamedNode("https://example.org/near")
    >>> path_text(("*", (("|", (near, ("^", (near,)))),)), lambda node: "ex:near")
    '(ex:near|^ex:near)*'
    """
    if isinstance(path, NamedNode):
        return name(path)
    operator, operands = path
    inner = [path_text(operand, name, outer=False) for operand in operands]
    if operator == "^":
        return f"^{inner[0]}"
    if operator in "*+?":
        bracketed = f"({inner[0]})" if inner[0].startswith("^") else inner[0]
        return bracketed + operator
    text = operator.join(inner)
    return text if outer else f"({text})"


def path_properties(path: Path) -> tuple[NamedNode, ...]:
    """Return the properties of *path*, from left to right."""
    if isinstance(path, NamedNode):
        return (path,)
    return tuple(row for operand in path[1] for row in path_properties(operand))
