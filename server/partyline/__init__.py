"""Publish an ontology and its data as linked data, with a reason for every triple."""

from importlib.metadata import version

__version__ = version("partyline")
