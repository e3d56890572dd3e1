"""Names in the form in which they are compared: without case, accents, and what divides words."""

import re
import unicodedata

#: Scripts whose combining marks are accents that writers may leave out. Elsewhere, such as in
#: Khmer or Thai, they are vowels.
_ACCENTED = ("LATIN", "GREEK", "CYRILLIC")
#: Letters that have no decomposition, as they are often written without their sign.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
#: Scripts in which a space does not end a word, and may be left out: Khmer, Lao, Thai, Myanmar,
#: Tibetan, Chinese, Japanese.
_UNDIVIDED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u3040-\u30ff\u3400-\u9fff"
)
#: What stands for each character of ASCII: small letters, and spaces for what divides words.
_ASCII = "".join(
    character.lower() if character.isalnum() else " " for character in map(chr, range(128))
)
_INNER_SPACE = re.compile(f"(?<=[{_UNDIVIDED}])\\s+(?=[{_UNDIVIDED}])")


def folded(name: str) -> str:
    """Return *name* in the form in which names are compared.

    >>> folded("Norodom Rānariddh"), folded("F.U.N.C.I.N.P.E.C."), folded("Parti-Démocrate ")
    ('norodom ranariddh', 'funcinpec', 'parti democrate')
    """
    plain = name.translate(_ASCII) if name.isascii() else _plain(name)
    words = plain.split()
    if len(words) > 1 and max(map(len, words)) == 1:
        return "".join(words)  # an acronym with points
    return " ".join(words)


def _plain(name: str) -> str:
    text = _INNER_SPACE.sub("", _without_accents(unicodedata.normalize("NFKD", name.casefold())))
    # Marks of writing systems and invisible signs belong to their words.
    kept = (sign if _is_part(sign) else " " for sign in text if unicodedata.category(sign) != "Cf")
    return "".join(kept).translate(_LETTERS)


def _is_part(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN"


def _without_accents(text: str) -> str:
    kept, accented = [], False
    for sign in text:
        if not unicodedata.combining(sign):
            accented = unicodedata.name(sign, "").startswith(_ACCENTED)
        elif accented:
            continue
        kept.append(sign)
    return "".join(kept)
