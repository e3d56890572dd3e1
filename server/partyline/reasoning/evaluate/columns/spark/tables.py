"""Relations in two places: small ones on the driver, large ones on the executors.

A job of a cluster takes some tenths of a second, however little it reads, and an ontology has
hundreds of relations, most of them small.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.columns.equality import EqualityClasses
from partyline.reasoning.evaluate.columns.relations import Layout, Relation
from partyline.reasoning.evaluate.columns.spark.parquet import ParquetRelations
from partyline.reasoning.evaluate.columns.spark.session import SMALL, open_session
from partyline.reasoning.evaluate.columns.store import Step
from partyline.reasoning.evaluate.columns.tables import Tables
from partyline.reasoning.evaluate.pairs.packed_pairs import Column

#: Facts of a relation up to which the driver joins it.
_SMALL = 200_000


class SparkTables:
    """A store whose relations move to the executors when they have many facts, and stay there.

    A rule is evaluated by the executors where it reads or concludes a relation that they have; the
    small ones that it reads are sent to them.
    """

    def __init__(self, database: Database, cliques: EqualityClasses, layout: Layout) -> None:
        session = open_session()
        self._database, self._layout = database, layout
        self._small = int(session.conf.get(SMALL, str(_SMALL)) or _SMALL)
        self._here = Tables(database, cliques, layout)
        self._there = ParquetRelations(session, database, cliques, layout)
        #: The relations that the executors have, and the sizes of those that were sent to them.
        self._moved: set[str] = set()
        self._sent: dict[str, int] = {}
        self._sizes = self._asserted_sizes(layout.type)

    def create(self, relation: Relation) -> None:
        """Fill a new relation with what is asserted, under the representatives of cliques."""
        key = relation.predicate, relation.class_
        if self._sizes[key] > self._small:
            self._moved.add(relation.name)
            self._there.create(relation)
        else:
            self._moved.discard(relation.name)
            self._here.create(relation)

    def add(self, relation: Relation, one: Column, two: Column, round_: int) -> int:
        """Add facts ``(s, o)``, or ``(s, class)`` to the relation of a class."""
        return self._settled(relation, self._place(relation).add(relation, one, two, round_))

    def conclude(self, relation: Relation, steps: Sequence[Step], round_: int) -> int:
        """Add what *steps* conclude about *relation*."""
        self._bring_together(relation, steps)
        return self._settled(relation, self._place(relation).conclude(relation, steps, round_))

    def close(self, relation: Relation, most: int, round_: int) -> int:
        """Add what follows by transitivity. Raises TooManyPairs for more than *most* pairs."""
        return self._settled(relation, self._place(relation).close(relation, most, round_))

    def equate(self, relation: Relation, step: Step, round_: int) -> int:
        """Add the pairs that *step* says to be the same."""
        self._bring_together(relation, [step])
        return self._settled(relation, self._place(relation).equate(relation, step, round_))

    def pairs(self, same: Relation, since: int) -> Iterable[tuple[int, int]]:
        """Return the pairs of two different terms in *same* that came after round *since*."""
        return self._place(same).pairs(same, since)

    def rewrite(self, relation: Relation, round_: int) -> int:
        """Replace other names by representatives."""
        return self._place(relation).rewrite(relation, round_)

    def export_rows(self, table: str, relations: Iterable[Relation]) -> None:
        """Insert all facts of *relations* into a table ``(s, p, o, r)`` of the driver."""
        for relation in relations:
            self._place(relation).export_rows(table, [relation])

    def _asserted_sizes(self, type_: int) -> Counter[tuple[int, int | None]]:
        """Count what is asserted of each property and of each class."""
        found: Counter[tuple[int, int | None]] = Counter()
        rows = self._database.run(
            f"SELECT p, CASE WHEN p = {type_} THEN o END AS class, count(*) FROM asserted"
            " GROUP BY ALL"
        )
        for predicate, class_, size in rows:
            found[predicate, class_] += size
            if class_ is not None:
                found[predicate, None] += size
        return found

    def _place(self, relation: Relation) -> Tables | ParquetRelations:
        return self._there if relation.name in self._moved else self._here

    def _settled(self, relation: Relation, added: int) -> int:
        """Move *relation* to the executors if it has grown large; return *added*."""
        if added and relation.name not in self._moved and self._size(relation) > self._small:
            self._move(relation)
        return added

    def _bring_together(self, relation: Relation, steps: Sequence[Step]) -> None:
        """Have *relation* and what *steps* read in one place."""
        read = [self._layout[pattern] for step in steps for pattern in step.body]
        if self._moved.isdisjoint(row.name for row in (relation, *read)):
            return
        if relation.name not in self._moved:
            self._move(relation)
        for row in read:
            if row.name not in self._moved and self._sent.get(row.name) != self._size(row):
                self._there.take(row)
                self._sent[row.name] = self._size(row)

    def _move(self, relation: Relation) -> None:
        self._there.take(relation)
        self._moved.add(relation.name)
        self._database.run(f"DROP TABLE {relation.name}")

    def _size(self, relation: Relation) -> int:
        return self._database.one(f"SELECT count(*) FROM {relation.name}")
