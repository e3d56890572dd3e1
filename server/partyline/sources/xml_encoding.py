"""What the parser does not do for RDF/XML: other encodings (XML 1.0, section 4.3.3), prefixes."""

import codecs
import re

from partyline.sources.syntaxes import other_encoding

_NAMESPACE = re.compile(rb"\sxmlns:([\w.-]+)\s*=\s*[\"']([^\"'<]+)[\"']")
_ENTITY = re.compile(rb"<!ENTITY\s+([\w.-]+)\s+[\"']([^\"'<>]*)[\"']\s*>")
#: Bytes at the beginning that are searched for prefixes.
_SEARCHED = 65_536
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


def declared_prefixes(content: bytes) -> dict[str, str]:
    """Return the prefixes that the beginning of RDF/XML declares; of two alike, the first.

    >>> declared_prefixes(b'<rdf:RDF xmlns:ex="https://example.org/">')
    {'ex': 'https://example.org/'}
    """
    beginning = content[:_SEARCHED].decode("utf-8", "replace").encode()
    entities = {match[1]: match[2] for match in _ENTITY.finditer(beginning)}
    found: dict[str, str] = {}
    for match in _NAMESPACE.finditer(beginning):
        iri = match[2]
        for name, value in entities.items():
            iri = iri.replace(b"&" + name + b";", value)
        if b"&" not in iri:
            found.setdefault(match[1].decode(), iri.decode())
    return found
