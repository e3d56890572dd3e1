"""The origin of a statement: a file and a line."""

from typing import NamedTuple


class Origin(NamedTuple):
    """The place of a statement: a path relative to the settings file, and a line from 1."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"
