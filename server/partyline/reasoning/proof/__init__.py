"""Prove that a triple is entailed, or that a graph is inconsistent."""
