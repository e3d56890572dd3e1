"""Which triples a shape or a query can read: nothing asks for most of what is inferred."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.vocabulary import RDF, RDFS

#: A term of RDF 1.2.
Node = NamedNode | BlankNode | Literal | Triple

_TYPE, _SUBCLASS = RDF.type, RDFS.subClassOf


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

    def select(self, triples: Iterable[Triple]) -> list[Triple]:
        """Return those of *triples* that can be read.

        Of an instance, types are left out that follow from the types that stay: a founding is
        an event, and where both are stated and only events are asked for, the second is enough.
        """
        wanted = self.predicates | {_SUBCLASS}
        kept, types = [], []
        for triple in triples:
            predicate = triple.predicate
            if predicate in wanted:
                kept.append(triple)
            elif predicate == _TYPE:
                types.append(triple)
        above = _wanted_superclasses(self.classes, kept)
        asked: set[tuple[Node, Node]] = {
            (row.subject, row.object) for row in types if row.object in self.classes
        }
        return kept + [row for row in types if _counts(row, above, asked)]


def _counts(row: Triple, above: Mapping[Node, set[Node]], asked: set[tuple[Node, Node]]) -> bool:
    """Tell whether a type says more than those *asked* for that are stated of the same node."""
    if (row.subject, row.object) in asked:
        return True
    superclasses = above.get(row.object, ())
    return any((row.subject, name) not in asked for name in superclasses)


def _wanted_superclasses(
    classes: Iterable[NamedNode], triples: Iterable[Triple]
) -> dict[Node, set[Node]]:
    """Return, for each class, those of *classes* of which it is a subclass."""
    below: dict[Node, list[Node]] = {}
    for triple in triples:
        if triple.predicate == _SUBCLASS:
            below.setdefault(triple.object, []).append(triple.subject)
    above: dict[Node, set[Node]] = {}
    for name in classes:
        seen: set[Node] = set()
        pending: list[Node] = [name]
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                above.setdefault(node, set()).add(name)
                pending += below.get(node, ())
    return above
