"""RDF terms and syntaxes: read a term, write a graph; each job once."""

from partyline.rdf.comments import count_comments
from partyline.rdf.formats import GRAPH_FORMATS, GraphFormat, graph_format
from partyline.rdf.turtle import write_turtle

__all__ = [
    "GRAPH_FORMATS",
    "GraphFormat",
    "count_comments",
    "graph_format",
    "write_turtle",
]
