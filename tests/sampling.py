"""How much tests draw at random or take of many: a little, and more with ``make thorough``."""

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

Member = TypeVar("Member")

_THOROUGH = "THOROUGH" in os.environ

#: For a test of which others do the same in little.
thorough = pytest.mark.skipif(not _THOROUGH, reason="run by make thorough")


def examples(usual: int, thorough: int) -> int:
    """Return the number of random examples."""
    return thorough if _THOROUGH else usual


def some_of(members: Sequence[Member], most: int) -> Sequence[Member]:
    """Return *most* of *members*, from its beginning to its end; with ``make thorough`` all."""
    return members if _THOROUGH else members[:: max(1, -(-len(members) // most))]
