"""Rules, triples and how rules depend on one another."""
