"""The members of classes in the order of their names, of any number, in any one language."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from pyoxigraph import Literal, NamedNode

from partyline.dataset import Numbers
from partyline.publishing.labels import Labels, Text
from partyline.publishing.statements import Statements
from partyline.vocabulary import RDF, RDFS

#: Lists that are kept in order; one of a million members takes 12 MB.
_KEPT = 32
#: Letters that an index may have; scripts with thousands of signs have none.
_MOST_LETTERS = 120
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
        languages: Counter[str] = Counter()
        keys: list[str | None] = []
        for subject, names in self.labels.of_all(subjects):
            languages.update({row.language for row in names if row.language})
            keys.append(self._key(subject, names, language))
        named = [place for place, key in enumerate(keys) if key is not None]
        named.sort(key=lambda place: keys[place] or "")
        letters: dict[str, int] = {}
        for place, member in enumerate(named):
            letters.setdefault(_letter(keys[member] or ""), place)
        return SortedMembers(
            rows=rows[np.array(named, dtype=np.int64)],
            letters=tuple(letters.items()) if len(letters) <= _MOST_LETTERS else (),
            languages=tuple(sorted(languages, key=lambda tag: (-languages[tag], tag))),
        )

    def _key(self, subject: int, names: Sequence[Literal], language: str) -> str | None:
        """Return what to sort *subject* by; None where it has no name in *language*."""
        if language:
            found = next((row for row in names if row.language == language), None)
            return None if found is None else Text(found.value).order
        if names:
            return Text(names[0].value).order
        return self.labels.best(self.statements.table.terms.term(subject)).order


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
