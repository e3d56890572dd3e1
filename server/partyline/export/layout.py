"""Which file of the site stands for an address.

Servers of files know no query strings: what an address names in one becomes a path.
"""

import hashlib
from urllib.parse import unquote

from partyline.errors import ExportError
from partyline.rdf import DATASET_FORMATS, GRAPH_FORMATS

_ENDINGS = {
    **{row.media_type: row.extension for row in (*GRAPH_FORMATS, *DATASET_FORMATS)},
    "application/atom+xml": "atom",
}
#: Bytes that a name of a file may have, without the ending of a compressed copy.
_LONGEST = 250
#: Hexadecimal digits of a SHA-1 that name a query string: 64 bits.
DIGITS = 16


def static_address(address: str, endings: frozenset[str]) -> str:
    """Return the address without a query string at which the export has what is at *address*.

    Args:
        address: a path, which may have a query string.
        endings: the extensions of documents; another ending is a part of the name.

    >>> static_address("/browse/?class=https://e.org/ns%23Band", frozenset({"html"}))
    '/browse/001b9f930ca6a885.html'
    >>> static_address("/doc/band.ttl", frozenset({"ttl"}))
    '/doc/band.ttl'

    """
    path, mark, query = address.partition("?")
    if not mark:
        return path
    stem, dot, ending = path.rpartition(".")
    if not dot or ending not in endings:
        stem, ending = path, "html"
    # Apache computes the same digest of a query string. Formats differ in their endings alone.
    return f"{stem.rstrip('/')}/{query_digest(query)}.{ending}"


def query_digest(query: str) -> str:
    """Return the name of what an address names by *query*, its query string as clients send it."""
    return hashlib.sha1(query.encode(), usedforsecurity=False).hexdigest()[:DIGITS]


def ending_of(media_type: str) -> str:
    """Return the ending of files of *media_type*.

    >>> ending_of("application/atom+xml"), ending_of("text/turtle"), ending_of("text/x-odd")
    ('atom', 'ttl', 'txt')
    """
    if media_type in _ENDINGS:
        return _ENDINGS[media_type]
    subtype = media_type.rpartition("/")[2]
    known = ("json", "xml")
    return next((row for row in known if subtype.rpartition("+")[2] == row), "txt")


def file_of(address: str, ending: str = "") -> str:
    """Return the path of the file for *address*, which has no query string, below the site.

    *ending* is the extension that the file must have; empty: that of the address, or none.

    Raises ExportError where no file can have that name.

    >>> file_of("/", "html"), file_of("/dumps/", "json"), file_of("/doc/caf%C3%A9.ttl")
    ('index.html', 'dumps/index.json', 'doc/café.ttl')
    """
    path = unquote(address).removeprefix("/")
    if path.endswith("/") or not path:
        path += f"index.{ending}"
    elif ending and not path.endswith(f".{ending}"):
        path += f".{ending}"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in path:
        raise ExportError(f"{address}: no file can have this path")
    if max(len(part.encode()) for part in parts) > _LONGEST:
        raise ExportError(f"{address}: a name in this path is longer than a file name may be")
    return path
