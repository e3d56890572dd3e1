"""The SHA-256 of a dataset in canonical form (RDFC-1.0), from its dump in N-Quads.

The dump is canonical but for the lines in which a blank node or an escape stands: those alone are
parsed, named and sorted in memory, and everything else is read in pieces.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
from pyoxigraph import RdfFormat, parse

from partyline.dataset import Numbers, Table
from partyline.errors import TooComplex
from partyline.rdf.canonical import canonical_labels, canonical_line
from partyline.releases.dumps.ntriples import numbers_with_spaces

#: Bytes of the file that are read at once.
_PIECE = 1 << 22
#: Lines with blank nodes or escapes that are held in memory.
_MOST_LINES = 1_000_000
#: What a line has where a blank node is its subject or its object, or where a sign is escaped.
_SUBJECT, _OBJECT, _ESCAPE = b"\n_:", b"> _:", b"\\u"
#: The object and the rest of a line. Labels are those that we write: no literal ends so.
_ENDING = re.compile(rb"> _:[A-Za-z0-9_-]+ (?:<[^ <>]*> )?\.\n")


def special_rows(table: Table) -> Numbers:
    """Tell of each row of *table* whether its line in N-Quads has a blank node or an escape."""
    terms = table.terms
    special = np.zeros(len(terms), dtype=bool)
    special[terms.blank_nodes.start :] = True
    special[numbers_with_spaces(table)] = True
    content, place = terms.terms.tobytes(), -1
    while (place := content.find(_ESCAPE, place + 1)) >= 0:
        special[np.searchsorted(terms.ends, place, side="right") - 1] = True
    found = np.zeros(len(table), dtype=bool)
    if special.any():
        for name in ("subject", "predicate", "object"):
            found |= special[table.columns[name]]
    return found


def canonical_sha256(
    file: Path, lines: Iterable[bytes] | None = None, most_lines: int = _MOST_LINES
) -> str:
    """Return the hash of the dataset in *file*, sorted N-Quads in UTF-8, in hexadecimal.

    Args:
        file: the dump.
        lines: those of its lines that have a blank node or an escape; None to look for them.
        most_lines: the number of such lines up to which they are named and sorted.

    Raises:
        TooComplex: blank nodes are too many, or too many look alike.

    """
    if lines is None:
        lines = (line for piece in _pieces(file) for line in _special_lines(piece))
    found = set(lines)
    if len(found) > most_lines:
        raise TooComplex(f"More than {most_lines:,} statements have a blank node or an escape.")
    special, digest = _canonical(found), sha256()
    replaced, first, begin = sorted(found), 0, 0
    for piece in _pieces(file):
        plain, last = piece, piece[piece.rfind(b"\n", 0, -1) + 1 :]
        after = bisect_right(replaced, last, lo=first)
        if after > first or bisect_left(special, last, lo=begin) > begin:
            kept = [line for line in piece.splitlines(keepends=True) if line not in found]
            end = bisect_left(special, kept[-1], lo=begin) if kept else begin
            plain = b"".join(sorted([*kept, *special[begin:end]]))
            begin = end
        first = after
        digest.update(plain)
    digest.update(b"".join(special[begin:]))
    return digest.hexdigest()


def _special_lines(piece: bytes) -> Iterator[bytes]:
    """Yield the lines of *piece* with a blank node or an escape, some of them twice."""
    text = b"\n" + piece
    for sign in (_SUBJECT, _OBJECT, _ESCAPE):
        place = text.find(sign)
        while place >= 0:
            end = text.index(b"\n", place + 1)
            if sign != _OBJECT or _ENDING.match(text, place):
                yield text[text.rfind(b"\n", 0, place + 1) + 1 : end + 1]
            place = text.find(sign, max(end, place + 1) if sign != _OBJECT else place + 1)


def _canonical(lines: set[bytes]) -> list[bytes]:
    """Return *lines* in canonical form, sorted."""
    quads = list(parse(b"".join(sorted(lines)), format=RdfFormat.N_QUADS, lenient=True))
    names = {node: f"_:{label}" for node, label in canonical_labels(quads).items()}
    return sorted(canonical_line(quad, names).encode() for quad in quads)


def _pieces(file: Path) -> Iterator[bytes]:
    """Yield whole lines of *file*, many at a time."""
    with file.open("rb") as content:
        while piece := content.read(_PIECE):
            yield piece + content.readline()
