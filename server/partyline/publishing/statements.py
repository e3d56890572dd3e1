"""Statements of a release: each triple, whether somebody asserts it, and how it was spelled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from partyline.releases import graph_iri

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple


class Standing(StrEnum):
    """What a release says of a triple."""

    ASSERTED = "asserted"
    INFERRED = "inferred"
    #: Asserted about a disputed or rejected matter, and kept out of reasoning.
    DISPUTED = "disputed"


#: The graphs in the order in which they are asked: the first that has a triple decides.
_STANDINGS = {
    "ontology": Standing.ASSERTED,
    "accepted": Standing.ASSERTED,
    "inferred": Standing.INFERRED,
    "withheld": Standing.DISPUTED,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple and its standing."""

    triple: Triple
    standing: Standing


@dataclass(frozen=True, slots=True)
class Statements:
    """All statements of a release, found by pattern; no query language is involved."""

    store: Store
    base: str
    #: The triples as the sources write them, where the store writes them otherwise.
    spellings: Mapping[Triple, tuple[Triple, ...]]

    def match(
        self,
        subject: Term | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
    ) -> Iterator[Statement]:
        """Yield each statement of the pattern once, asserted ones first."""
        if isinstance(subject, Literal | Triple):
            return
        seen: set[Triple] = set()
        for name, standing in _STANDINGS.items():
            graph = graph_iri(self.base, name)
            for quad in self.store.quads_for_pattern(subject, predicate, object_, graph):
                if quad.triple not in seen:
                    seen.add(quad.triple)
                    for triple in self.spellings.get(quad.triple, (quad.triple,)):
                        yield Statement(triple, standing)

    def some(
        self,
        limit: int,
        subject: Term | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
    ) -> tuple[Statement, ...]:
        """Return at most *limit* statements of the pattern."""
        return tuple(islice(self.match(subject, predicate, object_), limit))

    def objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return the objects of *predicate*, in a lasting order."""
        found = (row.triple.object for row in self.match(subject, predicate))
        return sorted(found, key=str)

    def object_(self, subject: Term, predicate: NamedNode) -> Term | None:
        """Return the first object of *predicate*, or None."""
        return next(iter(self.objects(subject, predicate)), None)

    def subjects(self, predicate: NamedNode, object_: Term) -> list[Term]:
        """Return the subjects that *predicate* leads from to *object_*, in a lasting order."""
        found = (row.triple.subject for row in self.match(None, predicate, object_))
        return sorted(found, key=str)
