"""The facts of relations as tables of DuckDB, which spill to disk when memory is full."""

from collections.abc import Iterable, Sequence

from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.columns.equality import EqualityClasses, rewritten
from partyline.reasoning.evaluate.columns.relations import Layout, Relation
from partyline.reasoning.evaluate.columns.sql import conclusions, merged
from partyline.reasoning.evaluate.columns.store import Step, merger
from partyline.reasoning.evaluate.pairs.packed_pairs import Column, distinct, pack, unpack
from partyline.reasoning.evaluate.pairs.transitive_closure import transitive_closure


class Tables:
    """A table ``(s, o, r)`` for each property, ``(s, r)`` for each class.

    ``r`` is the round in which a fact was derived; 0 stands for asserted.
    """

    def __init__(self, database: Database, cliques: EqualityClasses, layout: Layout) -> None:
        self._database = database
        self._cliques = cliques
        self._layout = layout
        #: The sizes of transitive relations when they were closed last.
        self._closed: dict[str, int] = {}

    def create(self, relation: Relation) -> None:
        """Fill a new relation with what is asserted, under the representatives of cliques."""
        facts = "SELECT s, p, o FROM asserted"
        facts = rewritten(facts) if self._cliques else facts
        chosen = f"p = {relation.predicate}"
        if relation.class_ is not None:
            chosen += f" AND o = {relation.class_}"
        self._database.run(
            f"CREATE OR REPLACE TABLE {relation.name} AS SELECT DISTINCT {relation.columns},"
            f" 0::INTEGER AS r FROM ({facts}) WHERE {chosen}"
        )

    def add(self, relation: Relation, one: Column, two: Column, round_: int) -> int:
        """Add facts ``(s, o)``, or ``(s, class)`` to the relation of a class."""
        self._database.run("CREATE OR REPLACE TABLE incoming (s INTEGER, o INTEGER)")
        self._database.insert("incoming", one, two)
        added = self._merge_new(relation, "FROM incoming", round_)
        self._database.run("DROP TABLE incoming")
        return added

    def conclude(self, relation: Relation, steps: Sequence[Step], round_: int) -> int:
        """Add what *steps* conclude about *relation*."""
        query = " UNION ALL ".join(conclusions(self._layout, step) for step in steps)
        return self._merge_new(relation, query, round_)

    def close(self, relation: Relation, most: int, round_: int) -> int:
        """Add what follows by transitivity. Raises TooManyPairs for more than *most* pairs.

        It is found in memory: of SQL, each step along a path would be a statement.
        """
        size = self._database.one(f"SELECT count(*) FROM {relation.name}")
        if size == self._closed.get(relation.name):
            return 0
        columns = self._database.columns(f"SELECT s, o FROM {relation.name}")
        found = transitive_closure(distinct(pack(*columns)), most)
        self._database.run("CREATE OR REPLACE TABLE reached (s INTEGER, o INTEGER)")
        self._database.insert("reached", *unpack(found))
        added = self._merge_new(relation, "FROM reached", round_)
        self._database.run("DROP TABLE reached")
        self._closed[relation.name] = size + added
        return added

    def equate(self, relation: Relation, step: Step, round_: int) -> int:
        """Add the pairs that *step* says to be the same."""
        pairs = conclusions(self._layout, step)
        symmetrical = merger(step)
        if symmetrical is None:
            return self._merge_new(relation, f"SELECT s, o FROM ({pairs}) WHERE s <> o", round_)
        return self._merge_new(relation, merged(self._layout, symmetrical), round_)

    def pairs(self, same: Relation, since: int) -> Iterable[tuple[int, int]]:
        """Return the pairs of two different terms in *same* that came after round *since*."""
        rows = self._database.run(
            f"SELECT DISTINCT s, o FROM {same.name} WHERE r > {since} AND s <> o"
        )
        return [(one, other) for one, other in rows]

    def rewrite(self, relation: Relation, round_: int) -> int:
        """Replace other names by representatives."""
        self._closed.pop(relation.name, None)
        columns = relation.columns
        wrong = "(SELECT member FROM clique WHERE member <> representative)"
        condition = f"s IN {wrong}" + ("" if relation.class_ is not None else f" OR o IN {wrong}")
        chosen = f"SELECT {columns} FROM {relation.name} WHERE {condition}"
        added = self._merge_new(relation, rewritten(chosen, columns.replace(", ", "")), round_)
        self._database.run(f"DELETE FROM {relation.name} WHERE {condition}")
        return added

    def export_rows(self, table: str, relations: Iterable[Relation]) -> None:
        """Insert all facts of *relations* into a table ``(s, p, o, r)``."""
        for row in relations:
            self._database.run(
                f"INSERT INTO {table} SELECT s, {row.predicate}, {row.object}, r FROM {row.name}"
            )

    def _merge_new(self, relation: Relation, query: str, round_: int) -> int:
        """Add what *query* finds and *relation* lacks; return the number of facts added."""
        columns = relation.columns
        added = self._database.one(
            f"INSERT INTO {relation.name} SELECT DISTINCT {columns}, {round_}::INTEGER"
            f" FROM ({query}) ANTI JOIN {relation.name} USING ({columns})"
        )
        if added:
            relation.newest = round_
        return added
