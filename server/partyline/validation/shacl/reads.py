"""Which triples a shape or a query can read: nothing asks for most of what is inferred."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.vocabulary import RDF, RDFS

#: A term of RDF 1.2.
Node = NamedNode | BlankNode | Literal | Triple

_TYPE, _SUBCLASS = RDF.type, RDFS.subClassOf


class DataGraph:
    """The data to validate, by predicate, and types by class."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.by_predicate: defaultdict[NamedNode, list[Triple]] = defaultdict(list)
        for triple in triples:
            self.by_predicate[triple.predicate].append(triple)
        self._instances: dict[NamedNode, set[Node]] = {}

    def all(self) -> list[Triple]:
        """Return every triple."""
        return [triple for group in self.by_predicate.values() for triple in group]

    @cached_property
    def by_class(self) -> Mapping[Node, list[Triple]]:
        """Return the types by their class."""
        types: defaultdict[Node, list[Triple]] = defaultdict(list)
        for triple in self.by_predicate.get(_TYPE, ()):
            types[triple.object].append(triple)
        return types

    def instances(self, name: NamedNode) -> set[Node]:
        """Return the nodes that are asserted to be of the class *name*."""
        if name not in self._instances:
            self._instances[name] = {row.subject for row in self.by_class.get(name, ())}
        return self._instances[name]

    @cached_property
    def subclasses(self) -> Mapping[Node, list[Node]]:
        """Return the asserted subclasses of each class."""
        below: defaultdict[Node, list[Node]] = defaultdict(list)
        for triple in self.by_predicate.get(_SUBCLASS, ()):
            below[triple.object].append(triple.subject)
        return below


@dataclass(frozen=True, slots=True)
class Reads:
    """Predicates, and classes whose instances are asked for.

    A type counts where the class or one of its superclasses is asked for: that is what SHACL
    calls an instance (section 1.1). To read all types, name ``rdf:type`` among the predicates.
    """

    predicates: frozenset[NamedNode] = frozenset()
    classes: frozenset[NamedNode] = frozenset()

    def __or__(self, other: "Reads") -> "Reads":
        return Reads(self.predicates | other.predicates, self.classes | other.classes)

    def select(self, data: DataGraph) -> list[Triple]:
        """Return those triples of *data* that can be read.

        Of an instance, types are left out that follow from the types that stay: a founding is
        an event, and where both are stated and only events are asked for, the second is enough.
        """
        wanted = self.predicates | {_SUBCLASS}
        kept = [row for name in wanted for row in data.by_predicate.get(name, ())]
        if _TYPE not in wanted:
            kept += self._types(data)
        return kept

    def _types(self, data: DataGraph) -> list[Triple]:
        kept = [row for name in self.classes for row in data.by_class.get(name, ())]
        for name, superclasses in _superclasses(self.classes, data.subclasses).items():
            rows = data.by_class.get(name)
            if rows and name not in self.classes:
                stated = set.intersection(*(data.instances(row) for row in superclasses))
                kept += [row for row in rows if row.subject not in stated]
        return kept


def _superclasses(
    classes: Iterable[NamedNode], below: Mapping[Node, list[Node]]
) -> dict[Node, set[NamedNode]]:
    """Return, for each class, those of *classes* of which it is a subclass."""
    above: defaultdict[Node, set[NamedNode]] = defaultdict(set)
    for name in classes:
        pending: list[Node] = [name]
        while pending:
            node = pending.pop()
            if name not in above[node]:
                above[node].add(name)
                pending += below.get(node, ())
    return above
