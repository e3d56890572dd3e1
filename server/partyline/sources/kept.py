"""What is kept of files that are read again and again: what has not changed is not read again."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from partyline.dataset import Numbering
from partyline.findings import Finding
from partyline.sources.file_watcher import FileState, file_state
from partyline.sources.model import Document
from partyline.sources.terms import split_by_terms

_T = TypeVar("_T")

#: Nanoseconds within which a file may change twice and have the same time: the clock of a file
#: system is coarse.
_COARSE = 100_000_000


class PerDocument(Generic[_T]):
    """What a function makes of each document, made once as long as there is the document."""

    def __init__(self, make: Callable[[Document], _T]) -> None:
        self._make = make
        self._kept: dict[int, tuple[Document, _T]] = {}

    def of(self, documents: Iterable[Document]) -> list[_T]:
        """Return what is made of each of *documents*, and forget the others."""
        before, self._kept = self._kept, {}
        found = []
        for document in documents:
            key = id(document)
            row = self._kept.get(key) or before.get(key) or (document, self._make(document))
            self._kept[key] = row
            found.append(row[1])
        return found


class KeptFiles:
    """The documents of files as they were read, until the files change."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[FileState, Document | Finding]] = {}
        #: That of all documents.
        self.numbering = Numbering()
        #: Documents of files that ontology and data share, divided.
        self.parts = PerDocument(split_by_terms)

    def find(self, path: Path) -> Document | Finding | None:
        """Return what was read from *path*, or None where that may have changed."""
        state, document = self._kept.get(path, (None, None))
        return document if state is not None and state == file_state(path) else None

    def keep(self, path: Path, before: FileState | None, document: Document | Finding) -> None:
        """Keep what was read from *path*, whose state was *before*.

        A file that was changed only just now may change again without a sign of it.
        """
        self._kept.pop(path, None)
        if before is not None and time.time_ns() - before.modified > _COARSE:
            self._kept[path] = before, document
