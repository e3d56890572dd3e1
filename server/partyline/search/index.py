"""The index of names on disk: an SQLite database with the trigrams of each name (FTS5).

``name`` has a row for each name of each resource: the number of the resource in the table of the
release, the name, its language, its kind, and its folded form. ``trigram`` is a full-text index
of the folded forms, whose rows are those of ``name`` (https://sqlite.org/fts5.html, section 4.3.4).
``frequency`` has the number of names that have a trigram: the rare ones say most.
"""

import errno
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from partyline.search.folding import folded

_SCHEMA = """
CREATE TABLE name (
    id INTEGER PRIMARY KEY,
    resource INTEGER NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    kind INTEGER NOT NULL,
    folded TEXT NOT NULL
) STRICT;
CREATE TABLE frequency (part TEXT PRIMARY KEY, names INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE trigram USING fts5(folded, content='', tokenize='trigram case_sensitive 1');
"""
#: Bytes of the full-text index that are kept in memory before they are merged with the file.
_MEMORY = 1 << 26
_INDEXES = """
CREATE INDEX by_beginning ON name (replace(folded, ' ', ''));
INSERT INTO trigram (trigram) VALUES ('optimize');
CREATE VIRTUAL TABLE part USING fts5vocab(trigram, row);
INSERT INTO frequency SELECT term, doc FROM part;
DROP TABLE part;
"""


class NameKind(IntEnum):
    """What a name is to its resource, the best first."""

    LABEL = 0
    OTHER = 1
    #: A spelling to search by, which is not shown as a name.
    HIDDEN = 2
    #: The title of a document, which often is the name of something else.
    TITLE = 3
    #: The last part of the IRI.
    IDENTIFIER = 4


class Name(NamedTuple):
    """One name of a resource, which is given by its number in the table."""

    resource: int
    text: str
    language: str
    kind: NameKind


def trigrams(form: str) -> frozenset[str]:
    """Return the sequences of three characters in the folded *form*.

    >>> sorted(trigrams("hun sen"))
    [' se', 'hun', 'n s', 'sen', 'un ']
    """
    return frozenset(form[place : place + 3] for place in range(len(form) - 2))


def write_index(path: Path, names: Iterable[Name]) -> None:
    """Write the index of *names* to the new file *path*. Raises OSError."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            # The file is new, and another is written where this one is not finished.
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            database.executescript(_SCHEMA)
            database.execute(
                "INSERT INTO trigram (trigram, rank) VALUES ('hashsize', ?)", (_MEMORY,)
            )
            database.execute("BEGIN")
            rows = (
                (number, name.resource, name.text, name.language, name.kind, folded(name.text))
                for number, name in enumerate(names, 1)
            )
            database.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)", rows)
            database.execute("INSERT INTO trigram (rowid, folded) SELECT id, folded FROM name")
            database.execute("COMMIT")
            database.executescript(_INDEXES)
    except sqlite3.Error as error:
        raise OSError(errno.EIO, str(error), str(path)) from error
