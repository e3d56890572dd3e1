"""EDTF expressions in the words of a language; those of English are here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from partyline.edtf.grammar import SEASONS, Date, Interval, Limit, Range, Set, parse

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SEASONS = {code: name.split(" ")[0] for code, name in SEASONS.items()}
_QUALIFIED = {"~": "about {date}", "?": "perhaps {date}", "%": "perhaps about {date}"}
#: The phrases that dates are put together of. A language has another phrase for each; where it has
#: two, with a bar between them, the second stands before a vowel.
PHRASES = (
    *_MONTHS,
    *_SEASONS.values(),
    "1",
    *("{day} {month} {year}", "{month} {year}", "the {decade}s"),
    *_QUALIFIED.values(),
    *("since {date}", "since {day}", "from {date}, end unknown", "from {day}, end unknown"),
    *("until {date}", "until {day}", "until {words}", "{until}, beginning unknown"),
    *("from {date}", "from {day}", "to {date}", "to {day}"),
    *("{date} or later", "{date} or earlier", "{first} to {last}", "and", "or"),
    *("on {day}", "in {date}", "in the {decade}s"),
    *(f"in {season} {{year}}" for season in _SEASONS.values()),
)
#: How an interval begins that is open or unknown at its end.
_FROM = {Limit.OPEN: "since", Limit.UNKNOWN: "from"}
_VOWEL = re.compile(r"[aeiouyhàâéèêîôœ]", re.IGNORECASE)


def in_words(text: str, phrases: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the EDTF expression *text* in words, or itself where they would be no simpler.

    *phrases* are those of another language, by the English ones: all of `PHRASES`.

    >>> in_words("1997~"), in_words("1985/.."), in_words("[..1985]")
    ('about 1997', 'since 1985', '1985 or earlier')
    >>> in_words("1XXX-XX"), in_words("May 1997")
    ('1XXX-XX', 'May 1997')
    """
    found = _read(text, phrases)
    return found.text if found else text


def in_sentence(text: str, phrases: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the EDTF expression *text* as it stands in a sentence, with its preposition.

    >>> in_sentence("1997-05"), in_sentence("1997-05-21"), in_sentence("1997~")
    ('in May 1997', 'on 21 May 1997', 'about 1997')
    >>> in_sentence("[1997-04,1997-05]"), in_sentence("1985/1992")
    ('in April 1997 or May 1997', 'from 1985 to 1992')
    """
    found = _read(text, phrases)
    return found.with_preposition if found else text


def _read(text: str, phrases: Mapping[str, str]) -> "_Words | None":
    try:
        value = parse(text)
    except ValueError:
        return None
    writer = _Writer(phrases)
    return writer.interval(value) if isinstance(value, Interval) else writer.words(value)


class _Words(NamedTuple):
    """A date in words."""

    text: str
    #: With the preposition that it has in a sentence.
    with_preposition: str
    #: Whether it is a day, and whether it is a plain date: prepositions differ.
    is_day: bool = False
    is_plain: bool = False

    @property
    def kind(self) -> str:
        """Return the name that phrases have for it."""
        return "day" if self.is_day else "date"


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes dates with the phrases of one language."""

    phrases: Mapping[str, str]

    def phrase(self, name: str, **parts: str) -> str:
        """Return the phrase *name* of this language, with *parts* in it."""
        found, _, before_vowel = self.phrases.get(name, name).partition("|")
        if before_vowel and any(_VOWEL.match(part) for part in parts.values()):
            found = before_vowel
        for key, part in parts.items():
            found = found.replace(f"{{{key}}}", part)
        return found

    def _about(self, name: str, date: _Words) -> str:
        return self.phrase(name.replace("{}", f"{{{date.kind}}}"), **{date.kind: date.text})

    def interval(self, value: Interval) -> _Words | None:
        """Return *value* in words, or None where it has none."""
        begin = None if isinstance(value.begin, Limit) else self.words(value.begin)
        end = None if isinstance(value.end, Limit) else self.words(value.end)
        if isinstance(value.end, Limit):
            text = begin and self._open_end(begin, _FROM[value.end])
        elif isinstance(value.begin, Limit):
            text = end and self._open_begin(end, value.begin)
        else:
            text = begin and end and f"{self._about('from {}', begin)} {self._about('to {}', end)}"
        return _Words(text, text) if text else None

    def _open_end(self, begin: _Words, word: str) -> str:
        return self._about("since {}" if word == "since" else "from {}, end unknown", begin)

    def _open_begin(self, end: _Words, limit: Limit) -> str:
        if end.is_plain or end.is_day:
            until = self._about("until {}", end)
        else:
            until = self.phrase("until {words}", words=end.text)
        if limit is Limit.OPEN:
            return until
        return self.phrase("{until}, beginning unknown", until=until)

    def words(self, value: Date | Set) -> _Words | None:
        """Return *value* in words, or None where it has none."""
        if isinstance(value, Date):
            return self._date(value)
        members = [self._member(member) for member in value.members]
        found = [member for member in members if member]
        if not found or len(found) < len(members):
            return None
        joined = f" {self.phrase('and' if value.all else 'or')} "
        first, *rest = found
        texts = [row.text for row in rest]
        return _Words(
            joined.join([first.text, *texts]), joined.join([first.with_preposition, *texts])
        )

    def _member(self, value: Date | Range) -> _Words | None:
        if isinstance(value, Date):
            return self._date(value)
        first, last = (day and self._date(day) for day in (value.first, value.last))
        if first and last:
            begin = self.phrase("{first} to {last}", first=first.with_preposition, last=last.text)
            return _Words(self.phrase("{first} to {last}", first=first.text, last=last.text), begin)
        if value.first and value.last:
            return None
        date, name = (first, "{date} or later") if first else (last, "{date} or earlier")
        if not date:
            return None
        text, said = (self.phrase(name, date=row) for row in (date.text, date.with_preposition))
        return _Words(text, said)

    def _date(self, value: Date) -> _Words | None:
        qualified = _qualification(value)
        if qualified is None:
            return None
        plain = self._plain(value)
        if plain is None or not qualified:
            return plain
        text = self.phrase(qualified, date=plain.text)
        return _Words(text, text)

    def _plain(self, value: Date) -> _Words | None:
        if "X" in value.year + value.month + value.day:
            return self._decade(value)
        year = str(int(value.year))
        if value.month in _SEASONS:
            season = _SEASONS[value.month]
            text = self.phrase("{month} {year}", month=self.phrase(season), year=year)
            return _Words(text, self.phrase(f"in {season} {{year}}", year=year), is_plain=True)
        if not value.month:
            return _Words(year, self.phrase("in {date}", date=year), is_plain=True)
        month = self.phrase(_MONTHS[int(value.month) - 1])
        if value.day:
            day = str(int(value.day))
            number = self.phrase(day) if day == "1" else day
            text = self.phrase("{day} {month} {year}", day=number, month=month, year=year)
            return _Words(text, self.phrase("on {day}", day=text), is_day=True)
        text = self.phrase("{month} {year}", month=month, year=year)
        return _Words(text, self.phrase("in {date}", date=text), is_plain=True)

    def _decade(self, value: Date) -> _Words | None:
        decade = value.year[:3]
        if value.month or "X" in decade:
            return None
        number = f"{int(decade)}0"
        text = self.phrase("the {decade}s", decade=number)
        return _Words(text, self.phrase("in the {decade}s", decade=number))


def _qualification(value: Date) -> str | None:
    """Return the phrase for a sign that qualifies the whole date; None where there are others."""
    if not value.qualifiers:
        return ""
    last = 2 if value.day else 1 if value.month else 0
    (qualifier, *others) = value.qualifiers
    whole = qualifier.part == last and qualifier.group and not others
    return _QUALIFIED[qualifier.sign] if whole else None
