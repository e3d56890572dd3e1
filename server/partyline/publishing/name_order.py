"""Sort many names at once: by the first bytes of what orders them, and only what is equal by more.

Names are literals of a table. Most are read as columns of bytes; those that have escapes or are not
in ASCII become texts one by one, as a single name does.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from pyoxigraph import Literal

from partyline.dataset import Numbers
from partyline.dataset.dictionary import Dictionary
from partyline.publishing.labels import Text

#: Bytes of a name that are compared as numbers.
_WIDTH = 32
#: Names that are read at once.
_READ = 1 << 15
#: Characters of a language tag that is read as a number.
_LONGEST_TAG = 7
_QUOTE, _AT, _BACKSLASH, _SPACE = map(ord, '"@\\ ')
#: Bytes of names that are not read together: escapes, and what is not in ASCII.
_IS_ODD = np.arange(256) >= 128
_IS_ODD[_BACKSLASH] = True
_LOWER = np.arange(256, dtype=np.uint8)
_LOWER[ord("A") : ord("Z") + 1] += 32


@dataclass(frozen=True, slots=True)
class Names:
    """Literals of a table, each as a name."""

    #: The first bytes of what orders each.
    keys: Numbers
    #: Whether the key is not all that orders it.
    is_cut: Numbers
    #: The place of the language of each among *tags*, and whether there is a name at all.
    languages: Numbers
    is_name: Numbers
    tags: tuple[str, ...]

    @classmethod
    def of(cls, terms: Dictionary, literals: Numbers) -> "Names":
        """Read *literals*, given by their numbers."""
        tags = {"": 0}
        parts = [
            _read(terms, literals[first : first + _READ], tags)
            for first in range(0, max(1, len(literals)), _READ)
        ]
        keys, is_cut, languages, is_name = map(np.concatenate, zip(*parts, strict=True))
        return cls(keys, is_cut, languages, is_name, tuple(tags))


def sorted_places(keys: Numbers, is_cut: Numbers, order: Callable[[int], str]) -> Numbers:
    """Return the places of *keys* in their order; *order* gives what orders the name at a place.

    Equal names stay in their order.
    """
    words = np.ascontiguousarray(keys).view(">u8").astype(np.uint64)
    places = np.lexsort(tuple(reversed(words.T)))
    same = (words[places][1:] == words[places][:-1]).all(axis=1)
    starts = np.flatnonzero(np.concatenate(([True], ~same))) if len(places) else places
    ends = np.append(starts[1:], len(places))
    cut = np.add.reduceat(is_cut[places].astype(np.int64), starts) if len(places) else starts
    for group in np.flatnonzero((ends - starts > 1) & (cut > 0)).tolist():
        part = slice(int(starts[group]), int(ends[group]))
        places[part] = sorted(places[part].tolist(), key=order)
    return places


def key_of(text: str) -> tuple[bytes, bool]:
    """Return the key of a name that *text* orders, and whether it is not all of that."""
    encoded = text.encode("utf-8", "surrogatepass")
    return encoded[:_WIDTH].ljust(_WIDTH, b"\0"), len(encoded) > _WIDTH or "\0" in text


def empty_keys(number: int) -> Numbers:
    """Return *number* keys to be filled in."""
    return np.zeros((number, _WIDTH), dtype=np.uint8)


def _read(
    terms: Dictionary, literals: Numbers, tags: dict[str, int]
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return the columns of `Names`; languages that are new are added to *tags*."""
    begins = terms.ends[literals].astype(np.int64) + 1
    stops = terms.ends[literals + 1].astype(np.int64)
    tag_sizes = _tag_sizes(terms.terms, begins, stops)
    sizes = stops - begins - 1 - np.where(tag_sizes > 0, tag_sizes + 1, 0)
    windows = _windows(terms.terms)
    keys = windows[np.minimum(begins, len(windows) - 1)]
    keys[np.arange(_WIDTH) >= sizes[:, None]] = 0
    is_odd = _IS_ODD[keys].any(axis=1) | (tag_sizes < 0) | (sizes <= 0) | (begins >= len(windows))
    is_odd |= (keys[:, 0] <= _SPACE) | (terms.terms[begins + np.maximum(sizes, 1) - 1] <= _SPACE)
    keys = _LOWER[keys]
    is_cut, is_name = sizes > _WIDTH, np.ones(len(literals), dtype=bool)
    languages = _languages(terms, literals, stops, np.where(is_odd, 0, tag_sizes), tags)
    for place in np.flatnonzero(is_odd).tolist():
        literal = terms.term(int(literals[place]))
        text, tag = (literal.value, literal.language) if isinstance(literal, Literal) else ("", "")
        is_name[place] = bool(text.strip())
        key, is_cut[place] = key_of(Text(text).order)
        keys[place] = np.frombuffer(key, dtype=np.uint8)
        languages[place] = tags.setdefault(tag or "", len(tags))
    return keys, is_cut, languages, is_name


def _windows(content: Numbers) -> Numbers:
    """Return the bytes of a key from each place of *content* that has as many behind it."""
    if len(content) < _WIDTH:
        content = np.pad(np.asarray(content), (0, _WIDTH - len(content)))
    return sliding_window_view(np.asarray(content), _WIDTH)


def _tag_sizes(terms: Numbers, begins: Numbers, stops: Numbers) -> Numbers:
    """Return the length of each language tag: 0 for none, -1 where it has to be read alone."""
    sizes = np.full(len(stops), -1)
    sizes[terms[stops - 1] == _QUOTE] = 0
    for size in range(1, _LONGEST_TAG + 1):
        ats = np.maximum(stops - size - 1, begins)
        is_tag = (sizes < 0) & (terms[ats] == _AT) & (terms[ats - 1] == _QUOTE)
        sizes[is_tag & (ats > begins)] = size
    return sizes


def _languages(
    terms: Dictionary, literals: Numbers, stops: Numbers, sizes: Numbers, tags: dict[str, int]
) -> Numbers:
    """Return the places of languages among *tags*, to which new ones are added."""
    packed = np.zeros(len(literals), dtype=np.int64)
    for place in range(1, _LONGEST_TAG + 1):
        is_inside = place <= sizes
        packed[is_inside] = (
            packed[is_inside] << 8 | terms.terms[(stops - sizes + place - 1)[is_inside]]
        )
    found, firsts, places = np.unique(packed, return_index=True, return_inverse=True)
    numbers = [0] * len(found)
    for index, (number, first) in enumerate(zip(found.tolist(), firsts.tolist(), strict=True)):
        literal = terms.term(int(literals[first])) if number else None
        tag = literal.language or "" if isinstance(literal, Literal) else ""
        numbers[index] = tags.setdefault(tag, len(tags))
    return np.array(numbers, dtype=np.int64)[places.reshape(-1)]
