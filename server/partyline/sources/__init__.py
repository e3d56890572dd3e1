"""Read Turtle files into triples, exactly and with file and line, and write them canonically."""

from partyline.sources.formats import GRAPH_FORMATS, GraphFormat, graph_format
from partyline.sources.reading import (
    Document,
    Origin,
    Sources,
    Statement,
    parse_turtle,
    read_sources,
)
from partyline.sources.turtle import write_turtle

__all__ = [
    "GRAPH_FORMATS",
    "Document",
    "GraphFormat",
    "Origin",
    "Sources",
    "Statement",
    "graph_format",
    "parse_turtle",
    "read_sources",
    "write_turtle",
]
