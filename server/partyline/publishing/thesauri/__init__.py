"""Concept schemes of SKOS: their trees, their notations, and what they are mapped to."""
