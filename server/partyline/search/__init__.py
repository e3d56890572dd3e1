"""Find resources by their names: an index that a release holds, and the search in it."""

from partyline.search.folding import folded
from partyline.search.index import Name, NameKind, write_index
from partyline.search.lookup import Likeness, Match, NameIndex, similarity
from partyline.search.names import names_of

__all__ = [
    "Likeness",
    "Match",
    "Name",
    "NameIndex",
    "NameKind",
    "folded",
    "names_of",
    "similarity",
    "write_index",
]
