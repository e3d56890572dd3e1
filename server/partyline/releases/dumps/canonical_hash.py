"""The SHA-256 of a dataset in canonical form (RDFC-1.0), from its dump in N-Quads.

The dump is canonical but for the lines in which a blank node or an escape stands: those alone are
parsed, named and sorted in memory, and everything else is read in pieces.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from partyline.dataset import Table
from partyline.errors import TooComplex
from partyline.rdf.canonical import canonical_labels, canonical_line
from partyline.releases.dumps.ntriples import written_terms

#: Bytes of the file that are read at once.
_PIECE = 1 << 22
#: Lines with blank nodes or escapes that are held in memory.
_MOST_LINES = 1_000_000
#: What a line has where a blank node is its subject or its object, or where a sign is escaped.
_SUBJECT, _OBJECT, _ESCAPE = b"\n_:", b"> _:", b"\\u"
#: The object and the rest of a line. Labels are those that we write: no literal ends so.
_ENDING = re.compile(rb"> _:[A-Za-z0-9_-]+ (?:<[^ <>]*> )?\.\n")


def is_canonical(table: Table) -> bool:
    """Tell whether the dumps of *table* in N-Quads are canonical: no term needs another name."""
    terms = table.terms
    return not (terms.blank_nodes or _ESCAPE in terms.terms.tobytes() or written_terms(table))


def canonical_sha256(file: Path, most_lines: int = _MOST_LINES) -> str:
    """Return the hash of the dataset in *file*, sorted N-Quads in UTF-8, in hexadecimal.

    Raises TooComplex where blank nodes are too many, or too many look alike.
    """
    found = {line for piece in _pieces(file) for line in _special_lines(piece)}
    if len(found) > most_lines:
        raise TooComplex(f"More than {most_lines:,} statements have a blank node or an escape.")
    special, digest, begin = _canonical(found), sha256(), 0
    for piece in _pieces(file):
        plain = piece
        if special:
            lines = [line for line in piece.splitlines(keepends=True) if line not in found]
            end = bisect_left(special, lines[-1], lo=begin) if lines else begin
            plain = b"".join(sorted([*lines, *special[begin:end]]))
            begin = end
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
