"""What happened around a resource, in the order of time, with bars on one scale."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal

from partyline.publishing.pages.resource.citations import Citations
from partyline.publishing.pages.resource.reader import PageReader
from partyline.publishing.pages.resource.sentences import Sentence, Sentences
from partyline.publishing.pages.resource.strokes import Stroke, TimeScale, earliest
from partyline.publishing.pages.resource.walks import Reached
from partyline.publishing.pages.view_models import Link
from partyline.publishing.statements import Standing
from partyline.vocabulary import VIEW


@dataclass(frozen=True, slots=True)
class Moment:
    """One event or situation of a timeline."""

    link: Link
    #: In words; empty where no date is recorded.
    date: str
    stroke: Stroke | None
    sentence: Sentence | None
    disputed: bool
    #: Whether it held only possibly on the day that is asked for.
    possible: bool
    #: Numbers of the sources on the page.
    sources: tuple[int, ...]
    #: Values that are followed or claimed for its date; 0 where the sources agree.
    versions: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events and situations in the order in which they began."""

    moments: tuple[Moment, ...]
    scale: TimeScale | None


def timeline(
    reader: PageReader,
    sentences: Sentences,
    citations: Citations,
    reached: Iterable[Reached],
) -> Timeline:
    """Return the timeline of the resources *reached*; those without a date come last."""
    rows = [(row, reader.date(row.value)) for row in reached if reader.link(row.value) is not None]
    rows.sort(key=lambda row: (earliest(row[1].value).isoformat() if row[1] else "~", row[0].value))
    scale = TimeScale.of(date.value for _, date in rows if date)
    moments = [_moment(reader, sentences, citations, row, date, scale) for row, date in rows]
    return Timeline(tuple(moments), scale if len(moments) > 1 else None)


def _moment(
    reader: PageReader,
    sentences: Sentences,
    citations: Citations,
    row: Reached,
    date: Literal | None,
    scale: TimeScale | None,
) -> Moment:
    link = reader.link(row.value)
    if link is None:
        raise TypeError(f"{reader.walks.term(row.value)} is not an IRI")
    return Moment(
        link=link,
        date=reader.presenter.words(date).words if date else "",
        stroke=scale.stroke(date.value) if scale and date else None,
        sentence=sentences.of(row.value, dated=False),
        disputed=row.standing is Standing.DISPUTED,
        possible=reader.is_possible(row.value),
        sources=citations.cite(row.value),
        versions=_versions(reader, row.value),
    )


def _versions(reader: PageReader, node: int) -> int:
    """Return the number of different dates of *node*, those that are claimed included."""
    values = set(reader.role(node, VIEW.date))
    for claim in reader.with_role(node, VIEW.matter):
        if not reader.date_properties.isdisjoint(reader.role(claim, VIEW.claimedProperty)):
            values.update(reader.role(claim, VIEW.claimedValue))
    return len(values) if len(values) > 1 else 0
