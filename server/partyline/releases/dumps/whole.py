"""Dumps in a format that has no writer for tables: its writer of graphs makes each of them."""

from collections.abc import Iterator, Mapping

from partyline.dataset import Numbers, Table
from partyline.rdf import GraphFormat


class WholeDumps:
    """Dumps in *syntax*, each whole in memory before it is a file."""

    def __init__(self, syntax: GraphFormat, table: Table, prefixes: Mapping[str, str]) -> None:
        self._syntax, self._table, self._prefixes = syntax, table, prefixes

    def graph(self, rows: Numbers) -> Iterator[bytes]:
        """Return the one part of a dump of *rows*. Raises NotSerialisable."""
        triples = map(self._table.triple, rows.tolist())
        return iter([self._syntax.write(triples, self._prefixes)])
