"""How much a value that a client gives is like one of the release, from 0 to 1."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode

from partyline.edtf import bounds
from partyline.publishing.external_links import spellings
from partyline.publishing.publication import Publication
from partyline.publishing.reconciliation.entities import Entities
from partyline.publishing.reconciliation.queries import EntityReference, Value
from partyline.search import folded, similarity
from partyline.vocabulary import EDTF, RDF, XSD

_DATES = frozenset((EDTF, XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth))
_NUMBERS = frozenset(
    XSD[name]
    for name in (
        *("integer", "decimal", "float", "double", "long", "int", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")
#: Days between two dates up to which they are near, and how much they are alike then.
_NEAR = ((366, 0.5), (5 * 366, 0.2))
_OVERLAP = 0.9
#: Relative difference of two numbers that are not alike at all.
_DIFFERENT = 0.1

#: The first and the last day that a date may mean; None for no limit.
Period = tuple[date | None, date | None]


@dataclass(frozen=True)
class Comparison:
    """Compares values with the terms of a publication."""

    publication: Publication
    entities: Entities

    def likeness(self, value: Value, number: int) -> float:
        """Return how much *value* is like the term *number*."""
        term = self.publication.statements.table.terms.term(number)
        if isinstance(value, EntityReference):
            is_same = isinstance(term, NamedNode) and self.is_named(value.identifier, term)
            return float(is_same)
        if isinstance(term, Literal):
            return literal_likeness(_written(value), term)
        if isinstance(term, NamedNode):
            return self._likeness_of_resource(_written(value), term)
        return 0.0

    def is_named(self, identifier: str, node: NamedNode) -> bool:
        """Tell whether *identifier* means *node*, or one that is the same."""
        if node.value in spellings(identifier) or self.entities.iri(identifier) == node:
            return True
        return node in self.entities.linked(identifier)

    def _likeness_of_resource(self, value: str, node: NamedNode) -> float:
        """Compare *value* with the IRI, the last part of it, the names and the date of *node*."""
        if self.is_named(value, node):
            return 1.0
        last = node.value.rstrip("/#").rpartition("#")[2].rpartition("/")[2]
        wanted = folded(value)
        if value == last:
            return 1.0
        names = [folded(row.text) for row in self.entities.names(node)]
        best = max((similarity(wanted, name) for name in names), default=0.0) if wanted else 0.0
        return max([best, *self._likeness_of_dates(value, node)])

    def _likeness_of_dates(self, value: str, node: NamedNode) -> Iterator[float]:
        """Yield how much *value*, if it is a date, is like that of *node*, such as of an event."""
        number = self.publication.statements.table.number(node)
        if number is None or period_of(value) is None:
            return
        literal = self.publication.reader.date(number)
        if literal is not None:
            yield literal_likeness(value, literal)


def literal_likeness(value: str, literal: Literal) -> float:
    """Return how much *value* is like *literal*: as dates, numbers, booleans, or texts.

    >>> literal_likeness("1993", Literal("1993-05-23", datatype=XSD.date))
    1.0
    >>> literal_likeness("1994", Literal("1993-05-23", datatype=XSD.date))
    0.5
    >>> literal_likeness("7.0", Literal("7", datatype=XSD.integer))
    1.0
    >>> literal_likeness("1993", Literal("1993-05-23"))
    1.0
    """
    datatype = literal.datatype
    if datatype in _DATES:
        return _likeness_of_periods(period_of(value), period_of(literal.value))
    if datatype in _NUMBERS:
        return _likeness_of_numbers(value, literal.value)
    if datatype == XSD.boolean:
        words = (_TRUE, _FALSE)
        return float(any(value.lower() in row and literal.value.lower() in row for row in words))
    if datatype not in (XSD.string, RDF.langString):
        return float(value == literal.value)
    periods = period_of(value), period_of(literal.value)
    if None not in periods:  # dates that came from a table without types
        return _likeness_of_periods(*periods)
    wanted, text = folded(value), folded(literal.value)
    return similarity(wanted, text) if wanted and text else float(value == literal.value)


def period_of(text: str) -> Period | None:
    """Return the days that *text* may mean, a date of EDTF or XML Schema; None for other texts.

    >>> period_of("1992-11")[1], period_of("1993-05-23T00:00:00Z")[0]
    (datetime.date(1992, 11, 30), datetime.date(1993, 5, 23))
    >>> period_of("Phnom Penh")
    """
    day, time, _ = text.strip().partition("T")
    # A time zone may follow a date of XML Schema.
    day = day.rstrip("Z").partition("+")[0] if time or text.endswith("Z") else day
    try:
        found = bounds(day)
    except ValueError:
        return None
    return found.begin_earliest, found.end_latest


def _likeness_of_periods(one: Period | None, two: Period | None) -> float:
    if one is None or two is None:
        return 0.0
    (first, last), (begin, end) = map(_limited, (one, two))
    if max(first, begin) <= min(last, end):
        contained = (begin <= first and last <= end) or (first <= begin and end <= last)
        return 1.0 if contained else _OVERLAP
    days = (max(first, begin) - min(last, end)).days
    return next((likeness for most, likeness in _NEAR if days <= most), 0.0)


def _limited(period: Period) -> tuple[date, date]:
    return period[0] or date.min, period[1] or date.max


def _likeness_of_numbers(one: str, two: str) -> float:
    try:
        first, second = float(one), float(two)
    except ValueError:
        return 0.0
    if first == second:
        return 1.0
    difference = abs(first - second) / max(abs(first), abs(second))
    return max(0.0, 1 - difference / _DIFFERENT) if math.isfinite(difference) else 0.0


def _written(value: str | float | bool) -> str:
    """Return *value* as text: a whole number as JSON and spreadsheets write years.

    >>> _written(1993.0), _written(True)
    ('1993', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
