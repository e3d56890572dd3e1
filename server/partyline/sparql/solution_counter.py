"""The number of rows of an answer: triples, or solutions, counted while they are written.

The engine writes the solutions of a SELECT without a call to Python, and to parse them again would
cost as much as to find them. The start or end of a solution is distinguished from the text of a
literal by the character beside it, so one pass over the bytes is enough.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import Triple

#: Takes the next bytes of an answer, and returns the rows in all of them so far.
Counter = Callable[[bytes], int]

#: The beginning of an object in a list. A literal may end with ``,{``; then the quotation mark
#: behind it is followed by punctuation. A literal with ``,{},`` counts as a solution without
#: values: to distinguish the two would take six times as long.
_JSON = re.compile(rb'[,\[]\{(?="[^,}\]]|\}[,\]])')
_XML = re.compile(b"<result>")


class CountedTriples:
    """Triples, and how many of them were read: the bytes of some are not written yet."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._triples = triples
        self._taken = 0

    def __iter__(self) -> Iterator[Triple]:
        for triple in self._triples:
            self._taken += 1
            yield triple

    def count(self, piece: bytes) -> int:
        """Return how many were read, whatever *piece* holds."""
        return self._taken


def counter(media_type: str) -> Counter:
    r"""Return the counter of the solutions in an answer of the format *media_type*.

    >>> count = counter("text/csv")
    >>> count(b'name\r\n"Tom\r\n'), count(b'Sawyer"\r\nHuck\r'), count(b"\n")
    (0, 1, 2)
    """
    if media_type == "text/csv":
        return _in_csv()
    if media_type == "text/tab-separated-values":
        return _in_tsv()
    if media_type == "application/sparql-results+xml":
        return _in_matches(_XML, len(b"<result>"))
    return _in_matches(_JSON, len(b'[{"x'))


def _in_matches(pattern: re.Pattern[bytes], width: int) -> Counter:
    """Count the matches of *pattern*, which looks at *width* bytes."""
    found, end = 0, b""

    def count(piece: bytes) -> int:
        nonlocal found, end
        text = end + piece
        found += len(pattern.findall(text))
        end = text[1 - width :]
        return found

    return count


def _in_tsv() -> Counter:
    lines = 0

    def count(piece: bytes) -> int:
        nonlocal lines
        lines += piece.count(b"\n")  # in a literal it is written \n
        return max(0, lines - 1)

    return count


def _in_csv() -> Counter:
    lines, is_quoted = 0, False

    def count(piece: bytes) -> int:
        nonlocal lines, is_quoted
        parts = piece.split(b'"')
        lines += b"".join(parts[is_quoted::2]).count(b"\n")
        is_quoted ^= len(parts) % 2 == 0
        return max(0, lines - 1)

    return count
