"""The bounds that the build computes from the dates in the sources."""

from collections.abc import Iterable, Iterator
from datetime import date

from pyoxigraph import Literal, NamedNode, Triple

from partyline.dataset import TripleSet
from partyline.edtf import Bounds, bounds
from partyline.vocabulary import EDTF, PL, XSD

#: What the build computes from dates, and therefore nobody writes.
COMPUTED = (PL.beginEarliest, PL.beginLatest, PL.endEarliest, PL.endLatest, PL.ongoing)


def date_bounds(triples: Iterable[Triple]) -> set[Triple]:
    """Return the bound triples that the ``pl:date`` literals in *triples* imply.

    A literal that is not EDTF implies nothing; validation reports it.
    """
    dated = TripleSet.of(triples).of_predicates((PL.date,))
    return {bound for triple in dated for bound in bounds_of_date(triple)}


def bounds_of_date(triple: Triple) -> Iterator[Triple]:
    """Yield the bound triples that *triple* implies, whose predicate is ``pl:date``."""
    literal = triple.object
    if not isinstance(literal, Literal) or literal.datatype != EDTF:
        return
    try:
        found = bounds(literal.value)
    except ValueError:
        return
    for name, day in _known(found):
        yield Triple(triple.subject, name, Literal(day.isoformat(), datatype=XSD.date))
    if found.ongoing:
        yield Triple(triple.subject, PL.ongoing, Literal(True))


def _known(found: Bounds) -> Iterator[tuple[NamedNode, date]]:
    """Yield the property and the day of each bound that is known."""
    named = {
        PL.beginEarliest: found.begin_earliest,
        PL.beginLatest: found.begin_latest,
        PL.endEarliest: found.end_earliest,
        PL.endLatest: found.end_latest,
    }
    return ((name, day) for name, day in named.items() if day is not None)
