"""Tables of a release for people without RDF: a CSV file for each class, and its description."""

from partyline.releases.dumps.tables.files import write_tables

__all__ = ["write_tables"]
