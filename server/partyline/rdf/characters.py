"""Characters in messages: by code point and name, because many of them cannot be seen."""

import unicodedata

#: U+FEFF has an official name that nobody knows it by.
_NAMES = {"\ufeff": "BYTE ORDER MARK"}


def is_suspicious(character: str) -> bool:
    """Tell whether *character* looks like another one, or like nothing.

    >>> [is_suspicious(character) for character in "a\u00e9\u00a0\u201c\ufeff"]
    [False, False, True, True, True]
    """
    if character.isascii():
        return not character.isprintable()
    return not character.isprintable() or unicodedata.category(character)[0] in "ZPC"


def named(character: str) -> str:
    r"""Return the code point and the name of *character*.

    >>> named("\u00a0")
    'U+00A0 (NO-BREAK SPACE)'
    """
    name = _NAMES.get(character) or unicodedata.name(character, "control character")
    return f"U+{ord(character):04X} ({name})"


def remedy(character: str) -> str:
    """Return what to write in place of *character*, which is not allowed where it stands."""
    if unicodedata.category(character) in ("Pi", "Pf", "Ps") or character == "\u00b4":
        return "write a straight quotation mark"
    return "write a space" if unicodedata.category(character)[0] == "Z" else "remove it"
