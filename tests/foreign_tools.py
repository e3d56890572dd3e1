"""Programs that others wrote, as readers of what is published here."""

import os
import shutil

import pytest


def tool(name: str) -> str:
    """Return the path of a program; a machine of a developer may lack it, that of CI may not."""
    path = shutil.which(name)
    if path is None and os.environ.get("CI"):
        pytest.fail(f"{name} is not installed")
    return path or pytest.skip(f"{name} is not installed")
