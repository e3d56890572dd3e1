"""Text from outside, for a terminal, a page or a log, where it must not affect its surroundings."""

import re
from html import escape

#: Control characters (category Cc) but for line feed and tab; embeddings, overrides and isolates
#: (Unicode Standard Annex 9): what a set of a regular expression holds.
HIDDEN = "\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_HIDDEN = re.compile(f"[{HIDDEN}]")


def visible(text: str) -> str:
    r"""Show control characters and those that change the direction of the text as escapes.

    Line feed and tab stay as they are.

    >>> visible("a\x1b[2J \u202eb")
    'a\\u001B[2J \\u202Eb'
    """
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04X}"


def in_markup(text: str) -> str:
    r"""Return *text* as the content of an element or an attribute of HTML and XML.

    >>> in_markup("<\u202e>")
    '&lt;\\u202E&gt;'
    """
    return escape(visible(text))
