"""RDF lists (RDF Schema 1.1, section 5.2): read in one place, without recursion."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from pyoxigraph import NamedNode

from partyline.vocabulary import RDF

Node = TypeVar("Node")

#: From a node and a property, the values.
Objects = Callable[[Node, NamedNode], Collection[Node]]


class MalformedList(Exception):
    """An RDF list is circular, does not end in rdf:nil, or has a cell with too much or too little.

    *members* are those before the fault; *cell* is the node at which it is.
    """

    def __init__(self, reason: str, cell: object, members: list[Any]) -> None:
        super().__init__(reason)
        self.cell = cell
        self.members = members


def list_members(head: Node, objects: Objects[Node]) -> list[Node]:
    """Return the members of the list that begins at *head*, in time linear in their number.

    *objects* looks up the values of a property of a cell. Raises MalformedList.

    >>> cells = {("a", RDF.first): [1], ("a", RDF.rest): [RDF.nil]}
    >>> list_members("a", lambda cell, property_: cells.get((cell, property_), []))
    [1]
    """
    return [member for _, member in list_cells(head, objects)]


def list_cells(head: Node, objects: Objects[Node]) -> list[tuple[Node, Node]]:
    """Return each cell of the list that begins at *head*, with its member.

    Raises MalformedList.
    """
    found: list[tuple[Node, Node]] = []
    seen: set[Node] = set()
    cell = head
    while cell != RDF.nil:
        first, rest = objects(cell, RDF.first), objects(cell, RDF.rest)
        reason = _fault(len(first), len(rest), circular=cell in seen)
        if reason:
            raise MalformedList(reason, cell, [member for _, member in found])
        seen.add(cell)
        found.append((cell, next(iter(first))))
        cell = next(iter(rest))
    return found


def _fault(firsts: int, rests: int, *, circular: bool) -> str:
    """Return what is wrong with a cell that has so many members and so many rests."""
    if circular:
        return "the list is circular"
    if firsts != 1:
        return f"a cell of the list has {firsts or 'no'} rdf:first; it must have one"
    if rests != 1:
        return f"a cell of the list has {rests or 'no'} rdf:rest; it must have one"
    return ""
