"""Evaluate the rules on columns of numbers, for graphs too large for an object for each triple.

DuckDB reads, numbers and writes the terms. Properties and classes are relations, rules are joins
of them; what is the same has one number while rules run. The relations are sorted arrays, or
tables of DuckDB, which go to disk where memory ends.
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
