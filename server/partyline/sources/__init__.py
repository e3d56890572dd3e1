"""Read Turtle files into triples, exactly, with file and line."""

from partyline.sources.reading import (
    BlankNodeNames,
    Document,
    Origin,
    Sources,
    SourceStatement,
    is_below,
    parse_turtle,
    read_sources,
    read_turtle,
)

__all__ = [
    "BlankNodeNames",
    "Document",
    "Origin",
    "SourceStatement",
    "Sources",
    "is_below",
    "parse_turtle",
    "read_sources",
    "read_turtle",
]
