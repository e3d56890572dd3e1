"""The facts of relations as sorted arrays in memory: no statement to plan for each step of a rule.

What is the same is rewritten and expanded as in tables; only the joins are done here.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.columns.equality import EqualityClasses
from partyline.reasoning.evaluate.columns.relations import Layout, Relation
from partyline.reasoning.evaluate.columns.store import Merger, Step, merger
from partyline.reasoning.evaluate.pairs.joins import Bindings, Numbered, Rows, solve
from partyline.reasoning.evaluate.pairs.numbered_facts import SortedFacts
from partyline.reasoning.evaluate.pairs.packed_pairs import (
    NOTHING,
    Column,
    Narrow,
    distinct,
    isin,
    pack,
    unpack,
)
from partyline.reasoning.evaluate.pairs.transitive_closure import transitive_closure

#: Facts that are handed over to the database at once.
_AT_ONCE = 100_000


class Arrays:
    """The rows of each relation of one layout."""

    def __init__(self, database: Database, cliques: EqualityClasses, layout: Layout) -> None:
        self._database = database
        self._cliques = cliques
        self._layout = layout
        self._rows: dict[str, Rows] = {}
        #: The rows of transitive relations as they were when they were closed last.
        self._closed: dict[str, Column] = {}
        #: What is asserted, under the representatives of the cliques that come with it.
        self._read: tuple[tuple[Column, Column], SortedFacts] | None = None

    def create(self, relation: Relation) -> None:
        """Fill a new relation with what is asserted, under the representatives of cliques."""
        facts = self._asserted()
        class_ = relation.class_
        found = facts.pairs(relation.predicate) if class_ is None else facts.members(class_)
        self._rows[relation.name] = Rows(distinct(found), pairs=class_ is None)

    def _asserted(self) -> SortedFacts:
        names = self._cliques.columns()
        if self._read is None or self._read[0] is not names:
            columns = self._database.columns("SELECT s, p, o FROM asserted")
            renamed = map(self._cliques.renamed, columns)
            self._read = names, SortedFacts(self._layout.type, *renamed)
        return self._read[1]

    def add(self, relation: Relation, one: Column, two: Column, round_: int) -> int:
        """Add facts ``(s, o)``, or ``(s, class)`` to the relation of a class."""
        return self._merge_new(relation, pack(one, two) if relation.class_ is None else one, round_)

    def conclude(self, relation: Relation, steps: Sequence[Step], round_: int) -> int:
        """Add what *steps* conclude about *relation*."""
        found = [self._conclusions(step, pairs=relation.class_ is None) for step in steps]
        return self._merge_new(relation, np.concatenate(found), round_)

    def close(self, relation: Relation, most: int, round_: int) -> int:
        """Add what follows by transitivity. Raises TooManyPairs for more than *most* pairs."""
        rows = self._rows[relation.name]
        if rows.keys is self._closed.get(relation.name):
            return 0
        added = self._merge_new(relation, transitive_closure(rows.keys, most), round_)
        self._closed[relation.name] = rows.keys
        return added

    def _conclusions(self, step: Step, *, pairs: bool) -> Column:
        subject, _, object_ = step.head
        found: Column
        solved = self._solve(step.body, step.head, step.new, step.since)
        subjects = solved.column(subject)
        assert subjects is not None, "every variable of a head is in the body"
        found = subjects
        if pairs:
            objects = solved.column(object_)
            assert objects is not None, "every variable of a head is in the body"
            found = pack(subjects, objects)
        return found

    def _solve(
        self,
        body: Sequence[Numbered],
        wanted: Sequence[object],
        new: int | None = None,
        since: int = -1,
    ) -> Bindings:
        facts = [(pattern, self._rows[self._layout[pattern].name]) for pattern in body]
        if new is not None:
            pattern, rows = facts[new]
            facts[new] = pattern, rows.since(since)
        return solve(facts, wanted, new)

    def equate(self, relation: Relation, step: Step, round_: int) -> int:
        """Add the pairs that *step* says to be the same."""
        symmetrical = merger(step)
        if symmetrical is None:
            pairs = self._conclusions(step, pairs=True)
            one, two = unpack(pairs)
            return self._merge_new(relation, pairs[one != two], round_)
        return self._merge_new(relation, self._merged(symmetrical), round_)

    def _merged(self, rule: Merger) -> Column:
        """Return the pairs of each member of a group with the least of its group."""
        solved = self._solve(rule.body, (rule.one, *rule.group))
        columns = [solved.columns[slot] for slot in rule.group]
        members = solved.columns[rule.one]
        order = np.lexsort((members, *columns))
        members = members[order]
        begins = np.zeros(order.size, np.bool_)
        begins[:1] = True
        for column in (column[order] for column in columns):
            begins[1:] |= column[1:] != column[:-1]
        least = members[begins][np.cumsum(begins) - 1] if order.size else members
        pairs: Column = pack(members, least)[members != least]
        return pairs

    def pairs(self, same: Relation, since: int) -> Iterable[tuple[int, int]]:
        """Return the pairs of two different terms in *same* that came after round *since*."""
        one, two = unpack(self._rows[same.name].since(since).keys)
        chosen = one != two
        return zip(one[chosen].tolist(), two[chosen].tolist(), strict=True)

    def rewrite(self, relation: Relation, round_: int) -> int:
        """Replace other names by representatives."""
        members, representatives = self._cliques.columns()
        rows = self._rows[relation.name]
        dropped = rows.drop(members[members != representatives])
        if relation.class_ is not None:
            return self._merge_new(relation, self._cliques.renamed(dropped), round_)
        one, two = map(self._cliques.renamed, unpack(dropped))
        return self._merge_new(relation, pack(one, two), round_)

    def export_rows(self, table: str, relations: Iterable[Relation]) -> None:
        """Insert all facts of *relations* into a table ``(s, p, o, r)``; r is 0 if asserted."""
        parts: list[tuple[Narrow, ...]] = []
        for relation in relations:
            parts.append(self._exported(relation))
            if sum(part[0].size for part in parts) > _AT_ONCE:
                self._insert(table, parts)
                parts = []
        self._insert(table, parts)

    def _insert(self, table: str, parts: Sequence[tuple[Narrow, ...]]) -> None:
        if parts:
            self._database.insert(table, *map(np.concatenate, zip(*parts, strict=True)))

    def _exported(self, relation: Relation) -> tuple[Narrow, ...]:
        rows = self._rows[relation.name]
        one, two = unpack(rows.keys) if rows.pairs else (rows.keys, NOTHING)
        if relation.class_ is not None:
            two = np.full(one.size, relation.class_)
        predicates = np.full(one.size, relation.predicate, np.int32)
        derived = ~isin(rows.keys, rows.asserted)
        # As narrow as the table is, for this is the moment at which most memory is taken.
        return one.astype(np.int32), predicates, two.astype(np.int32), derived.astype(np.int32)

    def _merge_new(self, relation: Relation, found: Column, round_: int) -> int:
        added = self._rows[relation.name].merge_new(distinct(found), round_)
        if added:
            relation.newest = round_
        return added
