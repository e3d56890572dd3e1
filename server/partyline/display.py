"""Text from outside, for a terminal, a page or a log, where it must not affect its surroundings."""

import unicodedata
from html import escape

#: Embeddings, overrides and isolates (Unicode Standard Annex 9).
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LAYOUT = frozenset("\n\t")


def visible(text: str) -> str:
    r"""Show control characters and those that change the direction of the text as escapes.

    Line feed and tab stay as they are.

    >>> visible("a\x1b[2J \u202eb")
    'a\\u001B[2J \\u202Eb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"\\u{ord(character):04X}" if _is_hidden(character) else character for character in text
    )


def in_markup(text: str) -> str:
    r"""Return *text* as the content of an element or an attribute of HTML and XML.

    >>> in_markup("<\u202e>")
    '&lt;\\u202E&gt;'
    """
    return escape(visible(text))


def _is_hidden(character: str) -> bool:
    is_control = unicodedata.category(character) == "Cc" and character not in _LAYOUT
    return is_control or character in _BIDIRECTIONAL
