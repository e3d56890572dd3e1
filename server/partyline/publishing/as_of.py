"""What a release says as of one day: what held or had happened for certain, or possibly, and not.

A resource with a date holds while that lasts. One whose class happens (``view:happens`` in the
declarations of pages), such as an event, has happened from its date on. A bar of the lineage holds
from its begin to its end. What has no date holds on any day, and nothing is said of it.

A statement is left out where one of its ends did not hold, except that what has happened keeps
those who took part, even where they have ended since; and where it only follows from others and
neither end has a date, as nothing says on which days it was true.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Triple

from partyline.dataset import Numbers
from partyline.edtf import Bounds, Certainty, as_of, bounds, in_words
from partyline.errors import UnknownResource
from partyline.publishing.documents.description import Description
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.statements import Standing
from partyline.vocabulary import FOAF, RDF, RDFS, VIEW, XSD

#: Returns between which days the resource with an IRI existed; None where nothing is known of it.
Lifetimes = Callable[[str], Bounds | None]


@dataclass(frozen=True)
class AsOf:
    """A day, and which resources of a release held on it."""

    day: date
    reader: PageReader
    lifetimes: Lifetimes
    _known: dict[int, Certainty | None] = field(default_factory=dict)

    def certainty(self, node: int) -> Certainty | None:
        """Return whether *node* held on the day; None where it has no date."""
        if node not in self._known:
            self._known[node] = self._found(node)
        return self._known[node]

    def _found(self, node: int) -> Certainty | None:
        known = self._bounds(node)
        if known is None:
            return None
        holds = has_happened if self.reader.happens(node) else as_of
        return holds(known, self.day)

    def had_ended(self, node: int) -> bool:
        """Tell whether *node* existed before the day, and for certain no longer on it."""
        known = self._bounds(node)
        return (
            self.certainty(node) is Certainty.NO
            and known is not None
            and has_happened(Bounds(known.begin_earliest, known.begin_latest), self.day)
            is not Certainty.NO
        )

    def _bounds(self, node: int) -> Bounds | None:
        return known_bounds(self.reader, self.lifetimes, node)

    def of(self, description: Description) -> "AsOfPage":
        """Return the view of the document that holds *description*. Raises UnknownResource."""
        number = self.reader.walks.number(description.subject)
        if number is None:
            raise UnknownResource(f"No statement here mentions <{description.subject.value}>.")
        return AsOfPage(self, description, number)


def known_bounds(reader: PageReader, lifetimes: Lifetimes, node: int) -> Bounds | None:
    """Return between which days *node* lasts, by its date or its line; None without a date."""
    term = reader.walks.term(node)
    if not isinstance(term, NamedNode):
        return None
    literal = reader.date(node)
    return _bounds(literal) if literal else lifetimes(term.value)


def has_happened(known: Bounds, day: date) -> Certainty:
    """Tell whether what happened within *known* had happened by the end of *day*.

    >>> has_happened(bounds("1990-03"), date(1990, 3, 15))
    <Certainty.POSSIBLE: 'possible'>
    """
    if known.begin_earliest is not None and day < known.begin_earliest:
        return Certainty.NO
    last = known.end_latest or known.begin_latest
    return Certainty.CERTAIN if last is not None and last <= day else Certainty.POSSIBLE


def _bounds(literal: Literal) -> Bounds:
    try:
        return bounds(literal.value)
    except ValueError:  # text that is not a date excludes no day
        return Bounds()


@dataclass(frozen=True, slots=True)
class AsOfNote:
    """What a page says of its day."""

    day: date
    #: The day in words.
    words: str
    #: Whether the subject held, or had happened; empty where it has no date.
    held: str
    happens: bool
    #: How many resources that are linked with it held, held possibly, and did not.
    certain: int
    possible: int
    absent: int


@dataclass(frozen=True)
class AsOfPage:
    """What the document about one resource shows as of a day."""

    as_of: AsOf
    whole: Description
    #: The number of the subject, which is shown whether it held or not.
    subject: int

    @property
    def held(self) -> Certainty | None:
        """Return whether the subject held on the day; None where it has no date."""
        return self.as_of.certainty(self.subject)

    @property
    def note(self) -> AsOfNote:
        """Return what the page says of its day."""
        day, counts = self.as_of.day, Counter(self._others.values())
        return AsOfNote(
            day=day,
            words=in_words(day.isoformat()),
            held=self.held or "",
            happens=self.as_of.reader.happens(self.subject),
            certain=counts[Certainty.CERTAIN],
            possible=counts[Certainty.POSSIBLE],
            absent=counts[Certainty.NO],
        )

    @property
    def reader(self) -> PageReader:
        """Return a reader of those statements that hold."""
        reader = self.as_of.reader
        walks = replace(reader.walks, shows=self.shows)
        return replace(reader, walks=walks, is_possible=self._is_possible)

    def _is_possible(self, node: int) -> bool:
        return self._certainty(node) is Certainty.POSSIBLE

    def _certainty(self, node: int) -> Certainty | None:
        return None if node == self.subject else self.as_of.certainty(node)

    def shows(self, row: int) -> bool:
        """Tell whether the statement in *row* of the table is shown."""
        reader = self.as_of.reader
        statements = reader.presenter.statements
        subject, predicate, object_ = statements.table.numbers(row)
        found = self._certainty(subject), self._certainty(object_)
        if Certainty.NO in found and not self._took_part(subject, object_):
            return False
        if statements.standing(row) is not Standing.INFERRED or any(found):
            return True
        if predicate == reader.walks.number(RDF.type):
            return self._is_asserted_below(subject, object_)
        return reader.restatements.is_restated(subject, predicate, object_)

    def _took_part(self, subject: int, object_: int) -> bool:
        """Tell whether one of the two has happened, and the other took part and has ended since."""
        view = self.as_of
        return any(
            view.reader.happens(event)
            and self._certainty(event) is not Certainty.NO
            and view.had_ended(other)
            for event, other in ((subject, object_), (object_, subject))
        )

    def _is_asserted_below(self, node: int, kind: int) -> bool:
        """Tell whether an asserted class of *node* lies below *kind*: that holds on any day."""
        reader = self.as_of.reader
        statements = reader.presenter.statements
        type_, below = reader.walks.number(RDF.type), reader.walks.number(RDFS.subClassOf)
        if type_ is None or below is None:
            return False
        asserted = (
            int(statements.table.columns["object"][row])
            for row in statements.table.rows(node, type_).tolist()
            if statements.standing(row) is not Standing.INFERRED
        )
        return any(len(statements.table.rows(lower, below, kind)) for lower in asserted)

    @property
    def description(self) -> Description:
        """Return what is shown of the description."""
        return replace(
            self.whole,
            about_rows=self._shown(self.whole.about_rows),
            incoming_rows=self._shown(self.whole.incoming_rows),
        )

    def _shown(self, rows: Numbers) -> Numbers:
        return rows[[place for place, row in enumerate(rows.tolist()) if self.shows(row)]]

    @cached_property
    def _others(self) -> dict[int, Certainty | None]:
        """Return whether each resource held that a statement of the description links."""
        columns, whole = self.whole.source.table.columns, self.whole
        nodes = columns["object"][whole.about_rows].tolist()
        nodes += columns["subject"][whole.incoming_rows].tolist()
        return {node: self._certainty(node) for node in nodes if node != self.subject}

    def triples(self, document: str) -> Iterator[Triple]:
        """Yield what the document *document* says of itself: the day, and what held on it.

        *document* is the IRI of the document as of the day.
        """
        here, day = NamedNode(document), self.as_of.day.isoformat()
        yield Triple(here, RDF.type, FOAF.Document)
        yield Triple(here, FOAF.primaryTopic, self.whole.subject)
        yield Triple(here, VIEW.asOf, Literal(day, datatype=XSD.date))
        terms = {Certainty.CERTAIN: VIEW.certain, Certainty.POSSIBLE: VIEW.possible}
        found = {self.subject: self.held, **self._others}
        for node, certainty in found.items():
            held = self.as_of.reader.walks.term(node)
            term = terms.get(certainty) if certainty else None
            if term is not None and isinstance(held, NamedNode):
                yield Triple(here, term, held)
