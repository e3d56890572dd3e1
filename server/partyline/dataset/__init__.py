"""The table of statements: a dictionary of exact terms, and sorted columns of their numbers."""

from partyline.dataset.arrays import Numbers
from partyline.dataset.builder import TableBuilder, with_graphs
from partyline.dataset.dictionary import Dictionary
from partyline.dataset.layout import read_table, write_table
from partyline.dataset.origins import Origin
from partyline.dataset.table import Table

__all__ = [
    "Dictionary",
    "Numbers",
    "Origin",
    "Table",
    "TableBuilder",
    "read_table",
    "with_graphs",
    "write_table",
]
