"""IRIs that earlier releases have published and that a release describes no more.

The IRIs that a release describes are in its table. Those that it does not describe any more are
in one file of the release: a line for each, sorted by the bytes of the IRIs, with the IRI that
replaces it (or nothing), and why, separated by tabs. Table and file together hold every IRI that
was ever published. The file is mapped into memory and searched by halves, without being read.
"""

import mmap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from partyline.errors import ReleaseError

_SEPARATORS = str.maketrans("\t\r\n", "   ")


@dataclass(frozen=True, slots=True, order=True)
class RetiredIri:
    """An IRI that was published once: its address leads to another resource, or says it is gone."""

    iri: str
    #: The IRI of the resource that replaces it; empty: none does.
    replacement: str = ""
    reason: str = ""


def encoded(rows: Iterable[RetiredIri]) -> bytes:
    r"""Return the content of the file that holds *rows*; the last one of an IRI counts.

    >>> encoded([RetiredIri("urn:b"), RetiredIri("urn:a", "urn:b", "merged")])
    b'urn:a\turn:b\tmerged\nurn:b\t\t\n'
    """
    lines = {row.iri.encode(): _line(row) for row in rows}
    return b"".join(lines[iri] for iri in sorted(lines))


def _line(row: RetiredIri) -> bytes:
    return f"{row.iri}\t{row.replacement}\t{row.reason.translate(_SEPARATORS)}\n".encode()


@dataclass(frozen=True)
class RetiredIris:
    """The file at *path*, which may be absent: then no IRI is retired."""

    path: Path

    def find(self, iri: str) -> RetiredIri | None:
        """Return what became of *iri*; None where no earlier release has published it."""
        wanted = iri.encode() + b"\t"
        begin = self._place(wanted)
        row = self._row(begin) if begin < len(self._content) else None
        return row if row is not None and row.iri == iri else None

    def has_fragments(self, document: str) -> bool:
        """Tell whether IRIs with a fragment of *document* are retired."""
        wanted = f"{document}#".encode()
        begin = self._place(wanted)
        return self._content[begin : begin + len(wanted)] == wanted

    def __iter__(self) -> Iterator[RetiredIri]:
        begin = 0
        while begin < len(self._content):
            yield self._row(begin)
            begin = self._end(begin)

    def __bool__(self) -> bool:
        return len(self._content) > 0

    def _place(self, wanted: bytes) -> int:
        """Return where the first line begins that is not before *wanted*."""
        content = self._content
        low, high = 0, len(content)
        while low < high:
            begin = content.rfind(b"\n", low, (low + high) // 2) + 1 or low
            if content[begin : begin + len(wanted)] < wanted:
                low = self._end(begin)
            else:
                high = begin
        return low

    def _end(self, begin: int) -> int:
        return self._content.find(b"\n", begin) + 1

    def _row(self, begin: int) -> RetiredIri:
        return RetiredIri(*self._content[begin : self._end(begin) - 1].decode().split("\t"))

    @cached_property
    def _content(self) -> "bytes | mmap.mmap":
        try:
            with self.path.open("rb") as file:
                if not file.seek(0, 2):
                    return b""
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise ReleaseError(f"{self.path}: cannot be read: {error.strerror}") from error
