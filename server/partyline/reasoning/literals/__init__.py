"""Datatypes and value spaces of literals (OWL 2 Syntax, section 4)."""
