"""The table of statements: a dictionary of exact terms, and sorted columns of their numbers."""

from partyline.dataset.arrays import Numbers
from partyline.dataset.builder import TableBuilder, with_graphs
from partyline.dataset.dictionary import Dictionary
from partyline.dataset.layout import read_table, write_table
from partyline.dataset.numbering import Numbering, is_rdf12
from partyline.dataset.origins import Origin
from partyline.dataset.table import Table
from partyline.dataset.triple_sequence import Repeated, TripleSequence
from partyline.dataset.triple_set import NO_COLUMNS, Columns, TripleSet, rows_in, triples_of

__all__ = [
    "NO_COLUMNS",
    "Columns",
    "Dictionary",
    "Numbering",
    "Numbers",
    "Origin",
    "Repeated",
    "Table",
    "TableBuilder",
    "TripleSequence",
    "TripleSet",
    "is_rdf12",
    "read_table",
    "rows_in",
    "triples_of",
    "with_graphs",
    "write_table",
]
