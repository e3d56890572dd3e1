"""The number of solutions in an answer, counted while they are written.

The engine writes the solutions of a SELECT without a call to Python, and to parse them again would
cost as much as to find them. One pass over the bytes is enough to know what is inside a
literal from what stands outside, and the start or end of a solution outside is unambiguous.
"""

from collections.abc import Callable

#: Takes the next bytes of an answer, and returns the rows in all of them so far.
Counter = Callable[[bytes], int]

_RESULT = b"<result>"


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
        return _in_xml()
    return _in_json()


def _in_xml() -> Counter:
    found, end = 0, b""

    def count(piece: bytes) -> int:
        nonlocal found, end
        text = end + piece
        found += text.count(_RESULT)  # in a literal it is written &lt;result&gt;
        end = text[1 - len(_RESULT) :]
        return found

    return count


def _in_json() -> Counter:
    """Count the objects in arrays: those of bindings and terms are values of members."""
    solutions, is_quoted, escape, last = 0, False, b"", b""

    def count(piece: bytes) -> int:
        nonlocal solutions, is_quoted, escape, last
        text, escape = _without_escapes(escape + piece)
        parts = text.split(b'"')
        outside = last + b'"'.join(parts[is_quoted::2])
        solutions += outside.count(b",{") + outside.count(b"[{")
        is_quoted ^= len(parts) % 2 == 0
        last = b"" if is_quoted else outside[-1:]
        return solutions

    return count


def _without_escapes(text: bytes) -> tuple[bytes, bytes]:
    r"""Leave out escaped quotation marks; return also a last ``\\`` that what follows decides."""
    if b"\\" not in text:
        return text, b""
    text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return (text[:-1], b"\\") if text.endswith(b"\\") else (text, b"")


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
