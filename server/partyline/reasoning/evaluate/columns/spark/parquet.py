"""The facts of relations as Parquet files that Spark joins: a store for rules on columns.

What a round derives about a relation is a file of its own, so that a rule reads of a relation what
is new, and nothing is ever written twice; an executor that is lost costs its tasks alone.
"""

# pyspark is an extra, which `make lint` does not install.
# pyright: reportMissingImports=false

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.columns.equality import EqualityClasses, rewritten
from partyline.reasoning.evaluate.columns.relations import Layout, Relation
from partyline.reasoning.evaluate.columns.spark.components import stars
from partyline.reasoning.evaluate.columns.spark.session import (
    FOLDER,
    failures_named,
)
from partyline.reasoning.evaluate.columns.sql import conclusions, merged
from partyline.reasoning.evaluate.columns.store import Step, merger
from partyline.reasoning.evaluate.pairs.packed_pairs import Column
from partyline.reasoning.evaluate.pairs.transitive_closure import TooManyPairs

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Pairs of what is the same up to which the driver makes the components.
FEW_PAIRS = 100_000
_PAIR = "s INT, o INT"
_serials = count()


class ParquetRelations:
    """A view ``(s, o, r)`` of files for each property, ``(s, r)`` for each class.

    ``r`` is the round in which a fact was derived; 0 stands for asserted.
    """

    def __init__(
        self, session: "SparkSession", database: Database, cliques: EqualityClasses, layout: Layout
    ) -> None:
        self._session = session
        self._database, self._cliques, self._layout = database, cliques, layout
        chosen = session.conf.get(FOLDER, None)
        self._folder = Path(chosen or database.folder) / f"relations-{next(_serials)}"
        self._folder.mkdir(parents=True)
        self._files = count()
        #: The files of each relation, by the round that derived what is in them.
        self._parts: dict[str, dict[int, list[Path]]] = {}
        #: Relations whose asserted facts are those of the file of all.
        self._plain: dict[str, str] = {}
        #: The members of cliques when their names were sent to the executors, and the table.
        self._names: tuple[Column, str] | None = None
        #: The sizes of transitive relations when they were closed last.
        self._closed: dict[str, int] = {}

    @cached_property
    def _asserted(self) -> "DataFrame":
        """Return what is asserted, in an order in which Spark reads little but what it needs."""
        path = self._folder / "asserted.parquet"
        self._database.run(
            f"COPY (SELECT s, p, o FROM asserted ORDER BY p, o, s) TO '{path}'"
            " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 250000)"
        )
        return self._session.read.schema("s INT, p INT, o INT").parquet(str(path))

    def take(self, relation: Relation) -> None:
        """Take a relation over from the driver's database, where it is a table ``(s, o, r)``."""
        rounds = self._database.run(f"SELECT DISTINCT r FROM {relation.name}")
        self._parts[relation.name] = {
            round_: [
                self._from_driver(
                    f"SELECT {relation.columns} FROM {relation.name} WHERE r = {round_}"
                )
            ]
            for (round_,) in sorted(rounds)
        }
        self._show(relation)

    def create(self, relation: Relation) -> None:
        """Fill a new relation with what is asserted, under the representatives of cliques."""
        chosen = f"p = {relation.predicate}"
        if relation.class_ is not None:
            chosen += f" AND o = {relation.class_}"
        self._parts[relation.name] = {}
        self._plain.pop(relation.name, None)
        if self._cliques:
            facts = rewritten("SELECT s, p, o FROM asserted")
            columns = f"SELECT DISTINCT {relation.columns} FROM ({facts}) WHERE {chosen}"
            self._parts[relation.name][0] = [self._from_driver(columns)]
        else:
            self._plain[relation.name] = chosen
        self._show(relation)

    def add(self, relation: Relation, one: Column, two: Column, round_: int) -> int:
        """Add facts ``(s, o)``, or ``(s, class)`` to the relation of a class."""
        self._database.run("CREATE OR REPLACE TABLE incoming (s INTEGER, o INTEGER)")
        self._database.insert("incoming", one, two)
        file = self._from_driver(f"SELECT DISTINCT {relation.columns} FROM incoming")
        self._database.run("DROP TABLE incoming")
        return self._merge_new(relation, f"SELECT * FROM {self._view(file)}", round_)

    def conclude(self, relation: Relation, steps: Sequence[Step], round_: int) -> int:
        """Add what *steps* conclude about *relation*."""
        query = " UNION ALL ".join(conclusions(self._layout, step) for step in steps)
        return self._merge_new(relation, query, round_)

    def close(self, relation: Relation, most: int, round_: int) -> int:
        """Add what follows by transitivity. Raises TooManyPairs for more than *most* pairs.

        Paths of double length are found in each step, so that a chain takes a logarithm of its
        length.
        """
        name = relation.name
        size = self._count(f"SELECT count(*) FROM {name}")
        if size == self._closed.get(name):
            return 0
        newest, total = name, 0
        while True:
            longer = (
                f"SELECT a.s, b.o FROM {newest} AS a JOIN {name} AS b ON a.o = b.s"
                f" UNION ALL SELECT a.s, b.o FROM {name} AS a JOIN {newest} AS b ON a.o = b.s"
            )
            added = self._merge_new(relation, longer, round_)
            total += added
            if size + total > most:
                raise TooManyPairs
            if not added:
                self._closed[name] = size + total
                return total
            newest = self._view(self._parts[name][round_][-1])

    def equate(self, relation: Relation, step: Step, round_: int) -> int:
        """Add the pairs that *step* says to be the same."""
        symmetrical = merger(step)
        if symmetrical is None:
            pairs = conclusions(self._layout, step)
            return self._merge_new(relation, f"SELECT s, o FROM ({pairs}) WHERE s <> o", round_)
        return self._merge_new(relation, merged(self._layout, symmetrical), round_)

    def pairs(self, same: Relation, since: int) -> Iterable[tuple[int, int]]:
        """Return the pairs of two different terms in *same* that came after round *since*.

        Of many, the executors make components, and the pairs are of each thing with the least of
        its component. Pairs with a literal stay as they are: literals of two values are not one.
        """
        chosen = f"SELECT DISTINCT s, o FROM {same.name} WHERE r > {since} AND s <> o"
        found = self._keep(chosen)
        if self._count(f"SELECT count(*) FROM {found}") > FEW_PAIRS:
            with_literals = f"SELECT s, o FROM {found} WHERE s < 0 OR o < 0"
            edges = self._keep(f"SELECT s, o FROM {found} WHERE s > 0 AND o > 0")
            components = stars(edges, self._keep, self._count)
            found = self._keep(f"SELECT s, o FROM {components} UNION ALL {with_literals}")
        return [(int(one), int(other)) for one, other in self._rows(f"SELECT s, o FROM {found}")]

    def rewrite(self, relation: Relation, round_: int) -> int:
        """Replace other names by representatives."""
        self._closed.pop(relation.name, None)
        names, is_pair = self._other_names(), relation.class_ is None
        path, size = self._write(
            "SELECT coalesce(one.o, f.s) AS s"
            + (", coalesce(two.o, f.o) AS o" if is_pair else "")
            + f" FROM {relation.name} AS f LEFT JOIN {names} AS one ON f.s = one.s"
            + (f" LEFT JOIN {names} AS two ON f.o = two.s" if is_pair else "")
            + " WHERE one.o IS NOT NULL"
            + (" OR two.o IS NOT NULL" if is_pair else "")
        )
        if not size:
            return 0
        self._remove(relation, names)
        return self._merge_new(relation, f"SELECT * FROM {self._view(path)}", round_)

    def _other_names(self) -> str:
        """Return the table ``(s, o)`` of the names that are replaced, and their representatives."""
        members, _ = self._cliques.columns()
        if self._names is None or self._names[0] is not members:
            columns = "member AS s, representative AS o"
            query = f"SELECT {columns} FROM clique WHERE member <> representative"
            self._names = members, self._view(self._from_driver(query))
        return self._names[1]

    def export_rows(self, table: str, relations: Iterable[Relation]) -> None:
        """Insert all facts of *relations* into a table ``(s, p, o, r)`` of the driver."""
        for row in relations:
            columns = f"s, {row.predicate}, {row.object}"
            if chosen := self._plain.get(row.name):
                self._database.run(
                    f"INSERT INTO {table} SELECT {columns}, 0 FROM asserted WHERE {chosen}"
                )
            for round_, files in self._parts[row.name].items():
                listed = ", ".join(f"'{_pattern(path)}'" for path in files)
                self._database.run(
                    f"INSERT INTO {table} SELECT {columns}, {round_} FROM read_parquet([{listed}])"
                )

    def _merge_new(self, relation: Relation, query: str, round_: int) -> int:
        """Add what *query* finds and *relation* lacks; return the number of facts added."""
        columns, name = relation.columns, relation.name
        label = f"{relation.predicate} {relation.class_ or ''}".strip()
        path, added = self._write(
            f"SELECT DISTINCT {columns} FROM ({query}) AS f"
            f" LEFT ANTI JOIN {name} USING ({columns})",
            label,
        )
        if added:
            self._parts[name].setdefault(round_, []).append(path)
            relation.newest = round_
            self._show(relation)
        return added

    def _remove(self, relation: Relation, names: str) -> None:
        """Leave out of *relation* what is said under other *names*."""
        others = f" LEFT ANTI JOIN {names} AS one ON f.s = one.s"
        if relation.class_ is None:
            others += f" LEFT ANTI JOIN {names} AS two ON f.o = two.s"
        kept: dict[int, list[Path]] = {}
        for round_, part in self._by_round(relation).items():
            part.createOrReplaceTempView("part")
            path, size = self._write(f"SELECT {relation.columns} FROM part AS f{others}")
            if size:
                kept[round_] = [path]
        self._parts[relation.name] = kept
        self._plain.pop(relation.name, None)
        self._show(relation)

    def _show(self, relation: Relation) -> None:
        """Have the view of *relation* read what it has now."""
        from pyspark.sql.functions import lit

        found = None
        for round_, part in self._by_round(relation).items():
            part = part.withColumn("r", lit(round_))
            found = part if found is None else found.unionByName(part)
        if found is None:
            found = self._session.createDataFrame([], f"{_schema(relation)}, r INT")
        found.createOrReplaceTempView(relation.name)

    def _by_round(self, relation: Relation) -> Mapping[int, "DataFrame"]:
        """Return the facts of *relation* that each round has derived."""
        columns = relation.columns.split(", ")
        found: dict[int, DataFrame] = {}
        if chosen := self._plain.get(relation.name):
            found[0] = self._asserted.where(chosen).select(*columns)
        for round_, files in self._parts[relation.name].items():
            part = self._session.read.schema(_schema(relation)).parquet(*map(str, files))
            found[round_] = found[round_].unionByName(part) if round_ in found else part
        return found

    def _write(self, query: str, label: str = "") -> tuple[Path, int]:
        """Write what *query* finds; return the folder of its files and the number of rows."""
        from pyspark.sql import Observation
        from pyspark.sql.functions import count as counted
        from pyspark.sql.functions import lit

        path, seen = self._folder / str(next(self._files)), Observation()
        with failures_named():
            self._session.sparkContext.setJobDescription(label)
            found = self._session.sql(query).observe(seen, counted(lit(1)).alias("rows"))
            found.write.parquet(str(path))
            return path, int(seen.get["rows"])

    def _from_driver(self, query: str) -> Path:
        """Write what a *query* of the driver's database finds, for the executors."""
        path = self._folder / f"{next(self._files)}.parquet"
        self._database.run(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        return path

    def _view(self, path: Path) -> str:
        """Return the name of the table of what is at *path*."""
        return f"parquet.`{path}`"

    def _keep(self, query: str) -> str:
        """Evaluate *query* into files; return the name of their table."""
        return self._view(self._write(query)[0])

    def _rows(self, query: str) -> list[tuple[int, ...]]:
        with failures_named():
            return [tuple(row) for row in self._session.sql(query).collect()]

    def _count(self, query: str) -> int:
        ((number,),) = self._rows(query)
        return int(number)


def _schema(relation: Relation) -> str:
    return _PAIR if relation.class_ is None else "s INT"


def _pattern(path: Path) -> str:
    """Return the pattern of the files that are at *path*."""
    return str(path / "*.parquet") if path.is_dir() else str(path)
