"""Named queries of the knowledge base: their files, their parameters, their description in RDF."""
