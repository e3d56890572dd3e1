"""Check the sources: everything that is wrong, all at once, with file, line and remedy."""

from partyline.validation.check_pipeline import Examination, Progress, examine
from partyline.validation.checks import check_sources, check_statements
from partyline.validation.shapes import check_shapes

__all__ = [
    "Examination",
    "Progress",
    "check_shapes",
    "check_sources",
    "check_statements",
    "examine",
]
