"""A table of statements whose blank nodes have labels that mean the same in every release."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from partyline.dataset import Numbers, Table
from partyline.dataset.alignment import ABSENT, aligned
from partyline.dataset.arrays import NUMBER
from partyline.dataset.graph_names import GRAPHS, is_of_sources
from partyline.history.blank_node_hashes import blank_node_hashes


@dataclass(frozen=True)
class LabelledTable:
    """The statements of a release, in the graphs that each of them is in; not in views."""

    table: Table

    @cached_property
    def labels(self) -> list[str]:
        """Return the label of each blank node, without ``_:``, in the order of their numbers.

        Nodes of which the same is stated are numbered.
        """
        seen: dict[int, int] = {}
        found = []
        for value in blank_node_hashes(self.table).tolist():
            number = seen[value] = seen.get(value, -1) + 1
            found.append(f"b{value:016x}x{number}" if number else f"b{value:016x}")
        return found

    def text(self, number: int) -> str:
        """Return the term *number* in N-Triples."""
        terms = self.table.terms
        first = terms.blank_nodes.start
        return terms.text(number) if number < first else "_:" + self.labels[number - first]

    def statement(self, row: int) -> str:
        """Return *row* in N-Triples, without the full stop."""
        return " ".join(map(self.text, self.table.numbers(row)))

    def statements(self, rows: Numbers) -> Iterator[str]:
        """Yield the statements of *rows* in N-Triples, without their full stops."""
        return map(self.statement, rows.tolist())

    def numbers_in(self, other: "LabelledTable") -> Numbers:
        """Return for each term its number in *other*, or `ABSENT`."""
        found = aligned(self.table.terms, other.table.terms)
        first = self.table.terms.blank_nodes.start
        other_first = other.table.terms.blank_nodes.start
        places = {label: other_first + row for row, label in enumerate(other.labels)}
        found[first:] = np.fromiter(
            (places.get(label, ABSENT) for label in self.labels), NUMBER, len(self.labels)
        )
        return found

    @cached_property
    def graph_sets(self) -> list[frozenset[str]]:
        """Return the names of the graphs, without views, of each set that the table has."""
        return [frozenset(self._graphs(row)) for row in self.table.graph_sets]

    def _graphs(self, indexes: Iterable[int]) -> Iterator[str]:
        for index in indexes:
            name = self.table.graphs[index]
            if name in GRAPHS or is_of_sources(name):
                yield name
