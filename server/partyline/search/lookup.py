"""Look up resources by a name that may be a part of one, or misspelt."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from threading import get_ident

from partyline.errors import ReleaseError
from partyline.search.folding import folded
from partyline.search.index import NameKind, trigrams

#: Names that are compared with what is looked for, of each way to find them.
_CANDIDATES = 300
#: Names that are compared because they have some of the same trigrams.
_GUESSES = 120
#: Names with one of the trigrams that are ranked to choose those.
_NAMES_READ = 3_000
_TRIGRAM = 3
#: The similarity of a name that has all the words of what is looked for, or their beginnings.
_GOOD = 0.82
#: The least similarity of a name that is found only because it is like what is looked for.
_LEAST = 0.62
#: Characters of a name that are compared; no name is as long.
_LONGEST = 200
#: How much less a name of each kind counts than a label.
_DISCOUNT = {
    NameKind.LABEL: 0.0,
    NameKind.OTHER: 0.005,
    NameKind.HIDDEN: 0.01,
    NameKind.TITLE: 0.05,
    NameKind.IDENTIFIER: 0.06,
}

_Row = tuple[int, str, str, int, str]
_COLUMNS = "name.resource, name.text, name.language, name.kind, name.folded"
#: The form of a name without its spaces, as the database indexes it.
_COMPACT = "replace(folded, ' ', '')"
_BEGINNING = (
    f"SELECT {_COLUMNS} FROM name WHERE {_COMPACT} >= ? AND {_COMPACT} < ?"  # noqa: S608
    f" ORDER BY {_COMPACT} LIMIT ?"
)
_TRIGRAMS = (
    f"SELECT {_COLUMNS} FROM trigram JOIN name ON name.id = trigram.rowid"  # noqa: S608
    " WHERE trigram MATCH ? ORDER BY trigram.rank LIMIT ?"
)


class Likeness(StrEnum):
    """In which way a name is like what is looked for."""

    #: But for case, accents, spaces and the order of words.
    SAME = "same"
    BEGINNING = "beginning"
    #: It has all the words, or their beginnings.
    WORDS = "words"
    PART = "part"
    #: It is spelt alike.
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True)
class Match:
    """A resource, and the name by which it was found."""

    resource: int
    name: str
    language: str
    kind: NameKind
    #: From 0 to 1: equal names are 1.
    score: float
    likeness: Likeness


class NameIndex:
    """The index of names of a release. It is opened for each search: that takes microseconds."""

    def __init__(self, path: Path, write: Callable[[Path], None] | None = None) -> None:
        """Take the index in the file *path*, which *write* makes where it is not there yet."""
        self._path, self._write = path, write

    def search(self, text: str) -> list[Match]:
        """Return the resources with a name like *text*, each once, the best first.

        Equal names come first, then those that begin with it, that have all its words, that
        contain it, and at last those that are spelt alike. Raises ReleaseError.
        """
        wanted = folded(text[:_LONGEST])
        if not wanted:
            return []
        self._make()
        best: dict[int, Match] = {}
        for rows in self._candidates(wanted):
            for resource, name, language, kind, form in rows:
                similarity, likeness = compare(wanted, form)
                score = similarity - _DISCOUNT[NameKind(kind)]
                if score >= _LEAST and (resource not in best or score > best[resource].score):
                    best[resource] = Match(
                        resource, name, language, NameKind(kind), score, likeness
                    )
            if any(match.score >= _GOOD for match in best.values()):
                break  # nobody who is found by the right spelling is looked for by another one
        return sorted(best.values(), key=lambda row: (-row.score, len(row.name), row.resource))

    def all(self) -> Iterator[_Row]:
        """Yield every name: the number of its resource, its text, language, kind, folded form.

        The names of a resource follow one another. Raises ReleaseError.
        """
        self._make()
        with self._opened() as database:
            yield from database.execute(f"SELECT {_COLUMNS} FROM name ORDER BY id")  # noqa: S608

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
            with closing(sqlite3.connect(address, uri=True)) as database:
                yield database
        except sqlite3.Error as error:
            raise ReleaseError(f"{self._path}: {error}; run 'partyline build'") from error

    def _make(self) -> None:
        if self._write is None or self._path.exists():
            return
        beside = self._path.with_name(f"{self._path.name}-{get_ident()}")  # two may search at once
        try:
            self._write(beside)
            beside.replace(self._path)
        except OSError as error:
            raise ReleaseError(f"{beside}: cannot be written: {error.strerror}") from error

    def _candidates(self, wanted: str) -> Iterator[list[_Row]]:
        """Yield names that may be like *wanted*: those that have its words, then any others."""
        words = [word for word in wanted.split() if len(word) >= _TRIGRAM]
        all_words = " AND ".join(f'"{word}"' for word in words)
        with self._opened() as database:
            text = wanted.replace(" ", "")
            values = (text, text + "\U0010ffff", _CANDIDATES)
            rows: list[_Row] = database.execute(_BEGINNING, values).fetchall()
            if all_words:
                rows += database.execute(_TRIGRAMS, (all_words, _CANDIDATES))
            yield rows
            if some_parts := _rarest(database, wanted):
                yield database.execute(_TRIGRAMS, (some_parts, _GUESSES)).fetchall()


def _rarest(database: sqlite3.Connection, wanted: str) -> str:
    """Return the rarest trigrams of *wanted*, as many as some thousand names have, joined by OR."""
    parts = sorted(trigrams(wanted))
    marks = ", ".join("?" * len(parts))
    query = f"SELECT names, part FROM frequency WHERE part IN ({marks}) ORDER BY names, part"  # noqa: S608
    chosen: list[str] = []
    total = 0
    for names, part in database.execute(query, parts):
        total += names
        if chosen and total > _NAMES_READ:
            break
        chosen.append(part)
    return " OR ".join(f'"{part}"' for part in chosen)


def similarity(wanted: str, name: str) -> float:
    """Return how much the folded *name* is like *wanted*, from 0 to 1.

    >>> similarity("sam rainsy", "sam rainsy"), similarity("rainsy", "sam rainsy party")
    (1.0, 0.88)
    >>> round(similarity("sam rainsi", "sam rainsy"), 2), round(similarity("xyz", "sam"), 2)
    (0.77, 0.0)
    """
    return compare(wanted, name)[0]


def compare(wanted: str, name: str) -> tuple[float, Likeness]:
    """Return how much the folded *name* is like *wanted*, from 0 to 1, and in which way.

    >>> compare("sam rainsy", "sam rainsy party")
    (0.92, <Likeness.BEGINNING: 'beginning'>)
    """
    if wanted == name:
        return 1.0, Likeness.SAME
    if wanted.replace(" ", "") == name.replace(" ", ""):
        return 0.98, Likeness.SAME
    words, names = wanted.split(), name.split()
    if sorted(words) == sorted(names):
        return 0.96, Likeness.SAME
    if name.startswith(wanted):
        return (0.92 if name.startswith(wanted + " ") else 0.9), Likeness.BEGINNING
    if set(words) <= set(names):
        return 0.88, Likeness.WORDS
    if all(any(other.startswith(word) for other in names) for word in words):
        return 0.85, Likeness.WORDS
    if name.replace(" ", "").startswith(wanted.replace(" ", "")):
        return 0.83, Likeness.BEGINNING
    if wanted in name:
        return 0.8, Likeness.PART
    return 0.84 * max(_common_pairs(wanted, name), _by_words(words, names)), Likeness.SIMILAR


def _common_pairs(one: str, two: str) -> float:
    """Return the part of the pairs of neighbouring characters that both have (Dice 1945)."""
    pairs = [{text[place : place + 2] for place in range(len(text) - 1)} for text in (one, two)]
    total = len(pairs[0]) + len(pairs[1])
    return 2 * len(pairs[0] & pairs[1]) / total if total else 0.0


def _by_words(words: list[str], names: list[str]) -> float:
    """Return the mean likeness of each word to the most similar word of the name.

    Words that only the name has count a little, so that the shorter of two names wins.
    """
    total = 0.0
    for word in words:
        best = max((_likeness(word, other) for other in names), default=0.0)
        if best < _LEAST:
            return 0.0
        total += best
    return total / len(words) - 0.01 * abs(len(names) - len(words))


@lru_cache(1 << 14)
def _likeness(one: str, two: str) -> float:
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= _LEAST else 0.0
