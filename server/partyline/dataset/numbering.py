"""Numbers of terms while statements are collected: each spelling has one, as the terms come."""

from collections.abc import Iterable

import numpy as np
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from partyline.dataset.arrays import NUMBER, Numbers

#: A term of RDF 1.2.
AnyTerm = NamedNode | BlankNode | Literal | Triple


class Numbering:
    """A number for each term, from 0. It grows and forgets nothing."""

    def __init__(self) -> None:
        self._numbers: dict[AnyTerm, int] = {}
        self._terms: list[AnyTerm] = []
        #: The N-Triples of the terms, and their order by it, as far as it was asked for.
        self._texts: list[str] = []
        self._order: list[int] = []
        #: The terms that no graph of RDF 1.1 has, by their numbers.
        self.rdf12: dict[int, AnyTerm] = {}
        #: Return the number of a term, or None where it has none.
        self.find = self._numbers.get

    def __len__(self) -> int:
        return len(self._terms)

    def number(self, term: AnyTerm) -> int:
        """Return the number of *term*; a new one where it has none."""
        found = self._numbers.get(term)
        if found is None:
            found = self._numbers[term] = len(self._terms)
            self._terms.append(term)
            if is_rdf12(term):
                self.rdf12[found] = term
        return found

    def numbers(self, terms: Iterable[AnyTerm]) -> list[int]:
        """Return the numbers of *terms* that have one."""
        found = map(self.find, terms)
        return [number for number in found if number is not None]

    def term(self, number: int) -> AnyTerm:
        """Return the term of *number*."""
        return self._terms[number]

    def in_order(self, used: Numbers) -> tuple[list[str], Numbers]:
        """Return the texts of the numbers *used* in the order of N-Triples, and these numbers.

        Args:
            used: distinct numbers.

        """
        known, texts = len(self._texts), self._texts
        if known < len(self._terms):
            texts += map(str, self._terms[known:])
            self._order += range(known, len(texts))
            # Quick where most are sorted already. Texts sort as their bytes in UTF-8 do.
            self._order.sort(key=texts.__getitem__)
        order = np.array(self._order, dtype=NUMBER)
        chosen = np.zeros(len(self), dtype=bool)
        chosen[used] = True
        order = order[chosen[order]]
        return list(map(texts.__getitem__, order.tolist())), order


def is_rdf12(term: AnyTerm) -> bool:
    """Tell whether no graph of RDF 1.1 has *term*: it is a triple, or has a base direction."""
    return isinstance(term, Triple) or (isinstance(term, Literal) and term.direction is not None)
