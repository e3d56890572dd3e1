"""Read what a picture of lineage shows from the answers of the queries.

docs/reference/lineage.md says what each query answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from partyline.edtf import Bounds, bounds
from partyline.publishing.lineage.model import (
    BARS,
    JOINS,
    MARKS,
    Band,
    Bar,
    Edge,
    Join,
    Lineage,
    Mark,
    Span,
)

#: A term of a solution as text, by variable; what is unbound is missing.
Row = Mapping[str, str]


def lineage(answers: Mapping[str, Sequence[Row]]) -> Lineage:
    """Return the lineage that the *answers* of the queries, by the name of the query, describe.

    A date that is not EDTF places nothing; an unknown kind is that of the most general case.
    """
    claims = _claims(answers.get("claims", ()))
    begins = _edges(answers.get("begins", ()), claims)
    ends = _edges(answers.get("ends", ()), claims)
    attested, ongoing = _attested(answers.get("attested", ()))
    bands, marks = _bands(answers.get("bands", ())), _marks(answers.get("marks", ()))
    bars = {}
    for row in sorted(answers.get("bars", ()), key=lambda row: row["bar"]):
        iri, kind = row["bar"], row.get("kind", "")
        bars[iri] = Bar(
            iri=iri,
            kind=kind if kind in BARS else "line",
            short=row.get("short", ""),
            begin=begins.get(iri),
            end=ends.get(iri),
            attested=attested.get(iri, Span(None, None)),
            ongoing=iri in ongoing and not (iri in ends and not ends[iri].disputed),
            bands=tuple(sorted(bands.get(iri, {}).values(), key=_band_order)),
            marks=tuple(sorted(marks.get(iri, {}).values(), key=_mark_order)),
        )
    return Lineage(bars, _joins(answers.get("joins", ()), bars))


def span_of(text: str) -> Span:
    """Return the days between which the EDTF date *text* lies; unknown where it is not EDTF."""
    try:
        known = bounds(text)
    except ValueError:
        return Span(None, None)
    return Span(known.begin_earliest, known.end_latest)


def _claims(rows: Iterable[Row]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        if span_of(row["date"]) != Span(None, None):
            found.setdefault(row["event"], []).append(row["date"])
    return found


def _edges(rows: Iterable[Row], claims: Mapping[str, Sequence[str]]) -> dict[str, Edge]:
    """Return the edge of each bar that is drawn: an accepted one first, then by rank and date."""
    candidates: dict[str, list[tuple[tuple[bool, int, date, str], Edge]]] = {}
    for row in rows:
        span = span_of(row["date"])
        disputed = row.get("disputed") == "true"
        if span == Span(None, None):
            continue
        event = row.get("event", "")
        edge = Edge(row["date"], span, event, disputed, _closest(claims.get(event, ())))
        rank = (disputed, int(row.get("rank", "0")), span.earliest or date.min, event)
        candidates.setdefault(row["bar"], []).append((rank, edge))
    return {bar: min(found, key=lambda pair: pair[0])[1] for bar, found in candidates.items()}


def _closest(dates: Iterable[str]) -> tuple[tuple[str, Span], ...]:
    """Return *dates* with their spans, without those that only say less than another one."""
    # Two spellings of the same days are one claim.
    spans = {span_of(text): text for text in sorted(dates, reverse=True)}
    closest = [
        (text, span)
        for span, text in spans.items()
        if not any(span != other and span.contains(other) for other in spans)
    ]
    return tuple(sorted(closest, key=_claim_order))


def _claim_order(claim: tuple[str, Span]) -> tuple[date, date, str]:
    text, span = claim
    return span.earliest or date.min, span.latest or date.max, text


def _attested(rows: Iterable[Row]) -> tuple[dict[str, Span], set[str]]:
    """Return the first and last day that statements attest of each bar, and which still exist."""
    days: dict[str, list[date]] = {}
    ongoing: set[str] = set()
    for row in rows:
        if row.get("ongoing") == "true":
            ongoing.add(row["bar"])
        try:
            known = bounds(row["date"])
        except ValueError:
            continue
        found = [day for day in (known.begin_latest, known.end_earliest) if day is not None]
        days.setdefault(row["bar"], []).extend(found)
    return {bar: Span(min(found), max(found)) for bar, found in days.items() if found}, ongoing


def _bands(rows: Iterable[Row]) -> dict[str, dict[str, Band]]:
    """Return the bands of each bar, by their IRI."""
    found: dict[str, dict[str, Band]] = {}
    for row in rows:
        try:
            known = bounds(row["date"]) if "date" in row else Bounds()
        except ValueError:
            known = Bounds()
        begin = Span(known.begin_earliest, known.begin_latest)
        end = Span(known.end_earliest, known.end_latest)
        band = Band(
            iri=row["band"],
            agent=row["agent"],
            date=row.get("date", ""),
            begin=begin if begin.latest else None,
            end=end if end.earliest else None,
            ongoing=known.ongoing,
            tentative=row.get("tentative") == "true",
        )
        found.setdefault(row["bar"], {}).setdefault(band.iri, band)
    return found


def _marks(rows: Iterable[Row]) -> dict[str, dict[str, Mark]]:
    """Return the marks of each bar, by their IRI and their agent; one without dates is left out."""
    found: dict[str, dict[str, Mark]] = {}
    for row in rows:
        span = span_of(row["date"])
        kind = row.get("kind", "")
        if not span.is_known:
            continue
        mark = Mark(
            iri=row["mark"],
            kind=kind if kind in MARKS else "left",
            agent=row["agent"],
            date=row["date"],
            span=span,
            to=row.get("to", ""),
            founded=row.get("founded", ""),
        )
        key = f"{mark.iri} {mark.agent}"
        earlier = found.setdefault(row["bar"], {}).setdefault(key, mark)
        if mark.founded > earlier.founded:
            found[row["bar"]][key] = mark
    return found


def _joins(rows: Iterable[Row], bars: Mapping[str, Bar]) -> tuple[Join, ...]:
    """Return the joins between *bars*; the rows of one event are one join."""
    found: dict[tuple[str, str], Join] = {}
    for row in sorted(rows, key=lambda row: sorted(row.items())):
        source, target, kind = row["from"], row["to"], row.get("kind", "")
        if source == target or not {source, target} <= bars.keys():
            continue
        join = Join(
            iri=row.get("join", ""),
            kind=kind if kind in JOINS else "succeeded",
            sources=(source,),
            targets=(target,),
            date=row.get("date", ""),
            span=span_of(row["date"]) if "date" in row else Span(None, None),
            disputed=row.get("disputed") == "true",
        )
        key = (join.iri or f"{source} {target}", join.kind)
        known = found.get(key, join)
        found[key] = replace(
            known,
            sources=tuple(dict.fromkeys((*known.sources, source))),
            targets=tuple(dict.fromkeys((*known.targets, target))),
        )
    return tuple(sorted(found.values(), key=_join_order))


def _join_order(join: Join) -> tuple[int, date, tuple[str, ...], tuple[str, ...]]:
    return JOINS.index(join.kind), join.span.earliest or date.max, join.sources, join.targets


def _band_order(band: Band) -> tuple[date, str]:
    return (band.begin.earliest if band.begin else None) or date.min, band.iri


def _mark_order(mark: Mark) -> tuple[date, date, str, str]:
    return mark.span.earliest or date.min, mark.span.latest or date.max, mark.iri, mark.agent
