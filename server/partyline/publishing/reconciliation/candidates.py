"""Candidates, their scores, and whether the best one is safe to be chosen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from partyline.publishing.reconciliation.queries import Query
from partyline.search import folded, similarity

#: A qualifier at the end of a name.
_QUALIFIER = re.compile(r"\s*\([^()]*\)\s*\Z")
#: The similarity of names that are equal but for what spellings vary in, and of equal words.
_SAME = 0.96
#: A property whose value is as much alike agrees; one that is less alike than that contradicts.
AGREES, _CONTRADICTS = 0.8, 0.5
#: What the properties have a part in, of a score.
_PART_OF_PROPERTIES = 0.4
#: A property without a value counts neither for nor against.
_UNKNOWN = 0.5
#: What remains of the score of a candidate of another type.
_OTHER_TYPE = 0.5
#: Letters of the longest acronym, which different things share as often as not.
_ACRONYM = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resource that a query may mean."""

    node: NamedNode
    number: int
    #: How much its name is like the query, from 0 to 1; 1 for a query without a name.
    likeness: float
    #: The name by which it was found; empty where the query is an identifier.
    found_by: str
    #: Whether the name is the same as that of the query, and not only alike.
    same_name: bool = False
    #: Whether the query gives an identifier of the resource.
    identified: bool = False
    fits_type: bool = True
    #: For each constraint, how much a value is like it; None where there is no value.
    properties: tuple[float | None, ...] = ()

    @property
    def score(self) -> float:
        """Return the score, from 0 to 100."""
        score = 100 * self.likeness * (1.0 if self.fits_type else _OTHER_TYPE)
        if self.properties:
            known = [_UNKNOWN if row is None else row for row in self.properties]
            part = _PART_OF_PROPERTIES if self.found_by or self.identified else 1.0
            score *= 1 - part + part * sum(known) / len(known)
        return round(score, 2)

    @property
    def contradicted(self) -> bool:
        """Tell whether a property or the type says that this is another resource."""
        wrong = any(row is not None and row < _CONTRADICTS for row in self.properties)
        return wrong or not self.fits_type

    @property
    def agrees(self) -> bool:
        """Tell whether every property with a value agrees, and the type."""
        known = [row for row in self.properties if row is not None]
        return self.fits_type and all(row >= AGREES for row in known)

    @property
    def confirmed(self) -> bool:
        """Tell whether a property agrees."""
        return any(row is not None and row >= AGREES for row in self.properties)


def is_safe(query: Query, found: Sequence[Candidate]) -> bool:
    """Tell whether the first of *found*, which are in order, is the resource that is meant.

    It has the name, or an identifier, and the right type; no property says otherwise; and nothing
    else has the name and might be meant as well. An acronym alone is never enough.
    """
    first, others = found[0], found[1:]
    if not first.agrees:
        return False
    if first.identified:
        return not any(row.identified and not row.contradicted for row in others)
    rivals = any(row.same_name and not row.contradicted for row in others)
    if not first.same_name or rivals:
        return False
    return not is_acronym(query.text) or bool(query.types) or first.confirmed


def is_same_name(wanted: str, name: str) -> bool:
    """Tell whether *name* is *wanted* in another spelling or order of words.

    A qualifier in brackets, as namesakes have, may be missing.

    >>> is_same_name("samphan, khieu", "Khieu Samphân"), is_same_name("khieu", "Khieu Samphan")
    (True, False)
    >>> is_same_name("Town Band", "Town Band (1890s)"), is_same_name("Town Band (new)", "Town Band")
    (True, False)
    """
    forms = {folded(name), folded(_QUALIFIER.sub("", name))} - {""}
    return any(similarity(folded(wanted), form) >= _SAME for form in forms)


def is_acronym(text: str) -> bool:
    """Tell whether *text* is a short word in capitals.

    >>> [is_acronym(text) for text in ("CPP", "C.P.P.", "Khmer Rouge", "FUNCINPEC")]
    [True, True, False, False]
    """
    letters = [sign for sign in text if sign.isalnum()]
    return len(letters) <= _ACRONYM and " " not in text.strip() and text.isupper()
