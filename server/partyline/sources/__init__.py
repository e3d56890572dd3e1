"""Read files of RDF into triples, exactly, with file and line."""

from partyline.dataset import Origin
from partyline.sources.folders import is_below, read_sources
from partyline.sources.model import Document, Sources
from partyline.sources.parsing import parse_document, parse_turtle, read_turtle
from partyline.sources.reader import BlankNodeNames
from partyline.sources.statements import SourceStatement, Statements
from partyline.sources.text_files import read_text_file

__all__ = [
    "BlankNodeNames",
    "Document",
    "Origin",
    "SourceStatement",
    "Sources",
    "Statements",
    "is_below",
    "parse_document",
    "parse_turtle",
    "read_sources",
    "read_text_file",
    "read_turtle",
]
