"""Rewrite queries that the engine would answer otherwise than SPARQL 1.1 says."""
