"""``owl:sameAs`` by union-find: every name of a resource is rewritten to one of them, and back."""

from collections.abc import Iterable, Mapping

import numpy as np

from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.pairs.packed_pairs import NOTHING, Column, isin


class EqualityClasses:
    """Which terms stand for one resource. The representative of a clique has the least number."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._parents: dict[int, int] = {}
        self._columns: tuple[Column, Column] = (NOTHING, NOTHING)
        database.run("CREATE TABLE clique (member INTEGER, representative INTEGER)")

    def __bool__(self) -> bool:
        return bool(self._parents)

    def representative(self, number: int) -> int:
        """Return the number that stands for *number*."""
        root = number
        while (above := self._parents.get(root, root)) != root:
            root = above
        while (above := self._parents.get(number, root)) != root:
            self._parents[number] = root
            number = above
        return root

    def members(self) -> Mapping[int, list[int]]:
        """Return the members of each clique, by its representative."""
        found: dict[int, list[int]] = {}
        for number in sorted(self._parents):
            found.setdefault(self.representative(number), []).append(number)
        return found

    def merge(self, pairs: Iterable[tuple[int, int]]) -> set[int]:
        """Make one clique of each pair; return the numbers that are rewritten from now on."""
        before = {number: self.representative(number) for number in self._parents}
        for one, other in pairs:
            low, high = sorted((self.representative(one), self.representative(other)))
            self._parents.setdefault(low, low)
            self._parents[high] = low
        changed = {
            number
            for number in self._parents
            if self.representative(number) != before.get(number, number)
        }
        if changed:
            members = sorted(self._parents)
            self._columns = (
                np.array(members, np.int64),
                np.array([self.representative(number) for number in members], np.int64),
            )
            self._database.run("DELETE FROM clique")
            self._database.insert("clique", *self._columns)
        return changed

    def columns(self) -> tuple[Column, Column]:
        """Return all members of cliques, sorted, and the representative of each."""
        return self._columns

    def literals(self) -> list[int]:
        """Return the numbers of the literals that are the same as something else, in order."""
        members, representatives = self._columns
        resources = np.unique(representatives[members > 0])
        return [*map(int, members[(members < 0) & isin(representatives, resources)])]

    def renamed(self, values: Column) -> Column:
        """Return *values* with representatives in the place of other names."""
        members, representatives = self._columns
        if not members.size:
            return values
        places = np.searchsorted(members, values)
        places[places == members.size] = 0
        return np.where(members[places] == values, representatives[places], values)


def rewritten(query: str, columns: str = "spo") -> str:
    """Return *query*, whose columns are *columns* and more, with representatives in them."""
    replaced = ", ".join(
        f"coalesce(c{name}.representative, f.{name}) AS {name}" for name in columns
    )
    joined = " ".join(
        f"LEFT JOIN clique AS c{name} ON f.{name} = c{name}.member" for name in columns
    )
    return f"SELECT f.* REPLACE ({replaced}) FROM ({query}) AS f {joined}"


def expanded(query: str, columns: str = "spo") -> str:
    """Return *query* with every name of each resource in the place of one."""
    return renamed(rewritten(query, columns), columns)


def renamed(query: str, columns: str = "spo") -> str:
    """Return *query*, of representatives, with every name of each resource instead."""
    replaced = ", ".join(f"coalesce(m{row}.member, g.{row}) AS {row}" for row in columns)
    joined = " ".join(
        f"LEFT JOIN clique AS m{row} ON g.{row} = m{row}.representative" for row in columns
    )
    return f"SELECT DISTINCT g.* REPLACE ({replaced}) FROM ({query}) AS g {joined}"
