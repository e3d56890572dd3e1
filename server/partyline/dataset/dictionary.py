"""Terms and their numbers: the order of the numbers is that of the terms in N-Triples."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice, pairwise

import numpy as np

from partyline.dataset.arrays import Numbers, smallest
from partyline.rdf.terms import Term, node, text

#: Terms that are kept as objects; documents share most of theirs.
_KEPT = 1 << 14
#: Of so many terms, one is kept to search in.
_STEP = 128
#: Terms that are read at once.
_READ = 1 << 12


class Dictionary:
    """Every term of a table, once, in its exact spelling.

    A term is its canonical N-Triples in UTF-8, and its number is its place among all terms sorted
    by these bytes. So literals come first, then IRIs, then blank nodes, and the terms that begin
    alike, such as the IRIs of one namespace, have consecutive numbers.
    """

    def __init__(self, terms: Numbers, ends: Numbers) -> None:
        """Use the sorted *terms*, one after the other, and where each begins and the last ends."""
        self.terms, self.ends = terms, ends
        self._bytes, self._ends = terms.data, ends.data  # their items are integers of Python
        #: Return the term of a number. Those used last are kept.
        self.term = lru_cache(_KEPT)(self._term)
        #: Return the number of a term, or None where no statement has it in this spelling.
        self.number = lru_cache(_KEPT)(self._number)

    @classmethod
    def of(cls, texts: Iterable[bytes]) -> "Dictionary":
        """Make a dictionary of sorted and distinct *texts*."""
        parts, lengths = [], array("i")
        given = iter(texts)
        while some := list(islice(given, _READ)):  # less memory than all at once
            lengths.extend(map(len, some))
            parts.append(b"".join(some))
        ends = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=ends[1:])
        return cls(np.frombuffer(b"".join(parts), dtype=np.uint8), smallest(ends))

    def part(self, numbers: Numbers) -> "Dictionary":
        """Return a dictionary of the terms *numbers*, which are distinct and in order.

        >>> terms = Dictionary.of([b'"a"', b"<urn:x>", b"<urn:y>"])
        >>> list(terms.part(np.array([0, 2])).texts())
        ['"a"', '<urn:y>']
        """
        begins = self.ends[numbers].astype(np.int64)
        lengths = self.ends[numbers + 1].astype(np.int64) - begins
        ends = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        places = np.repeat(begins - ends[:-1], lengths) + np.arange(ends[-1])
        return Dictionary(self.terms[places], ends)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[Term]:
        return map(self.term, range(len(self)))

    def encoded(self, number: int) -> bytes:
        """Return the term *number* in N-Triples, in UTF-8."""
        return bytes(self._bytes[self._ends[number] : self._ends[number + 1]])

    def text(self, number: int) -> str:
        """Return the term *number* in N-Triples."""
        return str(self._bytes[self._ends[number] : self._ends[number + 1]], "utf-8")

    def encoded_texts(self) -> Iterator[bytes]:
        """Yield every term in N-Triples, in UTF-8, in order, without keeping it."""
        for first in range(0, len(self), _READ):
            ends = self._ends[first : first + _READ + 1].tolist()
            begin = ends[0]
            content = bytes(self._bytes[begin : ends[-1]])
            for start, end in pairwise(ends):
                yield content[start - begin : end - begin]

    def texts(self) -> Iterator[str]:
        """Yield every term in N-Triples, in order, without keeping it."""
        return map(bytes.decode, self.encoded_texts())

    def _term(self, number: int) -> Term:
        return node(self.text(number))

    def _number(self, term: Term) -> int | None:
        wanted = text(term).encode()
        place = self._place(wanted)
        return place if place < len(self) and self.encoded(place) == wanted else None

    def starting_with(self, beginning: str) -> range:
        """Return the numbers of the terms whose N-Triples starts with *beginning*.

        >>> terms = Dictionary.of([b'"a"', b"<urn:x:1>", b"<urn:x:2>", b"<urn:y:1>"])
        >>> terms.starting_with("<urn:x:")
        range(1, 3)
        """
        wanted = beginning.encode()
        # No byte of UTF-8 is as large.
        return range(self._place(wanted), self._place(wanted + b"\xff"))

    def has_beginning(self, beginning: str) -> bool:
        """Tell whether the N-Triples of a term starts with *beginning*."""
        wanted = beginning.encode()
        place = self._place(wanted)
        return place < len(self) and self.encoded(place).startswith(wanted)

    @cached_property
    def literals(self) -> range:
        """Return the numbers of the literals."""
        return self.starting_with('"')

    @cached_property
    def iris(self) -> range:
        """Return the numbers of the IRIs."""
        return self.starting_with("<")

    @cached_property
    def blank_nodes(self) -> range:
        """Return the numbers of the blank nodes."""
        return self.starting_with("_")

    def _place(self, encoded: bytes) -> int:
        # Most of the search needs no call of Python.
        last = bisect_left(self._some, encoded) * _STEP
        first, last = max(last - _STEP, 0), min(last, len(self))
        return bisect_left(range(len(self)), encoded, first, last, key=self.encoded)

    @cached_property
    def _some(self) -> list[bytes]:
        """Return one term in every `_STEP`, in order."""
        return list(map(self.encoded, range(0, len(self), _STEP)))
