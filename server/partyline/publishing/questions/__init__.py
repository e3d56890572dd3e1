"""Named questions: which there are, what is asked of them, and how they are described in RDF."""
