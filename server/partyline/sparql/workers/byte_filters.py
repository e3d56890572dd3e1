"""Answers corrected on their way, where the engine's writers lose something."""

import re
from collections.abc import Callable

from partyline.errors import NotAcceptable

#: Returns the next bytes of an answer as they are sent.
ByteFilter = Callable[[bytes], bytes]

#: Characters that no XML 1.0 document may have (section 2.2), as UTF-8.
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


def byte_filter(media_type: str) -> ByteFilter:
    """Return the filter of an answer in a format."""
    return _escaped if media_type == "application/sparql-results+xml" else _unchanged


def _unchanged(content: bytes) -> bytes:
    return content


def check_xml(content: bytes) -> None:
    """Raise NotAcceptable where XML cannot represent *content*."""
    match = _NOT_XML.search(content)
    if match:
        number = ord(match[0].decode())
        raise NotAcceptable(
            f"the answer contains the character U+{number:04X}, which XML cannot express;"
            " choose another format, such as JSON"
        )


def _escaped(content: bytes) -> bytes:
    r"""Keep carriage returns, which parsers of XML read as line feeds.

    >>> _escaped(b"<literal>a\r\nb</literal>")
    b'<literal>a&#13;\nb</literal>'
    """
    return content.replace(b"\r", b"&#13;")
