"""Compile an ontology into rules (OWL 2 Profiles, section 4.3)."""
