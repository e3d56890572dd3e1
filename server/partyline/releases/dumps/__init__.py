"""The dumps of a release, written from its table: each term is escaped and shortened once."""

from partyline.releases.dumps.canonical_hash import canonical_sha256, is_canonical
from partyline.releases.dumps.files import DumpContents, write_dump, write_dumps

__all__ = ["DumpContents", "canonical_sha256", "is_canonical", "write_dump", "write_dumps"]
