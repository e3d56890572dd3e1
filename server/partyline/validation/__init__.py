"""Check the sources: everything that is wrong, all at once, with file, line and remedy."""

from partyline.validation.check_pipeline import CheckReport, CheckSteps, Progress, run_checks
from partyline.validation.checks import check_sources, check_statements
from partyline.validation.contradictions import Conflicting, Contradiction
from partyline.validation.shacl import check_shapes

__all__ = [
    "CheckReport",
    "CheckSteps",
    "Conflicting",
    "Contradiction",
    "Progress",
    "check_shapes",
    "check_sources",
    "check_statements",
    "run_checks",
]
