"""The dumps of a release, written from its table: each term is escaped and shortened once."""

from partyline.releases.dumps.files import DumpContents, write_dumps

__all__ = ["DumpContents", "write_dumps"]
