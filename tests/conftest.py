"""Fixtures: the real knowledge, a small second one, and servers on sockets of their own."""

from pathlib import Path
from shutil import copytree

import pytest

DATA = Path(__file__).parent / "data"


@pytest.fixture
def ensembles(tmp_path: Path) -> Path:
    """A copy of the small second knowledge base, to damage as a test likes."""
    return copytree(DATA / "ensembles", tmp_path / "ensembles")
