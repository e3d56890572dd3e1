"""Answers corrected on their way, where the engine's writers lose something."""

import re
from collections.abc import Callable

from partyline.errors import NotAcceptable

#: Returns the next bytes of an answer as they are sent. Raises NotAcceptable.
ByteFilter = Callable[[bytes], bytes]

_XML_TYPES = ("application/sparql-results+xml", "application/rdf+xml")
#: Characters that no XML 1.0 document may have (section 2.2), as UTF-8.
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_EMPTY_RECORD = re.compile(rb"(?<=\n)(?=\r\n?)")


def byte_filter(media_type: str, columns: int) -> ByteFilter:
    """Return the filter of an answer in a format, with a number of *columns* if it has rows."""
    if media_type in _XML_TYPES:
        return _XmlFilter()
    if media_type == "text/csv" and columns == 1:
        return _CsvFilter()
    return _unchanged


def _unchanged(content: bytes) -> bytes:
    return content


class _XmlFilter:
    r"""Keeps carriage returns, which parsers read as line feeds, and refuses what is not XML.

    >>> _XmlFilter()(b"<literal>a\r\nb</literal>")
    b'<literal>a&#13;\nb</literal>'
    """

    def __init__(self) -> None:
        self._end = b""

    def __call__(self, content: bytes) -> bytes:
        match = _NOT_XML.search(self._end + content)
        if match:
            number = ord(match[0].decode())
            raise NotAcceptable(
                f"the answer contains the character U+{number:04X}, which XML cannot express;"
                " choose another format, such as JSON or Turtle"
            )
        self._end = content[-2:]
        return content.replace(b"\r", b"&#13;")


class _CsvFilter:
    r"""Quotes the empty field of a single column: readers of CSV skip an empty line.

    >>> _CsvFilter()(b'x\r\n\r\n"a\n\nb"\r\n\r\n')
    b'x\r\n""\r\n"a\n\nb"\r\n""\r\n'
    """

    def __init__(self) -> None:
        self._is_quoted = self._begins_record = False

    def __call__(self, content: bytes) -> bytes:
        parts = content.split(b'"')
        written = []
        for number, part in enumerate(parts):
            if number:
                self._is_quoted = not self._is_quoted
                self._begins_record = False
            written.append(part if self._is_quoted else self._unquoted(part))
        return b'"'.join(written)

    def _unquoted(self, part: bytes) -> bytes:
        if not part:
            return part
        start = b'""' if self._begins_record and part.startswith(b"\r") else b""
        self._begins_record = part.endswith(b"\n")
        return start + _EMPTY_RECORD.sub(b'""', part)
