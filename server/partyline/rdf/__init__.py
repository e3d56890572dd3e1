"""RDF terms and syntaxes: read a term, write a graph; each job once."""

from partyline.rdf.comments import count_comments
from partyline.rdf.formats import (
    DATASET_FORMATS,
    GRAPH_FORMATS,
    DatasetFormat,
    GraphFormat,
    graph_format,
)
from partyline.rdf.turtle import write_turtle
from partyline.rdf.verified import write_verified_turtle

__all__ = [
    "DATASET_FORMATS",
    "GRAPH_FORMATS",
    "DatasetFormat",
    "GraphFormat",
    "count_comments",
    "graph_format",
    "write_turtle",
    "write_verified_turtle",
]
