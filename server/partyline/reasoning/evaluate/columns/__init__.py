"""Evaluate the rules on columns of numbers, for graphs too large for an object for each triple.

DuckDB reads, numbers and writes the terms. Properties and classes are relations, rules are joins
of them; what is the same has one number while rules run. The relations are sorted arrays, or
tables of DuckDB, which spill to disk when memory is full.
"""

from partyline.reasoning.evaluate.columns.arrays import Arrays
from partyline.reasoning.evaluate.columns.closure import ColumnClosure
from partyline.reasoning.evaluate.columns.database import Database
from partyline.reasoning.evaluate.columns.evaluation import Stores
from partyline.reasoning.evaluate.columns.loading import load_files
from partyline.reasoning.evaluate.columns.numbers import load_triples
from partyline.reasoning.evaluate.columns.results import Results
from partyline.reasoning.evaluate.columns.tables import Tables
from partyline.reasoning.evaluate.columns.violations import violations
from partyline.reasoning.evaluate.size_limits import LARGEST_EXPANSION

#: What the engines keep facts in while rules run, but for Spark, which is an extra.
STORES: dict[str, Stores] = {"arrays": Arrays, "duckdb": Tables}


def store_of(engine: str) -> Stores:
    """Return what makes the store of *engine*."""
    if engine == "spark":
        from partyline.reasoning.evaluate.columns.spark import SparkTables

        return SparkTables
    return STORES[engine]


__all__ = [
    "LARGEST_EXPANSION",
    "STORES",
    "Arrays",
    "ColumnClosure",
    "Database",
    "Results",
    "Tables",
    "load_files",
    "load_triples",
    "store_of",
    "violations",
]
