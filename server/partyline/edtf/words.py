"""EDTF expressions in English words."""

import re

from partyline.edtf.grammar import SEASONS, Date, Interval, Limit, Range, Set, parse

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SEASON_WORDS = tuple(word.split(" ")[0] for word in SEASONS.values())
_QUALIFIED = {"~": "about ", "?": "perhaps ", "%": "perhaps about "}
#: How an interval is introduced, by what is open or unknown at its other end.
_FROM = {Limit.OPEN: "since {}", Limit.UNKNOWN: "from {}, end unknown"}
_UNTIL = {Limit.OPEN: "until {}", Limit.UNKNOWN: "until {}, beginning unknown"}


def in_words(text: str) -> str:
    """Return the EDTF expression *text* in words, or itself where they would be no simpler.

    >>> in_words("1997~"), in_words("1985/.."), in_words("[..1985]")
    ('about 1997', 'since 1985', '1985 or earlier')
    >>> in_words("1XXX-XX"), in_words("May 1997")
    ('1XXX-XX', 'May 1997')
    """
    try:
        value = parse(text)
    except ValueError:
        return text
    words = _interval(value) if isinstance(value, Interval) else _words(value)
    return words or text


def _interval(value: Interval) -> str:
    begin = "" if isinstance(value.begin, Limit) else _words(value.begin)
    end = "" if isinstance(value.end, Limit) else _words(value.end)
    if isinstance(value.end, Limit):
        return begin and _FROM[value.end].format(begin)
    if isinstance(value.begin, Limit):
        return end and _UNTIL[value.begin].format(end)
    return f"from {begin} to {end}" if begin and end else ""


def _words(value: Date | Set) -> str:
    """Return *value* in words; empty where it has none."""
    if isinstance(value, Date):
        return _date(value)
    members = [_member(member) for member in value.members]
    return (" and " if value.all else " or ").join(members) if all(members) else ""


def _member(value: Date | Range) -> str:
    if isinstance(value, Date):
        return _date(value)
    first, last = (day and _date(day) for day in (value.first, value.last))
    if first and last:
        return f"{first} to {last}"
    if value.first and value.last:
        return ""
    return f"{first} or later" if first else f"{last} or earlier" if last else ""


def _date(value: Date) -> str:
    about = _qualified(value)
    if about is None:
        return ""
    if "X" not in value.year + value.month + value.day:
        return about + _plain(value)
    decade = value.year[:3]
    if value.month or "X" in decade:
        return ""
    return f"{about}the {int(decade)}0s"


def _qualified(value: Date) -> str | None:
    """Return the word for a sign that qualifies the whole date; None where there are others."""
    if not value.qualifiers:
        return ""
    last = 2 if value.day else 1 if value.month else 0
    (qualifier, *others) = value.qualifiers
    whole = qualifier.part == last and qualifier.group and not others
    return _QUALIFIED[qualifier.sign] if whole else None


def _plain(value: Date) -> str:
    year = str(int(value.year))
    if value.month in SEASONS:
        return f"{SEASONS[value.month]} {year}"
    words = [str(int(value.day))] if value.day else []
    words += [_MONTHS[int(value.month) - 1]] if value.month else []
    return " ".join([*words, year])


_BARE = re.compile(r"\d+|the \d+s")
_DAY = re.compile(r"\d+ [A-Z]")


def in_sentence(text: str) -> str:
    """Return the EDTF expression *text* as it stands in a sentence, with its preposition.

    >>> in_sentence("1997-05"), in_sentence("1997-05-21"), in_sentence("1997~")
    ('in May 1997', 'on 21 May 1997', 'about 1997')
    >>> in_sentence("[1997-04,1997-05]"), in_sentence("1985/1992")
    ('in April 1997 or May 1997', 'from 1985 to 1992')
    """
    words = in_words(text)
    if _DAY.match(words):
        return f"on {words}"
    plain = _BARE.match(words) or words.split(" ")[0] in (*_MONTHS, *_SEASON_WORDS)
    return f"in {words}" if plain else words
