"""Evaluate rules to their fixpoint: SPARQL, sorted arrays, SQL, owlrl."""
