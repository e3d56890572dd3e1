"""Literals in the words of a reader; what has no simpler words stays as the source gives it."""

import re
from datetime import date

from pyoxigraph import Literal

from partyline.vocabulary import EDTF, XSD

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
#: EDTF qualifies with one sign behind the whole date.
_QUALIFIED = {"": "", "~": "about ", "?": "perhaps ", "%": "perhaps about "}
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?(?P<sign>[~?%]?)\Z")
_DECADE = re.compile(r"(\d{3})X([~?%]?)\Z")


def verbalise(literal: Literal) -> str:
    """Return *literal* in words, or its lexical form where it has none.

    >>> verbalise(Literal("1985/1992-11", datatype=EDTF))
    'from 1985 to November 1992'
    """
    if literal.datatype == EDTF:
        return verbalise_edtf(literal.value)
    if literal.datatype == XSD.date:
        return _date_in_words(literal.value) or literal.value
    return literal.value


def verbalise_edtf(text: str) -> str:
    """Return the EDTF expression *text* in words, or itself where they would be no simpler.

    >>> verbalise_edtf("1997~"), verbalise_edtf("1985/.."), verbalise_edtf("[..1985]")
    ('about 1997', 'from 1985', '1985 or earlier')
    >>> verbalise_edtf("1XXX-XX")
    '1XXX-XX'
    """
    if text[:1] + text[-1:] in ("[]", "{}"):
        return _set_in_words(text) or text
    begin, slash, end = text.partition("/")
    if not slash:
        return _date_in_words(text) or text
    first = "" if begin in ("", "..") else _date_in_words(begin)
    last = "" if end in ("", "..") else _date_in_words(end)
    if first is None or last is None:
        return text
    if first and last:
        return f"from {first} to {last}"
    return f"from {first}" if first else f"until {last}" if last else text


def _date_in_words(text: str) -> str | None:
    if decade := _DECADE.match(text):
        return f"{_QUALIFIED[decade[2]]}the {decade[1]}0s"
    match = _DATE.match(text)
    if not match:
        return None
    about, year, month, day = _QUALIFIED[match["sign"]], match["year"], match["month"], match["day"]
    if month in _SEASONS and not day:
        return f"{about}{_SEASONS[month]} {int(year)}"
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    words = [str(int(day))] if day else []
    words += [_MONTHS[int(month) - 1]] if month else []
    return about + " ".join([*words, str(int(year))])


def _set_in_words(text: str) -> str | None:
    conjunction = " or " if text[0] == "[" else " and "
    members = [_member_in_words(member.strip()) for member in text[1:-1].split(",")]
    known = [member for member in members if member]
    return conjunction.join(known) if len(known) == len(members) else None


def _member_in_words(text: str) -> str | None:
    begin, dots, end = text.partition("..")
    if not dots:
        return _date_in_words(text)
    first, last = _date_in_words(begin), _date_in_words(end)
    if first and last:
        return f"{first} to {last}"
    return f"{first} or later" if first else f"{last} or earlier" if last else None
