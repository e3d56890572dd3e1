"""Evaluate the rules in SQL on DuckDB, for graphs too large for objects in memory.

Terms are numbers, properties and classes are tables, rules are joins of them; what is the same
has one number while rules run. What does not fit in memory goes to disk.
"""

from partyline.reasoning.columns.closure import ColumnClosure
from partyline.reasoning.columns.database import Database
from partyline.reasoning.columns.loading import load_facts, load_files
from partyline.reasoning.columns.results import LARGEST_EXPANSION, Results
from partyline.reasoning.columns.violations import violations

__all__ = [
    "LARGEST_EXPANSION",
    "ColumnClosure",
    "Database",
    "Results",
    "load_facts",
    "load_files",
    "violations",
]
