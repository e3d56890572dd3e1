"""Between the numbers of a numbering and those of a database, without a text or an object."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from pyoxigraph import Triple

from partyline.dataset import Numbering, Numbers, TripleSet
from partyline.rdf.terms import Term
from partyline.reasoning.evaluate.columns.database import Database
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
        columns = self.database.narrow_columns(query)
        low = min((int(column.min(initial=0)) for column in columns), default=0)
        high = max((int(column.max(initial=0)) for column in columns), default=0)
        numbers = self._numbers(low, high)
        return [numbers[column - low] for column in columns]

    def _numbers(self, low: int, high: int) -> Numbers:
        """Return the numbers of the numbering for those of the database from *low* to *high*."""
        found = np.zeros(high - low + 1, dtype=np.int32)
        known = _identifiers(len(self.used), self.literals)
        within = (known >= low) & (known <= high)
        found[known[within] - low] = self.used[within]
        new = [*range(low, -self.literals), *range(len(self.used) - self.literals + 1, high + 1)]
        nodes = self.database.nodes(new)
        for number in new:
            found[number - low] = self.numbering.number(nodes[number])
        return found
