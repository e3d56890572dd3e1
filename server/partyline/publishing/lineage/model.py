"""What a picture of lineage shows; no geometry."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

from partyline.edtf import Bounds

#: How one bar becomes another: the line goes on in the same row.
CONTINUING = ("renamed", "transformed", "succeeded", "divided")
#: Kinds of joins, of marks and of bars that the queries may name.
JOINS = (*CONTINUING, "merged", "split", "left", "joint", "wing")
MARKS = ("defected", "surrendered", "expelled", "left")
BARS = ("line", "context")


@dataclass(frozen=True, slots=True)
class Span:
    """The days between which something happened, both included; None where it is not known."""

    earliest: date | None
    latest: date | None

    @property
    def is_known(self) -> bool:
        """Tell whether the span has both ends."""
        return self.earliest is not None and self.latest is not None

    def meets(self, other: "Span") -> bool:
        """Tell whether a day may lie in both."""
        one, two = self._limits(), other._limits()
        return one[0] <= two[1] and two[0] <= one[1]

    def contains(self, other: "Span") -> bool:
        """Tell whether every day of *other* lies in this one."""
        one, two = self._limits(), other._limits()
        return one[0] <= two[0] and two[1] <= one[1]

    def _limits(self) -> tuple[date, date]:
        return self.earliest or date.min, self.latest or date.max

    def to_json(self) -> list[str | None]:
        """Return the two days as ISO 8601 texts."""
        return [day.isoformat() if day else None for day in (self.earliest, self.latest)]


@dataclass(frozen=True, slots=True)
class Edge:
    """The begin or the end of a bar."""

    #: As the source gives it, in EDTF.
    date: str
    span: Span
    event: str
    #: Whether the event itself is disputed, so that nothing is concluded from it.
    disputed: bool = False
    #: The dates that sources claim, with their spans, but for those that a closer one implies.
    claims: tuple[tuple[str, Span], ...] = ()

    @property
    def is_contested(self) -> bool:
        """Tell whether sources claim dates that cannot all be right."""
        spans = [span for _, span in self.claims]
        return any(not one.meets(other) for one, other in combinations(spans, 2))


@dataclass(frozen=True, slots=True)
class Band:
    """Somebody who led, within a bar."""

    iri: str
    agent: str
    date: str
    begin: Span | None
    end: Span | None
    ongoing: bool
    tentative: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Somebody who left a bar."""

    iri: str
    kind: str
    agent: str
    date: str
    span: Span
    #: The bar that they went to, and the one that was founded in consequence; empty if none.
    to: str
    founded: str


@dataclass(frozen=True, slots=True)
class Bar:
    """An organisation, or whatever the queries call a bar."""

    iri: str
    kind: str
    #: A short name, for where there is little room; empty if there is none.
    short: str = ""
    begin: Edge | None = None
    end: Edge | None = None
    #: The first and the last day that some statement attests.
    attested: Span = Span(None, None)
    ongoing: bool = False
    bands: tuple[Band, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def is_dated(self) -> bool:
        """Tell whether any date places the bar on the axis."""
        known = (self.begin and self.begin.span.latest, self.attested.earliest)
        return any(known) or bool(self.end and self.end.span.earliest)

    @property
    def lifetime(self) -> Bounds:
        """Return the days between which it began and ended; a disputed event says nothing."""
        begin = self.begin.span if self.begin and not self.begin.disputed else Span(None, None)
        end = self.end.span if self.end and not self.end.disputed else Span(None, None)
        return Bounds(
            begin_earliest=begin.earliest,
            begin_latest=begin.latest or self.attested.earliest,
            end_earliest=end.earliest or self.attested.latest,
            end_latest=end.latest,
            ongoing=self.ongoing,
        )


@dataclass(frozen=True, slots=True)
class Join:
    """How bars become other bars, or leave them."""

    #: IRI of the event or situation; empty where the join is entailed from others.
    iri: str
    kind: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    date: str
    span: Span
    disputed: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """The bars of one picture."""

    line: frozenset[str]
    #: What bars of the line are wings of.
    wholes: frozenset[str] = frozenset()
    wings: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Return every bar."""
        return self.line | self.beside

    @property
    def beside(self) -> frozenset[str]:
        """Return the bars that are not in the line."""
        return self.wholes | self.wings


@dataclass(frozen=True, slots=True)
class Lineage:
    """All bars and joins of a release, or those that one picture shows."""

    bars: Mapping[str, Bar] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()

    def line_of(self, focus: str) -> frozenset[str]:
        """Return *focus*, what it descends from and what descends from it."""
        pairs = [
            (source, target)
            for join in self.joins
            if join.kind != "wing" and not join.disputed
            for source in join.sources
            for target in join.targets
        ]
        forwards = _reached(focus, pairs)
        backwards = _reached(focus, [(target, source) for source, target in pairs])
        return frozenset({focus} | forwards | backwards) & frozenset(self.bars)

    def around(self, focus: str) -> "Selection":
        """Return the line of *focus*, what its bars are wings of, and their wings."""
        line = self.line_of(focus)
        wholes = self._beside(line, lambda join: (join.targets, join.sources))
        wings = self._beside(line | wholes, lambda join: (join.sources, join.targets))
        return Selection(line, wholes, wings)

    def near(self, focus: str) -> "Selection":
        """Return *focus* and the bars that a single join links with it, wings excluded."""
        kin = {
            name
            for join in self.joins
            if join.kind != "wing" and focus in (*join.sources, *join.targets)
            for name in (*join.sources, *join.targets)
        }
        return Selection(frozenset({focus} | kin) & frozenset(self.bars))

    @property
    def contexts(self) -> frozenset[str]:
        """Return the bars that stand above the others."""
        return frozenset(name for name, bar in self.bars.items() if bar.kind == "context")

    def _beside(
        self,
        line: Iterable[str],
        sides: Callable[[Join], tuple[tuple[str, ...], tuple[str, ...]]],
    ) -> frozenset[str]:
        inside = frozenset(line)
        pairs = (sides(join) for join in self.joins if join.kind == "wing")
        found = {name for ours, theirs in pairs if inside.intersection(ours) for name in theirs}
        return frozenset(found & self.bars.keys()) - inside

    def restricted(self, names: Iterable[str]) -> "Lineage":
        """Return the bars *names*, with the joins between them."""
        kept = frozenset(names)
        joins = [
            replace(
                join,
                sources=tuple(name for name in join.sources if name in kept),
                targets=tuple(name for name in join.targets if name in kept),
            )
            for join in self.joins
        ]
        bars = {name: bar for name, bar in self.bars.items() if name in kept}
        return Lineage(bars, tuple(join for join in joins if join.sources and join.targets))


def _reached(start: str, pairs: Iterable[tuple[str, str]]) -> set[str]:
    following: dict[str, list[str]] = {}
    for source, target in pairs:
        following.setdefault(source, []).append(target)
    found: set[str] = set()
    pending = [start]
    while pending:
        for name in following.get(pending.pop(), ()):
            if name not in found:
                found.add(name)
                pending.append(name)
    return found
