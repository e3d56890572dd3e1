"""What would not hold without a source: on its own page, and beside it in the sources of others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal

from partyline.dataset import Table
from partyline.publishing.documents.description import Description
from partyline.publishing.labels import Text
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.pages.view_models import Link
from partyline.publishing.statements import Standing
from partyline.sources.computed_bounds import COMPUTED
from partyline.vocabulary import RDF

#: Statements that fall with a source and are written out on its page.
_MOST_SHOWN = 40
#: Statements that are looked at for those that say something new.
_MOST_READ = 240
#: Statements that are written beside a source of another page.
_MOST_BESIDE = 3


@dataclass(frozen=True, slots=True)
class FallenStatement:
    """An inferred statement that would not hold."""

    subject: Link | None
    predicate: Text
    object: Link | None
    #: The object, where it is not a link.
    text: Text | None
    #: Path of its explanation.
    why: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What would not hold if a source, or a family of sources, were withdrawn."""

    #: Asserted and inferred statements.
    asserted: int
    inferred: int
    #: Those of the inferred that say something new; the others only say it in another way.
    statements: tuple[FallenStatement, ...]
    #: Whether more than these may say something new.
    is_cut: bool = False
    #: Why nothing is known; empty where it is.
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Reliant:
    """Inferred statements of a page that would not hold without a source."""

    texts: tuple[Text, ...]
    more: int = 0


@dataclass(frozen=True)
class Withdrawals:
    """Reads what a release knows of its sources."""

    reader: PageReader

    @property
    def unknown(self) -> str:
        """Return why nothing is known; empty where it is."""
        return self.reader.reliance.unknown

    def of(self, source: int) -> Withdrawal | None:
        """Return what would not hold without *source*; None where nothing rests on it alone."""
        reliance = self.reader.reliance
        if reliance.unknown:
            return Withdrawal(0, 0, (), unknown=reliance.unknown)
        rows = reliance.falling_without(source)
        if not rows.size:
            return None
        standings = self.reader.presenter.statements.standings(rows)
        inferred = rows[[standing is Standing.INFERRED for standing in standings]]
        # Most say what something is, or only bound a date.
        predicates = self._table.columns["predicate"][inferred].tolist()
        untelling = self._untelling
        telling = inferred[[predicate not in untelling for predicate in predicates]]
        read = telling[:_MOST_READ].tolist()
        new = self._strongest([row for row in read if self._is_new(row)])
        return Withdrawal(
            len(rows) - len(inferred),
            len(inferred),
            tuple(map(self._statement, new[:_MOST_SHOWN])),
            is_cut=len(new) > _MOST_SHOWN or len(read) < len(telling),
        )

    @cached_property
    def _untelling(self) -> list[int]:
        numbers = map(self.reader.walks.number, (RDF.type, *COMPUTED))
        return [number for number in numbers if number is not None]

    def beside(self, description: Description) -> Mapping[int, Reliant]:
        """Return, for each source, what of *description* is inferred and would not hold."""
        if self.reader.reliance.unknown:
            return {}
        incoming: dict[int, bool] = {}
        by_source: dict[int, list[int]] = {}
        for row, is_incoming in _rows(description):
            sources = self.reader.reliance.sources_of(row)
            if sources and self._is_new(row):
                incoming.setdefault(row, is_incoming)
                for source in sources:
                    by_source.setdefault(source, []).append(row)
        return {
            source: self._reliant(self._strongest(rows), incoming)
            for source, rows in by_source.items()
        }

    def _reliant(self, rows: Sequence[int], incoming: Mapping[int, bool]) -> Reliant:
        shown = (self._in_words(row, is_incoming=incoming[row]) for row in rows[:_MOST_BESIDE])
        return Reliant(tuple(shown), max(0, len(rows) - _MOST_BESIDE))

    def _strongest(self, rows: Sequence[int]) -> list[int]:
        """Return *rows* without those that another one of them implies: it says as much."""
        by_ends: dict[tuple[int, int], list[tuple[int, int, bool]]] = {}
        for row in dict.fromkeys(rows):
            subject, predicate, object_ = self._table.numbers(row)
            ends = min(subject, object_), max(subject, object_)
            by_ends.setdefault(ends, []).append((row, predicate, subject > object_))
        return [row for found in by_ends.values() for row in self._unimplied(found)]

    def _unimplied(self, found: Sequence[tuple[int, int, bool]]) -> Iterator[int]:
        above = self.reader.restatements.is_above
        kept: list[tuple[int, bool]] = []
        for row, predicate, turned in found:
            own = predicate, turned
            others = ((other, way) for _, other, way in found if (other, way) != own)
            if not any(
                above(predicate, other, inverse=way != turned)
                # Of two that imply each other, the first is kept.
                and (not above(other, predicate, inverse=way != turned) or (other, way) in kept)
                for other, way in others
            ):
                kept.append(own)
                yield row

    def _is_new(self, row: int) -> bool:
        """Tell whether an inferred statement is more than a type, a bound or another one's turn."""
        subject, predicate, object_ = self._table.numbers(row)
        if predicate in self._untelling:
            return False
        return not self.reader.restatements.is_restated(subject, predicate, object_)

    @property
    def _table(self) -> Table:
        return self.reader.presenter.statements.table

    def _statement(self, row: int) -> FallenStatement:
        subject, predicate, object_ = self._table.numbers(row)
        is_literal = isinstance(self.reader.walks.term(object_), Literal)
        return FallenStatement(
            self.reader.link(subject),
            self.reader.text(predicate),
            None if is_literal else self.reader.link(object_),
            self.reader.text(object_) if is_literal else None,
            self.reader.why((subject, predicate, object_)),
        )

    def _in_words(self, row: int, *, is_incoming: bool) -> Text:
        subject, predicate, object_ = map(self.reader.text, self._table.numbers(row))
        words = (subject, predicate) if is_incoming else (predicate, object_)
        return Text(" ".join(text.text for text in words), predicate.language)


def _rows(description: Description) -> Iterator[tuple[int, bool]]:
    """Yield the rows of what is inferred, and whether each refers to the subject."""
    for rows, is_incoming in ((description.about, False), (description.incoming, True)):
        for row in rows:
            if row.standing is Standing.INFERRED:
                yield row.row, is_incoming
