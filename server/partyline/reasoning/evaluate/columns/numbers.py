"""Between the numbers of a numbering and those of a database, without a text or an object."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from pyoxigraph import Triple

from partyline.dataset import Numbering, Numbers, TripleSet
from partyline.rdf.terms import Term
from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.pairs.packed_pairs import Column
from partyline.reasoning.model.rules import Fact

#: Terms that are handed over at once.
_AT_ONCE = 100_000


def load_triples(database: Database, triples: TripleSet) -> "SharedNumbers":
    """Load *triples*, each term once.

    Raises ValueError for a quoted triple: OWL 2 has none.
    """
    numbering = triples.numbering
    for quoted in numbering.rdf12.keys() & set(triples.used().tolist() if numbering.rdf12 else ()):
        if isinstance(numbering.term(quoted), Triple):
            raise ValueError(f"{numbering.term(quoted)}: OWL 2 has no quoted triples")
    texts, used = numbering.in_order(triples.used())
    literals = sum(text.startswith('"') for text in texts)
    identifiers = _identifiers(len(texts), literals)
    database.run("CREATE TABLE term (id INTEGER, text VARCHAR)")
    for begin in range(0, len(texts), _AT_ONCE):
        part = np.array(texts[begin : begin + _AT_ONCE], dtype=object)
        database.insert("term", identifiers[begin : begin + _AT_ONCE], part)
    by_number = np.zeros(len(numbering), dtype=np.int32)
    by_number[used] = identifiers
    database.run("CREATE TABLE asserted (s INTEGER, p INTEGER, o INTEGER)")
    database.insert("asserted", *(by_number[column] for column in triples.columns))
    return SharedNumbers(database, numbering, used, literals)


def _identifiers(size: int, literals: int) -> Numbers:
    """Return the numbers of sorted terms in a database: literals come first, and are negative."""
    found = np.arange(size, dtype=np.int32) + 1
    found[:literals] *= -1
    found[literals:] -= literals
    return found


@dataclass(frozen=True)
class SharedNumbers:
    """The terms that a database was loaded with, and those that it has numbered since."""

    database: Database
    numbering: Numbering
    #: The numbers that it was loaded with, in the order of their texts.
    used: Numbers
    literals: int

    def triples(self, table: str) -> TripleSet:
        """Return the triples of a table ``(s, p, o)``, which are distinct."""
        subjects, predicates, objects = self._columns(f"SELECT s, p, o FROM {table}")
        return TripleSet(self.numbering, (subjects, predicates, objects))

    def facts(self, query: str) -> Callable[[], Iterator[Fact]]:
        """Read the facts of a query ``(s, p, o)``; return what makes nodes of the numbers.

        A fact takes 12 bytes until then, where a tuple of nodes takes some 80.
        """
        columns = self._columns(query)
        return lambda: zip(*map(self._nodes, columns), strict=True)

    def _nodes(self, column: Numbers) -> Iterator[Term]:
        return map(self.numbering.term, column.tolist())  # type: ignore[arg-type]  # none is a triple

    def _columns(self, query: str) -> list[Numbers]:
        return list(map(self._translated, self.database.columns(query)))

    def _translated(self, column: Column) -> Numbers:
        """Return the numbers of the numbering for those of the database."""
        places = np.where(column < 0, -1 - column, column - 1 + self.literals)
        new = (column < -self.literals) | (column > len(self.used) - self.literals)
        places[new] = 0
        found = self.used[places] if len(self.used) else places.astype(np.int32)
        if new.any():
            numbers, inverse = np.unique(column[new], return_inverse=True)
            nodes = self.database.nodes(numbers.tolist())
            named = [self.numbering.number(nodes[number]) for number in numbers.tolist()]
            found[new] = np.array(named, dtype=np.int32)[inverse]
        return found
