"""Evaluate the rules in SQL on DuckDB, for graphs too large for objects in memory.

Terms are numbers, properties and classes are tables, rules are joins of them; what is the same
has one number while rules run. What does not fit in memory goes to disk.
"""

from partyline.reasoning.columns.arrays import Arrays
from partyline.reasoning.columns.closure import ColumnClosure
from partyline.reasoning.columns.database import Database
from partyline.reasoning.columns.evaluation import Stores
from partyline.reasoning.columns.loading import load_facts, load_files
from partyline.reasoning.columns.results import LARGEST_EXPANSION, Results
from partyline.reasoning.columns.tables import Tables
from partyline.reasoning.columns.violations import violations

#: What the engines keep facts in while rules run.
STORES: dict[str, Stores] = {"arrays": Arrays, "duckdb": Tables}

__all__ = [
    "LARGEST_EXPANSION",
    "STORES",
    "Arrays",
    "ColumnClosure",
    "Database",
    "Results",
    "Tables",
    "load_facts",
    "load_files",
    "violations",
]
