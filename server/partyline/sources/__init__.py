"""Read Turtle files into triples, exactly and with file and line, and write them canonically."""

from partyline.sources.formats import GRAPH_FORMATS, GraphFormat, graph_format
from partyline.sources.reading import (
    BlankNodeNames,
    Document,
    Origin,
    Sources,
    Statement,
    parse_turtle,
    read_sources,
    read_turtle,
)
from partyline.sources.turtle import count_comments, write_turtle

__all__ = [
    "GRAPH_FORMATS",
    "BlankNodeNames",
    "Document",
    "GraphFormat",
    "Origin",
    "Sources",
    "Statement",
    "count_comments",
    "graph_format",
    "parse_turtle",
    "read_sources",
    "read_turtle",
    "write_turtle",
]
