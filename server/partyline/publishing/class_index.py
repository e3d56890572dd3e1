"""The members of classes in the order of their names, of any number, in any one language."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from threading import Lock

import numpy as np
from pyoxigraph import Literal, NamedNode

from partyline.dataset import Numbers
from partyline.dataset.arrays import distinct
from partyline.publishing.labels import Labels, Text
from partyline.publishing.name_order import Names, empty_keys, key_of, sorted_places
from partyline.publishing.statements import Statements
from partyline.vocabulary import RDF, RDFS

#: Lists that are kept in order; one of a million members takes 12 MB.
_KEPT = 32
#: Letters that an index may have; scripts with thousands of signs have none.
_MOST_LETTERS = 120
#: Bytes of UTF-8 that a character has at most.
_CHARACTER = 4
#: What names begin with that begin with no letter.
OTHER_SIGNS = "#"


@dataclass(frozen=True, slots=True)
class SortedMembers:
    """Members of a class in the order of their names."""

    #: The row of each that says what it is a member of.
    rows: Numbers
    #: Each letter that names begin with, and the place of the first such name.
    letters: tuple[tuple[str, int], ...]
    #: The languages that members have names in, those of most members first.
    languages: tuple[str, ...]


@dataclass(frozen=True)
class ClassIndex:
    """The members of classes by name. A list is sorted when it is first asked for, and kept."""

    statements: Statements
    labels: Labels
    _lists: dict[tuple[NamedNode, str], SortedMembers] = field(default_factory=dict)
    _sorting: Lock = field(default_factory=Lock)

    def members(self, kind: NamedNode, language: str = "") -> SortedMembers:
        """Return the members of *kind*; of *language* those alone that have a name in it."""
        key = (kind, language)
        with self._sorting:  # a second one would take as long again
            if key not in self._lists:
                while len(self._lists) >= _KEPT:
                    del self._lists[next(iter(self._lists))]
                self._lists[key] = self._sorted(kind, language)
            return self._lists[key]

    def name(self, node: NamedNode, language: str) -> Text | None:
        """Return the best name of *node* in *language*, or None."""
        names = (row for row in self.labels.literals(node) if row.language == language)
        return next((Text(row.value, language) for row in names), None)

    def _sorted(self, kind: NamedNode, language: str) -> SortedMembers:
        rows = member_rows(self.statements, self.labels, kind)
        subjects: Numbers = self.statements.table.columns["subject"][rows]
        sorting = _Sorting(self.labels, subjects, language)
        places = sorting.places()
        letters = sorting.letters(places)
        return SortedMembers(
            rows=rows[places],
            letters=letters if len(letters) <= _MOST_LETTERS else (),
            languages=sorting.languages(),
        )


class _Sorting:
    """Members of a class, given by their numbers, and what sorts each by name."""

    def __init__(self, labels: Labels, subjects: Numbers, language: str) -> None:
        """With *language*, those that have a name in it are sorted, by that name."""
        self._labels, self._subjects, self._language = labels, subjects, language
        self._terms = labels.statements.table.terms
        self._keys = empty_keys(len(subjects))
        self._is_cut = np.zeros(len(subjects), dtype=bool)
        self._is_named = np.zeros(len(subjects), dtype=bool)
        #: The literal by which a member is sorted; what sorts members that are read alone.
        self._literals = np.zeros(len(subjects), dtype=np.int64)
        self._orders: dict[int, str] = {}
        self._languages: Counter[str] = Counter()
        self._read_alone(self._read_together())

    def _read_together(self) -> Numbers:
        """Read the names that are literals; return the places of members to be read alone."""
        columns = self._labels.columns_of(self._subjects)
        is_alone = np.ones(len(self._subjects), dtype=bool)
        is_alone[columns.places] = False
        is_other = columns.may_be_others | (columns.objects >= self._terms.literals.stop)
        is_alone[columns.places[is_other]] = True
        used = ~is_alone[columns.places]
        places, literals = columns.places[used], columns.objects[used]
        names = Names.of(self._terms, literals)
        self._count(names, places)
        is_wanted = names.is_name.copy()
        if self._language:
            is_wanted &= names.languages == _index(names.tags, self._language)
        ranks = np.array([self._labels.language_rank(tag) for tag in names.tags])[names.languages]
        ranks = ranks * (len(self._labels.properties) + 1) + columns.ranks[used]
        wanted = np.flatnonzero(is_wanted)
        order = wanted[np.lexsort((ranks[wanted], places[wanted]))]
        found, firsts = np.unique(places[order], return_index=True)
        best = order[firsts]
        self._keys[found], self._is_cut[found] = names.keys[best], names.is_cut[best]
        self._literals[found], self._is_named[found] = literals[best], True
        if not self._language:
            is_alone |= ~self._is_named  # all its names are empty
        return np.flatnonzero(is_alone)

    def _count(self, names: Names, places: Numbers) -> None:
        """Count the members that have a name in each language."""
        pairs = places[names.is_name] * len(names.tags) + names.languages[names.is_name]
        counts = np.bincount(distinct(pairs) % len(names.tags), minlength=len(names.tags))
        self._languages.update(dict(zip(names.tags, counts.tolist(), strict=True)))

    def _read_alone(self, places: Numbers) -> None:
        found = self._labels.of_all(self._subjects[places])
        for place, (subject, names) in zip(places.tolist(), found, strict=True):
            self._languages.update({row.language for row in names if row.language})
            order = self._order_alone(subject, names)
            if order is not None:
                self._orders[place], self._is_named[place] = order, True
                key, self._is_cut[place] = key_of(order)
                self._keys[place] = np.frombuffer(key, dtype=np.uint8)

    def _order_alone(self, subject: int, names: Sequence[Literal]) -> str | None:
        """Return what sorts *subject*; None where it has no name in the language."""
        if self._language:
            found = next((row for row in names if row.language == self._language), None)
            return None if found is None else Text(found.value).order
        if names:
            return Text(names[0].value).order
        return self._labels.best(self._terms.term(subject)).order

    def places(self) -> Numbers:
        """Return the places of the members in the order of their names."""
        named = np.flatnonzero(self._is_named)
        keys, is_cut = self._keys[named], self._is_cut[named]
        order = sorted_places(keys, is_cut, lambda place: self._order(int(named[place])))
        return named[order]

    def _order(self, place: int) -> str:
        """Return what sorts the member at *place*."""
        if place in self._orders:
            return self._orders[place]
        literal = self._terms.term(int(self._literals[place]))
        return Text(literal.value if isinstance(literal, Literal) else "").order

    def letters(self, places: Numbers) -> tuple[tuple[str, int], ...]:
        """Return each letter that names begin with, and the first place in the order *places*."""
        beginnings = (
            np.ascontiguousarray(self._keys[places][:, :_CHARACTER]).view(">u4").reshape(-1)
        )
        found, firsts = np.unique(beginnings, return_index=True)
        letters: dict[str, int] = {}
        for beginning, first in sorted(
            zip(found.tolist(), firsts.tolist(), strict=True), key=itemgetter(1)
        ):
            text = int(beginning).to_bytes(_CHARACTER, "big").decode("utf-8", "ignore")
            letters.setdefault(_letter(text.rstrip("\0")), first)
        return tuple(letters.items())

    def languages(self) -> tuple[str, ...]:
        """Return the languages that members have names in, those of most members first."""
        counts = {tag: number for tag, number in self._languages.items() if tag and number}
        return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag)))


def _index(tags: Sequence[str], tag: str) -> int:
    """Return the place of *tag* among *tags*, or -1."""
    return tags.index(tag) if tag in tags else -1


def member_rows(statements: Statements, labels: Labels, kind: NamedNode) -> Numbers:
    """Return the rows that say of resources with an IRI that they are of the class *kind*.

    Everything is an ``rdfs:Resource``: of all that is described below the bases, the first row.
    """
    table = statements.table
    type_, number = table.number(RDF.type), table.number(kind)
    if type_ is not None and number is not None:
        return table.rows(table.terms.iris, type_, number)
    if kind != RDFS.Resource:
        return np.empty(0, dtype=np.int32)
    bases = (labels.knowledge.base, *labels.knowledge.bases)
    ranges = (table.terms.starting_with(f"<{base}") for base in dict.fromkeys(bases))
    numbers = np.unique(np.concatenate([np.arange(row.start, row.stop) for row in ranges]))
    starts = table.columns["subject_start"]
    rows: Numbers = starts[numbers][starts[numbers] < starts[numbers + 1]]
    return rows


def _letter(key: str) -> str:
    """Return the letter that *key* begins with, or a sign for all that is not a letter.

    >>> _letter("émile"), _letter("7 brothers"), _letter("")
    ('É', '#', '#')
    """
    first = key[:1]
    return first.upper() if unicodedata.category(first or " ").startswith("L") else OTHER_SIGNS
