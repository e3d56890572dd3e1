"""Which triples a shape or a query can read: nothing asks for most of what is inferred."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pyoxigraph import NamedNode

from partyline.dataset import Numbers, TripleSet
from partyline.validation.shacl.data_graph import DataGraph
from partyline.vocabulary import RDF, RDFS


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

    def select(self, data: DataGraph) -> TripleSet:
        """Return those triples of *data* that can be read.

        Of an instance, types are left out that follow from the types that stay: a founding is
        an event, and where both are stated and only events are asked for, the second is enough.
        """
        wanted = self.predicates | {RDFS.subClassOf}
        rows = [data.rows(name) for name in wanted]
        if RDF.type not in wanted:
            rows += self._types(data)
        return data.select(rows)

    def _types(self, data: DataGraph) -> Iterator[Numbers]:
        asked = set(data.numbering.numbers(self.classes))
        yield from map(data.rows_of_type, asked)
        above: defaultdict[int, set[NamedNode]] = defaultdict(set)
        for name in self.classes:
            for below in data.subclasses(name) - asked:
                above[below].add(name)
        for below, superclasses in above.items():
            rows = data.rows_of_type(below)
            if len(rows):
                follows = np.ones(len(rows), dtype=bool)
                for number in data.numbering.numbers(superclasses):
                    stated = data.subjects[data.rows_of_type(number)]
                    follows &= np.isin(data.subjects[rows], stated)
                yield rows[~follows]
