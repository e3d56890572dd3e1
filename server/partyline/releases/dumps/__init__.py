"""The dumps of a release, written from its table: each term is escaped and shortened once."""

from partyline.releases.dumps.canonical_hash import canonical_sha256, special_rows
from partyline.releases.dumps.files import DumpContents, write_dump, write_dumps

__all__ = ["DumpContents", "canonical_sha256", "special_rows", "write_dump", "write_dumps"]
