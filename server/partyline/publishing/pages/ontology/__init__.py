"""Ontologies as pages: the document, its index by theme, and a page for each term."""
