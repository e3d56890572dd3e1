"""The links of pages: found, and led to the files of the export."""

import re
from collections.abc import Callable, Iterator
from html import escape, unescape

_ATTRIBUTE = re.compile(r'(?P<before>\s(?:href|src|action)=")(?P<value>/[^"]*)(?=")')
_TARGET = re.compile(r"<(?P<target>[^>]*)>")


def replace_links(page: str, replaced: Callable[[str], str]) -> str:
    """Return *page*, written by our templates, with each link to this site as *replaced* says.

    >>> replace_links('<a href="/id/a#b">', lambda address: "/doc/a.html")
    '<a href="/doc/a.html#b">'
    """

    def link(match: re.Match[str]) -> str:
        address, hash_, fragment = unescape(match["value"]).partition("#")
        return match["before"] + escape(replaced(address) + hash_ + fragment)

    return _ATTRIBUTE.sub(link, page)


def targets(header: str) -> Iterator[str]:
    """Yield the paths of this site that a Link header leads to (RFC 8288)."""
    for match in _TARGET.finditer(header):
        if match["target"].startswith("/"):
            yield match["target"]
