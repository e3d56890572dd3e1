"""The sections of a page: one for each declared heading, filled by the viewers below it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from partyline.errors import PublisherError
from partyline.publishing.labels import Text
from partyline.publishing.pages.proof_page import ProofPage
from partyline.publishing.pages.resource.citations import Citations, Quotation
from partyline.publishing.pages.resource.disputes import Dispute, Disputes
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.pages.resource.sentences import Piece, Sentence, Sentences
from partyline.publishing.pages.resource.timelines import Timeline, timeline
from partyline.publishing.pages.resource.walks import Reached
from partyline.publishing.pages.resource.withdrawals import Withdrawal, Withdrawals
from partyline.publishing.pages.view_models import Link
from partyline.publishing.statements import Standing
from partyline.releases.page_plans import PageProperty
from partyline.vocabulary import DASH, VIEW

#: Values that a part of a page shows; the others are in the table of all statements.
_MOST_VALUES = 40
#: Passages that one remark quotes.
_MOST_QUOTED = 2
#: Inferred statements whose proof a page writes out.
_MOST_REASONS = 3
#: The viewers, by their IRIs.
_FACTS = ("", VIEW.FactViewer.value)
_TIMELINE, _VERSIONS = VIEW.TimelineViewer.value, VIEW.VersionsViewer.value
_QUOTATIONS, _REASONS = VIEW.QuotationViewer.value, VIEW.ReasonsViewer.value
_WITHDRAWALS, _TABLE = VIEW.WithdrawalViewer.value, DASH.ValueTableViewer.value

#: Returns the page that explains a statement.
Explain = Callable[[Triple], ProofPage]


@dataclass(frozen=True, slots=True)
class Fact:
    """The values of one property, in a few words."""

    name: Text
    values: tuple[Piece, ...]
    #: Values that are not shown.
    more: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """A resource that says something about the subject, with the words of its sources."""

    link: Link
    sentence: Sentence | None
    manners: tuple[Link, ...]
    quotations: tuple[Quotation, ...]
    note: Text | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an inferred value of the page holds."""

    value: Piece
    page: ProofPage


@dataclass(frozen=True, slots=True)
class Grid:
    """Resources as the rows of a table, with their properties as columns."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[Link, tuple[tuple[Piece, ...], ...]], ...]
    #: Whether each column holds numbers.
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under one heading."""

    anchor: str
    heading: Text
    facts: tuple[Fact, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    timelines: tuple[Timeline, ...] = ()
    remarks: tuple[Remark, ...] = ()
    #: Remarks that are not shown.
    more_remarks: int = 0
    reasons: tuple[Reason, ...] = ()
    grids: tuple[Grid, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing stands below the heading."""
        parts = (self.facts, self.disputes, self.timelines, self.remarks, self.reasons, self.grids)
        return not any((*parts, self.withdrawals))


@dataclass
class _Parts:
    """What is found for one section, viewer by viewer."""

    facts: list[Fact] = field(default_factory=list)
    timelines: list[Timeline] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    more_remarks: int = 0
    reasons: list[Reason] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)

    def section(self, anchor: str, heading: Text, disputes: tuple[Dispute, ...]) -> Section:
        """Return the section with these parts."""
        return Section(
            anchor=anchor,
            heading=heading,
            facts=tuple(self.facts),
            disputes=disputes,
            timelines=tuple(self.timelines),
            remarks=tuple(self.remarks),
            more_remarks=self.more_remarks,
            reasons=tuple(self.reasons),
            grids=tuple(self.grids),
            withdrawals=tuple(self.withdrawals),
        )


@dataclass
class SectionMaker:
    """Makes the sections of the page of one resource."""

    reader: PageReader
    subject: int
    explain: Explain | None
    #: Resources that a section shows already: each is shown once.
    _shown: set[int] = field(default_factory=set)
    citations: Citations = field(init=False)
    disputes: Disputes = field(init=False)
    sentences: Sentences = field(init=False)

    def __post_init__(self) -> None:
        self.citations = Citations(self.reader, self.subject)
        self.disputes = Disputes(self.reader, self.citations, self.subject)
        self.sentences = Sentences(self.reader, self.subject, self.disputes.found)

    def sections(self) -> tuple[Section, ...]:
        """Return the sections that show something, in the order of the declarations."""
        groups = self.reader.kind(self.subject).groups
        contested = {
            heading.iri: tuple(
                dispute
                for row in rows
                if row.viewer == _VERSIONS
                for dispute in self._disputes(row)
            )
            for heading, rows in groups
        }
        made = [
            self._section(heading.iri, self._heading(heading.names), rows, contested[heading.iri])
            for heading, rows in groups
        ]
        return tuple(section for section in made if not section.is_empty)

    @property
    def shown(self) -> frozenset[int]:
        """Return the resources that a section shows, each with a link."""
        return frozenset(self._shown | self.disputes.shown)

    def _heading(self, names: Sequence[Literal]) -> Text:
        return self.reader.presenter.labels.pick(names) or Text("")

    def _section(
        self, iri: str, heading: Text, rows: Sequence[PageProperty], disputes: tuple[Dispute, ...]
    ) -> Section:
        moments: dict[int, Reached] = {}
        parts = _Parts()
        for row in rows:
            if row.viewer in _FACTS:
                parts.facts += self._facts(row)
            elif row.viewer == _TIMELINE:
                moments.update((value.value, value) for value in self._new(row))
            elif row.viewer == _QUOTATIONS:
                found = self._new(row)
                parts.remarks += self._remarks(found[:_MOST_VALUES])
                parts.more_remarks += max(0, len(found) - _MOST_VALUES)
            elif row.viewer == _REASONS:
                parts.reasons += self._reasons(row)
            elif row.viewer == _WITHDRAWALS:
                parts.withdrawals += self._withdrawals(row)
            elif row.viewer == _TABLE:
                parts.grids += self._grids(row)
        if moments:
            line = timeline(self.reader, self.sentences, self.citations, moments.values())
            parts.timelines += [line] if line.moments else []
        return parts.section(_anchor(iri), heading, disputes)

    def _reach(self, row: PageProperty) -> list[Reached]:
        return self.reader.reach(self.subject, row)

    def _new(self, row: PageProperty) -> list[Reached]:
        """Return the resources of *row* that no section shows yet, and note that one does now."""
        found = [
            value
            for value in self._reach(row)
            if value.value not in self._shown and value.value not in self.disputes.shown
        ]
        self._shown.update(value.value for value in found)
        return found

    def _disputes(self, row: PageProperty) -> Iterator[Dispute]:
        return self.disputes.of(value.value for value in self._reach(row))

    def _facts(self, row: PageProperty) -> Iterator[Fact]:
        found = [value for value in self._reach(row) if value.value not in self.disputes.shown]
        if not found:
            return
        texts = [
            term
            for value in found
            if isinstance(term := self.reader.walks.term(value.value), Literal)
        ]
        if len(texts) == len(found) and all(text.language for text in texts):
            best = self.reader.presenter.labels.pick(texts)
            found = [
                value
                for value, text in zip(found, texts, strict=True)
                if best is not None and text.language == best.language
            ]
        pieces = tuple(self._piece(value) for value in found[:_MOST_VALUES])
        yield Fact(self.reader.name(row), pieces, max(len(found) - _MOST_VALUES, 0))

    def _piece(self, value: Reached) -> Piece:
        anchor, versions = self.disputes.found.get((value.holder, value.statement[1]), ("", 0))
        return Piece(
            text=self.reader.text(value.value),
            link=self.reader.link(value.value),
            why=self.reader.why(value.statement) if value.standing is Standing.INFERRED else "",
            disputed=value.standing is Standing.DISPUTED,
            anchor=anchor,
            versions=versions,
            possible=self.reader.is_possible(value.value),
        )

    def _remarks(self, found: Iterable[Reached]) -> Iterator[Remark]:
        for value in found:
            link = self.reader.link(value.value)
            if link is None:
                continue
            notes = self.reader.texts(value.value, VIEW.reason)
            links = map(self.reader.link, self.reader.role(value.value, VIEW.manner))
            yield Remark(
                link=link,
                sentence=self.sentences.of(value.value),
                manners=tuple(row for row in links if row is not None),
                quotations=tuple(self._quotations(value.value)),
                note=notes[0] if notes else None,
            )

    def _quotations(self, node: int) -> Iterable[Quotation]:
        found = dict.fromkeys((*self.citations.quotations(node), *self.citations.quoted(node)))
        return [*found][:_MOST_QUOTED]

    def _reasons(self, row: PageProperty) -> Iterator[Reason]:
        inferred = [value for value in self._reach(row) if value.standing is Standing.INFERRED]
        for value in inferred[:_MOST_REASONS] if self.explain else ():
            subject, predicate, object_ = map(self.reader.walks.term, value.statement)
            if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
                continue
            try:
                page = self.explain(Triple(subject, predicate, object_)) if self.explain else None
            except PublisherError:  # other proofs take all the time there is: the mark leads to it
                continue
            if page is None or not page.proofs:
                continue
            yield Reason(self._piece(value), page)

    def _withdrawals(self, row: PageProperty) -> tuple[Withdrawal, ...]:
        found = (Withdrawals(self.reader).of(value.value) for value in self._reach(row))
        return tuple(one for one in found if one is not None)

    def _grids(self, row: PageProperty) -> Iterator[Grid]:
        found = [value.value for value in self._reach(row)]
        nodes = [node for node in found if self.reader.link(node) is not None]
        columns: dict[str, PageProperty] = {}
        for node in nodes:
            for column in self.reader.properties(node):
                is_fact = column.group and column.viewer in _FACTS
                # The date and the rank of a result are those of what the page is about.
                if is_fact and not (column.role or column.listed):
                    columns.setdefault(column.code or repr(column.routes), column)
        kept = [column for column in columns.values() if self._tells(nodes, column)]
        kept.sort(key=lambda column: column.order)
        if not nodes or not kept:
            return
        rows = [(node, [self._cell(node, column) for column in kept]) for node in nodes]
        decisive = _decisive([cells for _, cells in rows])
        rows.sort(key=lambda item: _grid_order(item[1], decisive))
        yield Grid(
            columns=tuple(map(self.reader.name, kept)),
            rows=tuple(
                (link, tuple(cells))
                for node, cells in rows
                if (link := self.reader.link(node)) is not None
            ),
            numeric=tuple(
                all(_number(cells[place]) is not None for _, cells in rows if cells[place])
                for place in range(len(kept))
            ),
        )

    def _tells(self, nodes: Iterable[int], column: PageProperty) -> bool:
        """Tell whether *column* says anything but the subject of the page."""
        walks = self.reader.walks
        values = (row.value for node in nodes for row in walks.reach(node, column.routes))
        return any(value != self.subject for value in values)

    def _cell(self, node: int, column: PageProperty) -> tuple[Piece, ...]:
        values = self.reader.walks.reach(node, column.routes)
        return tuple(
            self._piece(value) for value in values if not self.reader.is_blank(value.value)
        )


def _number(cell: Sequence[Piece]) -> float | None:
    try:
        return float(cell[0].text.text.replace(",", "")) if cell else None
    except ValueError:
        return None


def _decisive(rows: Sequence[Sequence[Sequence[Piece]]]) -> int:
    """Return the place of the column that rows are sorted by: the last with the most numbers."""
    counts = [
        sum(_number(cell) is not None for cell in column) for column in zip(*rows, strict=True)
    ]
    return max(range(len(counts)), key=lambda place: (counts[place], place))


def _grid_order(cells: Sequence[Sequence[Piece]], decisive: int) -> tuple[bool, float, str]:
    """Return what to sort rows by: the number at *decisive*, the greatest first; then the name."""
    number = _number(cells[decisive])
    names = [piece.text.order for cell in cells for piece in cell if piece.link]
    return number is None, -(number or 0.0), names[0] if names else ""


def _anchor(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
