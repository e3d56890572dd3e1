"""The DuckDB database of an evaluation: terms are integers, and it spills to disk."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import numpy as np

from partyline.errors import EngineError
from partyline.rdf.terms import Term, node, text
from partyline.reasoning.evaluate.pairs.packed_pairs import Column, Narrow


class Database:
    """One connection, its folder for spilled data, and the dictionary of terms.

    The number of a literal is negative, that of any other term positive; both follow the order
    of the texts, so that sorting by number sorts by text.

    What is little work for one thread is more for several: a few hundred thousand triples, *small*.
    """

    def __init__(self, memory: str | None = None, *, small: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="partyline-")
        self.folder = Path(self._folder.name)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self.folder / "spilled"),
            # Blank nodes are named in the order of lines; all else has no order.
            "preserve_insertion_order": False,
            # What one step has freed is not kept for the next one.
            "allocator_flush_threshold": "8MB",
            "allocator_bulk_deallocation_flush_threshold": "16MB",
        }
        if memory:
            settings["memory_limit"] = memory
        if small:
            settings["threads"] = 1
        try:
            self._connection = duckdb.connect(config=settings)
        except duckdb.Error as error:
            self._folder.cleanup()
            raise EngineError(f"duckdb does not start with these settings: {error}") from error
        self._numbers: dict[Term, int] = {}
        self._nodes: dict[int, Term] = {}

    def __enter__(self) -> "Database":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    def run(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows. Raises EngineError where memory or disk is full."""
        try:
            return self._connection.execute(statement, list(parameters)).fetchall()
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise EngineError(
                f"DuckDB ran out of memory or disk space for the closure: {error}"
            ) from error

    def one(self, statement: str, *parameters: object) -> int:
        """Run a statement and return the one number that it gives, such as a count of rows."""
        ((number,),) = self.run(statement, *parameters)
        return int(number or 0)

    def columns(self, query: str) -> list[Column]:
        """Return the columns of a query of numbers."""
        found = self._connection.execute(query).fetchnumpy()
        return [np.asarray(column).astype(np.int64) for column in found.values()]

    def narrow_columns(self, query: str) -> list[Narrow]:
        """Return the columns of a query of numbers that are integers of four bytes."""
        found = self._connection.execute(query).fetchnumpy()
        return [np.asarray(column, dtype=np.int32) for column in found.values()]

    def insert(self, table: str, *columns: Column | Narrow) -> None:
        """Insert rows, given as columns of numbers, into a table."""
        given = {f"c{index}": column for index, column in enumerate(columns)}
        self._connection.register("given", given)
        self.run(f"INSERT INTO {table} SELECT * FROM given")
        self._connection.unregister("given")

    def identify(self, nodes: Iterable[Term]) -> None:
        """Look up the numbers of *nodes*; give new ones to those that have none."""
        unknown = {text(row): row for row in nodes if row not in self._numbers}
        if not unknown:
            return
        self.run(
            "INSERT INTO term SELECT CASE WHEN text[1] = '\"' THEN low.id - place"
            " ELSE high.id + place END, text FROM"
            " (SELECT text, row_number() OVER (ORDER BY text) AS place"
            "  FROM (SELECT unnest($1) AS text) ANTI JOIN term USING (text)),"
            " (SELECT least(0, min(id)) AS id FROM term) AS low,"
            " (SELECT greatest(0, max(id)) AS id FROM term) AS high",
            list(unknown),
        )
        found = self.run(
            "SELECT text, id FROM term WHERE text IN (SELECT unnest($1))", list(unknown)
        )
        for written, number in found:
            self._numbers[unknown[written]] = number
            self._nodes[number] = unknown[written]

    def number(self, node: Term) -> int:
        """Return the number of *node*."""
        if node not in self._numbers:
            self.identify([node])
        return self._numbers[node]

    def nodes(self, numbers: Iterable[int]) -> dict[int, Term]:
        """Return the nodes of *numbers*."""
        unknown = list(set(numbers) - self._nodes.keys())
        if unknown:
            rows = self.run(
                "SELECT id, text FROM term WHERE id IN (SELECT unnest($1::INTEGER[]))", unknown
            )
            self._nodes.update((number, node(written)) for number, written in rows)
        return self._nodes
