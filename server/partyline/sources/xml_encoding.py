"""XML in any encoding, as UTF-8: the parser reads no other (XML 1.0, section 4.3.3)."""

import codecs
import re

from partyline.sources.syntaxes import other_encoding

_DECLARED = re.compile(rb"(\s*<\?xml\b[^>]*?)\s+encoding\s*=\s*[\"']([\w.-]+)[\"']")


def as_utf8(content: bytes) -> bytes:
    r"""Return XML as UTF-8; what cannot be decoded stays as it is, for the parser to report.

    >>> as_utf8('<?xml version="1.0" encoding="iso-8859-1"?><é/>'.encode("latin-1")).decode()
    '<?xml version="1.0"?><é/>'
    """
    marked = other_encoding(content)
    try:
        if marked:
            content = content.decode(marked).encode()
        declared = _DECLARED.match(content)
        if declared is None:
            return content
        if not marked and codecs.lookup(declared[2].decode()).name != "utf-8":
            content = content.decode(declared[2].decode()).encode()
        return _DECLARED.sub(rb"\1", content, count=1)
    except (LookupError, UnicodeDecodeError):
        return content
