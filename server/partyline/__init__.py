"""Publish an ontology and its data as linked data, with a reason for every triple."""

__version__ = "0.1.0"
